"""Functions that take whatever they are given and register routes with it: `(...args) => router.get(...args)`.

In terms of its parameters such a list says nothing of what stands where, so these functions are run for each of their calls.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Concept
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.script_places import finds
from backend_audit.flow.summary import bind_arguments
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, join
from backend_audit.flow.web_concepts import RouteChain, RouterCreation
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, key_at

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks
    from backend_audit.flow.statements import Frame

_REGISTERING = (RouteChain, RouterCreation)
_MAX_CALLS = 1000  # of all such functions of a project
_MAX_DEPTH = 8  # such calls under way: a function may walk through the folders in its folder
_TRIALS = 3  # runs of one function that registered nothing
_MOUNTS = frozenset(("use", "register", "route"))
_VERBS = frozenset("get post put patch delete head options all use route register".split())


class Registrars:
    """Runs functions for one of their calls."""

    def __init__(self) -> None:
        self.left = _MAX_CALLS
        self._depth = 0
        self._retold: dict[int, set[str]] = {}  # by the identity of a registering call: the functions that were run once a call
        self._trials: dict[str, int] = {}  # by the key of a function, how many runs are left that register nothing

    def run_again(
        self, frame: "ScriptCallbacks", node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args, result: Value
    ) -> Value:
        """Put what one call of such a function registers in the place of what was lifted from it; what it then gives."""
        trials = self._trials.get(symbol.key)
        if trials is None:
            trials = self._trials[symbol.key] = _TRIALS if self._may_register(frame, symbol) else 0
        if not trials or not self.left or self._depth > _MAX_DEPTH:
            return result
        self.left -= 1
        before = frame.engine.made_for
        if _makes_router(symbol):
            frame.engine.made_for = (symbol, key_at(frame.module.path, "call", node))
        inner = self._run(frame, symbol, bind_arguments(symbol, receiver, args), receiver)
        frame.engine.made_for = before
        chains = [event for event in inner.events.values() if isinstance(event, _REGISTERING)]
        if not any(isinstance(event, RouteChain) for event in chains):
            self._trials[symbol.key] = trials - 1
            return result
        lifting = frame.engine.summary(symbol).lifting
        for number, event in enumerate(lifting):
            if isinstance(event, RouteChain):
                frame.events.pop((symbol.key, number, node.at), None)
        for number, event in enumerate(chains, len(lifting)):
            frame.events[symbol.key, number, node.at] = event
        return inner.returns if _makes_router(symbol) and inner.returns is not NOTHING else result

    def run_made(
        self, frame: "ScriptCallbacks", node: ir.Call, outer: FunctionSymbol, bound: Bound, inner: Value, given: list[Value]
    ) -> None:
        """Run functions that `outer` has made in one of its calls, which know what it was given there."""
        if not self.left or self._depth > _MAX_DEPTH:
            return
        self.left -= 1
        around = frame.engine.under_way.get(outer.key)
        frame.engine.under_way[outer.key] = self._run(frame, outer, bound)
        one_pass(frame, node, inner, given)
        del frame.engine.under_way[outer.key]
        if around is not None:
            frame.engine.under_way[outer.key] = around

    def told(self, symbol: FunctionSymbol, events: Iterable[Concept]) -> None:
        """What a function registers has been told for single calls of it."""
        for event in events:
            if isinstance(event, RouteChain):
                self._retold.setdefault(id(event.site.node), set()).add(symbol.key)

    def is_retold(self, function: FunctionSymbol | None, event: Concept) -> bool:
        """Whether what a function's own run says of a registration was told better by the runs for its calls."""
        keys = self._retold.get(id(event.site.node)) if isinstance(event, RouteChain) else None
        while keys and function is not None:
            if function.key in keys:
                return True
            function = function.parent
        return False

    def _may_register(self, frame: "ScriptCallbacks", symbol: FunctionSymbol) -> bool:
        """Whether a function may register what it is given, or finds: only then is it worth a run of its own."""
        if _makes_router(symbol) or _registers_each(symbol) or _registers_listed(symbol) or self._hands_on(frame, symbol):
            return True
        calls = symbol.scope.of(ir.Call)
        given = any(param.kind == "positional" for param in symbol.node.params)
        return given and symbol.module.key in frame.engine.places.loaders and any(map(finds, calls))

    def _hands_on(self, frame: "ScriptCallbacks", symbol: FunctionSymbol) -> bool:
        """Whether a function hands a list that it is given to one that registers what is in it."""
        names = {param.name for param in symbol.node.params}
        calls = symbol.scope.of(ir.Call) if names else []
        handed = [one for one in calls if any(written(arg.value).partition(".")[0] in names for arg in one.args)]
        callees = [callee for one in handed for callee in frame.engine.callees.get(id(one), {}).values()]
        return any(one is not symbol and (_registers_each(one) or _registers_listed(one)) for one in callees)

    def _run(
        self, frame: "ScriptCallbacks", symbol: FunctionSymbol, bound: Bound, receiver: Value | None = None
    ) -> "Frame":  # fmt: skip
        """A run of a function that is given `bound`."""
        env = {param.name: bound.get(at, UNKNOWN) for at, param in enumerate(symbol.node.params)}
        inner = frame.engine.frame(symbol.module, symbol, env)
        if symbol.has_receiver and symbol.owner is not None and not symbol.node.is_static:
            env["this"] = frame.engine.instance_of(symbol.owner) if receiver is None else receiver
        for at, param in enumerate(symbol.node.params):
            if at not in bound and param.default is not None:
                env[param.name] = inner.eval(param.default)
        if isinstance(inner, type(frame)):
            inner.registering = True
        self._depth += 1
        frame.engine.run_for_call(inner, symbol)
        self._depth -= 1
        self.told(symbol, inner.events.values())
        return inner


