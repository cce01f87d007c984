"""Values that objects and other threads keep, attributes set by name, and conversions after which nothing is left to inject."""

import binascii
import collections
import configparser
import hashlib
import hmac
import os
import types
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

from flask import Flask, request

app = Flask(__name__)
current = ContextVar("current")
page = ContextVar("page")
executor = ThreadPoolExecutor()


class Box:
    pass


def same(text):
    return text


@app.get("/threads")
def threads():
    os.system(executor.submit(same, request.args["name"]).result())  # $ alert
    with ThreadPoolExecutor() as pool:
        future = pool.submit(same, request.args["name"])
        fixed = pool.submit(same, "ls")
        os.system(fixed.result())
        os.system(future.result())  # $ alert


@app.get("/variables")
def variables():
    current.set(request.args["name"])
    page.set("start")
    run_current()


def run_current():
    os.system(page.get())
    os.system(current.get())  # $ alert


@app.get("/attributes")
def attributes():
    box = Box()
    setattr(box, "name", request.args["name"])
    setattr(box, "other", "ls")
    os.system(box.other)
    os.system(box.name)  # $ alert


@app.get("/digests")
def digests():
    data, name = request.get_data(), request.args["name"]
    os.system("echo " + hashlib.md5(data).hexdigest())
    os.system("echo " + hashlib.new("sha256", data).hexdigest())
    os.system("echo " + hmac.new(b"key", data, "sha256").hexdigest())
    digest = hashlib.sha256()
    digest.update(data)
    os.system("echo " + digest.hexdigest())
    os.system("echo " + data.hex())
    os.system("echo " + str(zlib.crc32(data)))
    os.system("echo " + str(uuid.uuid5(uuid.NAMESPACE_DNS, name)))
    os.system("echo " + str(int.from_bytes(data, "big")))
    os.system("echo " + str(name.count("x")))
    os.system("echo " + binascii.unhexlify(data).decode())  # $ alert
    os.system("echo " + data.decode())  # $ alert


@app.get("/containers")
def containers():
    name = request.args["name"]
    os.system(collections.ChainMap({"a": name}, {"b": "ls"})["a"])  # $ alert
    os.system(collections.ChainMap({"a": name}, {"b": "ls"})["b"])
    os.system(collections.defaultdict(list, {"a": name})["a"])  # $ alert
    os.system(types.SimpleNamespace(a=name, b="ls").a)  # $ alert
    os.system(types.SimpleNamespace(a=name, b="ls").b)
    settings = configparser.ConfigParser()
    settings.read_string(name)
    os.system(settings.get("a", "b"))  # $ alert
    os.system("kill " + str(settings.getint("a", "b")))
