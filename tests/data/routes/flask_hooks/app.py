from flask import Blueprint, Flask, abort, g, jsonify, redirect, request, session, url_for

app = Flask(__name__)
admin = Blueprint("admin", __name__, url_prefix="/admin")
inner = Blueprint("inner", __name__, url_prefix="/inner")
public = Blueprint("public", __name__)
logged = Blueprint("logged", __name__, url_prefix="/logged")
tokens = Blueprint("tokens", __name__, url_prefix="/tokens")


@admin.before_request
def require_login():
    if "user_id" not in session:
        return redirect(url_for("public.login"))


@logged.before_request
def remember():
    g.user = session.get("user_id")


def check_token():
    if not request.headers.get("Authorization"):
        return jsonify(error="no token"), 401


tokens.before_request(check_token)


@admin.route("/users")
def users():
    return "users"


@inner.route("/deep")
def deep():
    return "covered by the hook of the blueprint around it"


@public.route("/login", methods=["GET", "POST"])
def login():
    return "form"


@logged.route("/items")
def items():
    return "a hook that turns nobody away is no guard"


@tokens.route("/items")
def token_items():
    return "items"


admin.register_blueprint(inner)
for blueprint in (admin, public, logged, tokens):
    app.register_blueprint(blueprint)
