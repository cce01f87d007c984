from http import HTTPMethod

from flask import Blueprint
from flask_login import login_required
from orgtools.web import OrgFlask

orders = Blueprint("orders", __name__)
reports = Blueprint("reports", __name__, url_prefix="/reports")


@orders.route("/", methods=[HTTPMethod.GET, HTTPMethod.POST])
@login_required
def every():
    return []


@orders.route("/<int:order_id>", methods=[HTTPMethod.DELETE.value])
@login_required
def remove(order_id):
    return {}


@reports.get("/")
def all_reports():
    return []


def create_app():
    app = OrgFlask(__name__)
    register(app)
    return app


def create_job_app():
    app = OrgFlask(__name__)
    register(app)
    return app


def register(app):
    app.register_blueprint(orders, url_prefix="/orders")
    app.register_blueprint(reports)
