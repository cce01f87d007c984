from flask import Blueprint

users = Blueprint("users", __name__)


@users.route("/<uuid:user_id>", methods=["POST"])
def change(user_id):
    return {}
