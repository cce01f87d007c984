"""Looking for what a request names among what the program holds itself."""

import os
import subprocess

from flask import Flask, abort, request

from inventory import fetch_tools, open_pool

app = Flask(__name__)
pool = open_pool()


@app.get("/found")
def found():
    name = request.args["name"]
    tool = next((one for one in fetch_tools() if one.name == name), None)
    if not tool:
        abort(404)
    os.system(f"describe {name}")
    return ""


@app.get("/none")
def none():
    name = request.args["name"]
    tool = next((one for one in fetch_tools() if one.name == name), None)
    if tool is None:
        abort(404)
    os.system(f"describe {name}")
    return ""


@app.get("/missed")
def missed():
    name = request.args["name"]
    tool = next((one for one in fetch_tools() if one.name == name), None)
    if tool is not None and not tool.ready:
        abort(404)
    os.system(f"describe {name}")  # $ alert
    return ""


@app.get("/refused")
def refused():
    name = request.args["name"]
    if any(one.name == name for one in fetch_tools()):
        abort(409)
    os.system(f"describe {name}")  # $ alert
    return ""


@app.get("/listed")
def listed():
    name, way = request.args["name"], request.args["way"]
    if not any(one.name == name and one.way for one in fetch_tools()):
        abort(404)
    os.system(f"describe {name}")
    os.system(f"describe {way}")  # $ alert
    return ""


@app.get("/own")
def own():
    name = request.args["name"]
    if not any(one == name for one in request.args.getlist("known")):
        abort(404)
    os.system(f"describe {name}")  # $ alert
    return ""


@app.get("/other")
def other():
    name = request.args["name"]
    if not any(one.name != name for one in fetch_tools()):
        abort(404)
    subprocess.run(f"describe {name}", shell=True)  # $ alert
    return ""


@app.get("/registered")
def registered():
    name = request.args["name"]
    if name not in pool.workers:
        abort(404)
    os.system(f"describe {name}")
    return ""


@app.get("/not-refused")
def not_refused():
    name = request.args["name"]
    if name in pool.blocked_workers:
        abort(403)
    os.system(f"describe {name}")  # $ alert
    return ""


@app.get("/in-a-text")
def in_a_text():
    name = request.args["name"]
    if name not in pool.contents:
        abort(404)
    os.system(f"describe {name}")  # $ alert
    return ""
