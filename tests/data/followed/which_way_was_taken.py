"""A variable says later how a test has turned out, or which way was taken."""

import os

from flask import Flask, abort, request

app = Flask(__name__)
WORDS = ("up", "down")


@app.get("/kept")
def kept():
    word = request.args["word"]
    known = word in WORDS
    if not known:
        abort(400)
    return os.system(word)


@app.get("/kept-too-early")
def kept_too_early():
    word = request.args["word"]
    known = word in WORDS
    word = request.args["other"]
    if not known:
        abort(400)
    return os.system(word)  # $ alert


@app.get("/kept-of-several")
def kept_of_several():
    word = request.args["word"]
    usable = word in WORDS and word != request.args["last"]
    return os.system(word if usable else "down")


@app.get("/flag")
def flag():
    word = request.args["word"]
    known = False
    for one in WORDS:
        if word == one:
            known = True
    if not known:
        abort(400)
    return os.system(word)


@app.get("/flag-the-other-way")
def flag_the_other_way():
    word = request.args["word"]
    error = None
    if word not in WORDS:
        error = ValueError(word)
    if error is not None:
        raise error
    return os.system(word)


@app.get("/flag-set-elsewhere")
def flag_set_elsewhere():
    word = request.args["word"]
    known = False
    if word in WORDS:
        known = True
    if request.args.get("force"):
        known = True
    if known:
        return os.system(word)  # $ alert
    return ""


@app.get("/flag-misread")
def flag_misread():
    word = request.args["word"]
    known = False
    if word in WORDS:
        known = True
    if not known:
        return os.system(word)  # $ alert
    return ""


@app.get("/flag-of-another")
def flag_of_another():
    word = request.args["word"]
    known = False
    if word in WORDS:
        known = True
    word = request.args["other"]
    if known:
        return os.system(word)  # $ alert
    return ""


@app.get("/tested-in-the-end")
def tested_in_the_end():
    started = word = None
    try:
        word = request.args["word"]
        started = os.popen(word)  # $ alert
    finally:
        if started is not None:
            started.close()
    return ""


@app.get("/kept-if-known")
def kept_if_known():
    word = request.args.get("word")
    chosen = None
    if word and word in WORDS:
        chosen = word
    if chosen is not None:
        os.system(word)
    if chosen:
        os.system(word)
    return ""


@app.get("/kept-if-unknown")
def kept_if_unknown():
    word = request.args.get("word")
    chosen = None
    if word and word not in WORDS:
        chosen = word
    if chosen is None:
        os.system(word)  # $ alert
    else:
        os.system(chosen)  # $ alert
    return ""


@app.get("/kept-and-read-again")
def kept_and_read_again():
    word = request.args.get("word")
    chosen = None
    if word and word in WORDS:
        chosen = word
    if request.args.get("again"):
        chosen = word = request.args.get("other")
    if chosen is not None:
        os.system(word)  # $ alert
    return ""


@app.get("/made-of-pairs")
def made_of_pairs():
    parts = dict([part.split("=") for part in request.args["query"].split("&")])
    os.system(parts["command"])  # $ alert
    named = dict([("command", "uptime"), ("word", request.args["word"])])
    os.system(named["word"])  # $ alert
    return ""
