"""Secrets that a program sends to others: in the bodies of its requests, in events, in messages of queues.

What is sent is read back value by value (`payloads.py`); here each value is asked whether it is an object with secret fields, or
one such field. The languages know objects in ways of their own.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.arguments import argument
from backend_audit.flow.concepts import OutgoingRequest
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import MessageSending
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.call_sites import CallSites
from backend_audit.frameworks.payloads import Payloads, Piece
from backend_audit.frameworks.persons import is_person
from backend_audit.frameworks.targets import Sending, Targets
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.sent_away import SecretSentAway, Target
from backend_audit.source import Mark

_REQUESTS = frozenset(
    "req request ctx body payload form data config settings env process args kwargs response resp dto input params".split()
)
_HASHED = re.compile(r"hash|encrypt|crypt|mask|redact|digest|scrub|sanitize|censor", re.IGNORECASE)
_BODIES = ("body", "json", "data", "form")


@dataclass(frozen=True, slots=True)
class Holder:
    """What has secret fields: how it is called, what it is (as `SecretSentAway.of`), whether it stands for a person."""

    name: str
    of: str
    person: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """An object that is sent with all its fields; `fields`: the secret ones, with where they are declared."""

    holder: Holder
    fields: tuple[tuple[str, Mark], ...]
    via: str


class SentAway(ABC):
    """Finds them, in what is given to each call that sends."""

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        self.engine = engine
        self.facts = facts
        self.sites = CallSites(engine)
        self.payloads = Payloads(engine, self.sites, lambda function, node: bool(self.wholes(function, node)))
        self.targets = Targets(self.sites)

    def concepts(self) -> Iterator[SecretSentAway]:
        """In the order of the code, each place once."""
        told: set[tuple[str, int, str]] = set()
        for function, sending in (*self._sendings(), *self.queued()):
            target = self.targets.of(function, sending)
            for node in self._contents(function, sending) if target.how else ():
                for piece in self.payloads.of(function, node):
                    for one in self._of(sending, target, piece):
                        if (one.place.path, one.place.at, one.names[0]) not in told:
                            told.add((one.place.path, one.place.at, one.names[0]))
                            yield one

    def queued(self) -> Iterator[tuple[FunctionSymbol, Sending]]:
        """What the program hands to workers of its own by calling a function of theirs."""
        yield from ()

    @abstractmethod
    def wholes(self, function: FunctionSymbol, node: ir.Expr) -> list[Whole]:
        """The objects that an expression stands for with all their fields."""

    @abstractmethod
    def holder(self, function: FunctionSymbol, base: ir.Expr, name: str) -> Holder | None:
        """What the object is that has a field called `name`."""

    @abstractmethod
    def gone(self, function: FunctionSymbol) -> frozenset[str]:
        """The names that a function takes out of what goes through it."""

    def _sendings(self) -> Iterator[tuple[FunctionSymbol, Sending]]:
        """The requests and messages that have a body, each once, with the function that they stand in."""
        seen: set[int] = set()
        for function, concept in self.facts.work:
            if not isinstance(concept, OutgoingRequest | MessageSending) or concept.site.function is not function.node:
                continue
            has_body = isinstance(concept, MessageSending) or concept.body
            if has_body and concept.site.call is not None and id(concept.site.node) not in seen:
                seen.add(id(concept.site.node))
                yield function, concept

    def _contents(self, function: FunctionSymbol, sending: Sending) -> list[ir.Expr]:
        """What is sent, as it is written."""
        spec = sending.content if isinstance(sending, MessageSending) else sending.body
        call = sending.site.call
        given = [] if call is None else [arg.value for arg in call.args]
        if not spec:
            return given
        if spec == "1*":
            return given[1:]
        found = argument(sending.site.args, spec)
        if found is not None and found.node is not None:
            return [found.node]
        options = [one for one in given if isinstance(one, ir.Name)] if "." in spec else []
        bound = [value for one in options for value in self.payloads.bindings.values(function, one.id, one.at)[-1:]]
        items = [item for value in bound if isinstance(value, ir.Container) for item in value.items]
        return [one.value for one in items if isinstance(one.key, ir.Const) and one.key.value in _BODIES]

    def _of(self, sending: Sending, target: Target, piece: Piece) -> Iterator[SecretSentAway]:
        gone = {name for one in piece.through for name in self.gone(one)}
        base = SecretSentAway(sending.site, target, piece.place, piece.way, via=written(piece.node))
        with self.sites.reading(piece.within):
            wholes = self.wholes(piece.function, piece.node)
            found = None if wholes else self._field(piece)
        for one in wholes:
            fields = [(name, mark) for name, mark in one.fields if name.rpartition(".")[2] not in gone]
            if fields:
                names = tuple(name for name, _ in fields)
                kinds = tuple(kind_of(name.rpartition(".")[2]) or "secret" for name in names)
                way = (*(mark for _, mark in fields[:3]), *piece.way)
                yield replace(
                    base,
                    names=names,
                    kinds=kinds,
                    whole=True,
                    of=one.holder.of,
                    whose=one.holder.name,
                    person=one.holder.person,
                    way=way,
                )
        if found is not None and not gone.intersection((found[0], piece.key)):
            name, holder = found
            yield replace(
                base, names=(name,), kinds=(kind_of(name) or "",), of=holder.of, whose=holder.name, person=holder.person
            )

    def _field(self, piece: Piece) -> tuple[str, Holder] | None:
        """The secret field that a piece is, and what has it."""
        node = piece.node
        key, base = _read(node)
        if base is not None and kind_of(key):
            holder = None if last_word(base).lower() in _REQUESTS else self.holder(piece.function, base, key)
            if holder is None and is_person(last_word(base)):
                holder = Holder(last_word(base), "name", person=True)
            if holder is not None:
                return key, holder
        kind = kind_of(piece.key)
        called = node.func if isinstance(node, ir.Call) else None
        if kind == "password hash" and (called is not None or isinstance(node, (ir.Name, ir.Attribute, ir.Index))):
            return piece.key, Holder(piece.key, "key", person=True)
        if kind == "password" and isinstance(node, (ir.Name, ir.Attribute, ir.Index)) and not _HASHED.search(written(node)):
            return piece.key, Holder(piece.key, "key", person=True)
        return None


def _read(node: ir.Expr) -> tuple[str, ir.Expr | None]:
    """The name and the object of `user.password`, `user["password"]`, `user.get("password")`."""
    if isinstance(node, ir.Attribute):
        return node.attr, node.value
    if isinstance(node, ir.Index) and isinstance(node.index, ir.Const):
        return str(node.index.value), node.value
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        first = node.args[0].value
        return (str(first.value), node.func.value) if isinstance(first, ir.Const) else ("", None)
    return "", None


def kind_of(name: str) -> str | None:
    """The kind of secret that a field holds, by its name."""
    return "password hash" if sensitive.is_password_hash(name) else sensitive.classify(name)
