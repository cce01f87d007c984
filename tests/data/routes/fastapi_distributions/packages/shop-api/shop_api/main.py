from fastapi import Depends, FastAPI

from shop_api.orders import init_orders
from shop_auth.bearer import Bearer, Settings
from stockroom import keeper

app = FastAPI()
settings = Settings()


class Verifier:
    enabled = True

    def verify(self, token):
        return {"sub": token}


bearer = Bearer(Verifier())
if settings.flag("ORDERS", default=False):
    app.include_router(init_orders(bearer), prefix="/orders")


@app.get("/stock", dependencies=[Depends(bearer)])
def stock():
    return []


@app.get("/prices")
def prices():
    return []


@app.get("/shelves", dependencies=[Depends(keeper)])
def shelves():
    return []
