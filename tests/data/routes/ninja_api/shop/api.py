"""django-ninja: of guards given at several depths, the innermost alone counts."""

from ninja import NinjaAPI, Router, Schema
from ninja.security import HttpBearer, django_auth

from shop.orders import router as orders


class Token(HttpBearer):
    def authenticate(self, request, token):
        if token == "x":
            return token


def by_address(request):
    if request.META.get("HTTP_X_KEY") == "k":
        return "key"


class Item(Schema):
    name: str


api = NinjaAPI(auth=Token())
news = Router(auth=None)
api.add_router("/orders/", orders)
api.add_router("/news", news, auth=None)
api.add_router("/bills", "shop.bills.router")


@api.get("/items")
def items(request):
    return []


@api.post("/items", auth=django_auth, response=Item)
def create(request, item: Item):
    return item


@api.get("/health", auth=None)
def health(request):
    return {}


@api.delete("/items/{item_id}", auth=[Token(), by_address])
def remove(request, item_id: int):
    return {}


@news.get("/latest")
def latest(request):
    return []
