from flask import Blueprint, Flask
from flask_login import login_required

app = Flask(__name__)
bp = Blueprint("bp", __name__)


def api_route(path, **options):
    return bp.route("/api" + path, **options)


def guarded(path):
    def decorator(view):
        bp.add_url_rule("/guarded" + path, view_func=login_required(view))
        return view

    return decorator


@api_route("/things", methods=["POST"])
def things():
    return "x"


@guarded("/things")
def others():
    return "x"


def first():
    return "x"


def second():
    return "x"


for path, view in (("/first", first), ("/second", second)):
    bp.add_url_rule(path, view_func=view)

for path in ("/one", "/two"):
    bp.add_url_rule(path, path, first)

app.register_blueprint(bp, url_prefix="/b")
