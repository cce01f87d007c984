"""Resources whose application lies outside of what is scanned."""

from functools import wraps

from flask import abort, request
from flask_restful import Resource


def check_token(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        if request.headers.get("x-api-key") != "k":
            abort(403)
        return view(*args, **kwargs)

    return guarded


class Watch(Resource):
    @check_token
    def get(self, uuid):
        return {}

    @check_token
    def delete(self, uuid):
        return "", 204


class History(Resource):
    def get(self, uuid):
        return {}


class BaseResource(Resource):
    method_decorators = [check_token]


class Notes(BaseResource):
    def post(self):
        return {}
