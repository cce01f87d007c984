import hashlib
import hmac
import os

from fastapi import Depends, FastAPI, Request

app = FastAPI()


async def get_webhook_auth(request: Request):
    signature = request.headers.get("x-signature")
    if not signature:
        return None
    body = await request.body()
    if hmac.new(os.environ["KEY"].encode(), body, hashlib.sha256).hexdigest() != signature:
        return None
    return {"user": 1}


@app.post("/gone")
def gone(payload: dict | None = Depends(get_webhook_auth)):
    """The service tells that a user is gone."""
    if not payload:
        print("unknown")
        return
    remove(payload["user"])


known = get_webhook_auth


@app.post("/left")
def left(payload: dict | None = Depends(known), other: int = Depends(int)):
    if payload is None:
        return
    remove(payload["user"])


@app.post("/news")
def news(payload: dict | None = Depends(get_webhook_auth)):
    if not payload:
        return ["for everybody"]
    return ["for you"]


@app.post("/all")
def all_of_it(payload: dict | None = Depends(get_webhook_auth)):
    if payload:
        return
    remove(0)
