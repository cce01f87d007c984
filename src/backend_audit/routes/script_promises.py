"""Promises of JavaScript that nobody looks at: which functions give one that can be rejected, and where it is dropped."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol, blocks

_NEVER = frozenset(("Promise.allSettled", "Promise.resolve"))
_SURE = frozenset(("graphql-subscriptions.PubSub.publish", "graphql-subscriptions.PubSub().publish"))  # they hand it on in here
_SURE_NAMES = frozenset(one.rpartition(".")[2] for one in _SURE)
_PLAIN = frozenset("res response reply console JSON Object Array Math Number String Date Boolean Buffer next".split()) | {""}
_TAKES = 2  # arguments of `then` that take a rejection, too


class Promises:
    """Answers about the functions of one project; kept."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, ir.Node | None] = {}

    def rejection(self, function: FunctionSymbol) -> ir.Node | None:
        """What rejects the promise that a function gives: an `await`, `throw` or promise that nothing in it catches."""
        if function.key not in self._known:
            self._known[function.key] = None
            if function.node.is_async:
                found = next(self._escaping(function.node.body, function), None) or self._promised(function.node)
            else:
                found = self._handed_on(function)
            self._known[function.key] = found
        return self._known[function.key]

    def callees(self, call: ir.Call) -> list[FunctionSymbol]:
        """The functions of the project that a call means by their name; the engine also notes those that are handed over."""
        found = self.engine.callees.get(id(call), {})
        name = call.func.attr if isinstance(call.func, ir.Attribute) else written(call.func)
        if any(
            isinstance(one, (ir.Name, ir.Attribute)) and _last(one) == name
            for one in ir.walk_scope(*(arg.value for arg in call.args))
        ):
            return []  # `router.delete("/users", users.delete)`
        return [one for _, one in sorted(found.items()) if one.node.name == name]

    def rejects(self, node: ir.Expr) -> ir.Node | None:
        """What rejects the promise that an expression is, if the project's own code shows that; None where nothing does."""
        call, chained = unhandled(node)
        if not isinstance(call, ir.Call):
            return None
        callees = self.callees(call)
        ways = [None if one.node.is_generator or self._only_runs(one, call) else self.rejection(one) for one in callees]
        if ways:
            return None if None in ways else ways[0]
        return call if chained else None

    def _promised(self, function: ir.Function) -> ir.Node | None:
        """What a function gives that is `async` for no other reason than the promise that it gets from a library."""
        if any(isinstance(one, ir.Await) for one in ir.walk_scope(*function.body)):
            return None
        returned = [one.value for one in own_statements(function.body) if isinstance(one, ir.Return)]
        calls = [one for one in returned if isinstance(one, ir.Call) and one.form == "" and not self.callees(one)]
        return next((one for one in calls if (dotted(one.func) or "").partition(".")[0] not in _PLAIN), None)

    def _handed_on(self, function: FunctionSymbol) -> ir.Node | None:
        """What rejects the promise that a function without `async` hands on from another one."""
        returned = [one.value for one in own_statements(function.node.body) if isinstance(one, ir.Return) and one.value]
        ways = [self.rejects(one) for one in returned]
        return None if None in ways else next(iter(ways), None)

    def _escaping(self, body: Sequence[ir.Node], within: FunctionSymbol) -> Iterator[ir.Node]:
        """What nothing in the body takes, in the order of the code."""
        for node in body:
            if isinstance(node, (ir.Function, ir.Class, ir.Lambda)):
                continue
            if isinstance(node, ir.Try) and node.handlers:
                thrown = (one for handler in node.handlers for one in own_statements(handler.body) if isinstance(one, ir.Raise))
                yield from thrown
                yield from self._escaping([*node.orelse, *node.final], within)
            elif isinstance(node, ir.Raise) or (isinstance(node, ir.Await) and self._may_reject(node.value, within)):
                yield node
            elif isinstance(node, ir.Return) and node.value is not None and self.rejects(node.value) is not None:
                yield node.value
            else:
                yield from self._escaping(ir.children(node), within)

    def _may_reject(self, node: ir.Expr, within: FunctionSymbol) -> bool:
        """Whether awaiting something can throw: not what is caught, a pause, or a function of the project that catches all."""
        awaited, _ = unhandled(node)
        if not isinstance(awaited, ir.Call):
            return awaited is not None
        if dotted(awaited.func) in _NEVER or _pauses(awaited) or _loads(awaited):
            return False
        found = self.callees(awaited)
        if found and all(self._only_runs(one, awaited, within) for one in found):
            return False
        if not found and isinstance(awaited.func, ir.Attribute) and awaited.func.attr in _SURE_NAMES:
            return not self._called(awaited, within) & _SURE
        if not found or not all(one.node.is_async or _single(one) is not None for one in found):
            return True
        return any(self.rejection(one) is not None if one.node.is_async else not _pauses(_single(one)) for one in found)

    def _only_runs(self, function: FunctionSymbol, call: ir.Call, within: FunctionSymbol | None = None) -> bool:
        """Whether a function waits only for those that it is given, and these catch all: `withSpan(name, async () => …)`."""
        given = [arg.value.function for arg in call.args if isinstance(arg.value, ir.Lambda)]
        names = {param.name for param in function.node.params}
        nodes = [one.value for one in ir.walk(*function.node.body) if isinstance(one, ir.Await)]
        waited = all(isinstance(one, ir.Call) and isinstance(one.func, ir.Name) and one.func.id in names for one in nodes)
        if not given or not nodes or not waited:
            return False
        return all(next(self._escaping(one.body, within or function), None) is None for one in given)

    def _called(self, call: ir.Call, within: FunctionSymbol) -> frozenset[str]:
        """The functions of libraries that a call in a function or method means."""
        frame = self.engine.frame(within.module, within)
        if within.owner is not None:
            frame.env["this"] = self.engine.instance_of(within.owner)
        return frame.eval(call.func).apis


