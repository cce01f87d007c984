"""Each element of a list is tested, in a function of its own or here, and a bad one ends it."""

import os
import re

from flask import Flask, abort, request

app = Flask(__name__)
WORD = re.compile(r"[a-z]+")


def refuse(*names):
    for name in names:
        if name:
            if not WORD.fullmatch(name):
                raise ValueError(name)


def refuse_listed(names):
    for name in names:
        if not WORD.fullmatch(name):
            raise ValueError(name)


def refuse_one(name=None):
    if name:
        if not WORD.fullmatch(name):
            raise ValueError(name)


def refuse_some(names):
    for name in names:
        if name.startswith("-"):
            continue
        if not WORD.fullmatch(name):
            raise ValueError(name)


def refuse_first(names):
    for name in names:
        if not WORD.fullmatch(name):
            break


@app.get("/refused")
def refused():
    a, b, c = request.args["a"], request.args["b"], request.args["c"]
    refuse(a, b)
    os.system(a + b)
    refuse_one(c)
    os.system(c)


@app.get("/listed")
def listed():
    names = request.args.getlist("name")
    refuse_listed(names)
    for name in names:
        os.system(name)


@app.get("/here")
def here():
    names = request.args.getlist("name")
    for name in names:
        if not WORD.fullmatch(name):
            abort(400)
    os.system(" ".join(names))


@app.get("/open")
def not_all():
    a, b, c = request.args["a"], request.args["b"], request.args["c"]
    refuse(a)
    os.system(b)  # $ alert
    refuse_some([b])
    os.system(b)  # $ alert
    refuse_first([c])
    os.system(c)  # $ alert
