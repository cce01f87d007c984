"""What is put into a mapping of which nothing is known."""

import shop
from flask import request
from probe import see


def put_in(data):
    data["name"] = request.args["name"]
    see(data["name"])  # $ open untrusted
    see(data.get("name"))  # $ open untrusted
    see(data["other"])  # $ open
    see(data.get("other"))  # $ open
    see(data[shop.key()])  # $ open untrusted
    return data


def handed_back():
    known = put_in({"other": "a"})
    see(known["other"])  # $ const="a"
    see(known["name"])  # $ open untrusted
    unknown = put_in(shop.load())
    see(unknown["other"])  # $ open
    see(unknown["name"])  # $ open untrusted


def inserted():
    words = ["ls", "-l"]
    words.insert(1, "-a")
    see(words[0])  # $ const="ls"
    see(words[1])  # $ const="-a"
    words.insert(-1, "-h")
    see(words[2])  # $ const="-h"
    words.insert(shop.place(), "-x")
    see(words[0])  # $ const="ls" const="-l" const="-a" const="-h" const="-x"
