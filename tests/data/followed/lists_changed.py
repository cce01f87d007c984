"""Lists and mappings whose elements move: taken out, turned round, sorted; and texts whose length is known."""

import os

from flask import Flask, request

app = Flask(__name__)


@app.get("/deleted")
def deleted():
    name = request.args["name"]
    words = ["a", name, "b"]
    del words[0]
    os.system(words[0])  # $ alert
    os.system(words[1])
    named = {"a": "x", "b": name}
    os.system(named.get("b", "y"))  # $ alert
    del named["b"]
    os.system(named.get("b", "y"))
    os.system(named["a"])
    return "done"


@app.get("/turned")
def turned():
    name = request.args["name"]
    words = ["a", name]
    words.reverse()
    os.system(words[0])  # $ alert
    os.system(words[1])
    more = [name, "a"]
    more.sort()
    os.system(more[0])  # $ alert
    os.system(more[1])  # $ alert
    return "done"


@app.get("/measured")
def measured():
    name = request.args["name"]
    word = "a" if len("abc") == 3 else name
    os.system(word)
    word = "a" if len(name) == 3 else name
    os.system(word)  # $ alert
    return "done"
