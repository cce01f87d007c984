"""Tests that say something of data in other words: a conversion that came back, a text that stayed the same, the end of a loop."""

import os
import re
import uuid

from flask import Flask, abort, request

app = Flask(__name__)
COMMANDS = {"ls", "id"}


@app.get("/converted")
def converted():
    number, name = request.args["number"], request.args["name"]
    os.system("kill " + number)  # $ alert
    try:
        int(number)
    except ValueError:
        return "no number"
    os.system("kill " + number)
    try:
        uuid.UUID(name)
    except ValueError:
        name = name.strip()
    os.system("kill " + name)  # $ alert
    return "done"


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@app.get("/asked")
def asked():
    if is_number(request.args["number"]):
        os.system("kill " + request.args["number"])
    return "done"


@app.get("/unchanged")
def unchanged():
    other, word = request.args["other"], request.args["word"]
    if other.strip() != other or re.sub(r"\W", "", word) != word:
        abort(400)
    os.system("ls " + word)
    os.system("ls " + other)  # $ alert
    return "done"


@app.get("/until")
def until():
    command, other = request.args["command"], request.args["other"]
    while command not in COMMANDS:
        command = "ls"
    os.system(command)
    while other not in COMMANDS:
        if len(other) > 9:
            break
        other = other[1:]
    os.system(other)  # $ alert
    return "done"
