import bottle
from bottle import Bottle, abort, auth_basic, get, hook, request, response, route

from admin import admin

site = Bottle()


def check(user, password):
    return (user, password) in accounts()


@route("/")
def index():
    return "hello"


@get("/items/<name>")
def item(name):
    return {}


@route("/items", method=["POST", "PUT"])
@auth_basic(check)
def new_item():
    return {}


@route("/secret", apply=[auth_basic(check)])
def secret():
    return {}


@get("/own")
def own():
    if not request.get_header("Authorization"):
        abort(401, "who are you")
    return {}


@hook("after_request")
def no_cache():
    response.set_header("Cache-Control", "no-store")


bottle.default_app().mount("/admin", admin)
