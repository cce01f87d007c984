"""What library a value comes from: by assignment, `with`, attributes, annotations, returns."""

import sqlite3
import ssl
from dataclasses import dataclass
from sqlite3 import connect
from typing import Union

import requests as http
from probe import see


def assignment():
    connection = sqlite3.connect("a.db")
    see(connection)  # $ type=sqlite3.Connection
    cursor = connection.cursor()
    see(cursor)  # $ type=sqlite3.Cursor
    see(cursor.execute("SELECT 1"))  # $ type=sqlite3.Cursor
    see(sqlite3.connect)  # $ api=sqlite3.connect
    see(ssl.CERT_NONE)  # $ api=ssl.CERT_NONE
    see(http)  # $ api=requests
    see(http.Session())  # $ type=requests.Session


def with_statement():
    with sqlite3.connect("a.db") as connection:
        see(connection)  # $ type=sqlite3.Connection
    with connect("b.db") as first, http.Session() as second:
        see(first)  # $ type=sqlite3.Connection
        see(second)  # $ type=requests.Session


def annotation(connection: sqlite3.Connection, maybe: sqlite3.Cursor | None, quoted: "sqlite3.Cursor"):
    see(connection)  # $ type=sqlite3.Connection open
    see(connection.cursor())  # $ type=sqlite3.Cursor
    see(maybe)  # $ type=sqlite3.Cursor open
    see(quoted)  # $ type=sqlite3.Cursor open


Json = dict[str, "Json | list[Json] | str"]  # names itself: the engine must come to an end
Tree = dict[str, Union["Tree", list["Tree"], str]]


def recursive(json: Json, tree: Tree):
    see(json)  # $ kind=dict
    see(tree)  # $ kind=dict


def make() -> sqlite3.Connection:
    return wherever()


def made():
    see(make())  # $ type=sqlite3.Connection open
    see(make().cursor())  # $ type=sqlite3.Cursor


class Store:
    shared = sqlite3.connect("shared.db")

    def __init__(self, path: str, cursor: sqlite3.Cursor):
        self.connection = sqlite3.connect(path)
        self.cursor = cursor
        self.name = "store"

    def read(self):
        see(self.connection)  # $ type=sqlite3.Connection
        see(self.cursor)  # $ type=sqlite3.Cursor open
        see(self.name)  # $ const="store"
        see(self.shared)  # $ type=sqlite3.Connection
        see(self.fresh())  # $ type=sqlite3.Cursor
        see(self.lazy)  # $ type=sqlite3.Connection

    def fresh(self):
        return self.connection.cursor()

    @property
    def lazy(self):
        return self.connection


class Derived(Store):
    def more(self):
        see(self.connection)  # $ type=sqlite3.Connection
        see(self.fresh())  # $ type=sqlite3.Cursor
        see(super().fresh())  # $ type=sqlite3.Cursor


@dataclass
class Holder:
    connection: sqlite3.Connection
    name: str = "holder"


def outside():
    store = Store("a.db", None)
    see(store)  # $ type=Store
    see(store.connection)  # $ type=sqlite3.Connection
    see(store.fresh())  # $ type=sqlite3.Cursor
    holder = Holder(sqlite3.connect("x"))
    see(holder.connection)  # $ type=sqlite3.Connection
    see(holder.name)  # $ const="holder" type=str open
    see([sqlite3.connect("x")][0])  # $ type=sqlite3.Connection
    see({"c": sqlite3.connect("x")}["c"])  # $ type=sqlite3.Connection


async def asynchronous(pool):
    import asyncpg

    connection = await asyncpg.connect("dsn")
    see(connection)  # $ type=asyncpg.Connection
    async with asyncpg.create_pool("dsn") as opened:
        see(opened)  # $ type=asyncpg.Pool
        async with opened.acquire() as one:
            see(one)  # $ type=asyncpg.Connection


def conditional(flag):
    connection = sqlite3.connect("a") if flag else None
    see(connection)  # $ const=None type=sqlite3.Connection
    if connection is None:
        return
    see(connection)  # $ type=sqlite3.Connection


def iterated():
    for row in sqlite3.connect("a").execute("x"):
        see(row)  # $ open


def lookup(**options):
    return unknown(options)


class Model:
    number: int = lookup(ge=1)
    text: str = lookup()
    plain: int = 3


def fields(model: Model):
    see(model.number)  # $ type=int
    see(model.plain)  # $ const=3 type=int
    see(model.text)  # $ type=unknown()
