from aiohttp import web

from guards import require_token

routes = web.RouteTableDef()


@routes.get("/pages")
async def pages(request):
    return web.json_response([])


@routes.post("/pages")
@require_token
async def new_page(request):
    return web.json_response({})


@routes.route("*", "/echo")
async def echo(request):
    return web.Response(text="echo")


@routes.view("/covers/{name}")
class Covers(web.View):
    async def get(self):
        return web.Response()

    @require_token
    async def put(self):
        return web.Response()
