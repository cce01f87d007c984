from flask import Blueprint, abort, request

shop = Blueprint("shop", __name__, url_prefix="/shop")


@shop.route("/basket")
def basket():
    return "basket"


def init_app(app):
    @app.before_request
    def require_key():
        if request.endpoint in ("health", "static"):
            return None
        if request.path.startswith("/shop/"):
            return None
        if "X-Api-Key" not in request.headers:
            abort(401)

    app.add_url_rule("/late", view_func=late)


def late():
    return "late"
