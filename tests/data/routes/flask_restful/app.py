from flask import Flask, abort
from flask_login import current_user, login_required
from flask_restful import Api, Resource

PREFIX = "/v2"


class Prefixed(Api):
    def add_public(self, resource, *urls, **kwargs):
        return self.add_resource(resource, *[prefixed(url) for url in urls], **kwargs)


def prefixed(url):
    return PREFIX + url


class Service(Flask):
    def __init__(self, *args, **kwargs):
        super().__init__(__name__, *args, **kwargs)


class Guarded(Resource):
    method_decorators = [login_required]


class Ours(Guarded):
    def get(self):
        return {}


class Theirs(Resource):
    method_decorators = {"post": [login_required]}

    def get(self):
        return {}

    def post(self):
        return {}


class Everybody(Resource):
    def get(self, name=None):
        return {}


api = Prefixed()
inner = Api(prefix="/inner", decorators=[login_required])

api.add_resource(Ours, "/ours", "/our-own")
api.add_public(Theirs, "/theirs")
api.add_public(Everybody, "/everybody", "/everybody/<name>", endpoint="everybody")
inner.add_resource(Everybody, "/everybody")


def create_app():
    app = Service()
    api.init_app(app)
    inner.init_app(app)
    return app
