"""Handlers that a decorator puts into a table of its class, and that are registered from there."""

from urllib.request import urlopen

from aiohttp import web


class Route:
    _routes = []

    @classmethod
    def get(cls, path):
        def register(function):
            async def answer(request):
                return await function(request, web.Response())

            cls._routes.append(("GET", path, answer))
            return answer

        return register

    @classmethod
    def all(cls):
        return cls._routes


class Handler:
    @Route.get("/images/{name}")
    async def image(request, response):
        urlopen(request.match_info["name"], timeout=1)  # $ alert
        urlopen("https://example.org", timeout=1)


def main():
    app = web.Application()
    for method, path, handler in Route.all():
        app.router.add_route(method, path, handler)
    web.run_app(app)
