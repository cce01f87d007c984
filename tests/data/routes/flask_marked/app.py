from flask import Flask, abort, current_app, request

from marks import anybody, counted

app = Flask(__name__)


@app.before_request
def signed_in():
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "is_public", False):
        return
    if not request.headers.get("Authorization"):
        abort(401)


@app.route("/prices")
@anybody
def prices():
    return []


@app.route("/orders")
@counted
def orders():
    return []


@app.route("/news")
def news():
    return []


news.is_public = True
