import os, sys, subprocess, threading, queue, asyncio, logging
from collections import defaultdict, deque
from typing import Literal, NamedTuple, Annotated, Any
from enum import Enum
from functools import reduce, lru_cache, partial
from itertools import chain

from fastapi import FastAPI, Request, Depends, Query, Body, Header, Cookie, Form, File, UploadFile, WebSocket, Path
from pydantic import BaseModel, Field, constr, conint, field_validator
from uuid import UUID
from datetime import date
app = FastAPI()
class NT(NamedTuple):
    a: str
    b: str
class Color(str, Enum):
    red = "red"
class Inner(BaseModel):
    name: str
    n: int
    c: Color
    slug: str = Field(pattern=r"^[a-z]+$")
class Body1(BaseModel):
    cmd: str
    inner: Inner
    tags: list[str]
    extra: dict[str, Any]
    uid: UUID
    d: date

def common(q: str, n: int = 1):
    return {"q": q, "n": n}
class Svc:
    def __init__(self, q: str = Query()):
        self.q = q
    def run(self):
        os.system(self.q)  # $ alert
async def ydep(q: str):
    yield q
CommonD = Annotated[dict, Depends(common)]

@app.post("/1")
def a1(b: Body1, c: CommonD, s: Annotated[Svc, Depends()], y: str = Depends(ydep), h: str = Header(), k: str = Cookie(), f: UploadFile = File(), i: int = 1, u: UUID = None):
    os.system(b.cmd)  # $ alert
    os.system(b.inner.name)  # $ alert
    os.system(f"ls {b.inner.n}")
    os.system(b.inner.c)
    os.system(b.inner.c.value)
    os.system(b.inner.slug)
    os.system(b.tags[0])  # $ alert
    for t in b.tags:
        os.system(t)  # $ alert
    os.system(b.extra["x"])  # $ alert
    os.system(f"ls {b.uid}")
    os.system(f"ls {b.d}")
    os.system(c["q"])  # $ alert
    os.system(str(c["n"]))
    s.run()
    os.system(y)  # $ alert
    os.system(h)  # $ alert
    os.system(k)  # $ alert
    os.system(f.filename)  # $ alert
    os.system(f"sleep {i} {u}")
    os.system(b.model_dump()["cmd"])  # $ alert
    d = b.dict()
    os.system(d.get("cmd"))  # $ alert
    nt = NT(b.cmd, "k")
    os.system(nt.a)  # $ alert
    os.system(nt.b)
    dd = defaultdict(list)
    dd["a"].append(b.cmd)
    os.system(dd["a"][0])  # $ alert
    dq = deque()
    dq.append(b.cmd)
    os.system(dq.popleft())  # $ alert
    q = queue.Queue()
    q.put(b.cmd)
    os.system(q.get())  # $ alert
    os.system(reduce(lambda a, x: a + x, b.tags))  # $ alert
    os.system(" ".join(map(str.strip, b.tags)))  # $ alert
    os.system(next(chain(b.tags, [])))  # $ alert
    os.system("%(a)s" % {"a": b.cmd})  # $ alert
    os.system("{a.cmd}".format(a=b))  # $ alert
    os.system(b.cmd if i else "x")  # $ alert
    os.system((z := b.cmd))  # $ alert
    os.system(z)  # $ alert
    first, *rest = b.tags
    os.system(rest[0])  # $ alert
    match b.cmd:
        case "ls":
            os.system(b.cmd)
        case other:
            os.system(other)  # $ alert
    try:
        v = b.cmd
    except ValueError:
        v = "x"
    finally:
        pass
    os.system(v)  # $ alert
    th = threading.Thread(target=thr, args=(b.cmd,))
    th.start()
    return {}

def thr(x):
    os.system(x)  # $ alert

@app.websocket("/ws")
async def ws(sock: WebSocket):
    x = await sock.receive_text()
    os.system(x)  # $ alert
    async for m in sock.iter_text():
        os.system(m)  # $ alert
    j = await sock.receive_json()
    os.system(j["a"])  # $ alert

@app.get("/r/{p}")
async def r(request: Request, p: str):
    os.system(p)  # $ alert
    os.system(request.path_params["p"])  # $ alert
    os.system(request.query_params.get("x"))  # $ alert
    body = await request.json()
    os.system(body["x"])  # $ alert
    form = await request.form()
    os.system(form["x"])  # $ alert
    os.system(request.headers["x"])  # $ alert
    os.system(str(await request.body()))  # $ alert
    request.state.cmd = request.query_params["y"]
    os.system(request.state.cmd)  # $ alert
    return {}


class Order(BaseModel):
    title: str
    number: int
    kind: Literal["new", "used"]


class Orders:
    def __init__(self, session):
        self.session = session

    async def create(self, order: Order):
        os.system("echo " + order.kind + str(order.number))
        os.system("echo " + order.title)  # $ alert

    async def find(self, order: Order):
        os.system("echo " + order.title)


@app.post("/typed")
async def typed(order: Order, session=None):
    await Orders(session).create(order)
    await Orders(session).find(Order(title="ls", number=1, kind="new"))
