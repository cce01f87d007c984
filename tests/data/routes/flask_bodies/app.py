"""Handlers that turn callers away themselves: all without a credential, some, or nobody in particular."""

import os

from flask import Flask, abort, request, session

app = Flask(__name__)
OPEN = os.environ.get("OPEN")
KEYS = {}


def known(token):
    return KEYS.get(token)


@app.route("/orders")
def orders():
    token = request.headers.get("Authorization")
    if not known(token):
        abort(401)
    return "[]"


@app.route("/notes/<int:note_id>")
def note(note_id):
    found = KEYS.get(note_id)
    if found.private:
        user = session.get("user")
        if user is None:
            abort(401)
    return "note"


@app.route("/sign-ups")
def sign_ups():
    print(request.headers)
    if not OPEN:
        abort(403)
    return "[]"
