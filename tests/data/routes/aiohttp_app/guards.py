from functools import wraps

from aiohttp import web


def require_token(handler):
    @wraps(handler)
    async def checked(request):
        if request.headers.get("Authorization") != "Bearer " + request.app["token"]:
            raise web.HTTPUnauthorized()
        return await handler(request)

    return checked


@web.middleware
async def token_middleware(request, handler):
    if request.path == "/admin/health":
        return await handler(request)
    token = request.headers.get("X-Api-Token")
    if not token or token != request.app["token"]:
        return web.json_response({"error": "who are you"}, status=401)
    return await handler(request)
