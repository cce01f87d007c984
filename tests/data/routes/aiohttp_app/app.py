from aiohttp import web
from aiohttp_security import authorized_userid, check_authorized

from guards import require_token, token_middleware
from tables import routes as tables


class Shelf(web.View):
    async def get(self):
        return web.json_response({})

    async def delete(self):
        await check_authorized(self.request)
        return web.json_response({})


async def health(request):
    return web.json_response({"ok": True})


async def books(request):
    return web.json_response([])


@require_token
async def new_book(request):
    data = await request.json()
    return web.json_response(data, status=201)


async def mine(request):
    user = await authorized_userid(request)
    if user is None:
        raise web.HTTPFound("/login")
    return web.json_response({"user": user})


async def reader(request):
    user = await authorized_userid(request)
    return web.json_response({"user": user})


async def report(request):
    return web.json_response({})


def setup_routes(app):
    app.router.add_get("/books", books)
    app.router.add_post("/books", new_book)
    app.router.add_route("*", "/reader", reader)
    app.router.add_view("/shelf/{name}", Shelf)
    resource = app.router.add_resource("/mine")
    resource.add_route("GET", mine)


def make_app():
    app = web.Application()
    setup_routes(app)
    app.add_routes([web.get("/health", health), web.put("/reports", report)])
    app.add_routes(tables)
    admin = web.Application(middlewares=[token_middleware])
    admin.router.add_get("/report", report)
    admin.router.add_get("/health", health)
    app.add_subapp("/admin/", admin)
    return app
