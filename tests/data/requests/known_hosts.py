"""Hosts that are kept before they are tested: `host = urlsplit(url).hostname`, and `if host not in HOSTS` later on."""

import requests
from flask import Flask, abort, redirect, request
from urllib.parse import urlparse, urlsplit

app = Flask(__name__)
ALLOWED = {"a.example.com", "b.example.com"}


@app.route("/listed")
def listed():
    url = request.args["url"]
    parts = urlparse(url)
    host = parts.hostname
    if host not in ALLOWED:
        abort(400)
    return requests.get(url, timeout=3).text


@app.route("/lowered")
def lowered():
    url = request.args["url"]
    host = (urlparse(url).hostname or "").lower()
    if host not in ALLOWED:
        return "x"
    requests.get(url, timeout=3)


@app.route("/port")
def without_port():
    url = request.args["url"]
    host = urlsplit(url).netloc.split(":")[0]
    if host in ALLOWED:
        requests.get(url, timeout=3)
    requests.get(url, timeout=3)  # $ alert


@app.route("/ending")
def ending():
    url = request.args["url"]
    host = urlsplit(url).hostname
    if host and host.endswith(".example.com"):
        requests.get(url, timeout=3)
    if host.endswith("example.com"):
        requests.get(url, timeout=3)  # $ alert


@app.route("/any")
def any_of_them():
    url = request.args["url"]
    host = urlsplit(url).hostname
    if not any(host == one or host.endswith("." + one) for one in ALLOWED):
        abort(400)
    requests.get(url, timeout=3)


@app.route("/refused")
def refused():
    url = request.args["url"]
    host = urlsplit(url).hostname
    if host == "localhost":
        abort(400)
    requests.get(url, timeout=3)  # $ alert


@app.route("/scheme")
def scheme():
    url = request.args["url"]
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "https"):
        abort(400)
    requests.get(url, timeout=3)  # $ alert


@app.route("/another")
def another():
    url = request.args["url"]
    host = urlsplit(url).hostname
    url = request.args["other"]
    if host not in ALLOWED:
        abort(400)
    requests.get(url, timeout=3)  # $ alert


def is_known(url):
    host = urlparse(url).hostname
    return host in ("a.example.com", "b.example.com")


@app.route("/asked")
def asked():
    url = request.args["url"]
    if not is_known(url):
        abort(400)
    return redirect(url)


@app.route("/local")
def local():
    url = request.args["url"]
    host = urlparse(url).netloc
    if not host:
        return redirect(url)
    return redirect(url)  # $ alert


@app.route("/unpacked")
def unpacked():
    url = request.args["url"]
    _, netloc, *_ = urlparse(url)
    if netloc != "example.com":
        abort(400)
    return redirect(url)
