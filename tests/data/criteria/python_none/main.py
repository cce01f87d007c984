"""A service that imports much of what it should use, and uses nothing of it."""

import celery
import elasticsearch
import flagsmith
import opentelemetry.trace
import posthog
import prometheus_client
import pybreaker
import sendgrid
import sentry_sdk
import slowapi
import stripe
import structlog
import tenacity
from flask import Flask, request
from sqlalchemy import create_engine, text

import httpx

app = Flask(__name__)
engine = create_engine("sqlite:///orders.db")


@app.post("/create_order")
def create_order():
    body = request.get_json()
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (:name)"), {"name": body["name"]})
    httpx.post("https://quotes.example.com/v1", json=body, timeout=5)
    return {"ok": True}


@app.get("/orders")
def orders():
    with engine.begin() as connection:
        return [row.name for row in connection.execute(text("SELECT name FROM orders"))]
