from flask import Blueprint
from shop.access import login_required
mod = Blueprint("orders", __name__)

@mod.route("/orders")
@login_required
def all_orders():
    return "x"
