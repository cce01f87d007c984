"""Other services."""

import asyncio
import csv
import hmac

import aio_pika
import boto3
import consul
import grpc
import httpx
import posthog
import pybreaker
import redis
import stripe
from cachetools import TTLCache, cached
from celery import Celery
from celery.schedules import crontab
from elasticsearch import Elasticsearch
from flagsmith import Flagsmith
from quixstreams import Application
from sendgrid import SendGridAPIClient
from tenacity import retry, stop_after_attempt, wait_exponential_jitter

from orders_pb2_grpc import OrdersStub

flags = Flagsmith(environment_key="server")
celery = Celery("orders", broker="amqp://broker")
celery.conf.beat_schedule = {"nightly": {"task": "services.report", "schedule": crontab(hour=3)}}
breaker = pybreaker.CircuitBreaker(fail_max=5)
bulkhead = asyncio.Semaphore(10)
client = httpx.AsyncClient(timeout=5)
search = Elasticsearch("https://search")
kv = redis.Redis()
streams = Application(broker_address="kafka")
registry = consul.Consul()
channel = grpc.secure_channel("stock:443", grpc.ssl_channel_credentials())
stock = OrdersStub(channel)
server = grpc.aio.server()
s3 = boto3.client("s3")


@retry(stop=stop_after_attempt(3), wait=wait_exponential_jitter())
@breaker
async def quote(order) -> None:
    async with bulkhead:
        await client.get("https://quotes.example.com/v1")


@cached(TTLCache(100, 60))
def cached_name(name: str) -> str:
    kv.setex(name, 60, name)
    kv.publish("names", name)
    return kv.get(name)


@celery.task(autoretry_for=(OSError,), retry_backoff=True, retry_jitter=True)
def send_webhook(url: str, body: bytes) -> None:
    signature = hmac.new(b"key", body, "sha256").hexdigest()
    httpx.post(url, content=body, headers={"X-Signature": signature}, timeout=5)


def changed(url: str, body: bytes) -> None:
    send_webhook.delay(url, body)
    posthog.capture("user", "order.changed")
    SendGridAPIClient("key").send("mail")


@celery.task(autoretry_for=(OSError,), retry_backoff=True)
def report() -> None:
    with open("out.csv", "w") as file:
        csv.writer(file).writerow(["name"])
    s3.generate_presigned_url("put_object")


def charge(payload: bytes, header: str):
    event = stripe.Webhook.construct_event(payload, header, "whsec")
    return stripe.PaymentIntent.create(amount=1, idempotency_key=event.id)


async def consume() -> None:
    connection = await aio_pika.connect_robust("amqp://broker")
    async with connection:
        await asyncio.gather(connection.channel())
