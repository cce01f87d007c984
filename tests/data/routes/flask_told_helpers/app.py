"""Answers that a helper makes with the status that it is told, and decorators on wrappers of decorators."""

from functools import wraps

from flask import Blueprint, Flask, g, jsonify, request, session

from shop import lookup, store

app = Flask(__name__)
told = Blueprint("told", __name__, url_prefix="/told")
idle = Blueprint("idle", __name__, url_prefix="/idle")


def error(message, code):
    response = jsonify(message=message)
    response.status_code = code
    return response


def load_user():
    g.user = lookup(request.headers.get("Authorization"))


@told.before_request
def check_user():
    load_user()
    if g.user is None:
        return error("who are you?", 401)


@idle.before_request
def count_user():
    load_user()
    if g.user is None:
        return error("nobody is here", 503)


@told.post("/thing")
def thing():
    return store.save(1)


@idle.post("/thing")
def idle_thing():
    return store.save(2)


def guard(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "user" not in session:
            return error("who are you?", code=401)
        return view(*args, **kwargs)

    return inner


def as_json(view):
    @guard
    @wraps(view)
    def inner(*args, **kwargs):
        return jsonify(view(*args, **kwargs))

    return inner


def open_json(view):
    @wraps(view)
    def inner(*args, **kwargs):
        return jsonify(view(*args, **kwargs))

    return inner


@app.post("/stacked")
@as_json
def stacked():
    return store.save(5)


@app.post("/open")
@open_json
def open_one():
    return store.save(6)


app.register_blueprint(told)
app.register_blueprint(idle)
