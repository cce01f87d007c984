from flask import Blueprint, Flask, jsonify, request
from werkzeug.exceptions import Forbidden, Unauthorized

notes = Blueprint("notes", __name__)


class Authz:
    def __init__(self, role):
        self.role = role

    @classmethod
    def from_token(cls, token):
        if not token.startswith("t"):
            raise Unauthorized()
        return cls(token)


def get_authz():
    authz = None
    if "Authorization" in request.headers:
        authz = Authz.from_token(request.headers.get("Authorization"))
    if authz is None and "api_key" in request.args:
        authz = Authz.from_token(request.args.get("api_key"))
    return authz


@notes.before_app_request
def setup_request():
    request.authz = get_authz() or Authz(None)


def require(*predicates):
    for predicate in predicates:
        if not predicate:
            raise Forbidden("you may not")


@notes.get("/notes")
def index():
    return jsonify([])


@notes.post("/notes")
def create():
    require(request.authz.logged_in)
    return jsonify({}), 201


@notes.post("/notes/<int:id>")
def update(id):
    require(id > 0, request.authz.logged_in)
    return jsonify({})


app = Flask(__name__)
app.register_blueprint(notes)
