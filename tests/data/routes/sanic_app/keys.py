from sanic import Blueprint
from sanic.exceptions import Unauthorized
from sanic.response import json

keys = Blueprint("keys", url_prefix="/keys")


@keys.on_request
async def token_first(request):
    if not request.token:
        raise Unauthorized("who are you")


@keys.middleware("response")
async def stamped(request, response):
    response.headers["X-Done"] = "1"


@keys.delete("/<number:int>")
async def revoke(request, number):
    return json({})
