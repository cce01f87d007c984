"""What regular expressions find in data of the request: each group as harmless as its part of the pattern."""

import os
import re

from flask import Flask, request

app = Flask(__name__)
LINE = re.compile(r"^(?P<key>\w+)=(?P<value>.*)$")
NUMBERS = re.compile(r"[0-9]+")


@app.get("/a")
def a():
    text = request.args["text"]
    hit = re.match(r"(\S+) to ([a-z]+)", text)
    os.system(hit.group(1))  # $ alert
    os.system(hit[1])  # $ alert
    os.system(hit.groups()[0])  # $ alert
    os.system(hit.group(0))  # $ alert
    os.system(hit.group(2))
    os.system(hit[2])
    first, second = hit.groups()
    os.system(first)  # $ alert
    os.system(second)
    line = LINE.search(text)
    os.system(line["value"])  # $ alert
    os.system(line.group("value"))  # $ alert
    os.system(line.groupdict()["value"])  # $ alert
    os.system(line["key"])
    os.system(line.groupdict()["key"])
    return "ok"


@app.get("/b")
def b():
    text = request.args["text"]
    for one in re.findall(r"<(.*?)>", text):
        os.system(one)  # $ alert
    for one in NUMBERS.findall(text):
        os.system(one)
    for name, number in re.findall(r"(\S+):(\d+)", text):
        os.system(name)  # $ alert
        os.system(number)
    for found in LINE.finditer(text):
        os.system(found["value"])  # $ alert
        os.system(found["key"])
    return "ok"


SIGNS = re.compile(r"[^\w.-]+")


@app.get("/c")
def c():
    text = request.args["text"]
    os.system(re.sub(r"[^a-zA-Z0-9]", "-", text))
    os.system(SIGNS.sub("_", text))
    os.system(re.sub(r"[^\w]", "-", text, count=1))  # $ alert
    os.system(re.sub(r"[^\w]", ";", text))  # $ alert
    os.system(re.sub(r"[aeiou]", "-", text))  # $ alert
    os.system(re.sub(r"([^\w])", r"\\\1", text))  # $ alert
    os.system(re.sub(r"[^\w]", text, "a b"))  # $ alert
    os.system(SIGNS.sub(lambda found: found.group(0), text))  # $ alert
    os.system(re.sub(r"&", "", text))  # $ alert
    return "ok"
