"""Functions with some of their arguments: what `functools.partial` gives takes the rest where it is called."""

import functools
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask import Flask, request

app = Flask(__name__)


def first(a, b):
    os.system(a)  # $ alert


def second(a, b):
    os.system(b)  # $ alert


def never(a, b):
    os.system(a)


def joined(a, b):
    return a + b


def taken(*args):
    return args[0]


class Job:
    def go(self, a, b="x"):
        os.system(b)  # $ alert


@app.get("/run")
def run():
    name = request.args["name"]
    partial(second, "a")(name)
    nested = partial(partial(first, name), "b")
    nested()
    partial(never, "a")(name)
    os.system(functools.partial(joined, name)("b"))  # $ alert
    os.system(partial(joined, b=name)("a"))  # $ alert
    os.system(partial(joined, "a")("b"))
    os.system(partial(taken, name)())  # $ alert
    partial(Job().go, "a")(name)
    with ThreadPoolExecutor() as pool:
        pool.submit(partial(second, "a"), name)
    threading.Thread(target=partial(first, name, "b")).start()
    return "done"


class Held:
    def __init__(self, name):
        self.name = name
        self.kind = "kind"

    def as_dict(self):
        return self.__dict__


@app.get("/held")
def held():
    one = Held(request.args["name"])
    os.system(one.__dict__["name"])  # $ alert
    os.system(one.__dict__["kind"])
    os.system(one.__dict__.get("name"))  # $ alert
    os.system(one.as_dict()["name"])  # $ alert
    return "done"
