"""A literal that might be a secret, and how it stands in its file. Extractors make candidates, `judge` reads them."""

from enum import StrEnum
from typing import NamedTuple


class How(StrEnum):
    """How a literal got its name."""

    ASSIGNED = "assigned"  # password = "…", settings["X"] = "…"
    KEYED = "keyed"  # {"password": "…"}, YAML and INI keys
    PASSED = "passed"  # connect(password="…")
    ARGUMENT = "argument"  # jwt.encode(claims, "…"): the callee and the position give the meaning
    DEFAULTED = "defaulted"  # def f(password="…")
    COMPARED = "compared"  # password == "…"
    FALLBACK = "fallback"  # os.getenv("X", "…"), process.env.X || "…"
    RETURNED = "returned"  # def get_password(): return "…"
    PROSE = "prose"  # in a comment, docstring or longer text
    TEXT = "text"  # its form alone tells: a provider's key, a PEM block, a URL with a password


class Candidate(NamedTuple):
    """`at` and `end` are the character offsets to point at; `redact` all that must not be shown (default: the same).

    `name` is what the literal is called, `source` the variable of the environment whose absence lets it in (fallbacks),
    `siblings` the other names beside it (keys of the same mapping, keywords of the same call).
    `reading` is the kind that a callee's position gives to the literal ("" when the name has to tell).
    """

    value: str
    name: str
    how: How
    at: int
    end: int
    callee: str = ""
    source: str = ""
    reading: str = ""
    siblings: tuple[str, ...] = ()
    listed: bool = False  # one of several in a list: often names of fields, not values
    trial: bool = False  # in a class or function that holds the settings of tests


class Place(NamedTuple):
    """What is known about the file that a candidate stands in."""

    path: str
    test: bool
    template: bool  # `.env.example`, docs: written to be copied and filled in
    config: bool
    locale: bool  # translations: labels under keys such as `password`
    pipeline: bool  # continuous integration and development stacks: their databases live for a day
    local: bool = False  # a stack on one developer's machine: what other services issued there is of no use elsewhere
    described: bool = False  # the description of an API: what it shows is an example
