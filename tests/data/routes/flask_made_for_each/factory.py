"""A blueprint that a function makes for each of its callers, which other modules are."""

from flask import Blueprint
from flask_login import login_required


def make(kind, prefix):
    bp = Blueprint(kind, __name__, url_prefix=prefix)

    @bp.route("/scan", methods=["POST"])
    @login_required
    def scan():
        return kind

    return bp
