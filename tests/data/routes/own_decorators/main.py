"""Decorators of the project that register what they stand on: by a router's method that they are handed, with and without a check."""

import functools
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request

router = APIRouter(prefix="/shelves")


def _asking(scopes: list[str]):
    def decorator(func):
        @functools.wraps(func)
        async def wrapper(request: Request, *args, **kwargs):
            if not request.user.is_authenticated:
                raise HTTPException(401, "Not authenticated")
            if not set(scopes) <= set(request.auth.scopes):
                raise HTTPException(403, "Forbidden")
            return await func(request, *args, **kwargs)

        return wrapper

    return decorator


def protected(method: Any, path: str, scopes: list[str] | None = None, **kwargs):
    def decorator(func):
        asking = _asking(scopes or [])(func)
        return method(path, **kwargs)(asking)

    return decorator


def versioned(path: str):
    def decorator(func):
        return router.post(f"/v1{path}")(func)

    return decorator


def of_router(owner: APIRouter, path: str):
    def decorator(func):
        return owner.put(path)(func)

    return decorator


@protected(router.get, "", ["shelves.read"])
async def list_shelves(request: Request):
    return []


@protected(router.delete, "/{shelf_id}", ["shelves.write"], status_code=204)
async def remove_shelf(request: Request, shelf_id: int):
    return None


@versioned("/import")
async def import_shelves(request: Request):
    return None


@of_router(router, "/{shelf_id}")
async def change_shelf(request: Request, shelf_id: int):
    return None


@router.get("/plain")
async def plain():
    return []


app = FastAPI()
app.include_router(router, prefix="/api")
