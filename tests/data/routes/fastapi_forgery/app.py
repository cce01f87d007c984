"""Middleware that asks for a sign against forgery is no login; a dependency's other parameters stand in the address."""

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

app = FastAPI()


def check_csrf(request: Request) -> bool:
    if request.method in ["GET", "HEAD"]:
        return True
    return "origin" not in request.headers or "x-csrf-token" in request.headers


@app.middleware("http")
async def around(request: Request, call_next):
    if not check_csrf(request):
        return JSONResponse(content={"message": "no sign"}, status_code=401)
    return await call_next(request)


async def may_see(camera: str | None = None, request: Request = None):
    if camera is None:
        return
    user = request.headers.get("remote-user")
    if not user:
        raise HTTPException(401)


async def known(token: str | None = None):
    if token is None:
        return None
    raise HTTPException(401)


@app.post("/login")
def login():
    return {}


@app.post("/orders")
def order():
    return {}


@app.get("/cameras/{camera}", dependencies=[Depends(may_see)])
def camera(camera: str):
    return {}


@app.get("/shown", dependencies=[Depends(known)])
def shown():
    return {}
