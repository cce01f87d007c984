"""Routes that are open by intent: set-up that is done once, links that are their own credential."""

from flask import Flask, abort, redirect, request
from flask_login import login_required

app = Flask(__name__)


class Config:
    def is_setup(self):
        return False


config = Config()


@app.route("/setup", methods=["POST"])
def setup():
    if config.is_setup():
        return redirect("/")
    return "", 204


@app.route("/reinstall", methods=["POST"])
def reinstall():
    return "", 204


@app.route("/shared/<share_token>")
def shared(share_token):
    return share_token


@app.route("/orders")
@login_required
def orders():
    return request.args["page"]


@app.route("/slack/event", methods=["POST"])
def slack_event():
    return "", 204
