"""Routes of servers without a framework: what the listener of `http.createServer` asks of the request's path and method.

https://nodejs.org/api/http.html#event-request: `if (req.url === "/a" && req.method === "POST")`, `switch (pathname)`, and
functions that are handed the request and go on asking.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.frameworks.registrations import deduplicated
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.chains import flat
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import TURNS_AWAY, Does, Guard, Route
from backend_audit.routes.script_guards import ScriptGuarding
from backend_audit.routes.texts import definition
from backend_audit.source import Mark

_DEPTH = 4
_OF_EVENT = "listener of event"  # `server.on("request", listener)`
_PATH = re.compile(r"(?:^|\.)(?:url|pathname|path|originalUrl)$")
_METHOD = re.compile(r"(?:^|\.)method$")
_LINE = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ :]+(/\S*)")
_VERBS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of the request where a statement runs; `node`: the test of its path that has led here."""

    paths: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    node: ir.Node | None = None


class NodeRoutes:
    """Makes the routes of a project's bare servers."""

    def __init__(self, engine: Engine, facts: WebFacts, guarding: ScriptGuarding) -> None:
        self.engine = engine
        self.facts = facts
        self.guarding = guarding
        self._entered: set[str] = set()
        self._asking: set[str] = set()  # the keys of functions that choose by the path
        self._handed: dict[tuple[str, tuple[str, ...]], int] = {}  # where a listener has gone on, and how much deeper

    def routes(self) -> Iterator[Route]:
        """Every route of every listener."""
        for chain in self.facts.chains:
            given = [] if chain.arguments is None else list(flat([chain.arguments.value]))
            of_event = chain.kind == _OF_EVENT and bool(given) and "request" in given[0].texts()
            for value in given if of_event or chain.kind == "listener" else ():
                for function in of_kind(value.refs, FunctionSymbol):
                    yield from self.listener(function)

    def listener(self, function: FunctionSymbol) -> Iterator[Route]:
        """The routes that one function answers, each path and method once."""
        if function.key in self._entered:
            return
        self._entered.add(function.key)
        self._handed.clear()
        known: set[tuple[str, tuple[str, ...]]] = set()
        for handler, way in self.within(function, function.node.body, Way(), _DEPTH):
            for path in way.paths:
                if (path, way.methods) not in known:
                    known.add((path, way.methods))
                    yield self.route(function, handler, path, way)

    # --- statements -------------------------------------------------------------------------------------------------

    def within(self, function: FunctionSymbol, body: list[ir.Stmt], way: Way, depth: int) -> Iterator[tuple[FunctionSymbol, Way]]:
        """The ways that tests of the path choose in `body`, each with the function that answers there."""
        self._asking.add(function.key)
        frame = self.engine.frame(function.module, function)
        before, asked = way, False
        for statement in body:
            if isinstance(statement, ir.If):
                asked = asked or (way.paths != before.paths and asked_by(frame, statement.test, way) is not way)
                yield from self.branches(function, frame, statement, way, depth)
                way = _rest(frame, statement, way)
            elif isinstance(statement, ir.Switch):
                yield from self.cases(function, frame, statement, way, depth)
            elif isinstance(statement, (ir.Try, ir.Block)):
                yield from self.within(function, statement.body, way, depth)
            elif not way.paths and depth:
                yield from self.listed(frame, statement, way)
                yield from self.handed_on(function, statement, way, depth)
        if way.paths != before.paths and not asked:  # behind `if (path !== "/a") return`
            yield self._answering(function, body), way

    def branches(
        self, function: FunctionSymbol, frame: Frame, node: ir.If, way: Way, depth: int
    ) -> Iterator[tuple[FunctionSymbol, Way]]:  # fmt: skip
        chosen = asked_by(frame, node.test, way)
        yield from self.answered(function, node.body, chosen, way, depth)
        yield from self.within(function, node.orelse, way, depth)

    def answered(
        self, function: FunctionSymbol, body: list[ir.Stmt], chosen: Way, before: Way, depth: int
    ) -> Iterator[tuple[FunctionSymbol, Way]]:  # fmt: skip
        """What runs where a test has chosen: further tests of the path or method, or the answer."""
        inner = list(self.within(function, body, chosen, depth))
        if not inner and chosen.paths and chosen != before:
            yield self._answering(function, body), chosen
        yield from inner

    def cases(
        self, function: FunctionSymbol, frame: Frame, node: ir.Switch, way: Way, depth: int
    ) -> Iterator[tuple[FunctionSymbol, Way]]:  # fmt: skip
        waiting: list[Way] = []
        for case in node.cases:
            if case.value is not None:
                test = ir.Compare(case.at, case.end, node.subject, ["=="], [case.value])
                waiting.append(asked_by(frame, test, way))
            if case.body:
                for chosen in waiting:
                    yield from self.answered(function, case.body, chosen, way, depth)
                waiting = []

    def listed(self, frame: Frame, statement: ir.Stmt, way: Way) -> Iterator[tuple[FunctionSymbol, Way]]:
        """The functions of a table that is asked for the path: `routes[req.url]`, ``routes[`${req.method} ${req.url}`]``."""
        for node in ir.walk_scope(statement):
            asked = node.index if isinstance(node, ir.Index) else None
            parts = [one.value for one in asked.parts if isinstance(one, ir.Hole)] if isinstance(asked, ir.Template) else [asked]
            if not isinstance(node, ir.Index) or not any(one is not None and _PATH.search(written(one)) for one in parts):
                continue
            for key, held in (frame.eval(node.value).items or {}).items():
                line = _LINE.fullmatch(str(key))
                path, methods = (line[2], (line[1],)) if line else (str(key), way.methods)
                for handler in of_kind(held.refs, FunctionSymbol) if path.startswith("/") else ():
                    yield handler, Way((path,), methods, node)

    def handed_on(
        self, function: FunctionSymbol, statement: ir.Stmt, way: Way, depth: int
    ) -> Iterator[tuple[FunctionSymbol, Way]]:  # fmt: skip
        """Functions that are called with the request go on asking."""
        for node in ir.walk_scope(statement):
            for called in self._given_request(node) if isinstance(node, ir.Call) else ():
                key = (called.key, way.methods)
                if called is not function and called.key not in self._entered and self._handed.get(key, 0) < depth:
                    self._handed[key] = depth
                    yield from self.within(called, called.node.body, way, depth - 1)

    def _given_request(self, node: ir.Call) -> list[FunctionSymbol]:
        names = {written(arg.value).rpartition(".")[2] for arg in node.args}
        if not names & {"req", "request"}:
            return []
        given = {id(arg.value.function) for arg in node.args if isinstance(arg.value, ir.Lambda)}
        return [one for _, one in sorted(self.engine.callees.get(id(node), {}).items()) if id(one.node) not in given]

    def _answering(self, function: FunctionSymbol, body: list[ir.Stmt]) -> FunctionSymbol:
        """The function that answers: the one that is handed the request, if there is one alone; else the listener."""
        calls = [node for node in ir.walk_scope(*body) if isinstance(node, ir.Call)]
        found = {one.key: one for node in calls for one in self._given_request(node)}
        return next(iter(found.values())) if len(found) == 1 else function

    # --- routes -----------------------------------------------------------------------------------------------------

    def route(self, listener: FunctionSymbol, handler: FunctionSymbol, path: str, way: Way) -> Route:
        at = way.node or listener.node
        registered = Mark(listener.module.path, at.at, at.end, "asked here")
        run = self.guarding.behaviours.anonymous.run_for(listener, Asked(path, "", "", way.methods))
        guards = [] if handler.key in self._asking else self.guarding.in_body(handler)
        if run.outcome() is Outcome.DENIED:
            mark = Mark(listener.module.path, listener.node.at, listener.node.name_end, listener.node.name)
            does = frozenset((Does.AUTHENTICATES,))
            guards.append(Guard(listener.node.name, does, "body", mark, listener, TURNS_AWAY))
        return Route(
            methods=way.methods,
            path=path,
            framework="node",
            handler=handler,
            name=handler.name,
            mark=registered if handler is listener else definition(handler),
            registered=registered,
            guards=deduplicated(guards),
            group=listener.key,
        )


