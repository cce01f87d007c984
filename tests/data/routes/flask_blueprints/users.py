import flask

bp = flask.Blueprint("users", __name__, url_prefix="/users")


@bp.post("")
def create():
    return "made"


@bp.route("/<name>/")
def show(name):
    return name


def listing():
    return "all"


bp.add_url_rule("/list", view_func=listing)
bp.add_url_rule("/all", "all_users", listing, methods=["GET", "POST"])
