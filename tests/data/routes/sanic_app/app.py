from sanic import Sanic
from sanic.response import json
from sanic.views import HTTPMethodView
from sanic_jwt import protected

from books import books
from keys import keys

app = Sanic("shop")


@app.get("/health")
async def health(request):
    return json({})


@app.route("/orders", methods=["GET", "POST"])
@protected()
async def orders(request):
    return json([])


class Shelf(HTTPMethodView):
    async def get(self, request, name):
        return json({})

    @protected()
    async def put(self, request, name):
        return json({})


app.add_route(Shelf.as_view(), "/shelves/<name:str>")
app.blueprint(books)
app.blueprint(keys, url_prefix="/v1/keys")
