"""What a name means: assignments, branches, unpacking, deletion, nesting."""

import os

from probe import see

LIMIT = 10
RATE = 0.5
NAMES = {"first": 1, "second": "b"}
PAIR = ("x", "y")
DEBUG = os.environ.get("DEBUG")
MAYBE = os.environ.get("MAYBE", "default")

if LIMIT > 5:
    SIZE = "big"
else:
    SIZE = "small"


def constants():
    see(LIMIT)  # $ const=10
    see(-LIMIT)  # $ type=int
    see(LIMIT + 1)  # $ const=11
    see(LIMIT * 2)  # $ const=20
    see(RATE)  # $ const=0.5
    see(None)  # $ const=None
    see(True)  # $ const=True
    see(not True)  # $ const=False
    see(b"octets")  # $ const="octets"
    see(SIZE)  # $ const="big" const="small"
    see(DEBUG)  # $ type=str open
    see(MAYBE)  # $ const="default" type=str open
    see(LIMIT == 10)  # $ const=True


def branches(flag):
    value = "a" if flag else "b"
    see(value)  # $ const="a" const="b"
    if flag:
        value = "c"
    see(value)  # $ const="a" const="b" const="c"
    if flag:
        value = "d"
    else:
        value = "e"
    see(value)  # $ const="d" const="e"
    value = value or "f"
    see(None or "g")  # $ const="g"
    see("h" and "i")  # $ const="i"
    see(flag or "j")  # $ const="j" open


def overwritten(name):
    value = name
    value = "safe"
    see(value)  # $ const="safe"


def dead(name):
    value = "safe"
    if False:
        value = name
    see(value)  # $ const="safe"
    if LIMIT > 100:
        value = name
    see(value)  # $ const="safe"
    return
    see(name)  # $ dead


def early(name):
    if name is None:
        return
    see(name)  # $ open
    if not name:
        raise ValueError
    see(name)  # $ open


def unpacking():
    first, second = PAIR
    see(first)  # $ const="x"
    see(second)  # $ const="y"
    a = b = "both"
    see(a)  # $ const="both"
    see(b)  # $ const="both"
    head, *rest = ["h", "r1", "r2"]
    see(head)  # $ const="h"
    see(rest)  # $ kind=list
    (c, d), e = ("c", "d"), "e"
    see(d)  # $ const="d"
    see(e)  # $ const="e"
    if (walrus := "w"):
        see(walrus)  # $ const="w"


def containers(key):
    see(NAMES["first"])  # $ const=1
    see(NAMES["second"])  # $ const="b"
    see(NAMES.get("first"))  # $ const=1
    see(NAMES[key])  # $ const="b" const=1
    see(NAMES.get(key, 2))  # $ const="b" const=1 const=2
    local = {}
    local["k"] = "v"
    see(local["k"])  # $ const="v"
    local["other"] = key
    see(local["k"])  # $ const="v"
    see([1, 2][1])  # $ const=2
    see(("a", "b")[-1])  # $ const="b"
    see({"a", "b"})  # $ kind=set
    see([x for x in ("p", "q")][0])  # $ const="p" const="q"
    for one in ("p", "q"):
        see(one)  # $ const="p" const="q"
    for name, value in {"n": "v"}.items():
        see(name)  # $ const="n"
        see(value)  # $ const="v"
    for index, one in enumerate(["e"]):
        see(one)  # $ const="e"


def nesting():
    outer = "outer"

    def inner():
        see(outer)  # $ const="outer"

    inner()
    see((lambda: "lambda")())  # $ const="lambda"


def changed():
    global LIMIT
    see([*PAIR][0])  # $ const="x"
    see({**NAMES}["second"])  # $ const="b"


def handlers(name):
    try:
        value = int(name)
    except ValueError:
        value = "fallback"
    see(value)  # $ const="fallback" type=int
    try:
        pass
    finally:
        see("always")  # $ const="always"


def looping(names):
    value = "start"
    while names:
        see(value)  # $ const="next" const="start"
        value = "next"
    see(value)  # $ const="next" const="start"


def matching(value):
    match value:
        case "a" | "b":
            see(value)  # $ const="a" const="b"
        case {"k": found}:
            see(found)  # $ open
        case _:
            see(value)  # $ open
