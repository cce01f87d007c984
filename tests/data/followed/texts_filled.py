"""Texts of which nothing is known (settings, files) once data has been put into them, and what a class says beside its fields."""

import os

from flask import Flask, request

app = Flask(__name__)


class Runner:
    version: int = 3
    always = 3

    def __init__(self, settings):
        self.command = settings.get("command")
        self.always = 2
        try:
            import newer  # noqa: F401
        except ImportError:
            self.version = 2

    def run(self, name):
        os.system(self.command.format(name))  # $ alert
        os.system(self.command.replace("{name}", name))  # $ alert
        os.system(self.command.replace(name, ""))
        os.system(self.command.format(2))

    def old(self, name):
        if self.version == 2:
            return
        os.system(name)  # $ alert

    def older(self, name):
        if self.always == 2:
            return
        os.system(name)


@app.get("/a")
def a():
    os.system(app.config["COMMAND"].format(request.args["name"]))  # $ alert
    runner = Runner(app.config["RUNNER"])
    runner.run(request.args["name"])
    runner.old(request.args["name"])
    runner.older(request.args["name"])
    return "ok"
