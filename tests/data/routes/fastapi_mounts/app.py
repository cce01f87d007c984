"""An application that holds others: its dependencies do not reach them, its middleware does."""

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Mount, Route

import settings
import tokens
from checks import checked
from compat import status as compat_status


def require_token(request: Request):
    if request.headers.get("authorization") != "Bearer x":
        raise HTTPException(401)


class RequireSession(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if not request.session.get("user"):
            return JSONResponse({}, status_code=401)
        return await call_next(request)


inner = FastAPI()
guarded = FastAPI(dependencies=[Depends(require_token)])
plain = APIRouter()


@inner.get("/secrets")
def secrets():
    return []


@guarded.get("/keys")
def keys():
    return []


@plain.get("/news")
def news():
    return []


app = FastAPI(dependencies=[Depends(require_token)])
app.include_router(plain)
app.mount("/inner", inner)
app.mount("/guarded", guarded)


@app.get("/orders")
def orders():
    return []


def jobs(request):
    return JSONResponse([])


behind = FastAPI(routes=[Mount("/jobs", routes=[Route("/all", jobs)])])
behind.add_middleware(RequireSession)
nested = FastAPI()
behind.mount("/nested", nested)


@nested.get("/logs")
def logs():
    return []


settled = FastAPI()


@settled.middleware("http")
async def token_first(request, call_next):
    try:
        if request.headers.get("X-Token") is None:
            return JSONResponse(status_code=compat_status.HTTP_401_UNAUTHORIZED, content={})
        checked(request.headers["X-Token"])
    except ValueError:
        return JSONResponse(status_code=compat_status.HTTP_401_UNAUTHORIZED, content={})
    return await call_next(request)


@settled.get("/invoices")
def invoices():
    return []


outer = FastAPI()
if settings.base_path:
    outer.mount(settings.base_path.value(), settled)
else:
    outer.mount("/api", settled)


async def either(request: Request):
    try:
        return require_token(request.headers.get("X-Token"))
    except HTTPException:
        return None


async def decoded(request: Request):
    token = request.headers.get("Authorization")
    try:
        payload = tokens.decode(token)
    except tokens.Broken:
        raise HTTPException(401)
    return payload


@outer.get("/perhaps")
def perhaps(user=Depends(either)):
    return []


@outer.get("/surely")
def surely(user=Depends(decoded)):
    return []
