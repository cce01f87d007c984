"""Views that a call registers, and no decorator."""

import os

from fastapi import FastAPI
from flask import Flask, request

app = Flask(__name__)
api = FastAPI()


def order(name, number):
    os.system("print " + name)  # $ alert
    os.system(f"print {number}")
    return "printed"


app.add_url_rule("/orders/<name>/<int:number>", view_func=order)


def missing(error):
    os.system("log " + request.args["name"])  # $ alert
    return str(error), 404


app.register_error_handler(404, missing)


def helper(name):
    os.system("print " + name)


def listed():
    helper("orders")
    return []


app.add_url_rule("/orders", "orders", listed)


async def item(name: str, size: int):
    os.system("print " + name)  # $ alert
    os.system(f"print {size}")


api.add_api_route("/items/{name}", item, methods=["POST"])


class Server:
    def __init__(self):
        self.app = Flask(__name__)
        self.app.add_url_rule("/jobs/<job>", "job", self.job)

    def job(self, job):
        os.system("run " + job)  # $ alert
        return self.other(job="none")

    def other(self, job):
        os.system("run " + job)
        return job
