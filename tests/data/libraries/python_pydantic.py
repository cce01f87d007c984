# Types of Pydantic: numbers and moments carry nothing, addresses any host; and guards that a function of the project raises for.
import os
from pathlib import Path
from typing import Annotated

import requests
from fastapi import Body, FastAPI, HTTPException
from pydantic import UUID4, AnyUrl, BaseModel, HttpUrl, NonNegativeInt, PositiveInt, conint

app = FastAPI()
ROOT = "/srv/files"


class Item(BaseModel):
    url: HttpUrl
    other: AnyUrl | None = None
    urls: list[HttpUrl]
    file: Path
    count: PositiveInt
    page: conint(ge=0)
    key: UUID4


@app.post("/items")
def items(item: Item):
    requests.get(item.url, timeout=1)  # $ server-side-request-forgery
    requests.get(str(item.other), timeout=1)  # $ server-side-request-forgery
    for url in item.urls:
        requests.get(url, timeout=1)  # $ server-side-request-forgery
    open(item.file)  # $ path-traversal
    open(f"{ROOT}/{item.count}/{item.page}/{item.key}")


@app.get("/fetch")
def fetch(url: HttpUrl, count: NonNegativeInt, key: UUID4):
    open(f"{ROOT}/{count}/{key}")
    return requests.get(str(url), timeout=1).text  # $ server-side-request-forgery


@app.post("/embedded")
def embedded(url: Annotated[HttpUrl, Body(embed=True)], file: Path):
    open(file)  # $ path-traversal
    return requests.get(url.unicode_string(), timeout=1).text  # $ server-side-request-forgery


def refuse():
    raise HTTPException(400)


def refuse_loudly(loud):
    """Turn down."""
    if loud:
        raise HTTPException(400, "no")
    else:
        raise HTTPException(404)


def warn():
    print("odd")


@app.get("/guarded")
def guarded(name: str):
    path = os.path.realpath(os.path.join(ROOT, name))
    if not path.startswith(ROOT + os.sep):
        refuse()
    return open(path).read()


@app.get("/guarded-too")
def guarded_too(name: str):
    path = os.path.realpath(os.path.join(ROOT, name))
    if not path.startswith(ROOT + os.sep):
        refuse_loudly(True)
    return open(path).read()


@app.get("/unguarded")
def unguarded(name: str):
    path = os.path.realpath(os.path.join(ROOT, name))
    if not path.startswith(ROOT + os.sep):
        warn()
    return open(path).read()  # $ path-traversal
