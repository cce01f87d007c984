"""The values of which a handler's answer is made: read back from what it sends, through variables, objects and helpers.

One reader for both languages. What a call that is not the project's makes of a value is another value: a part that is cut out,
masked or tested is not what went in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.bindings import Bindings, names_in
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.entities import returns
from backend_audit.link.symbols import FunctionSymbol

_SENDING = frozenset("json send jsonp write finish write_json".split())
_SENDERS = frozenset("res resp response reply ctx h c self this".split())  # what `send` and `write` are methods of
_MADE = frozenset(
    "jsonify JSONResponse ORJSONResponse UJSONResponse PlainTextResponse JsonResponse HttpResponse Response json_response "
    "make_response jsonable_encoder dumps stringify".split()
)
_CONTENT = frozenset((None, "content", "data", "body", "text", "response"))
_SAME = frozenset("dict list tuple str String copy deepcopy structuredClone asdict vars".split())
_SAME_METHODS = frozenset("copy deepcopy assign asdict".split())
_DEBUG = re.compile(r"debug|is_?dev|\bdev\b|development|production|NODE_ENV|testing|verbose", re.IGNORECASE)
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an answer: where it is written, the name that it goes by there, and the place in the handler that sends it."""

    function: FunctionSymbol
    node: ir.Expr
    key: str
    place: ir.Expr


class Sent:
    """Reads the answers of handlers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._callees = Callees(engine)
        self.bindings = Bindings()
        self._seen: set[tuple[int, str]] = set()

    def parts(self, handler: FunctionSymbol) -> list[Part]:
        """The parts of all answers of a handler, in source order."""
        self._seen = set()
        return [one for answer in _answers(handler) for one in self._parts(handler, answer, "", answer, _MAX_DEPTH)]

    def _parts(self, function: FunctionSymbol, node: ir.Expr, key: str, place: ir.Expr, depth: int) -> Iterator[Part]:
        if depth == 0 or (id(node), key) in self._seen:
            return
        self._seen.add((id(node), key))
        inner = list(self.inner(function, node, key))
        if not inner:
            yield Part(function, node, key, place)
        for where, value, name in inner:
            yield from self._parts(where, value, name, place if where is not function else _nearer(place, value), depth - 1)

    def inner(self, function: FunctionSymbol, node: ir.Expr, key: str) -> Iterator[tuple[FunctionSymbol, ir.Expr, str]]:
        """What an expression is made of; nothing where it is a value of its own."""
        if isinstance(node, (ir.Await, ir.Starred)):
            yield function, node.value, key
        elif isinstance(node, ir.Container):
            for item in node.items:
                named = isinstance(item.key, ir.Const) and not item.star
                yield function, item.value, str(item.key.value) if named and isinstance(item.key, ir.Const) else key
        elif isinstance(node, ir.Comprehension):
            if node.kind != "dict":
                yield function, node.value, key
        elif isinstance(node, (ir.Conditional, ir.Logical)):
            yield from ((function, side, key) for side in _sides(node))
        elif isinstance(node, ir.Template):
            yield from ((function, one.value, key) for one in node.parts if isinstance(one, ir.Hole))
        elif isinstance(node, ir.Binary) and node.op == "+":
            yield from ((function, side, key) for side in (node.left, node.right))
        elif isinstance(node, ir.Name):
            yield from self._bound(function, node, key)
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, key)

    def _bound(self, function: FunctionSymbol, node: ir.Name, key: str) -> Iterator[tuple[FunctionSymbol, ir.Expr, str]]:
        """What a variable was bound to last, and what was put into it under names."""
        values = self.bindings.values(function, node.id, node.at)
        if values and not isinstance(values[-1], (ir.Const, ir.Name)):
            yield function, values[-1], key or node.id
        for one in function.scope if values else ():
            if isinstance(one, ir.Assign) and one.value is not None and one.at < node.at:
                for target in one.targets:
                    name = _entry(target, node.id)
                    if name:
                        yield function, one.value, name

    def _name(self, function: FunctionSymbol, func: ir.Expr) -> str:
        """What a callee is called where it comes from: `from flask import jsonify as answer`."""
        value = self.engine.environment(function.module).get(func.id) if isinstance(func, ir.Name) else None
        apis = frozenset() if value is None else value.apis
        return next(iter(apis)).rpartition(".")[2] if len(apis) == 1 else last_word(func)

    def _called(self, function: FunctionSymbol, node: ir.Call, key: str) -> Iterator[tuple[FunctionSymbol, ir.Expr, str]]:
        callees = self._callees.of(function, node)
        for callee in callees:
            yield from ((callee, value, key) for value in returns(callee))
        name = self._name(function, node.func)
        if not callees and (name in _MADE or (name in _SAME and not isinstance(node.func, ir.Attribute))):
            for arg in node.args:
                if arg.name in _CONTENT or name in ("jsonify", "dict"):
                    yield function, arg.value, arg.name if arg.name not in _CONTENT and arg.name else key
        elif not callees and name in _SAME_METHODS and isinstance(node.func, ir.Attribute):
            given = [arg.value for arg in node.args] or [node.func.value]
            yield from ((function, one, key) for one in given)


def _answers(handler: FunctionSymbol) -> Iterator[ir.Expr]:
    """What a handler sends, makes the body, or returns."""
    for node in handler.scope:
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _SENDING and node.args:
            if not _SENDERS.isdisjoint(names_in(node.func.value)):
                yield node.args[0].value
        elif isinstance(node, ir.Assign) and node.value is not None and any(map(_is_body, node.targets)):
            yield node.value
    for value in returns(handler):
        if not (isinstance(value, ir.Call) and last_word(value.func) in _SENDING):
            yield value


def _sides(node: ir.Conditional | ir.Logical) -> tuple[ir.Expr, ...]:
    """What a choice may give; nothing of it where a debug switch decides."""
    if asks_debug(node.test if isinstance(node, ir.Conditional) else node.left):
        return (ir.Const(node.at, node.end, "none", None),)
    if isinstance(node, ir.Conditional):
        return node.then, node.orelse
    return (node.right,) if node.op == "and" else (node.left, node.right)


def asks_debug(test: ir.Expr) -> bool:
    """Whether a test asks for a debug switch, or where the service runs."""
    return any(isinstance(one, (ir.Name, ir.Attribute, ir.Const)) and _DEBUG.search(written(one)) for one in ir.walk(test))


def _is_body(node: ir.Expr) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "body" and first_word(node.value) in _SENDERS


def _entry(target: ir.Expr, name: str) -> str:
    """The name in `data["name"] = …` and `data.name = …`."""
    if isinstance(target, ir.Index) and isinstance(target.index, ir.Const) and written(target.value) == name:
        return str(target.index.value)
    return target.attr if isinstance(target, ir.Attribute) and written(target.value) == name else ""


def _nearer(place: ir.Expr, value: ir.Expr) -> ir.Expr:
    """The narrower of two places, where one stands within the other."""
    return value if place.at <= value.at and value.end <= place.end else place