def asked_by(frame: Frame, test: ir.Expr, way: Way) -> Way:
    """`way` with what a test that holds says of the path and the method."""
    if isinstance(test, ir.Logical) and test.op == "and":
        return asked_by(frame, test.right, asked_by(frame, test.left, way))
    if isinstance(test, ir.Logical) and test.op == "or":
        left, right = asked_by(frame, test.left, way), asked_by(frame, test.right, way)
        if way in (left, right):
            return way
        return Way(tuple(dict.fromkeys(left.paths + right.paths)), tuple(dict.fromkeys(left.methods + right.methods)), test)
    if isinstance(test, ir.Compare) and test.ops == ["=="]:
        for part, other in ((test.left, test.rights[0]), (test.rights[0], test.left)):
            texts = frame.eval(other).texts() if not isinstance(other, ir.Template) else ()
            found = _compared(part, texts, way, test)
            if found is not way:
                return found
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and test.args:
        return _called(frame, test, test.func, way)
    return way


def _compared(part: ir.Expr, texts: tuple[str, ...], way: Way, test: ir.Expr) -> Way:
    name = written(part)
    lines = [match for text in texts if (match := _LINE.fullmatch(text))] if isinstance(part, (ir.Template, ir.Name)) else []
    if lines:
        return Way(tuple(match[2] for match in lines), tuple(match[1] for match in lines), test)
    paths = tuple(text for text in texts if text.startswith("/"))
    if paths and (_PATH.search(name) or ".split(" in name or "pathname" in name):
        return replace(way, paths=paths, node=test)
    methods = tuple(text for text in texts if text in _VERBS)
    return replace(way, methods=methods) if methods and _METHOD.search(name) else way


def _called(frame: Frame, test: ir.Call, func: ir.Attribute, way: Way) -> Way:
    """`pathname.startsWith("/files/")`: all below."""
    texts = tuple(text for text in frame.eval(test.args[0].value).texts() if text.startswith("/"))
    if func.attr != "startsWith" or not texts or not _PATH.search(written(func.value)):
        return way
    return replace(way, paths=tuple(f"{text.rstrip('/')}/*" for text in texts), node=test)


def _rest(frame: Frame, node: ir.If, way: Way) -> Way:
    """What holds behind `if (req.method !== "POST") return …`."""
    leaves = bool(node.body) and isinstance(node.body[-1], (ir.Return, ir.Raise))
    failed = _failed(node.test) if leaves and not node.orelse else None
    return way if failed is None else asked_by(frame, failed, way)


def _failed(test: ir.Expr) -> ir.Expr | None:
    """What holds where a test of what something is not fails: of `a !== "x" && a !== "y"`, that it is one of both."""
    if isinstance(test, ir.Compare) and test.ops == ["!="]:
        return ir.Compare(test.at, test.end, test.left, ["=="], test.rights)
    if isinstance(test, ir.Logical) and test.op == "and":
        left, right = _failed(test.left), _failed(test.right)
        return None if left is None or right is None else ir.Logical(test.at, test.end, "or", left, right)
    return None
