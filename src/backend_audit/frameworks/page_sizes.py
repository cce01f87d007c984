"""Numbers from the query that decide how many rows are fetched: parameters, and what is read from the request by name.

https://fastapi.tiangolo.com/tutorial/query-params-str-validations/, https://docs.djangoproject.com/en/stable/topics/pagination/
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import provider
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.page_size import PageSize
from backend_audit.source import Mark

_NAMES = re.compile(
    r"^(page_?size|per_?page|limit|page_?limit|max_?results|(items|results|rows)_?per_?page|num_?results|take|size|count|top)$",
    re.IGNORECASE,
)
_TAKES = frozenset("limit paginate Paginator fetchmany to_list islice first_n page_size slice".split())
_QUERIES = frozenset(("args", "GET", "query_params", "values", "query", "params"))
_BOUNDS = frozenset(("le", "lt", "max", "max_value"))
_BOUNDING = re.compile(r"(^|_)(min|clamp|clip|bound|cap|validate|check|normali[sz]e|sanitize)", re.IGNORECASE)
_MAX_DEPTH = 4


class PageSizes:
    """Reads them off handlers and what they depend on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, handler: FunctionSymbol, *, parameters: bool) -> list[PageSize]:
        """The unbounded ones of a handler; `parameters`: the framework fills them from the query by name."""
        found: list[PageSize] = []
        for param in handler.node.params if parameters else ():
            if _NAMES.match(param.name) and self._is_number(handler, param) and not _is_bounded(param):
                found += self._followed(handler, param.name, param, param.name)
        for node in handler.scope:
            if (
                isinstance(node, ir.Assign)
                and node.value is not None
                and len(node.targets) == 1
                and isinstance(node.targets[0], ir.Name)
            ):
                asked = _asked(node.value)
                if asked is not None and not _limits(node.value):
                    found += self._followed(handler, node.targets[0].id, node.value, asked)
        return found

    def _followed(self, handler: FunctionSymbol, name: str, node: ir.Node, asked: str) -> Iterator[PageSize]:
        used = self._fetches(handler, name, _MAX_DEPTH)
        if used is not None:
            mark = Mark(handler.module.path, node.at, node.end, f"`{asked}` comes from the query")
            yield PageSize(asked, mark, used)

    def _is_number(self, handler: FunctionSymbol, param: ir.Param) -> bool:
        if param.annotation is None or provider(self.engine, handler, param) is not None:
            return False
        frame = self.engine.frame(handler.module)
        return "int" in self.engine.annotated(frame, param.annotation).types

    def _fetches(self, function: FunctionSymbol, name: str, depth: int) -> Mark | None:
        """Where the variable decides how many rows are fetched; None where it does not, or has a bound."""
        if depth == 0 or _is_tested(function, name):
            return None
        for node in function.scope:
            if isinstance(node, ir.Index) and isinstance(node.index, ir.Slice) and _mentions(node.index.upper, name):
                return Mark(function.module.path, node.at, node.end, "decides how much of it is fetched")
            if not isinstance(node, ir.Call):
                continue
            last = written(node.func).rpartition(".")[2]
            for at, arg in enumerate(node.args):
                if not (isinstance(arg.value, ir.Name) and arg.value.id == name) or arg.star:
                    continue
                callee = self._callee(function, node)
                if callee is not None:
                    inner = self._parameter(callee, node, at, arg)
                    used = None if inner is None else self._fetches(callee, inner, depth - 1)
                    if used is not None:
                        return used
                elif last in _TAKES:
                    return Mark(function.module.path, node.func.at, node.func.end, f"`{last}` fetches as many")
        return None

    def _callee(self, function: FunctionSymbol, node: ir.Call) -> FunctionSymbol | None:
        if isinstance(node.func, (ir.Name, ir.Attribute)):
            frame = self.engine.frame(function.module)
            found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
            if len(found) == 1:
                return found[0]
        name = written(node.func).rpartition(".")[2]
        called = [one for one in self.engine.calls.get(function.key, {}).values() if one.node.name == name]
        return called[0] if len(called) == 1 else None

    @staticmethod
    def _parameter(callee: FunctionSymbol, call: ir.Call, at: int, arg: ir.Arg) -> str | None:
        names = [param.name for param in callee.node.params]
        if arg.name is not None:
            return arg.name if arg.name in names else None
        if callee.binds_first and isinstance(call.func, ir.Attribute):
            at += 1
        return names[at] if at < len(names) else None


def _is_bounded(param: ir.Param) -> bool:
    """Whether the declaration has an upper bound: `Query(le=100)`, `Annotated[int, Field(le=100)]`, a `Literal`."""
    return any(
        isinstance(node, ir.Call) and any(arg.name in _BOUNDS for arg in node.args)
        for root in (param.default, param.annotation)
        if root is not None
        for node in ir.walk(root)
    ) or (param.annotation is not None and "Literal" in written(param.annotation))


def _asked(node: ir.Expr) -> str | None:
    """The name under which an expression reads a page size from the query: `int(request.args.get("limit", 20))`."""
    for one in ir.walk(node):
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and one.func.attr in ("get", "getlist") and one.args:
            key, source = one.args[0].value, one.func.value
        elif isinstance(one, ir.Index):
            key, source = one.index, one.value
        else:
            continue
        if not isinstance(source, ir.Attribute) or source.attr not in _QUERIES or "request" not in written(source.value):
            continue
        if isinstance(key, ir.Const) and isinstance(key.value, str) and _NAMES.match(key.value):
            return key.value
    return None


def _limits(node: ir.Expr) -> bool:
    return any(isinstance(one, ir.Call) and bool(_BOUNDING.search(written(one.func).rpartition(".")[2])) for one in ir.walk(node))


def _mentions(node: ir.Expr | None, name: str) -> bool:
    return node is not None and any(isinstance(one, ir.Name) and one.id == name for one in ir.walk(node)) and not _limits(node)


def _is_tested(function: FunctionSymbol, name: str) -> bool:
    """Whether the function bounds the variable from above: by a comparison, by `min`, by a call whose name says so."""
    for node in function.scope:
        if isinstance(node, ir.Compare) and any(_bounds(node, at, name) for at in range(len(node.ops))):
            return True
        if isinstance(node, ir.Compare) and node.ops[0] in ("in", "not in") and written(node.left) == name:
            return True
        bounding = isinstance(node, ir.Call) and _BOUNDING.search(written(node.func).rpartition(".")[2])
        if isinstance(node, ir.Call) and bounding and any(_mentions_plainly(arg.value, name) for arg in node.args):
            return True
    return False


def _mentions_plainly(node: ir.Expr, name: str) -> bool:
    return any(isinstance(one, ir.Name) and one.id == name for one in ir.walk(node))


def _bounds(node: ir.Compare, at: int, name: str) -> bool:
    """Whether one comparison of a chain is with an upper bound: not with 0, 1 or None."""
    left = node.left if at == 0 else node.rights[at - 1]
    right, op = node.rights[at], node.ops[at]
    if op not in ("<", "<=", ">", ">="):
        return False
    if written(right) == name:
        left, right = right, left
    if written(left) != name:
        return False
    return not (isinstance(right, ir.Const) and isinstance(right.value, (int, float)) and right.value <= 1)
