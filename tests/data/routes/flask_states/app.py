from functools import wraps

from flask import Flask, abort, request, session

from store import cache, visits

app = Flask(__name__)


def import_in_progress():
    return bool(cache.get("import"))


def known_caller():
    return session.get("user_id") is not None


@app.before_request
def tracker():
    if request.endpoint == "themes":
        return
    if import_in_progress():
        return "an import is in progress", 403
    if known_caller():
        visits.add(session["user_id"])


def login_required(view):
    @wraps(view)
    def checked(*args, **kwargs):
        if not known_caller():
            abort(403)
        return view(*args, **kwargs)

    return checked


@app.get("/scores")
def scores():
    return "a hook that turns everybody away at times asks nobody who it is"


@app.get("/mine")
@login_required
def mine():
    return "mine"
