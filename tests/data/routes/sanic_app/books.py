from sanic import Blueprint
from sanic.response import json

books = Blueprint("books", url_prefix="/books")


@books.get("/")
async def listed(request):
    return json([])


@books.websocket("/live")
async def live(request, ws):
    await ws.send("hello")
