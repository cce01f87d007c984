"""Reads of a request that a client words as it likes: headers that say who it is, and keys of bodies that say what it may."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Mark

_HOLDERS = frozenset({"headers", "META", "environ"})
WHERE = frozenset({"x-forwarded-for", "x-real-ip", "client-ip", "x-client-ip", "true-client-ip", "host", "referer"})
_ASKS = frozenset(("req.get", "req.header", "request.get", "request.header", "ctx.get", "ctx.request.get"))
_PRIVILEGE = re.compile(r"^(?:is_?admin|is_?staff|is_?superuser|admin|superuser|role|user_?role|permissions?)$", re.IGNORECASE)
_BODIES = frozenset("json data form args values POST GET query_params get_json".split())


def header(node: ir.Node) -> str:
    """The header that an expression reads, in lower case with hyphens; "" for anything else."""
    if isinstance(node, ir.Attribute) and written(node) in ("request.host", "flask.request.host"):
        return "host"
    if isinstance(node, ir.Call) and (asked := _asked(node)):
        return asked
    base, key = keyed(node)
    if not isinstance(base, ir.Attribute) or base.attr not in _HOLDERS:
        return ""
    if base.attr != "headers":
        return _plain(key.removeprefix("HTTP_")) if key.startswith("HTTP_") else ""
    return _plain(key)


def _asked(node: ir.Call) -> str:
    """Express's `req.get("Referer")` and `req.header("Referer")`: the header; "" for anything else."""
    first = node.args[0].value if len(node.args) == 1 else None
    if not isinstance(first, ir.Const) or not isinstance(first.value, str):
        return ""
    return _plain(first.value) if written(node.func) in _ASKS else ""


def is_privilege(name: str) -> bool:
    """Whether a name is one of a right to everything: `isAdmin`, `is_staff`, `role`."""
    return _PRIVILEGE.match(name) is not None


def privilege(node: ir.Node) -> str:
    """The privilege that an expression reads from the body or the query; "" for anything else."""
    base, key = keyed(node)
    base = base.func if isinstance(base, ir.Call) else base
    if not isinstance(base, ir.Attribute) or base.attr not in _BODIES or "request" not in written(base.value):
        return ""
    return key if _PRIVILEGE.match(key) else ""


def keyed(node: ir.Node, by: tuple[str, ...] = ("get",)) -> tuple[ir.Expr | None, str]:
    """What a constant key is read from, and the key: `headers["X-User"]`, `headers.get("X-User")`; `by` which methods."""
    base, key = None, None
    if isinstance(node, ir.Index):
        base, key = node.value, node.index
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in by and node.args:
        base, key = node.func.value, node.args[0].value
    text = key.value if isinstance(key, ir.Const) and isinstance(key.value, str) else ""
    return (base, text) if text else (None, "")


class HeaderReads:
    """The headers that one function reads: in its body, by variables, and as parameters that FastAPI fills."""

    def __init__(self, function: FunctionSymbol) -> None:
        self.function = function
        self.nodes = {id(node): name for node in function.scope if (name := header(node) or _helped(function, node))}
        self.params = {param.name: _plain(param.name) for param in function.node.params if _is_header(param)}
        self.names = dict(self.params)
        for node in function.scope if self.nodes else ():
            if isinstance(node, ir.Assign) and node.value is not None:
                read = [self.nodes[id(one)] for one in ir.walk_scope(node.value) if id(one) in self.nodes]
                if read and not (read[0] in WHERE and _is_last(node.value)):
                    self.names.update({target.id: read[0] for target in node.targets if isinstance(target, ir.Name)})

    def of(self, node: ir.Node) -> str:
        """The header that a node is, by itself or as a variable that holds one."""
        return self.nodes.get(id(node)) or (self.names.get(node.id, "") if isinstance(node, ir.Name) else "")

    def mentions(self, node: ir.Expr, name: str) -> bool:
        """Whether an expression holds that header."""
        return any(self.of(one) == name for one in ir.walk_scope(node))

    def places(self) -> Iterator[tuple[str, Mark]]:
        """Each header, and where it is read first."""
        path = self.function.module.path
        seen: set[str] = set()
        params: list[tuple[str, ir.Node]] = [
            (self.params[one.name], one) for one in self.function.node.params if one.name in self.params
        ]
        body = [(self.nodes[id(node)], node) for node in self.function.scope if id(node) in self.nodes]
        for name, node in [*params, *body]:
            if name not in seen:
                seen.add(name)
                yield name, Mark(path, node.at, node.end, f"`{name}` is read here")


def _helped(function: FunctionSymbol, node: ir.Node) -> str:
    """The address that a function of the same file reads from a header and gives back: `client_ip(request)`."""
    called = node.func.id if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) else ""
    helper = function.module.functions.get(called) if called else None
    if helper is None or helper is function:
        return ""
    read = [(one, name) for one in helper.scope if (name := header(one)) in WHERE]
    gives = any(isinstance(one, ir.Return) and one.value is not None and not _is_last(one.value) for one in helper.scope)
    return read[0][1] if read and gives and not any(isinstance(one, ir.If) for one in helper.node.body) else ""


def _is_last(value: ir.Expr) -> bool:
    """Whether the last of several addresses is taken, which the nearest proxy has written: `forwarded.split(",")[-1]`."""
    return any(isinstance(one, ir.Index) and written(one.index) == "-1" for one in ir.walk_scope(value))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _is_header(param: ir.Param) -> bool:
    return any("Header(" in written(one) for one in (param.default, param.annotation) if one is not None)


def root_class(node: ir.Call) -> ir.Name | None:
    """What a chain of calls begins with: `Order.objects.filter(…)`, `get_object_or_404(Order, …)`."""
    first = node.args[0].value if node.args and isinstance(node.func, ir.Name) else node.func
    while isinstance(first, (ir.Attribute, ir.Call)):
        first = first.func if isinstance(first, ir.Call) else first.value
    return first if isinstance(first, ir.Name) else None


def outside_class(frame: Frame, node: ir.Call) -> str:
    """The name of a class that a call names, of which the scanned project knows nothing but the name; "" without one."""
    for one in ir.walk_scope(node):
        if isinstance(one, ir.Name):
            for path in sorted(frame.eval(one).apis):
                name = path.rpartition(".")[2]
                if "." in path and name[:1].isupper() and not name.isupper() and not frame.models.bases.get(path):
                    return name
    return ""
