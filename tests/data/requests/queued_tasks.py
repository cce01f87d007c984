import requests
from celery import shared_task
from flask import Flask, request

app = Flask(__name__)


@shared_task
def fetch(url):
    requests.get(url, timeout=1)  # $ alert


@shared_task(bind=True)
def fetch_bound(self, name, url):
    requests.get(f"https://{name}", timeout=1)  # $ guess
    requests.get(url, timeout=1)  # $ alert


@shared_task
def fetch_named(url):
    requests.get(url, timeout=1)  # $ alert


@shared_task
def fetch_own(url):
    requests.get(url, timeout=1)  # $ guess


@app.post("/a")
def a():
    fetch.delay(request.json["url"])
    fetch_bound.delay("example.com", request.json["url"])
    fetch_named.apply_async(kwargs={"url": request.json["url"]}, countdown=3)
    fetch_own.delay("https://example.com/")
    return {}
