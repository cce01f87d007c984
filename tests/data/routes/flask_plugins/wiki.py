from flask import Blueprint

blueprint = Blueprint("wiki", __name__, url_prefix="/wiki")


@blueprint.route("/<page>")
def page(page):
    return page
