from fastapi import APIRouter, Depends

from shop_auth.bearer import Bearer


def init_orders(bearer: Bearer):
    router = APIRouter()

    @router.get("/")
    def orders(claims=Depends(bearer)):
        return claims

    return router
