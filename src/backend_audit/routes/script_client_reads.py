"""Reads of a request in JavaScript that a client words as it likes: `req.body.isAdmin`, `req.cookies.role`, `req.get("X-Id")`."""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import header
from backend_audit.routes.script_missing import is_request

HOLDERS = frozenset(("body", "query", "params", "cookies", "headers"))

Read = tuple[str, str]  # what holds it (`cookies`), and its name


class ClientReads:
    """What one function reads of a request, by expression and by the variables that hold it."""

    def __init__(self, function: FunctionSymbol) -> None:
        self.names: dict[str, Read] = {}
        self._inputs: set[str] = set()  # names of what a procedure is handed: `({ ctx, input }) => …`
        self._handed = ""  # what a procedure is handed, as a whole: `(opts) => opts.input.id`
        for param in function.node.params[:1]:
            self._handed = "" if param.pattern is not None else param.name
            self._take(param.pattern)
        nodes = function.scope.of(ir.Assign)
        self._assigned = [one for one in nodes if len(one.targets) == 1 and not one.op]
        for node in self._assigned:
            if node.value is not None:
                self._bind(node.targets[0], node.value)

    def _take(self, pattern: ir.Expr | None) -> None:
        """`({ input: { orderId }, ctx })`, `({ input })`: the parts of what a procedure is handed."""
        items = pattern.items if isinstance(pattern, ir.Container) and pattern.kind == "dict" else []
        for item in items:
            if not isinstance(item.key, ir.Const) or item.key.value != "input":
                continue
            if isinstance(item.value, ir.Name):
                self._inputs.add(item.value.id)
            for one in item.value.items if isinstance(item.value, ir.Container) else ():
                held = one.value.target if isinstance(one.value, ir.Defaulted) else one.value
                if isinstance(held, ir.Name) and isinstance(one.key, ir.Const) and isinstance(one.key.value, str):
                    self.names[held.id] = ("body", one.key.value)

    def _holder(self, node: ir.Expr) -> str:
        if isinstance(node, ir.Attribute) and node.attr == "input" and self._is_handed(node.value):
            return "body"
        return "body" if isinstance(node, ir.Name) and node.id in self._inputs else holder_of(node)

    def _is_handed(self, node: ir.Expr) -> bool:
        return isinstance(node, ir.Name) and bool(self._handed) and node.id == self._handed

    def keep(self, read: Callable[[ir.Expr], Read | None]) -> None:
        """Let variables that hold what else `read` knows of the request be reads, too."""
        for node in self._assigned:
            target = node.targets[0]
            found = None if node.value is None else read(node.value)
            if found is not None and isinstance(target, ir.Name):
                self.names[target.id] = found

    def _bind(self, target: ir.Expr, value: ir.Expr) -> None:
        """`const role = req.body.role`, `const { role, name: other = "x" } = req.body`."""
        if isinstance(target, ir.Name):
            read = self.of(value)
            if read is None:
                self.names.pop(target.id, None)
            else:
                self.names[target.id] = read
        if self._is_handed(value):
            self._take(target)  # `const { ctx, input } = opts`
        holder = self._holder(value)
        for item in target.items if isinstance(target, ir.Container) and holder else ():
            held = item.value.target if isinstance(item.value, ir.Defaulted) else item.value
            if isinstance(held, ir.Name) and isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
                self.names[held.id] = (holder, item.key.value)

    def of(self, node: ir.Expr) -> Read | None:
        """The part of the request that an expression is."""
        if isinstance(node, ir.Name):
            return self.names.get(node.id)
        if isinstance(node, ir.Call):
            return self._called(node)
        if isinstance(node, ir.Attribute):
            holder, name = self._holder(node.value), node.attr
        elif isinstance(node, ir.Index) and isinstance(node.index, ir.Const) and isinstance(node.index.value, str):
            holder, name = holder_of(node.value), node.index.value
        else:
            return None
        return (holder, name.lower() if holder == "headers" else name) if holder else None

    def _called(self, node: ir.Call) -> Read | None:
        """`req.get("X-User")`, `ctx.cookies.get("role")`; `x.toLowerCase()` and `String(x)` are still what the client sent."""
        name = header(node)
        if name:
            return "headers", name
        first = node.args[0].value if node.args else None
        if isinstance(node.func, ir.Name) and node.func.id in ("String", "Boolean", "Number", "parseInt") and first is not None:
            return self.of(first)
        if not isinstance(node.func, ir.Attribute):
            return None
        if node.func.attr == "get" and isinstance(first, ir.Const) and isinstance(first.value, str):
            holder = holder_of(node.func.value)
            return (holder, first.value) if holder else None
        plain = not node.args and node.func.attr in ("toLowerCase", "toUpperCase", "trim", "toString")
        return self.of(node.func.value) if plain else None

    def alone(self, test: ir.Expr) -> Read | None:
        """What a test looks at, where that is one thing from the request held against constants, and nothing else."""
        if isinstance(test, ir.Unary) and test.op == "not":
            return self.alone(test.operand)
        if isinstance(test, ir.Compare) and len(test.rights) == 1:
            sides = [test.left, test.rights[0]]
            read = [found for one in sides if (found := self.of(one)) is not None]
            return read[0] if len(read) == 1 and any(isinstance(one, ir.Const) for one in sides) else None
        if isinstance(test, ir.Logical):
            left, right = self.alone(test.left), self.alone(test.right)
            return left if left == right else None
        return self.of(test)


def holder_of(node: ir.Expr) -> str:
    """`body` for `req.body`, `ctx.request.body`; "" for anything else."""
    if isinstance(node, ir.Attribute) and node.attr in HOLDERS and is_request(written(node.value)):
        return node.attr
    return ""
