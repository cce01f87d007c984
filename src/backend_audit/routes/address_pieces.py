"""Where a guard lets a request through for a piece of its address: `if (req.url.includes("/public")) return next();`.

The query belongs to `req.url` of Node (https://nodejs.org/api/http.html#messageurl) and to `request.url` and `request.full_path`
of Werkzeug and Starlette, and the client writes it: `/admin/users?/public` is let through as well.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Mark

_REQUEST = r"(?:[\w.]*\.)?\w*(?:req|request|ctx|context|raw)"
_WITH_QUERY = re.compile(
    rf"{_REQUEST}\.(?:url|originalUrl|href|full_path|get_full_path\(\)|get_raw_uri\(\)|build_absolute_uri\(\))"
)
_PATH = re.compile(rf"{_REQUEST}\.(?:path|path_info|pathname|url\.path|nextUrl\.pathname|scope\['path'\])")
_SAME = frozenset("toLowerCase toString lower casefold strip trim rstrip".split())
_PLACES = frozenset((("!=", "-1"), (">", "-1"), (">=", "0")))
_ANY = frozenset(("some", "find", "any"))
_LETS = frozenset("next done call_next get_response callNext".split())
_ASKS = re.compile(r"auth|verify|check|validate|require|protect|token|login|passport|jwt", re.IGNORECASE)
_DENIED = frozenset((401, 403))
_DEPTH = 6


class Piece(NamedTuple):
    """A test that holds for a piece of the address. `query`: of an address that has the query in it."""

    node: ir.Expr
    query: bool


class LetThrough(NamedTuple):
    """Where a guard, by its name, lets through what an address has a piece of; `query`: the client may write it there."""

    guard: str
    mark: Mark
    query: bool


class AddressPieces:
    """Reads them off guards, once each: a guard covers many routes."""

    def __init__(self) -> None:
        self._bindings = Bindings()
        self._known: set[str] = set()

    def of(self, guards: Sequence[tuple[str, FunctionSymbol]]) -> Iterator[LetThrough]:
        """The first place in each of these functions, by name, or in one within; none for what was asked for before."""
        for name, guard in guards:
            if guard.key not in self._known:
                self._known.add(guard.key)
                yield from islice((one for inner in (guard, *guard.nested) for one in self._found(name, inner)), 1)

    def _found(self, guard: str, function: FunctionSymbol) -> Iterator[LetThrough]:
        for node in function.scope:
            if not isinstance(node, ir.If):
                continue
            positive, negative = self._decides(function, node.test, holds=True), self._decides(function, node.test, holds=False)
            piece = positive if positive is not None and _lets_through(node.body) else None
            if piece is None and negative is not None and not node.orelse and _denies(node.body):
                piece = negative
            if piece is not None:
                mark = Mark(function.module.path, piece.node.at, piece.node.end, f"`{written(piece.node)}` holds")
                yield LetThrough(guard, mark, piece.query)

    def _decides(self, function: FunctionSymbol, test: ir.Expr, *, holds: bool, depth: int = _DEPTH) -> Piece | None:
        """The piece that alone makes `test` hold (or fail)."""
        if depth == 0:
            return None
        if isinstance(test, ir.Unary) and test.op == "not":
            return self._decides(function, test.operand, holds=not holds, depth=depth - 1)
        if isinstance(test, ir.Logical) and test.op in ("and", "or"):
            sides = [self._decides(function, one, holds=holds, depth=depth - 1) for one in (test.left, test.right)]
            found = sides[0] or sides[1]
            if (test.op == "or") is holds:
                return found
            other = test.right if found is sides[0] else test.left
            return found if found is not None and (all(sides) or _is_of_request(other)) else None
        if isinstance(test, ir.Name):
            values = self._bindings.values(function, test.id, test.at)
            return self._decides(function, values[0], holds=holds, depth=depth - 1) if len(values) == 1 else None
        return self._piece(function, test, depth) if holds else None

    def _piece(self, function: FunctionSymbol, test: ir.Expr, depth: int) -> Piece | None:
        """`address.includes(x)`, `x in address`, `address.indexOf(x) !== -1`, `/x/.test(address)`, any of these for some `x`."""
        address: ir.Expr | None = None
        if isinstance(test, ir.Compare) and len(test.ops) == 1:
            address = self._compared(test)
        elif isinstance(test, ir.Call):
            inner = _inner(test)
            if inner is not None:
                found = self._decides(function, inner, holds=True, depth=depth - 1)
                return None if found is None else Piece(test, found.query)
            address = self._asked(function, test)
        query = None if address is None else self._has_query(function, address, depth)
        if query is None or (isinstance(test, ir.Call) and _is_end(test) and not query):
            return None
        return Piece(test, query)

    @staticmethod
    def _compared(test: ir.Compare) -> ir.Expr | None:
        if test.ops == ["in"]:
            return test.rights[0]
        place = test.left
        if (
            isinstance(place, ir.Call)
            and last_word(place.func) in ("indexOf", "find", "search")
            and isinstance(place.func, ir.Attribute)
        ):
            return place.func.value if (test.ops[0], written(test.rights[0])) in _PLACES else None
        return None

    def _asked(self, function: FunctionSymbol, test: ir.Call) -> ir.Expr | None:
        """What a call looks for something in; None for a pattern that begins at the beginning."""
        func = test.func
        if not isinstance(func, ir.Attribute) or not test.args:
            return None
        first = test.args[0].value
        if func.attr == "test":
            return first if self._floats(function, func.value) else None
        if func.attr == "search" and len(test.args) > 1:  # `re.search(pattern, path)`
            return test.args[1].value if self._floats(function, first) else None
        if func.attr in ("match", "search"):
            return func.value if self._floats(function, first) else None
        return func.value if func.attr == "includes" or _is_end(test) else None

    def _floats(self, function: FunctionSymbol, pattern: ir.Expr) -> bool:
        """Whether a pattern is known, and may begin anywhere."""
        texts = self._texts(function, pattern, _DEPTH)
        return bool(texts) and not any(text.removeprefix("/").startswith(("^", r"\A", "(^", "(?:^")) for text in texts)

    def _texts(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> list[str]:
        """The texts of a pattern: a literal, `new RegExp(x)`, a name of one, an element of a list of them."""
        if isinstance(node, ir.Const):
            return [node.value] if isinstance(node.value, str) else []
        if depth == 0:
            return []
        if isinstance(node, ir.Call) and last_word(node.func) in ("RegExp", "compile") and node.args:
            return self._texts(function, node.args[0].value, depth - 1)
        if isinstance(node, ir.Container):
            return [text for item in node.items for text in self._texts(function, item.value, depth - 1)]
        if isinstance(node, ir.Name):
            values = self._named(function, node.id, node.at)
            return [text for value in values for text in self._texts(function, value, depth - 1)]
        return []

    def _named(self, function: FunctionSymbol, name: str, before: int) -> Sequence[ir.Expr]:
        """What a name is bound to: here, in a function around, in the module; for a parameter of `xs.some(x => …)` the list."""
        around: FunctionSymbol | None = function
        while around is not None:
            values = self._bindings.values(around, name, before)
            if values:
                return values
            lists = [held for node in around.scope if (held := _iterated(node, name)) is not None]
            if lists:
                return lists
            around = around.parent
        return [
            node.value
            for node in function.module.node.body
            if isinstance(node, ir.Assign) and node.value is not None and any(written(one) == name for one in node.targets)
        ]

    def _has_query(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> bool | None:
        """Whether an address of the request has the query in it; None for what is none."""
        if depth == 0:
            return None
        if isinstance(node, ir.Name):
            values = self._bindings.values(function, node.id, node.at)
            return self._has_query(function, values[0], depth - 1) if len(values) == 1 else None
        text = written(node)
        if _WITH_QUERY.fullmatch(text):
            return True
        if _PATH.fullmatch(text):
            return False
        if isinstance(node, ir.Call):
            if isinstance(node.func, ir.Attribute) and node.func.attr in _SAME:
                return self._has_query(function, node.func.value, depth - 1)
            if written(node.func) in ("str", "String", "decodeURIComponent", "decodeURI", "unquote") and node.args:
                return self._has_query(function, node.args[0].value, depth - 1)
        return None


def _inner(test: ir.Call) -> ir.Expr | None:
    """What `xs.some((x) => …)` and `any(… for x in xs)` ask of each."""
    if last_word(test.func) not in _ANY or len(test.args) != 1:
        return None
    given = test.args[0].value
    if isinstance(given, ir.Comprehension):
        return given.value
    if isinstance(given, ir.Lambda) and len(given.function.body) == 1 and isinstance(given.function.body[0], ir.Return):
        return given.function.body[0].value
    return None


def _iterated(node: ir.Node, name: str) -> ir.Expr | None:
    """The list of which `name` is each element."""
    if isinstance(node, ir.Clause) and written(node.target) == name:
        return node.iter
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _ANY and node.args:
        given = node.args[0].value
        if isinstance(given, ir.Lambda) and given.function.params and given.function.params[0].name == name:
            return node.func.value
    return None


def _is_end(test: ir.Call) -> bool:
    return last_word(test.func) in ("endsWith", "endswith")


def _is_of_request(test: ir.Expr) -> bool:
    """Whether a test only looks at the method or the address, which the client chooses too."""
    names = {one.attr for one in ir.walk_scope(test) if isinstance(one, ir.Attribute)}
    return bool(names & {"method", "url", "path", "originalUrl", "pathname"}) and not any(_ASKS.search(one) for one in names)


def _lets_through(body: list[ir.Stmt]) -> bool:
    """Whether a branch hands the request on, and asks nothing before it does."""
    calls = [one for one in ir.walk_scope(*body) if isinstance(one, ir.Call)]
    if any(isinstance(one, (ir.If, ir.Raise)) for one in ir.walk_scope(*body)) or _denies(body):
        return False
    last = body[-1] if body else None
    if isinstance(last, ir.Return) and (last.value is None or written(last.value) in ("None", "True", "true", "undefined")):
        return not any(_ASKS.search(written(one.func)) for one in calls)
    held = last.value if isinstance(last, (ir.Return, ir.ExprStmt)) else None
    held = held.value if isinstance(held, ir.Await) else held
    return (
        isinstance(held, ir.Call) and last_word(held.func) in _LETS and not any(_ASKS.search(written(one.func)) for one in calls)
    )


def _denies(body: list[ir.Stmt]) -> bool:
    """Whether a branch turns callers away, or has a check do it."""
    return any(
        isinstance(one, ir.Raise)
        or (isinstance(one, ir.Const) and one.value in _DENIED and one.kind == "int")
        or (isinstance(one, ir.Call) and bool(_ASKS.search(written(one.func))))
        for one in ir.walk_scope(*body)
    )
