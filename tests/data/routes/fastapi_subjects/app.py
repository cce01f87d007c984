"""Middleware that only attaches who calls; routers of a class that a function makes."""

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param

from sessions import store


class Anonymous:
    pass


class InvalidToken(Exception):
    pass


def bearer_token(request):
    scheme, value = get_authorization_scheme_param(request.headers.get("Authorization"))
    if not scheme or scheme.lower() != "bearer":
        return None
    return value


async def subject_of(request):
    token = bearer_token(request)
    if token is not None:
        found = await store.by_token(token)
        if found is None:
            raise InvalidToken
        return found
    cookie = request.cookies.get("session")
    if cookie is None:
        return Anonymous()
    return await store.by_cookie(cookie)


class SubjectMiddleware:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            scope["state"]["subject"] = await subject_of(request)
        except InvalidToken:
            response = JSONResponse({}, status_code=401)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def router_class(route_class):
    class OurRouter(APIRouter):
        def __init__(self, *args, **kwargs):
            kwargs["route_class"] = route_class
            super().__init__(*args, **kwargs)

    return OurRouter


Router = router_class(APIRoute)
router = Router(prefix="/licences")


def signed_in(request: Request):
    if isinstance(request.state.subject, Anonymous):
        raise HTTPException(401)
    return request.state.subject


@router.get("/terms")
def terms():
    return []


@router.get("/mine")
def mine(subject=Depends(signed_in)):
    return []


app = FastAPI()
app.add_middleware(SubjectMiddleware)
app.include_router(router, prefix="/v1")


@app.websocket("/logs")
async def logs(websocket: WebSocket):
    token = websocket.query_params.get("token")
    user = user_of(token)
    if not user:
        return await websocket.close(reason="who are you", code=4401)
    await websocket.accept()


def user_of(token):
    if not token:
        return None
    return store.database.find(token)
