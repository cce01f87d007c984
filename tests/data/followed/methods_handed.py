import os

from flask import Flask, request

app = Flask(__name__)


class Events:
    def __init__(self, commands):
        self.commands = commands

    def updated(self, order):
        for command in self.commands:
            os.system(command)
        os.system(order)  # $ alert


def announce(event, order):
    event(order)


@app.route("/orders", methods=["POST"])
def orders():
    announce(Events(["ls"]).updated, request.form["order"])
    return ""
