"""The statements in SQL whose rows a handler answers with: read back from answers, through variables, callbacks and helpers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.concepts import SqlExecution
from backend_audit.flow.engine import Engine
from backend_audit.flow.sql_text import HOLE, Select, select_of
from backend_audit.flow.work_concepts import DatabaseQuery
from backend_audit.flow.written import written
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.entities import returns
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route, RouteTable

_ANSWERING = frozenset("json send jsonp render end".split())
_FETCHING = frozenset("fetchall fetchmany fetchone fetch all mappings scalars first one fetchrow".split())
_ONE = frozenset(
    "fetchone fetchrow fetch_one fetchval fetch_val first one one_or_none get scalar scalar_one scalar_one_or_none oneOrNone "
    "oneFirst maybeOne single queryForObject find".split()
)
_ROWS = frozenset("rows recordset recordsets data results result items".split())  # in which drivers hand over what was found
_NUMBERS = frozenset("len sum any all min max bool int str float count next isinstance Boolean Number String".split())
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that reads rows, at the call that runs it."""

    function: FunctionSymbol
    sql: SqlExecution | DatabaseQuery
    select: Select

    @property
    def call(self) -> ir.Node:
        """Where it runs."""
        return self.sql.site.node


@dataclass(frozen=True, slots=True)
class AnsweredRows:
    """`many`: all that were found, and not one of them. `whole`: with all their columns."""

    route: Route
    statement: Statement
    many: bool = True
    whole: bool = True


@dataclass(slots=True)
class _Scope:
    """What names are bound to in a function and the functions written in it, in source order; and what it answers with."""

    bound: dict[str, list[tuple[int, ir.Expr, bool]]] = field(default_factory=dict)  # True: to the first of it
    answers: list[ir.Expr] = field(default_factory=list)

    def value(self, name: str, before: int) -> tuple[ir.Expr, bool] | None:
        """What a name was last bound to, and whether only to the first of it."""
        return next(((value, first) for at, value, first in reversed(self.bound.get(name, ())) if at < before), None)

    def bind(self, name: str, at: int, value: ir.Expr, *, first: bool = False) -> None:
        """Note one binding."""
        self.bound.setdefault(name, []).append((at, value, first))