def _last(node: ir.Name | ir.Attribute) -> str:
    return node.id if isinstance(node, ir.Name) else node.attr


def unhandled(node: ir.Expr | None) -> tuple[ir.Expr | None, bool]:
    """The call at the head of a chain that takes no rejection, and whether `then` follows it; None where one is taken."""
    chained = False
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("then", "catch", "finally"):
        if node.func.attr == "catch" or (node.func.attr == "then" and len(node.args) >= _TAKES):
            return None, chained
        chained = chained or (node.func.attr == "then" and bool(node.args))
        node = node.func.value
    return node, chained


def _single(function: FunctionSymbol) -> ir.Expr | None:
    """What a function gives that does nothing else."""
    body = function.node.body
    return body[0].value if len(body) == 1 and isinstance(body[0], ir.Return) else None


def _pauses(node: ir.Expr | None) -> bool:
    """`new Promise((resolve) => setTimeout(resolve, 100))`: nothing in it rejects."""
    if not isinstance(node, ir.Call) or node.form != "new" or dotted(node.func) != "Promise" or not node.args:
        return False
    executor = node.args[0].value
    return isinstance(executor, ir.Lambda) and len(executor.function.params) - _receivers(executor.function) == 1


def _loads(node: ir.Call) -> bool:
    """`import("mime")`: a module by its name is there, or the program would not start elsewhere either."""
    return dotted(node.func) == "import" and len(node.args) == 1 and isinstance(node.args[0].value, ir.Const)


def _receivers(function: ir.Function) -> int:
    return sum(one.kind == "receiver" for one in function.params)


def own_statements(body: Sequence[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Every statement of a body, those in compound statements too, functions and classes written there not entered."""
    for node in body:
        yield node
        for inner in blocks(node):
            yield from own_statements(inner)
