"""What other libraries read from a text, or write into one: it is the client's data as before."""

import email
import json
import operator
import os

import idna
import jmespath
import orjson
import toml
import tomli
import ujson
from flask import Flask, request
from multidict import MultiDict
from werkzeug.datastructures import ImmutableMultiDict

app = Flask(__name__)


@app.get("/read")
def read():
    text = request.args["text"]
    os.system(toml.loads(text)["command"])  # $ alert
    os.system(tomli.loads(text)["command"])  # $ alert
    os.system(json.JSONDecoder().decode(text)["command"])  # $ alert
    os.system(jmespath.search("command", {"command": text}))  # $ alert
    os.system(jmespath.search(text, {"command": "ls"}))
    os.system(email.message_from_string(text)["Subject"])  # $ alert
    os.system(MultiDict({"command": text})["command"])  # $ alert
    os.system(ImmutableMultiDict({"command": text}).get("command"))  # $ alert
    return "read"


@app.get("/write")
def write():
    text = request.args["text"]
    os.system(ujson.dumps(text))  # $ alert
    os.system(orjson.dumps({"text": text}).decode())  # $ alert
    os.system(json.JSONEncoder().encode(text))  # $ alert
    os.system("ping " + idna.encode(text).decode())  # $ alert
    os.system(operator.add("ping ", text))  # $ alert
    os.system(operator.add("ping ", "localhost"))
    return "written"
