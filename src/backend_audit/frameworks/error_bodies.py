"""What the bodies of a project's error answers look like: which key tells the client what went wrong.

FastAPI and REST framework answer with `{"detail": …}` where an exception is raised, Fastify with `{statusCode, error, message}`.
https://fastapi.tiangolo.com/tutorial/handling-errors/, https://www.django-rest-framework.org/api-guide/exceptions/,
https://fastify.dev/docs/latest/Reference/Errors/
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import RouteTable
from backend_audit.source import Language, Mark

_TELLING = ("error", "message", "detail", "msg", "errors", "reason", "err", "error_message", "errorMessage", "description")
_STATUS = re.compile(r"(?:HTTP_|_)?([45]\d\d)(?:_|$)")
_NAMED = re.compile(
    r"\.(?:bad_?request|unauthori[sz]ed|forbidden|not_?found|conflict|unprocessable\w*|internal_?server_?error)$", re.IGNORECASE
)
_ANSWERS = re.compile(r"(?:json|\w*Response|jsonify|json_response)$")
_FEW = 6


@dataclass(frozen=True, slots=True)
class OddErrorBody(Concept):
    """An error answer tells what went wrong under `key`, as `count` do, while `most` of all use `usual` (`usually` of them)."""

    key: str = ""
    count: int = 0
    usual: str = ""
    usually: int = 0
    others: tuple[Mark, ...] = ()  # further places with that key
    like: Mark | None = None  # a place with the usual one


@dataclass(frozen=True, slots=True)
class _Body:
    keys: tuple[str, ...]
    node: ir.Expr
    function: FunctionSymbol


class ErrorBodies:
    """Reads the handlers of routes, and what stands before them."""

    def __init__(self, engine: Engine, table: RouteTable) -> None:
        self.engine = engine
        self.table = table

    def concepts(self) -> Iterator[OddErrorBody]:
        """One for each key that fewer answers use, at the first place with it."""
        bodies = list(self._bodies())
        kinds: dict[str, list[_Body]] = {}
        for one in bodies:
            kinds.setdefault(one.keys[0], []).append(one)
        if len(bodies) < _FEW or len(kinds) < 2:
            return
        counts = Counter({key: len(found) for key, found in kinds.items()})
        usual, usually = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        for key in sorted(kinds):
            found = [one for one in kinds[key] if usual not in one.keys]
            if found:
                first = found[0]
                site = Site(first.function.module.path, first.node, "", written(first.node), first.function.name)
                others = tuple(_mark(one) for one in found[1:4])
                yield OddErrorBody(site, key, len(found), usual, usually, others, _mark(kinds[usual][0]))

    def _bodies(self) -> Iterator[_Body]:
        seen: set[str] = set()
        for route in self.table.routes:
            guards = [guard.function for guard in route.guards if guard.function is not None]
            for function in [*([] if route.handler is None else [route.handler]), *guards]:
                if function.key not in seen:
                    seen.add(function.key)
                    yield from self._of(function)

    def _of(self, function: FunctionSymbol) -> Iterator[_Body]:
        """The bodies of the error answers that a function gives, by what is written there."""
        script = function.module.node.language is not Language.PYTHON
        for node in function.scope:
            if script and isinstance(node, ir.Call):
                body = _sent(node)
            elif isinstance(node, ir.Call):
                body = self._made(function, node)
            elif not script and isinstance(node, ir.Return) and node.value is not None:
                body = _paired(node.value)
            else:
                continue
            keys = () if body is None else self._keys(function, body)
            if body is not None and keys:
                yield _Body(keys, body, function)

    def _made(self, function: FunctionSymbol, node: ir.Call) -> ir.Expr | None:
        """`JSONResponse(status_code=404, content={…})`, `Response({…}, status=404)`."""
        if not _ANSWERS.search(self._called(function, node)) or not any(_is_error(arg.value) for arg in node.args):
            return None
        named = [arg.value for arg in node.args if arg.name in (None, "content", "data")]
        return next((one for one in named if isinstance(one, ir.Container) and one.kind == "dict"), None)

    def _keys(self, function: FunctionSymbol, node: ir.Expr) -> tuple[str, ...]:
        """The keys of a body that tell what went wrong, the plainest first."""
        found: list[str] = []
        if isinstance(node, ir.Container) and node.kind == "dict":
            found = [str(item.key.value) for item in node.items if isinstance(item.key, ir.Const)]
        elif isinstance(node, ir.Call) and self._called(function, node) == "jsonify":
            inner = next((arg.value for arg in node.args if arg.name is None), None)
            found = [arg.name for arg in node.args if arg.name] if inner is None else list(self._keys(function, inner))
        return tuple(one for one in _TELLING if one in found)

    def _called(self, function: FunctionSymbol, node: ir.Call) -> str:
        """The last part of what a call calls, by its own name where it was imported under another one."""
        if isinstance(node.func, ir.Name):
            known = self.engine.environment(function.module).get(node.func.id)
            paths = sorted(known.apis) if known is not None else []
            return paths[0].rpartition(".")[2] if paths else node.func.id
        return node.func.attr if isinstance(node.func, ir.Attribute) else ""


def _sent(node: ir.Call) -> ir.Expr | None:
    """`res.status(404).json({…})`, `reply.code(404).send({…})`."""
    func = node.func
    if not isinstance(func, ir.Attribute) or func.attr not in ("json", "send", "jsonp") or len(node.args) != 1:
        return None
    before = func.value
    while isinstance(before, ir.Call) and isinstance(before.func, ir.Attribute):
        if before.func.attr in ("status", "code") and before.args and _is_error(before.args[0].value):
            return node.args[0].value
        before = before.func.value
    return None


def _paired(node: ir.Expr) -> ir.Expr | None:
    """`return {…}, 404`, `return jsonify(error=…), 404`."""
    if not isinstance(node, ir.Container) or node.kind != "tuple" or len(node.items) < 2 or not _is_error(node.items[1].value):
        return None
    return node.items[0].value


def _is_error(node: ir.Expr) -> bool:
    if isinstance(node, ir.Const):
        return bool(re.fullmatch(r"[45]\d\d", str(node.value)))
    text = written(node) if isinstance(node, (ir.Name, ir.Attribute)) else ""
    return bool(_STATUS.search(text.rpartition(".")[2]) or _NAMED.search(text))


def _mark(one: _Body) -> Mark:
    return Mark(one.function.module.path, one.node.at, one.node.end, f"under `{one.keys[0]}`")
