"""Parts asked for by names that are values: attributes, options of configuration parsers, rest arguments of rows."""

import configparser
from contextlib import closing

from probe import see


class Handler:
    def on_start(self):
        return "started"

    def on_stop(self):
        return "stopped"

    def other(self):
        return "other"

    def dispatch(self, event):
        see(getattr(self, f"on_{event}")())  # $ const="started" const="stopped"
        see(getattr(self, "other")())  # $ const="other"


def options(param):
    parser = configparser.ConfigParser()
    parser.add_section("a")
    parser.set("a", "x", "constant")
    parser.set("a", "y", param)
    see(parser.get("a", "x"))  # $ const="constant"
    see(parser.get("a", "y"))  # $ open
    see(parser.get("a", "z"))  # $ open


def entered():
    with closing("text") as text:
        see(text)  # $ const="text"


def positions():
    pair = ["first", "last"]
    see(pair[-1])  # $ const="last"
    see(pair[-2])  # $ const="first"