def one_pass(frame: "ScriptCallbacks", node: ir.Call, function: Value, given: list[Value]) -> Value:
    """What a function gives that is handed these arguments, one element of a known list the first of them; it may register."""
    result = NOTHING
    for symbol in of_kind(function.refs, FunctionSymbol):
        inner = frame.engine.frame(symbol.module, symbol, {})
        if isinstance(inner, type(frame)):
            inner.registering = True
        for param, value in zip(symbol.node.params, [*given, *[UNKNOWN] * len(symbol.node.params)], strict=False):
            inner.env[param.name] = value
            if param.pattern is not None:
                inner.bind(param.pattern, value)
        frame.engine.run_for_call(inner, symbol)
        frame.engine.registrars.told(symbol, inner.events.values())
        for number, event in enumerate(inner.events.values()):
            frame.events[symbol.key, "pass", number, node.at] = event
        _keep(frame, inner, symbol)
        result = join(result, inner.returns)
    return UNKNOWN if result is NOTHING else result


def _keep(frame: "ScriptCallbacks", inner: "Frame", symbol: FunctionSymbol) -> None:
    """What a function has added to containers of the one around it, in which it is written."""
    own = {param.name for param in symbol.node.params}
    for name, value in inner.env.items() if symbol.parent is frame.function else ():
        if value.kind and name not in own and name in frame.env and frame.env[name].kind:
            frame.env[name] = value


def _makes_router(symbol: FunctionSymbol) -> bool:
    """Whether a function makes a router of its own for each call: `crud(User)`."""
    if not symbol.node.params or symbol.owner is not None:
        return False
    calls = symbol.scope.of(ir.Call)
    return any(written(one.func).rpartition(".")[2] == "Router" for one in calls)


def _registers_each(symbol: FunctionSymbol) -> bool:
    """Whether a function registers what is in a list that it is given: `routes.forEach((one) => this.app.use(one.router))`."""
    names = {param.name for param in symbol.node.params if param.kind == "positional"}
    nodes = list(ir.walk(*symbol.node.body)) if names else []
    over = [one.iter for one in nodes if isinstance(one, ir.For)]
    calls = [one.func for one in nodes if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)]
    over += [one.value for one in calls if isinstance(one, ir.Attribute) and one.attr in ("forEach", "map")]
    held = {*names, *(f"this.{name}" for name in names)}  # `constructor(private routes: Route[])`
    listed = any(written(one).partition("[")[0] in held or written(one).partition(".")[0] in names for one in over)
    return listed and any(isinstance(one, ir.Attribute) and one.attr in _MOUNTS for one in calls)


def _registers_listed(symbol: FunctionSymbol) -> bool:
    """Whether a function takes arguments as a list, or one that is a list, and calls a method that may register a route."""
    listed = any(param.kind == "args" for param in symbol.node.params)
    names = {param.name for param in symbol.node.params if param.kind == "positional"}
    calls = (node for node in symbol.scope.of(ir.Call) if _registers(node.func))
    given = (arg for one in calls for arg in one.args if listed or arg.star)
    return any(listed or (isinstance(arg.value, ir.Name) and arg.value.id in names) for arg in given)


def _registers(func: ir.Expr) -> bool:
    return isinstance(func, ir.Index) or (isinstance(func, ir.Attribute) and func.attr in _VERBS)
