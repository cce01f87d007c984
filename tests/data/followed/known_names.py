"""Names that were looked up in a table, or held against all that the program knows."""

import os

from flask import Flask, abort, request

app = Flask(__name__)
COLUMNS = {"name", "size"}
PATHS = {"start": "/start", "stop": "/stop"}


@app.get("/subset")
def subset():
    fields = request.args.getlist("field")
    if not set(fields).issubset(COLUMNS):
        abort(400)
    os.system(f"show {fields[0]}")
    return ""


@app.get("/superset")
def superset():
    fields = request.args.getlist("field")
    if not COLUMNS.issuperset(fields):
        abort(400)
    os.system(f"show {fields[0]}")
    return ""


@app.get("/compared")
def compared():
    fields = request.args.getlist("field")
    if not COLUMNS >= set(fields):
        abort(400)
    os.system(f"show {fields[0]}")
    return ""


@app.get("/left-over")
def left_over():
    fields = request.args.getlist("field")
    unknown = set(fields) - COLUMNS
    if unknown:
        abort(400)
    os.system(f"show {fields[0]}")
    return ""


@app.get("/left-over-of-others")
def left_over_of_others():
    fields = request.args.getlist("field")
    unknown = set(request.args.getlist("other")) - COLUMNS
    if unknown:
        abort(400)
    os.system(f"show {fields[0]}")  # $ alert
    return ""


@app.get("/letters")
def letters():
    name = request.args["name"]
    if not set(name) <= {"a", ";", "$", "("}:
        abort(400)
    os.system(f"show {name}")  # $ alert
    return ""


@app.get("/looked-up")
def looked_up():
    name = request.args["name"]
    if PATHS.get(name) is None:
        abort(404)
    os.system(f"show {name}")
    return ""


@app.get("/kept")
def kept():
    name = request.args["name"]
    path = PATHS.get(name)
    if not path:
        abort(404)
    os.system(f"show {name} {path}")
    return ""


@app.get("/by-default")
def by_default():
    name = request.args["name"]
    if not PATHS.get(name, "/"):
        abort(404)
    os.system(f"show {name}")  # $ alert
    return ""


@app.get("/in-the-request")
def in_the_request():
    name = request.args["name"]
    if request.args.get(name) is None:
        abort(404)
    os.system(f"show {name}")  # $ alert
    return ""
