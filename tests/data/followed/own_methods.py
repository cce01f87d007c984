"""What an object's own methods give where no call is written: each object answers with what it holds."""

import os

from flask import Flask, request

app = Flask(__name__)


class Named:
    def __init__(self, name, label="none"):
        self._name = name
        self._label = label

    @property
    def name(self):
        return self._name

    @property
    def label(self):
        return self._label

    def __getitem__(self, key):
        return self._name

    def __call__(self):
        return self._name

    def __enter__(self):
        return self._name

    def __exit__(self, *error):
        return None

    @classmethod
    def made(cls, name):
        return cls(name)


@app.get("/a")
def a():
    one = Named(request.args["name"])
    os.system(one.name)  # $ alert
    os.system(one["any"])  # $ alert
    os.system(one())  # $ alert
    with one as name:
        os.system(name)  # $ alert
    os.system(Named.made(request.args["name"]).name)  # $ alert
    os.system(one.label)
    return "ok"


@app.get("/b")
def b():
    one = Named("fixed", request.args["label"])
    os.system(one.name)
    os.system(one["any"])
    os.system(one())
    os.system(one.label)  # $ alert
    return "ok"
