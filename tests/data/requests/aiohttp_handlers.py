import requests
from aiohttp import web
import aiohttp
routes = web.RouteTableDef()
@routes.get("/a")
async def a(request):
    requests.get(request.query["u"], timeout=1)  # $ alert
    d = await request.json()
    requests.get(d["u"], timeout=1)  # $ alert
    requests.get(request.match_info["x"], timeout=1)  # $ alert
    raise web.HTTPFound(request.query["n"])  # $ alert
async def b(request: web.Request):
    f = await request.post()
    async with aiohttp.ClientSession() as s:
        async with s.get(f["u"]) as r:  # $ alert
            pass
    return web.Response(text="<p>" + f["n"], content_type="text/html")  # $ alert
class V(web.View):
    async def get(self):
        requests.get(self.request.query["u"], timeout=1)  # $ alert
