"""Values through functions, methods, closures and recursion."""

import sqlite3
from contextlib import contextmanager
from functools import lru_cache, partial, wraps

from helpers import Builder, choose, connect, identity, pick
from probe import see


def use(name, flag):
    see(identity("a"))  # $ const="a"
    see(identity(name))  # $ open
    see(identity(value="b"))  # $ const="b"
    see(choose(True))  # $ const="no" const="yes"
    see(pick({"k": "v"}))  # $ const="v"
    see(connect())  # $ type=sqlite3.Connection
    see(connect().cursor())  # $ type=sqlite3.Cursor
    see(twice("x"))  # $ const="xx"
    see(default())  # $ const="default"
    see(default("given"))  # $ const="given"
    see(keywords(b="B", a="A"))  # $ const="AB"
    see(spread(*("p", "q")))  # $ const="q"
    see(first_of("f", "g"))  # $ const="f"
    see(recursive(3))  # $ const="end" open
    see(nothing())  # $ open
    see(cached())  # $ const="cached"


def twice(text):
    return identity(text) + identity(text)


def default(value="default"):
    return value


def keywords(a, *, b):
    return a + b


def spread(a, b):
    return b


def first_of(*values):
    return values[0]


def recursive(n):
    if n == 0:
        return "end"
    return recursive(n - 1)


def nothing():
    pass


@lru_cache
def cached():
    return "cached"


def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@logged
def decorated():
    return "decorated"


@contextmanager
def session():
    connection = sqlite3.connect("a")
    try:
        yield connection
    finally:
        connection.close()


def generator():
    yield "one"
    yield "two"


def more(name):
    see(decorated())  # $ const="decorated"
    with session() as opened:
        see(opened)  # $ type=sqlite3.Connection
    for item in generator():
        see(item)  # $ const="one" const="two"
    see(Builder("users").where(name).text())  # $ const="SELECT * FROM users" shape="SELECT * FROM users WHERE name = '{}'"
    see(Builder("users").table)  # $ const="users"
    see(Builder.create().table)  # $ const="made"
    see(partial(identity, "bound")())  # $ const="bound"
    see(list(map(identity, ["m"]))[0])  # $ const="m"
    callback = identity
    see(callback("called"))  # $ const="called"
    see([twice(part) for part in ("l",)][0])  # $ const="ll"
