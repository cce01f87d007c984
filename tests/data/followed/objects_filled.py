"""What methods leave in their objects, and functions that get their data in pieces: partials, tables, decorators."""

import functools
import os

from fastapi import FastAPI
from flask import Flask, g, request
from pydantic import BaseModel

app = Flask(__name__)
api = FastAPI()


class Listing:
    def __init__(self):
        self.parts = []
        self.table = ""
        self.limit = 10

    def where(self, part):
        self.parts.append(part)
        return self

    def of(self, table):
        self.table = table

    def at_most(self, limit):
        self.limit = int(limit)
        return self

    def line(self):
        return "list orders " + " ".join(self.parts)

    def from_table(self):
        return "list " + self.table

    def short(self):
        return f"list orders {self.limit}"


@app.route("/grown")
def grown():
    query = Listing()
    query.where("--name " + request.args["name"] + " -v")
    os.system(query.line())  # $ alert


@app.route("/chained")
def chained():
    os.system(Listing().where("open").where(request.args["name"]).line())  # $ alert


@app.route("/assigned")
def assigned():
    query = Listing()
    query.of(request.args["table"])
    os.system(query.from_table())  # $ alert


@app.route("/replaced")
def replaced():
    query = Listing()
    query.of(request.args["table"])
    query.of("orders")
    os.system(query.from_table())


@app.route("/another")
def another():
    filled, used = Listing(), Listing()
    filled.where(request.args["name"])
    used.where("paid")
    os.system(used.line())


@app.route("/number")
def number():
    os.system(Listing().at_most(request.args["limit"]).short())


class Job:
    def prepare(self, name):
        self.name = name

    def start(self, name):
        self.prepare(name)
        os.system("start " + self.name)  # $ alert


@app.route("/prepared")
def prepared():
    Job().start(request.args["name"])


class Command(BaseModel):
    name: str
    times: int

    def line(self):
        return "run " + self.name

    def often(self):
        return f"run {self.times}"


@api.post("/commands")
def run(command: Command):
    os.system(command.line())  # $ alert


@api.post("/often")
def often(command: Command):
    os.system(command.often())


@app.route("/partial")
def partial():
    start = functools.partial(os.system)
    start(request.args["name"])  # $ alert


TABLE = {
    "run": lambda name: os.system(name),  # $ alert
    "say": lambda name: print(name),
}


@app.route("/table")
def table():
    TABLE[request.args["action"]](request.args["name"])


def with_name(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(request.args["name"], *args, **kwargs)

    return inner


def with_table(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        kwargs["table"] = request.args["table"]
        return function(*args, **kwargs)

    return inner


@app.route("/decorated")
@with_name
def decorated(name):
    os.system("run " + name)  # $ alert


@app.route("/named")
@with_table
def named(table, name="orders"):
    os.system("list " + name)
    os.system("list " + table)  # $ alert


@app.before_request
def keep():
    setattr(g, "wanted", request.args["name"])  # noqa: B010


@app.route("/kept")
def kept():
    os.system(g.wanted)  # $ alert
