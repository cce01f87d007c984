"""What functions put into lists, mappings and objects that they are handed, and into which names of them."""

import os

from flask import Flask, request

app = Flask(__name__)


class Order:
    pass


class Filler:
    def fill(self, order, word):
        order.word = word

    def filled(self, word):
        order = {"word": "w", "other": "ls"}
        put(order, word)
        os.system(order["word"])  # $ alert
        os.system(order["other"])


def add(parts, part):
    parts.append(part)


def add_through(parts, part):
    add(parts, part)


def put(row, word):
    row["word"] = word


def update(row, word):
    row.update(word=word)


def rebound(parts, part):
    parts = list(parts)
    parts.append(part)
    return parts


def fixed(row):
    row["word"] = "ls"


@app.get("/a")
def a():
    word = request.args["word"]
    parts, through, kept, copied = [], ["ls"], ["ls"], ["ls"]
    add(parts, word)
    os.system(" ".join(parts))  # $ alert
    add_through(part=word, parts=through)
    os.system(" ".join(through))  # $ alert
    add(kept, "-l")
    os.system(" ".join(kept))
    rebound(copied, word)
    os.system(" ".join(copied))
    return "ok"


@app.get("/b")
def b():
    word = request.args["word"]
    row, other, same, order = {}, {"word": "w", "name": "ls"}, {}, Order()
    put(row, word)
    os.system(row["word"])  # $ alert
    update(other, word)
    os.system(other["word"])  # $ alert
    os.system(other["name"])
    fixed(same)
    os.system(same["word"])
    order.word = "ls"
    os.system(order.word)
    Filler().fill(order, word)
    os.system(order.word)  # $ alert
    Filler().filled(word)
    return "ok"
