import requests
from litestar import Controller, get, post
from ninja import NinjaAPI, Schema

api = NinjaAPI()


class Order(Schema):
    url: str
    number: int


@get("/pages/{host:str}")
async def page(host: str, number: int) -> str:
    requests.get(f"https://example.com/{number}", timeout=1)
    return requests.get(host, timeout=1).text  # $ alert


class Pages(Controller):
    @post("/pages")
    async def create(self, data: dict[str, str]) -> str:
        return requests.get(data["url"], timeout=1).text  # $ alert


@api.post("/orders/{host}")
def order(request, host: str, body: Order, number: int = 1):
    requests.get(host, timeout=1)  # $ alert
    requests.get(body.url, timeout=1)  # $ alert
    requests.get(f"https://example.com/{body.number}/{number}", timeout=1)
    requests.get(request.GET["url"], timeout=1)  # $ alert
