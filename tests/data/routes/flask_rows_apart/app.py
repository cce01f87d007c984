"""Helpers register lists of rows: each call of them is one of its own; where a list is not known, no address is made up."""

from flask import Blueprint, Flask, abort, session
from flask.views import MethodView
from flask_restful import Api, Resource


class A(Resource):
    def get(self):
        return {}


class B(Resource):
    def get(self):
        return {}


class C(Resource):
    def get(self):
        return {}


class D(Resource):
    def get(self):
        return {}


class E(Resource):
    def post(self):
        return {}


def configure(blueprint, rows):
    api = Api(blueprint)
    for row in rows:
        (path, resource) = row
        api.add_resource(resource, path)
    return blueprint


def members_only(view):
    def wrapper(*args, **kwargs):
        if "user" not in session:
            abort(401)
        return view(*args, **kwargs)

    return wrapper


class Page(MethodView):
    def get(self):
        return ""


class Form(MethodView):
    def post(self):
        return ""


class Other(MethodView):
    def get(self):
        return ""


def pages(blueprint, rows, decorators=None):
    views = {}
    for path, resource in rows:
        view = views.get(resource)
        if view is None:
            view = resource.as_view(resource.__name__)
            for decorator in decorators or []:
                view = decorator(view)
            views[resource] = view
        blueprint.add_url_rule(path, view_func=view)
    return blueprint


def scattered(app, rows):
    for path, resource in rows:
        app.add_url_rule(path, view_func=resource.as_view(path))


def create_app():
    app = Flask(__name__)
    app.register_blueprint(pages(Blueprint("p", "p", url_prefix="/p"), [("/page", Page), ("/form", Form), ("/also", Page)]))
    inner = [("/page", Page), ("/form", Form), ("/other", Other)]
    app.register_blueprint(pages(Blueprint("q", "q", url_prefix="/q"), inner, decorators=[members_only]))
    rows = []
    while len(rows) < LEAST:
        rows += [("/x", Page), ("/y", Form), ("/z", Other)]
    scattered(app, rows)
    app.register_blueprint(configure(Blueprint("one", "one"), [("/a", A), ("/b", B), ("/c", C)]))
    app.register_blueprint(configure(Blueprint("two", "two"), [("/d", D), ("/e", E), ("/f", A), ("/g", B), ("/h", C)]))
    return app
