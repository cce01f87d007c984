"""A helper registers lists of rows: which address is whose is not followed, and no address is made up."""

from flask import Blueprint, Flask
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


def create_app():
    app = Flask(__name__)
    app.register_blueprint(configure(Blueprint("one", "one"), [("/a", A), ("/b", B), ("/c", C)]))
    app.register_blueprint(configure(Blueprint("two", "two"), [("/d", D), ("/e", E), ("/f", A), ("/g", B), ("/h", C)]))
    return app
