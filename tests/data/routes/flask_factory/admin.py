from flask import Blueprint

blueprint = Blueprint("admin", __name__)


@blueprint.route("/users")
def users():
    return "users"
