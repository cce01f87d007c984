from flask import Flask, abort, g, request, session
from flask_login import current_user

from shop import find_order

app = Flask(__name__, static_folder=None)


@app.get("/drafts")
def drafts():
    if not current_user.is_authenticated:
        abort(404)
    return "drafts"


@app.get("/orders")
def orders():
    if "user" not in session:
        abort(404)
    return "orders"


@app.get("/notes")
def notes():
    if not g.user:
        return "nothing here", 404
    return "notes"


@app.get("/orders/<number>")
def order(number):
    found = find_order(number)
    if not found:
        abort(404)
    return found


@app.get("/search")
def search():
    if not request.args.get("text"):
        abort(404)
    return "found"


@app.get("/basket")
def basket():
    if "basket" not in session:
        abort(404)
    return "basket"
