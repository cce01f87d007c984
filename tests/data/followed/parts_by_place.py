"""Parts that have a place: patterns of `match`, `first, *rest`, what `*args` and `**kwargs` hold, objects of factories."""

import os
from dataclasses import dataclass

import attr

from flask import Flask, request

app = Flask(__name__)


@dataclass
class Pair:
    a: str
    b: str


class Echo:
    def do(self, x):
        return x + "!"


class Mute:
    def do(self, x):
        return "nothing"


def made(kind):
    return Mute() if kind == "mute" else Echo()


def by_name(**given):
    os.system(given["z"])  # $ alert
    os.system(given["y"])
    os.system(given.get("z"))  # $ alert
    os.system(given.get("y"))
    for value in given.values():
        os.system(value)  # $ alert


def by_place(*given):
    os.system(given[0])  # $ alert
    os.system(given[1])
    for value in given:
        os.system(value)  # $ alert


@app.route("/matched")
def matched():
    x = request.args["x"]
    match x.split():
        case ["go", arg]:
            os.system(arg)  # $ alert
        case ["a" | "b" as word]:
            os.system(word)
        case [*_, last]:
            os.system(last)  # $ alert
        case []:
            pass
    match {"k": x, "s": "y"}:
        case {"k": one, "s": other}:
            os.system(one)  # $ alert
            os.system(other)
        case {"k": "a" | "b" as one}:
            os.system(one)
    match request.get_json():
        case {"name": str(name), "z": [first, *_]}:
            os.system(name)  # $ alert
            os.system(first)  # $ alert
        case {"kind": ("a" | "b") as kind}:
            os.system(kind)
    match Pair(x, "s"):
        case Pair(a=one, b=other):
            os.system(one)  # $ alert
            os.system(other)


@app.route("/unpacked")
def unpacked():
    x = request.args["x"]
    first, *rest = [x, "b", "c"]
    os.system(first)  # $ alert
    os.system(rest[0])
    *most, last = ["a", x]
    os.system(last)  # $ alert
    os.system(most[0])
    first, *between, last = ("a", x, "b")
    os.system(between[0])  # $ alert
    os.system(first + last)
    first, *rest = x.split(",")
    os.system(rest[0])  # $ alert


@app.route("/given")
def given():
    x = request.args["x"]
    by_name(z=x, y="s")
    by_place(x, "s")
    os.system(made("mute").do(x))
    os.system(made("echo").do(x))  # $ alert


class Tool:
    @classmethod
    def named(cls, name):
        tool = cls()
        tool.name = name
        return tool

    def run(self):
        os.system(self.name)  # $ alert

    def quiet(self):
        os.system(self.fixed)


def tool_for(name):
    tool = Tool()
    tool.name = name
    tool.fixed = "ls"
    return tool


@dataclass
class Made:
    a: str
    b: str = "s"

    def __post_init__(self):
        self.upper = self.a.upper()
        self.plain = self.b.upper()


@attr.s
class Old:
    a = attr.ib()
    b = attr.ib(default="x")


class Proxy:
    def __init__(self, held):
        self._held = held

    def __getattr__(self, name):
        return self._held


class Plain(Proxy):
    def __getattr__(self, name):
        return "ls"


@app.route("/objects")
def objects():
    x = request.args["x"]
    Tool.named(x).run()
    tool_for(x).run()
    tool_for(x).quiet()
    os.system(Made(x).upper)  # $ alert
    os.system(Made(x).plain)
    os.system(Old(x).a)  # $ alert
    os.system(Old(x).b)
    os.system(Proxy(x).anything)  # $ alert
    os.system(Plain(x).anything)


@app.route("/slices")
def slices():
    text = "help" + request.args["x"] + "snapes"
    os.system(text[:4])
    os.system(text[-6:])
    os.system(text[4:])  # $ alert
    os.system(text[4:-6])  # $ alert
    os.system(text[2:5])  # $ alert


class Table:
    def __init__(self):
        self._held = {}

    def __setitem__(self, key, value):
        self._held[key] = value

    def __getitem__(self, key):
        return self._held[key]


class Counted:
    def __setitem__(self, key, value):
        self.size = len(value)

    def __getitem__(self, key):
        return "ls"


@app.route("/items")
def items():
    table, counted = Table(), Counted()
    table["k"] = request.args["x"]
    counted["k"] = request.args["x"]
    os.system(table["k"])  # $ alert
    os.system(counted["k"])


def twice(x):
    return x + x


def mute(x):
    return "nothing"


def applied(function, *given):
    return function(*given)


@app.route("/applied")
def handed_functions():
    os.system(applied(twice, request.args["x"]))  # $ alert
    os.system(applied(mute, request.args["x"]))
