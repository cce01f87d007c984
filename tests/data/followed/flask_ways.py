import os, base64, json, copy, configparser, subprocess, functools, contextlib, asyncio, dataclasses, shlex
from dataclasses import dataclass
from typing import Annotated
from flask import Flask, request, g, session
from pydantic import BaseModel
app = Flask(__name__)
STATE = {}
LAST = None

def run(cmd):
    os.system(cmd)  # $ alert

class Base:
    def __init__(self, x): self.x = x
    def go(self): return self.wrap(self.x)
    def wrap(self, x): return "ls " + x
class Child(Base):
    def wrap(self, x): return "cat " + x

@dataclass
class D:
    a: str
    b: int

def deco(f):
    @functools.wraps(f)
    def w(*a, **k):
        return f(*a, **k)
    return w

@deco
def wrapped(x):
    os.system("ls " + x)  # $ alert

def gen(x):
    for p in x.split(","):
        yield p

@contextlib.contextmanager
def ctx(x):
    yield x

async def aco(x):
    return x

def star(*args, **kw):
    os.system(args[0])  # $ alert
    os.system(kw["k"])  # $ alert

def cb(f, x):
    return f(x)

def sinkf(x):
    os.system(x)  # $ alert

@app.route("/1")
def a1():
    run(request.args["x"])
    os.system(Child(request.args["x"]).go())  # $ alert
    wrapped(request.args["x"])
    for p in gen(request.args["x"]):
        os.system(p)  # $ alert
    with ctx(request.args["x"]) as c:
        os.system(c)  # $ alert
    star(request.args["x"], k=request.args["y"])
    cb(sinkf, request.args["x"])
    d = D(request.args["x"], 1)
    os.system(d.a)  # $ alert
    os.system(str(d.b))
    f = functools.partial(run2, request.args["z"])
    f()
    (lambda q: os.system(q))(request.args["q"])  # $ alert
    g.cmd = request.args["x"]
    session["cmd"] = 1
    return ""

def run2(cmd):
    os.system(cmd)  # $ alert

@app.route("/2")
def a2():
    os.system(g.cmd)  # $ alert
    x = request.args.get("x")
    os.system(base64.b64decode(x).decode())  # $ alert
    os.system(json.loads(x)["a"])  # $ alert
    os.system(copy.deepcopy(x).strip().lower())  # $ alert
    c = configparser.ConfigParser()
    c.read_string(x)
    os.system(c["a"]["b"])  # $ alert
    os.system(c.get("a", "b"))  # $ alert
    l = [x, "a"]
    os.system(l[0])  # $ alert
    os.system(l[1])
    t = {"a": x, "b": "k"}
    os.system(t["a"])  # $ alert
    os.system(t["b"])
    q, w = x, "k"
    os.system(q)  # $ alert
    os.system(w)
    os.system([z for z in [x]][0])  # $ alert
    os.system("ls " + shlex.quote(x))
    subprocess.run(["ls", x])
    subprocess.run("ls %s" % x, shell=True)  # $ alert
    n = int(request.values["n"])
    os.system(f"sleep {n}")
    STATE["x"] = x
    global LAST
    LAST = x
    return ""

@app.route("/3")
def a3():
    os.system(STATE["x"])  # $ alert
    os.system(LAST)  # $ alert
    x = request.values["x"]
    if x not in ("a", "b"):
        return ""
    os.system(x)
    y = request.headers["y"]
    m = {"a": "ls", "b": "ps"}
    os.system(m[y])
    os.system(m.get(y, "ls"))
    if y == "a":
        os.system(y)
    if not y.isalnum():
        raise ValueError
    os.system(y)
    z = request.cookies["z"]
    ALLOWED = ["a"]
    for allowed in ALLOWED:
        if z == allowed:
            os.system(z)
    chosen = None
    for allowed in ALLOWED:
        if z == allowed:
            chosen = allowed
    os.system(chosen)
    if False:
        os.system(z)
    return ""

async def later(x):
    a, b = await asyncio.gather(aco(x), aco("k"))
    os.system(a)  # $ alert
    os.system(await aco(x))  # $ alert

@app.route("/4")
async def a4():
    await later(request.form["x"])
    return ""
