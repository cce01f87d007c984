"""Named tuples, getters, and what asyncio waits for."""

import asyncio
import os
from collections import namedtuple
from operator import attrgetter, itemgetter, methodcaller
from typing import NamedTuple
from fastapi import FastAPI, Request
app = FastAPI()
Point = namedtuple("Point", ["cmd", "n"])
Pair = namedtuple("Pair", "cmd n")

class Job(NamedTuple):
    cmd: str
    n: int

@app.get("/a")
def a(x: str):
    p = Point(x, 1)
    os.system(p.cmd)  # $ alert
    os.system(p.n)
    q = Pair(cmd=x, n=2)
    os.system(q.cmd)  # $ alert
    os.system(q.n)
    j = Job(x, 3)
    os.system(j.cmd)  # $ alert
    os.system(j.n)
    c, n = p
    os.system(c)  # $ alert
    os.system(n)
    os.system(p[0])  # $ alert

@app.get("/b")
def b(x: str):
    d = {"cmd": x, "n": "k"}
    get = itemgetter("cmd")
    os.system(get(d))  # $ alert
    os.system(itemgetter("n")(d))
    os.system(attrgetter("cmd")(Point(x, 1)))  # $ alert
    rows = [d]
    for one in map(itemgetter("cmd"), rows):
        os.system(one)  # $ alert
    for one in sorted(rows, key=itemgetter("n")):
        os.system(one["cmd"])  # $ alert
    u, v = itemgetter("cmd", "n")(d)
    os.system(u)  # $ alert
    os.system(v)

async def fetch(x):
    return x

@app.get("/c")
async def c(x: str):
    tasks = [fetch(x), fetch("a")]
    found = await asyncio.gather(*tasks)
    os.system(found[0])  # $ alert
    for one in await asyncio.gather(*[fetch(y) for y in x.split()]):
        os.system(one)  # $ alert
    tasks2 = []
    tasks2.append(asyncio.create_task(fetch(x)))
    res = await asyncio.gather(*tasks2, return_exceptions=True)
    os.system(res[0])  # $ alert
    async with asyncio.TaskGroup() as tg:
        t = tg.create_task(fetch(x))
    os.system(t.result())  # $ alert
    for coro in asyncio.as_completed(tasks):
        os.system(await coro)  # $ alert
    done, pending = await asyncio.wait(tasks)
    for t in done:
        os.system(t.result())  # $ alert
