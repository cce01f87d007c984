"""Exceptions that call-backs throw while a request is served: the handler has returned by then, and nothing catches them.

https://nodejs.org/api/errors.html#error-first-callbacks, https://nodejs.org/api/process.html#event-uncaughtexception
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.chains import flat
from backend_audit.routes.lost_promises import LostPromises
from backend_audit.routes.work import Habit, Work, as_practice
from backend_audit.source import Mark

_ERROR = re.compile(r"^_?(?:err|error|er)$|(?:Err|Error)$")
_TIMERS = frozenset(("setTimeout", "setInterval", "setImmediate", "process.nextTick", "queueMicrotask"))
_LIBRARIES = re.compile(
    r"^(?:fs|dns|zlib|child_process|http|https|crypto|bcrypt|bcryptjs|graceful-fs|fs-extra)\.(?!promises\b)\w+$|^(?:rimraf|mkdirp|request|glob)$"
)
_EVENTS = frozenset(("on", "once", "addListener"))
_INLINE = frozenset("map filter forEach reduce some every find findIndex flatMap sort".split())
# What runs in its caller's `try`, hands an exception on as a rejection, or is called by who does.
_CATCHES = _INLINE | frozenset(
    "then catch finally use all get post put patch delete head options param route register addHook decorate "
    "replace replaceAll run transaction test it describe".split()
)
_REQUESTS = frozenset(("req", "request", "_req", "ctx", "socket"))
_DEPTH = 2  # calls between a call-back and what throws


@dataclass(frozen=True, slots=True)
class ThrownLater(Habit):
    """`site` is the `throw` (or `JSON.parse`); `later`: what runs the call-back; `through`: the function that throws, if another.

    `root`: the handler (or guard) whose request it is; `parses`: text that comes in; `observed` as in `LostPromise`.
    """

    root: str = ""
    later: str = ""
    called: Mark | None = None
    through: str = ""
    parses: bool = False
    observed: bool = False


class LateThrows:
    """Finds them in what handlers run."""

    def __init__(self, work: Work, promises: LostPromises) -> None:
        self.work = work
        self.promises = promises
        self._told: set[int] = set()  # the identities of `throw` statements
        self._served = work.with_also(_listeners(work))

    def concepts(self) -> Iterator[ThrownLater]:
        """The first of each function, or one in all where many do it."""
        found: list[ThrownLater] = []
        for key in sorted(self._served):
            function = self.work.functions[key]
            first = next(self._of(function), None)
            if first is not None:
                found.append(first)
        yield from as_practice(found)

    def _of(self, function: FunctionSymbol) -> Iterator[ThrownLater]:
        for call in (one for one in ir.walk(*function.node.body) if isinstance(one, ir.Call)):
            for callback in _callbacks(call):
                if not self._runs_later(call, callback, function):
                    continue
                for node, through in self._thrown(callback.function.body, function, _DEPTH):
                    yield from self._told_once(node, call, function, through)
                if _is_event(call) and not callback.function.is_async:
                    parsed = next(_parsing(callback.function.body), None)
                    if parsed is not None:
                        yield from self._told_once(parsed, call, function, None)

    def _told_once(
        self, node: ir.Node, call: ir.Call, function: FunctionSymbol, through: FunctionSymbol | None
    ) -> Iterator[ThrownLater]:
        if id(node) in self._told:
            return
        self._told.add(id(node))
        home = function if through is None else through
        site = Site(home.module.path, node, "", written(call.func), home.name, None, (), home.node, home.module.node)
        path = function.module.path
        yield ThrownLater(
            site,
            self.work.way(self._served, function),
            root=self.work.called(self._served[function.key].root),
            later=written(call.func),
            called=None if through is None else Mark(path, call.func.at, call.func.end, "calls back later"),
            through="" if through is None else through.node.name,
            parses=not isinstance(node, ir.Raise),
            observed=self.promises.observed,
        )

    def _runs_later(self, call: ir.Call, callback: ir.Lambda, function: FunctionSymbol) -> bool:
        """Whether the call-back runs when the handler has given control back."""
        name = written(call.func)
        if name in _TIMERS or _is_event(call):
            return True
        last = call.func.attr if isinstance(call.func, ir.Attribute) else name
        if last in _CATCHES or last.endswith("Sync") or self.promises.promises.callees(call):
            return False
        params = [one.name for one in callback.function.params if one.kind == "positional"]
        if params and _ERROR.search(params[0]) and not _REQUESTS.intersection(params):
            return call.args[-1].value is callback or name == "request"
        head = name.partition(".")[0]
        return head in ("fs", "dns", "zlib", "crypto") and self._means_library(call, function)

    def _means_library(self, call: ir.Call, function: FunctionSymbol) -> bool:
        frame = self.work.engine.frame(function.module, function)
        return any(_LIBRARIES.match(api) for api in frame.eval(call.func).apis)

    def _thrown(
        self, body: Sequence[ir.Node], function: FunctionSymbol, depth: int
    ) -> Iterator[tuple[ir.Node, FunctionSymbol | None]]:
        """The `throw` statements that nothing in the body catches, also in functions of the project that it calls."""
        for node in body:
            if isinstance(node, (ir.Function, ir.Class, ir.Lambda)):
                continue
            if isinstance(node, ir.Try) and node.handlers:
                yield from self._thrown([*(one for each in node.handlers for one in each.body), *node.final], function, depth)
                continue
            if isinstance(node, ir.Raise):
                yield node, None
            if isinstance(node, ir.If) and depth < _DEPTH and _asks_kind(node.test):
                continue  # a function that insists on what it is given
            if isinstance(node, ir.Call):
                yield from self._by_call(node, function, depth)
            yield from self._thrown(ir.children(node), function, depth)

    def _by_call(self, call: ir.Call, function: FunctionSymbol, depth: int) -> Iterator[tuple[ir.Node, FunctionSymbol | None]]:
        if isinstance(call.func, ir.Attribute) and call.func.attr in _INLINE:
            for one in _callbacks(call):
                yield from self._thrown(one.function.body, function, depth)
        for callee in self.promises.promises.callees(call) if depth else ():
            if not callee.node.is_async and not callee.node.is_generator:
                for node, further in self._thrown(callee.node.body, callee, depth - 1):
                    yield node, further or callee


def _listeners(work: Work) -> list[FunctionSymbol]:
    """The functions that answer all requests of a server without a framework."""
    given = [one.arguments for one in work.facts.chains if one.kind == "listener" and one.arguments is not None]
    return [one for operand in given for value in flat([operand.value]) for one in of_kind(value.refs, FunctionSymbol)]


def _callbacks(call: ir.Call) -> Iterator[ir.Lambda]:
    return (one.value for one in call.args if isinstance(one.value, ir.Lambda))


def _asks_kind(test: ir.Expr) -> bool:
    """`typeof user !== "object"`, `arguments.length < 4`."""
    return any(
        (isinstance(one, ir.Unary) and one.op == "typeof") or (isinstance(one, ir.Name) and one.id == "arguments")
        for one in ir.walk_scope(test)
    )


def _is_event(call: ir.Call) -> bool:
    """`req.on("end", () => …)`."""
    if not isinstance(call.func, ir.Attribute) or call.func.attr not in _EVENTS or len(call.args) != 2:
        return False
    first = call.args[0].value
    return isinstance(first, ir.Const) and isinstance(first.value, str)


def _parsing(body: Sequence[ir.Node]) -> Iterator[ir.Node]:
    """`JSON.parse(body)` outside of a `try`."""
    for node in body:
        if isinstance(node, (ir.Function, ir.Class, ir.Lambda)) or (isinstance(node, ir.Try) and node.handlers):
            continue
        parses = isinstance(node, ir.Call) and written(node.func) == "JSON.parse"
        if parses and isinstance(node, ir.Call) and node.args and not isinstance(node.args[0].value, ir.Const):
            yield node
        yield from _parsing(ir.children(node))
