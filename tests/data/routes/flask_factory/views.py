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


OPEN = ["/public", "/feeds/"]


def is_open(path):
    return any(path.startswith(one) for one in OPEN)


members = Blueprint("members", __name__)


@members.before_request
def members_only():
    if is_open(request.path) or request.method == "OPTIONS":
        return
    if request.blueprint == "members" and request.endpoint.endswith(".join"):
        return
    if not request.headers.get("Authorization"):
        abort(401)


@members.route("/public/list")
def listed():
    return "list"


@members.route("/feeds/<name>")
def feed(name):
    return name


@members.route("/<name>")
def member(name):
    return name


@members.route("/join", methods=["POST"])
def join():
    return "joined"
