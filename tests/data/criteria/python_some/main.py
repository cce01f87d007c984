"""A service that has half of everything."""

import asyncio
import logging
import os
import threading

import grpc
import httpx
import jwt
import pika
import strawberry
import stripe
from cachetools import TTLCache, cached
from django.db import models
from fastapi import APIRouter, FastAPI, File, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse
from fastapi.security import OAuth2PasswordBearer
from opentelemetry import trace
from prometheus_client import Counter
from slowapi import Limiter
from slowapi.errors import RateLimitExceeded
from sqlalchemy import Index, create_engine, select, text
from sqlalchemy.orm import Session
from tenacity import retry, stop_after_attempt
from twilio.rest import Client

from orders_pb2_grpc import OrdersStub

log = logging.getLogger(__name__)
app = FastAPI(openapi_url=None)
limiter = Limiter(key_func=lambda request: request.client.host)
bearer = OAuth2PasswordBearer(tokenUrl="token")
engine = create_engine(os.environ["DATABASE_URL"])
tracer = trace.get_tracer("orders")
CALLS = Counter("calls", "calls")
schema = strawberry.Schema(query=Counter)
stub = OrdersStub(grpc.insecure_channel("stock:50051"))


class Order(models.Model):
    organization = models.ForeignKey("Organization", on_delete=models.CASCADE)
    deleted_at = models.DateTimeField(null=True)


class OutboxMessage(models.Model):
    body = models.TextField()


Index("by_name", "name")


@app.exception_handler(RateLimitExceeded)
async def limited(request: Request, error: RateLimitExceeded) -> None:
    raise HTTPException(429)


@app.post("/v1/login")
@limiter.limit("5/minute")
def login(request: Request, password: str) -> str:
    return jwt.encode({"sub": "me"}, os.environ["KEY"], algorithm="HS256")


@app.post("/v1/upload")
def upload(file: UploadFile = File()) -> str:
    return "ok"


@app.get("/v1/orders")
@cached(TTLCache(10, 60))
def orders() -> list[str]:
    with Session(engine) as session:
        return [row.name for row in session.execute(select(Order))]


@app.get("/v1/orders/search")
def search(name: str) -> HTMLResponse:
    with Session(engine) as session:
        session.execute(text(f"SELECT id FROM orders WHERE name = '{name}'"))
    return HTMLResponse(f"<p>Nothing is called {name}</p>")


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@retry(stop=stop_after_attempt(3))
def fetch() -> str:
    return httpx.get("https://quotes.example.com", timeout=3).text


async def started() -> None:
    asyncio.create_task(asyncio.sleep(1))
    threading.Timer(60, fetch).start()


def pay() -> None:
    stripe.PaymentIntent.create(amount=1)


def send_webhook(url: str) -> None:
    httpx.post(url, timeout=3)


def changed() -> None:
    send_webhook("https://customer.example.com")


def consume() -> None:
    channel = pika.BlockingConnection().channel()
    channel.basic_consume("orders", on_message_callback=print, auto_ack=True)
