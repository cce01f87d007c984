from flask import Blueprint

status = Blueprint("status", __name__)


@status.route("/counts")
def counts():
    return {}
