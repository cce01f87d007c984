"""Allow-lists, conversions and checks that end the function."""

from enum import Enum
from uuid import UUID

from probe import see

ALLOWED = ("name", "date")
COLUMNS = {"name": "users.name", "date": "users.created"}
FROZEN = frozenset({"a", "b"})


class Order(Enum):
    UP = "ASC"
    DOWN = "DESC"


def allow_lists(order):
    if order not in ALLOWED:
        raise ValueError(order)
    see(order)  # $ const="date" const="name"


def allow_listed(order):
    if order in ALLOWED:
        see(order)  # $ const="date" const="name"
    else:
        order = "name"
    see(order)  # $ const="date" const="name"


def returned(order):
    if order not in FROZEN:
        return None
    see(order)  # $ const="a" const="b"


def defaulted(order):
    see(order if order in ALLOWED else "name")  # $ const="date" const="name"
    see(COLUMNS[order])  # $ const="users.created" const="users.name"
    see(COLUMNS.get(order, "users.id"))  # $ const="users.created" const="users.id" const="users.name"
    see(COLUMNS.get(order))  # $ const="users.created" const="users.name" const=None


def compared(order):
    if order == "asc":
        see(order)  # $ const="asc"
    if order != "asc":
        return
    see(order)  # $ const="asc"


def compared_twice(order):
    if order == "asc" or order == "desc":
        see(order)  # $ const="asc" const="desc"


def converted(value):
    see(int(value))  # $ type=int
    see(float(value))  # $ type=float
    see(bool(value))  # $ type=bool
    see(len(value))  # $ type=int
    see(UUID(value))  # $ type=uuid.UUID
    see(Order(value))  # $ type=Order
    see(Order(value).value)  # $ const="ASC" const="DESC"
    see(Order.UP.value)  # $ const="ASC"
    see(str(int(value)))  # $ type=int


def checked(value):
    if isinstance(value, int):
        see(value)  # $ type=int
    assert value in ("x", "y")
    see(value)  # $ const="x" const="y"


def negated(order):
    if not (order in ALLOWED):
        return
    see(order)  # $ const="date" const="name"


def conjunction(order, flag):
    if flag and order in ALLOWED:
        see(order)  # $ const="date" const="name"
    see(order)  # $ const="date" const="name" open


def looped(orders):
    for order in orders:
        if order not in ALLOWED:
            continue
        see(order)  # $ const="date" const="name"


def annotated(number: int, text: str, order: Order):
    see(number)  # $ type=int
    see(text)  # $ type=str open
    see(order)  # $ type=Order open
    see(order.value)  # $ const="ASC" const="DESC"
