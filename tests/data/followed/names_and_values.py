"""A mapping's names and its values: of one that comes from outside both are, of one that the program writes the values."""

import os
from typing import Any

from flask import Flask, request

app = Flask(__name__)
COLUMNS = {"name": "customer_name", "mail": "customer_mail"}


def by_names(options):
    for name, value in options.items():
        os.system(name)  # $ alert
        os.system(value)  # $ alert


def by_known_names(options: dict[str, Any]):
    for name, value in options.items():
        os.system(name)
        os.system(value)  # $ alert
    for name in options:
        os.system(name)
    for number, (name, value) in enumerate((options or {}).items()):
        os.system(f"{number} {name}")
        os.system(f"{number} {value}")  # $ alert


def if_it_is_one(options):
    if isinstance(options, dict):
        for name in options.keys():
            os.system(name)
        for value in options.values():
            os.system(value)  # $ alert


@app.post("/outside")
def outside():
    by_names(request.get_json())


@app.post("/known")
def known():
    by_known_names({"name": request.args["name"]})
    if_it_is_one({"name": request.args["name"]})


@app.post("/mapped")
def mapped():
    changes = {}
    for name, value in request.get_json().items():
        if name in COLUMNS:
            changes[COLUMNS[name]] = value
    by_known_names({column: value for column, value in changes.items() if value})


@app.post("/picked")
def picked():
    changes = {name: value for name, value in request.get_json().items() if value}
    for name in changes:
        os.system(name)  # $ alert


def declared(options: dict[str, Any], numbers: dict[str, int]):
    os.system(options["name"])  # $ alert
    os.system(options.get("name"))  # $ alert
    os.system(options.get(os.name, ""))  # $ alert
    os.system(options.pop("name"))  # $ alert
    copied = dict(options)
    os.system(copied["name"])  # $ alert
    os.system({**options, "other": "a"}["name"])  # $ alert
    os.system({**options, "other": "a"}["other"])
    for value in options.values():
        os.system(value)  # $ alert
    os.system(numbers.get("count"))
    os.system(*numbers.values())


@app.post("/declared")
def all_of_them():
    declared({"name": request.args["name"]}, {"count": int(request.args["count"])})


@app.post("/copied")
def copied():
    changes = {"first": "a"}
    changes.update(request.get_json())
    for name in changes:
        os.system(name)  # $ alert
    for name in dict(request.form):
        os.system(name)  # $ alert
    for name in {**request.form}:
        os.system(name)  # $ alert
    for name in dict(first=request.args["first"]):
        os.system(name)
