import functools

import jwt
from flask import Flask, abort, g, jsonify, request
from flask_httpauth import HTTPTokenAuth
from flask_jwt_extended import get_jwt_identity, jwt_required, verify_jwt_in_request
from flask_limiter import Limiter
from flask_login import current_user, login_required
from werkzeug.exceptions import Forbidden

app = Flask(__name__)
auth = HTTPTokenAuth()
limiter = Limiter(app)


def admin_only(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)

    return wrapper


def roles(*names):
    def decorator(view):
        def wrapper(*args, **kwargs):
            verify_jwt_in_request()
            if get_jwt_identity() not in names:
                return jsonify(error="no"), 403
            return view(*args, **kwargs)

        return wrapper

    return decorator


class Needs:
    def __init__(self, permission):
        self.permission = permission

    def __call__(self, view):
        @functools.wraps(view)
        def wrapper(*args, **kwargs):
            if not current_user.is_authenticated:
                abort(401)
            return view(*args, **kwargs)

        return wrapper


def needs(permission):
    return Needs(permission)


def timed(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        return view(*args, **kwargs)

    return wrapper


def requires_capabilities(*names):
    def decorator(view):
        @functools.wraps(view)
        def wrapper(*args, **kwargs):
            for name in names:
                if not g.auth_user.has_rights(name):
                    raise Forbidden(name)
            return view(*args, **kwargs)

        return wrapper

    return decorator


class ApiError(Exception):
    def __init__(self, message, code=500):
        super().__init__(message)
        self.code = code


def permission(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if "Authorization" not in request.headers:
            raise ApiError("no key", 401)
        return view(*args, **kwargs)

    return wrapper


@app.route("/coded")
@permission
def eighteen():
    return "x"


@app.route("/capabilities")
@requires_capabilities("manage")
def seventeen():
    return "x"


@app.route("/login-manager")
@login_required
def one():
    return "x"


@login_required
@app.route("/wrong-order")
def two():
    return "the decorator stands above the route and never runs"


@app.route("/admin")
@admin_only
def three():
    return "x"


@app.route("/roles")
@roles("editor")
def four():
    return "x"


@app.route("/class")
@Needs("read")
def five():
    return "x"


@app.route("/factory")
@needs("read")
def six():
    return "x"


@app.route("/timed")
@timed
def seven():
    return "x"


@app.route("/jwt")
@jwt_required()
def eight():
    return "x"


@app.route("/jwt-optional")
@jwt_required(optional=True)
def nine():
    return "x"


@app.route("/token")
@auth.login_required
def ten():
    return "x"


@app.route("/token-optional")
@auth.login_required(optional=True)
def eleven():
    return "x"


@app.route("/limited")
@limiter.limit("5/minute")
def twelve():
    return "x"


@app.route("/body")
def thirteen():
    token = request.headers.get("Authorization")
    if not token:
        return jsonify(error="no token"), 403
    return "x"


@app.route("/body-helper")
def fourteen():
    require_user()
    return "x"


def require_user():
    if not current_user.is_authenticated:
        abort(401)


@app.route("/verified")
def fifteen():
    verify_jwt_in_request(optional=True)
    return "x"


@app.route("/body-kind")
def sixteen():
    verify_jwt_in_request()
    return "x"


@app.route("/sign-in", methods=["POST"])
def sign_in():
    if request.json["password"] != g.password:
        return jsonify(error="wrong password"), 401
    return "token"


def verify_jwt(token):
    try:
        jwt.decode(token, app.config["KEY"], algorithms=["HS256"])
        return True
    except jwt.InvalidTokenError:
        return False


@app.post("/customers")
def customers():
    token = request.headers.get("Authorization")
    if not token:
        return jsonify(error="no token"), 403
    if not verify_jwt(token):
        return jsonify(error="bad token"), 403
    return jsonify(load(request.json["id"]))


def made_of(test):
    def decorator(view):
        @functools.wraps(view)
        def wrapper(*args, **kwargs):
            if not test(current_user):
                abort(403)
            return view(*args, **kwargs)

        return wrapper

    return decorator


@made_of
def treasurers(user):
    return user.is_treasurer


@app.get("/made")
@treasurers
def nineteen():
    return {}