class Answered:
    """Reads the answers of a table's routes."""

    def __init__(self, engine: Engine, facts: WebFacts, table: RouteTable) -> None:
        self.table = table
        self.statements = statements_of(facts)
        self._by_call = {id(one.call): one for one in self.statements}
        self._on: dict[tuple[str, str], list[Statement]] = {}  # by the function and what runs them, as written
        for one in self.statements:
            call = one.call
            if isinstance(call, ir.Call) and isinstance(call.func, ir.Attribute):
                self._on.setdefault((one.function.key, written(call.func.value)), []).append(one)
        self._scopes: dict[str, _Scope] = {}
        self._callees = Callees(engine)
        self._seen: set[int] = set()

    def rows(self) -> Iterator[AnsweredRows]:
        """Route by route, each statement once."""
        for route in self.table.routes if self.statements else ():
            if route.handler is None:
                continue
            self._seen.clear()
            told: set[int] = set()
            answers = [*returns(route.handler), *self._scope(route.handler).answers]
            for answer in answers:
                for found, many, whole in self._found(route.handler, answer, _MAX_DEPTH):
                    if id(found.call) not in told:
                        told.add(id(found.call))
                        yield AnsweredRows(route, found, many, whole)

    def _found(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> Iterator[tuple[Statement, bool, bool]]:
        """The statements whose rows an expression holds, whether many of them, and whole."""
        if depth == 0 or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, (ir.Await, ir.Starred)) or (isinstance(node, ir.Attribute) and node.attr in _ROWS):
            yield from self._found(function, node.value, depth - 1)
        elif isinstance(node, ir.Index):
            yield from self._indexed(function, node, depth)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._found(function, item.value, depth - 1)
        elif isinstance(node, ir.Comprehension):
            whole = _is_taken_whole(node)
            for found, _, _ in self._found(function, node.clauses[0].iter, depth - 1):
                yield found, True, whole
        elif isinstance(node, (ir.Conditional, ir.Logical)):
            for side in (node.then, node.orelse) if isinstance(node, ir.Conditional) else (node.left, node.right):
                yield from self._found(function, side, depth - 1)
        elif isinstance(node, ir.Name):
            yield from self._bound(function, node, depth)
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, depth)

    def _bound(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Iterator[tuple[Statement, bool, bool]]:
        """What a variable was last bound to."""
        value, first = self._scope(function).value(node.id, node.at) or (None, False)
        for found, many, whole in self._found(function, value, depth - 1) if value is not None else ():
            pairs = found.sql.site.api.startswith("mysql.")  # `const [rows] = …`: beside the rows it gives the columns
            yield found, many and (pairs or not first), whole

    def _indexed(self, function: FunctionSymbol, node: ir.Index, depth: int) -> Iterator[tuple[Statement, bool, bool]]:
        """`rows[0]`, `rows[:10]`; what stands under a name is one value of a row."""
        if isinstance(node.index, ir.Const) and not isinstance(node.index.value, str):
            for found, _, whole in self._found(function, node.value, depth - 1):
                yield found, False, whole

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Iterator[tuple[Statement, bool, bool]]:
        name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
        own = self._by_call.get(id(node))
        if own is not None:
            yield own, name not in _ONE, True
            return
        if name in _NUMBERS and not (isinstance(node.func, ir.Attribute) and name in _FETCHING):
            return
        inner = list(self._within(function, node, name, depth))
        parts = any(isinstance(arg.value, ir.Lambda) and not _hands_on(arg.value) for arg in node.args)
        for found, many, whole in inner:
            yield found, many and name not in _ONE, whole and not (parts and name == "map")
        for callee in self._callees.of(function, node) if not inner else ():
            for value in returns(callee):
                yield from self._found(callee, value, depth - 1)

    def _within(self, function: FunctionSymbol, node: ir.Call, name: str, depth: int) -> Iterator[tuple[Statement, bool, bool]]:
        """What a call is made on, and what it is given."""
        if isinstance(node.func, ir.Attribute):
            if name in _FETCHING:
                before = [one for one in self._on.get((function.key, written(node.func.value)), ()) if one.call.at < node.at]
                if before:
                    yield before[-1], True, True
                    return
            if name not in _ANSWERING:
                yield from self._found(function, node.func.value, depth - 1)
        for arg in node.args:
            if not isinstance(arg.value, ir.Lambda):
                yield from self._found(function, arg.value, depth - 1)

    def _scope(self, function: FunctionSymbol) -> _Scope:
        known = self._scopes.get(function.key)
        if known is None:
            known = self._scopes[function.key] = _Scope()
            for node in ir.walk(*function.node.body):
                _note(known, node)
            for bound in known.bound.values():
                bound.sort(key=lambda one: one[0])
        return known


def statements_of(facts: WebFacts) -> list[Statement]:
    """All statements of the project that read rows, in the order in which they were met.

    Which of them a helper runs, that is given several, its callers know: none is told where it runs them.
    """
    found: dict[int, Statement] = {}
    several: set[int] = set()
    for function, sql in facts.statements:
        given = None if sql.statement is None else sql.statement.value
        texts = [] if given is None else [*sorted(given.texts()), *(shape.text(HOLE) for shape in given.shapes)]
        select = next((one for text in texts if (one := select_of(text)) is not None), None)
        if select is not None and sql.site.call is not None:
            first = found.setdefault(id(sql.site.node), Statement(function, sql, select))
            if first.select.table.lower() != select.table.lower():
                several.add(id(sql.site.node))
    for function, query in facts.work:
        if isinstance(query, DatabaseQuery) and query.site.call is not None and query.site.call.form == "tagged":
            select = select_of(_tagged(query.site.call))
            if select is not None:
                found.setdefault(id(query.site.node), Statement(function, query, select))
    return [one for one in found.values() if id(one.call) not in several]


def _tagged(call: ir.Call) -> str:
    """The constant texts of a tagged template, with holes between them."""
    first = call.args[0].value if call.args else None
    items = first.items if isinstance(first, ir.Container) else []
    return HOLE.join(str(one.value.value) for one in items if isinstance(one.value, ir.Const))


def _note(scope: _Scope, node: ir.Node) -> None:
    """What one node binds, or answers with."""
    if isinstance(node, ir.Assign) and node.value is not None:
        for target in node.targets:
            first = isinstance(target, ir.Container) and target.kind == "list" and len(target.items) == 1
            for one in ir.walk_scope(target) if isinstance(target, ir.Container) else (target,):
                if isinstance(one, ir.Name):
                    scope.bind(one.id, node.at, node.value, first=first)
                elif isinstance(one, ir.Attribute) and one.attr == "body":
                    scope.answers.append(node.value)
    elif isinstance(node, ir.For) and isinstance(node.target, ir.Name):
        scope.bind(node.target.id, node.at, node.iter)
    elif isinstance(node, ir.Call):
        if isinstance(node.func, ir.Attribute) and node.func.attr in _ANSWERING:
            scope.answers.append(node)
        elif isinstance(node.func, ir.Attribute) and node.func.attr in ("append", "push") and node.args:
            scope.bind(written(node.func.value), node.at, node.args[0].value)
        for arg in node.args:
            if isinstance(arg.value, ir.Lambda):  # `query(sql, (error, rows) => …)`, `query(sql).then((rows) => …)`
                for param in arg.value.function.params:
                    scope.bind(param.name, arg.value.at, node)


def _is_taken_whole(node: ir.Comprehension) -> bool:
    """Whether the elements of a comprehension hold all that a row has: `dict(row)`, `Model(**row)`, and not `row["id"]`."""
    target = node.clauses[0].target
    return isinstance(target, ir.Name) and _is_whole(target.id, [node.value])


def _hands_on(node: ir.Lambda) -> bool:
    """The same of `(row) => ({ ...row })`, and not of `(row) => row.id`."""
    params = node.function.params
    return bool(params) and _is_whole(params[0].name, node.function.body)


def _is_whole(name: str, body: Sequence[ir.Node]) -> bool:
    """Whether something is used as it is, and not only its parts."""
    nodes = list(ir.walk_scope(*body))
    parts = {id(one.value) for one in nodes if isinstance(one, (ir.Attribute, ir.Index))}
    return any(isinstance(one, ir.Name) and one.id == name and id(one) not in parts for one in nodes)
