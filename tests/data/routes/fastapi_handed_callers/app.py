"""Guards that are handed whoever calls by a dependency of their own, and leave it to a helper to refuse nobody."""

import os

from fastapi import Depends, FastAPI, HTTPException, Request

OFF = os.environ.get("AUTH_TYPE") == "disabled"

app = FastAPI()


class AccessDenied(HTTPException):
    def __init__(self, detail: str) -> None:
        super().__init__(status_code=403, detail=detail)


async def optional_user(request: Request):
    return await find_user(request.headers.get("Authorization"))


async def checked(user, optional: bool = OFF):
    if optional:
        return None
    if user is None:
        raise AccessDenied("not signed in")
    return user


async def limited_user(user=Depends(optional_user)):
    return await checked(user)


def get_session():
    if os.environ.get("MAINTENANCE"):
        raise AccessDenied("later")
    yield connect()


@app.get("/a")
async def a(user=Depends(limited_user)):
    return user.notes


@app.get("/b")
async def b(user=Depends(optional_user)):
    return "hello" if user is None else user.name


@app.get("/c")
async def c(session=Depends(get_session)):
    return session.all()
