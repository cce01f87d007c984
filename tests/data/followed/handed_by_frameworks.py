"""What smaller frameworks hand over: uploads, wrapped parameters, converted ones."""

import os

import falcon
from blacksheep import Application, FromQuery
from fastapi import Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from litestar import post
from litestar.datastructures import UploadFile
from ninja import File, NinjaAPI, Query, Schema
from ninja.files import UploadedFile

api = NinjaAPI()
app = FastAPI()
served = Application()


class Filters(Schema):
    name: str
    size: int


@api.post("/ninja")
def by_ninja(request, upload: UploadedFile = File(...), filters: Query[Filters] = None):
    os.system("file " + upload.name)  # $ alert
    os.system("file " + upload.read().decode())  # $ alert
    os.system("find " + filters.name)  # $ alert
    os.system(f"find {filters.size}")


@post("/litestar")
async def by_litestar(data: UploadFile) -> str:
    os.system("file " + data.filename)  # $ alert
    return "ok"


@app.get("/fastapi")
async def by_fastapi(caller: HTTPAuthorizationCredentials = Depends(HTTPBearer())):
    os.system("id " + caller.credentials)  # $ alert


@served.router.get("/blacksheep")
async def by_blacksheep(name: FromQuery[str]):
    os.system("id " + name.value)  # $ alert


class ByFalcon:
    def on_get(self, req, resp):
        os.system(f"head -n {req.get_param_as_int('lines')}")
        os.system("head " + req.get_param("name"))  # $ alert
