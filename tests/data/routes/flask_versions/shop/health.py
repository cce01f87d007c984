from flask import Blueprint
from shop.access import login_required
mod = Blueprint("health", __name__)

@mod.route("/health")
@login_required
def all_health():
    return "x"
