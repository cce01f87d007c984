"""Promises that a server drops: calls whose result nobody waits for, and functions whose promise Express throws away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import DatabaseWrite
from backend_audit.flow.written import written
from backend_audit.link.script_imports import loads_any, server_side
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol, blocks
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.script_promises import Promises, own_statements, unhandled
from backend_audit.source import Mark

_FORWARDS = frozenset(
    "express-async-errors express-promise-router express-async-router @awaitjs/express express-asyncify".split()
)
_MEANT = re.compile(r"await|fire|forget|background|async|wait|promise|floating|no-op", re.IGNORECASE)
_RECORDS = re.compile(r"log|audit|histor|activit|metric|telemetr|analytic|visit", re.IGNORECASE)  # nobody waits for what is noted
_CALLBACK = re.compile(r"^(?:cb|callback|next|done|fn)$")
_PROMISED = 5  # the major version of Express from which on it waits for handlers
_LISTENS = ("process.on", "process.once", "process.addListener")
_EVENTS = ("unhandledRejection", "uncaughtException")
_FEW = 3  # files with such handlers; of more it is the project's way, and told once
_VERSION = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class LostPromise(Concept):
    """A promise is dropped that can be rejected. `how`: statement, then (`f().then(g)`), each (a callback of `forEach`), write.

    `rejected` is what rejects it; `tried`: it stands in a `try` that will not see that; `meant`: a comment says so;
    `others`: further calls of the same function in this file.
    """

    how: str = "statement"
    callee: str = ""
    rejected: Mark | None = None
    tried: bool = False
    meant: bool = False
    observed: bool = False  # the process takes rejections that nobody else took, and goes on
    others: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class UnhandledHandlers(Concept):
    """Handlers and middleware that an Express below 5 calls itself, whose promise can be rejected; of a file, or of many."""

    handlers: tuple[FunctionSymbol, ...] = ()
    rejected: Mark | None = None  # what rejects the promise of the first
    version: str = ""
    observed: bool = False


class LostPromises:
    """Looks for them in the modules that a server loads."""

    def __init__(self, engine: Engine, project: ScriptProject, facts: WebFacts) -> None:
        self.engine = engine
        self.project = project
        self._writes = {id(one.site.node) for _, one in facts.work if isinstance(one, DatabaseWrite)}  # each gives a promise
        self.promises = Promises(engine)
        self._server = server_side(project)

    @cached_property
    def observed(self) -> bool:
        """Whether the process takes rejections that nobody else took, and goes on."""
        functions = (one.node.body for one in self.project.functions())
        return any(map(_observes, [*(one.node.body for one in self.project.modules.values()), *functions]))

    def dropped(self) -> Iterator[LostPromise]:
        """The promises that functions drop, in path order; what a module does while it is loaded may end the process."""
        found: dict[tuple[str, str, str], list[LostPromise]] = {}
        for function in self.project.functions():
            for one in self._below(function.node.body, function, tried=False) if function.module.key in self._server else ():
                key = one.callee if one.how == "statement" else str(one.site.node.at)
                found.setdefault((one.site.path, one.how, key), []).append(one)
        for (path, _, _), (first, *rest) in found.items():
            others = tuple(Mark(path, one.site.node.at, one.site.node.end, "nor here") for one in rest)
            yield replace(first, others=others, meant=first.meant and all(one.meant for one in rest))

    def _below(self, body: list[ir.Stmt], function: FunctionSymbol, *, tried: bool) -> Iterator[LostPromise]:
        for node in body:
            if isinstance(node, ir.ExprStmt):
                yield from self._statement(node, function, tried=tried)
            for inner in blocks(node):
                inside = isinstance(node, ir.Try) and inner is node.body and bool(node.handlers)
                yield from self._below(inner, function, tried=tried or inside)

    def _statement(self, node: ir.ExprStmt, function: FunctionSymbol, *, tried: bool) -> Iterator[LostPromise]:
        each = _each(node.value)
        if each is not None:
            symbol = self.project.symbols.get(id(each.function))
            rejected = self.promises.rejection(symbol) if isinstance(symbol, FunctionSymbol) and each.function.is_async else None
            if isinstance(node.value, ir.Call) and rejected is not None:
                yield self._lost(node.value, function, "each", rejected, tried=tried)
            return
        call, chained = unhandled(node.value)
        rejected = self.promises.rejects(node.value) if isinstance(call, ir.Call) else None
        if isinstance(call, ir.Call) and rejected is not None:
            yield self._lost(call, function, "then" if chained else "statement", rejected, tried=tried)
        elif isinstance(call, ir.Call) and id(call) in self._writes and not _calls_back(call):
            yield self._lost(call, function, "then" if chained else "write", call, tried=tried)

    def _lost(self, call: ir.Call, function: FunctionSymbol, how: str, rejected: ir.Node, *, tried: bool) -> LostPromise:
        module = function.module
        site = Site(module.path, call, "", written(call.func), function.name, call, (), function.node, module.node)
        found = self.promises.callees(call) if how != "each" else []
        home = found[0].module.path if found else module.path
        name = found[0].node.name if found else written(call.func).rpartition(".")[2]
        mark = None if rejected is call else Mark(home, rejected.at, rejected.end, "can be rejected here")
        if how == "write":
            name = ".".join(written(call.func).split(".")[-2:])
        meant = _meant(module.node, call) or (how == "write" and bool(_RECORDS.search(name)))
        return LostPromise(site, how, name, mark, tried, meant, self.observed)

    def unhandled(self, functions: list[FunctionSymbol]) -> Iterator[UnhandledHandlers]:
        """Which of the functions that Express calls itself leave rejections to it: file by file, or as the way of a project."""
        if loads_any(self.project, _FORWARDS):
            return
        by_file: dict[tuple[str, str], list[FunctionSymbol]] = {}
        for function in sorted({one.key: one for one in functions}.values(), key=lambda one: (one.module.path, one.node.at)):
            version = self.project.version_of(function.module.path, "express")
            if _below_promised(version) and self._leaves(function) is not None:
                by_file.setdefault((version, function.module.path), []).append(function)
        for version in sorted({version for version, _ in by_file}):
            files = [mine for (of, _), mine in by_file.items() if of == version]
            for found in files if len(files) <= _FEW else [[one for mine in files for one in mine]]:
                yield self._together(found, version)

    def _together(self, found: list[FunctionSymbol], version: str) -> UnhandledHandlers:
        first, rejected = found[0], self._leaves(found[0])
        path = first.module.path
        site = Site(path, first.node, "", first.name, first.name, None, (), first.node, first.module.node)
        mark = None if rejected is None else Mark(path, rejected.at, rejected.end, "can be rejected here")
        return UnhandledHandlers(site, tuple(found), mark, version, self.observed)

    def _leaves(self, function: FunctionSymbol) -> ir.Node | None:
        """What rejects the promise that a handler gives, where it stands in the handler itself."""
        if function.node.is_async:
            return self.promises.rejection(function)
        given = [one.value for one in own_statements(function.node.body) if isinstance(one, ir.Return) and one.value is not None]
        return next((one for one in given if self.promises.rejects(one) is not None), None)


def _calls_back(call: ir.Call) -> bool:
    """Whether a call is given what to call with its result: `Order.create(order, (error, made) => …)`."""
    last = call.args[-1].value if call.args else None
    return isinstance(last, ir.Lambda) or (isinstance(last, ir.Name) and bool(_CALLBACK.match(last.id)))


def _each(node: ir.Expr) -> ir.Lambda | None:
    """The callback of `xs.forEach(async (x) => …)`."""
    if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or node.func.attr != "forEach" or not node.args:
        return None
    first = node.args[0].value
    return first if isinstance(first, ir.Lambda) and first.function.is_async else None


def _meant(module: ir.Module, call: ir.Call) -> bool:
    """Whether a comment in the line above, or behind the call, says that nobody is to wait."""
    starts = [at for at in module.line_starts if at <= call.at][-2:]
    end = next((at for at in module.line_starts if at > call.end), call.end + 200)
    return any(starts[0] <= one.at < end and _MEANT.search(one.text) for one in module.comments) if starts else False


def _observes(body: list[ir.Stmt]) -> bool:
    """`process.on("unhandledRejection", log)`: the process goes on, unless that ends it itself."""
    for one in own_statements(body):
        call = one.value if isinstance(one, ir.ExprStmt) else None
        if not isinstance(call, ir.Call) or not call.args or written(call.func) not in _LISTENS:
            continue
        event = call.args[0].value
        if isinstance(event, ir.Const) and event.value in _EVENTS and not any(_exits(arg.value) for arg in call.args[1:]):
            return True
    return False


def _exits(node: ir.Expr) -> bool:
    """Whether a listener ends the process."""
    body = node.function.body if isinstance(node, ir.Lambda) else []
    return any(isinstance(one, ir.Call) and written(one.func).endswith(("exit", "abort")) for one in ir.walk_scope(*body))


def _below_promised(version: str) -> bool:
    """Whether a range of versions means an Express that does not wait for handlers."""
    found = _VERSION.search(version)
    return found is not None and int(found[0]) < _PROMISED
