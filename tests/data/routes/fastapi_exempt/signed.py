from collections.abc import Callable

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.routing import APIRoute


class SignedRoute(APIRoute):
    def get_route_handler(self) -> Callable:
        original = super().get_route_handler()

        async def signed(request: Request):
            if not request.headers.get("Authorization"):
                raise HTTPException(401)
            return await original(request)

        return signed


class TimedRoute(APIRoute):
    def get_route_handler(self) -> Callable:
        original = super().get_route_handler()

        async def timed(request: Request):
            return await original(request)

        return timed


signed_router = APIRouter(prefix="/signed", route_class=SignedRoute)
timed_router = APIRouter(prefix="/timed", route_class=TimedRoute)


@signed_router.get("/orders")
def orders():
    return {}


@timed_router.put("/orders")
def order():
    return {}


application = FastAPI()
application.include_router(signed_router)
application.include_router(timed_router)
