from flask import Blueprint
from shop.access import login_required
mod = Blueprint("users", __name__)

@mod.route("/users")
@login_required
def all_users():
    return "x"
