"""A service that has everything that the seed asks for, as small as it can be."""

import asyncio
import logging

import sentry_sdk
import strawberry
import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi_cache.decorator import cache
from fastapi_pagination import Page, paginate
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from prometheus_client import Counter
from secure import Secure
from slowapi import Limiter
from slowapi.middleware import SlowAPIMiddleware
from sqlalchemy import select
from sqlalchemy.orm import load_only, selectinload
from sse_starlette.sse import EventSourceResponse
from strawberry.federation import Schema

from access import current_user, require_role, tenant_of
from database import get_db
from models import AuditLog, Order, OrderIn, OrderOut
from services import cached_name, flags, quote

sentry_sdk.init(dsn="", traces_sample_rate=0.1)
structlog.configure()
log = structlog.get_logger()
ORDERS = Counter("orders", "orders taken")
headers = Secure.with_default_headers()
csp = ("Content-Security-Policy", "default-src 'self'")

limiter = Limiter(key_func=tenant_of, storage_uri="redis://cache:6379", default_limits=["100/minute"])
app = FastAPI(title="Orders")
app.add_middleware(SlowAPIMiddleware)
app.add_middleware(CorrelationIdMiddleware)
app.add_middleware(GZipMiddleware)
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example.com"])
FastAPIInstrumentor.instrument_app(app)
schema = Schema(query=strawberry.type(type("Query", (), {})))


@app.exception_handler(Exception)
async def failed(request: Request, error: Exception) -> JSONResponse:
    log.error("unhandled", path=request.url.path)
    return JSONResponse({"detail": "Internal error"}, status_code=500)


@app.get("/v1/orders", response_model=Page[OrderOut])
@cache(expire=60)
async def orders(db=Depends(get_db), user=Depends(current_user)) -> Page[OrderOut]:
    rows = await db.execute(
        select(Order)
        .where(Order.deleted_at.is_(None))
        .filter_by(tenant_id=user.tenant_id)
        .options(selectinload(Order.lines), load_only(Order.id))
        .limit(50)
    )
    return paginate(rows.scalars().all())


@app.post("/v1/orders", response_model=OrderOut, deprecated=True)
async def create(order: OrderIn, db=Depends(get_db), user=Depends(require_role("admin"))) -> OrderOut:
    async with db.begin():
        row = Order(**order.model_dump())
        db.add_all([row])
        db.add(AuditLog(user_id=user.id, action="order.created"))
    ORDERS.inc()
    if flags.is_enabled("quotes"):
        await quote(order)
    return OrderOut(name=await asyncio.to_thread(cached_name, row.name))


@app.get("/v1/events", response_model=None)
async def events(user=Depends(current_user)) -> EventSourceResponse:
    return EventSourceResponse(iter(()))


@app.websocket("/v1/live")
async def live(socket: WebSocket, user=Depends(current_user)) -> None:
    await socket.accept()


@app.get("/readyz", response_model=dict)
async def ready(db=Depends(get_db)) -> dict[str, str]:
    await db.execute(select(1))
    return {"status": "ok"}
