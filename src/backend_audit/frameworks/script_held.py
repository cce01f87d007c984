"""Handlers of Node that look an object up by an id of the request, and never say whose it is, where others do.

`prisma.file.findUnique({ where: { id } })` and no test of `file.userId`, while the others say `{ id, userId }` or test it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_conditions import Condition
from backend_audit.frameworks.script_rows import OddRows, outermost
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Auth, Lookup, Route, RouteTable
from backend_audit.routes.script_caller import CHECKS, CallerReads
from backend_audit.source import Mark

_FEW = 2
_SHARE = 0.8
_READS = ("find", "get", "fetch", "load", "first", "one", "where")


@dataclass(slots=True)
class _Uses:
    """What one handler asks for of one entity by ids of the request: the first of it, and whether it says whose it is."""

    handler: FunctionSymbol
    first: Condition
    held: bool = False
    by: str = ""


@dataclass(slots=True)
class HeldObjects:
    """Finds them; `rows` knows the queries of the project."""

    rows: OddRows
    table: RouteTable
    _uses: dict[str, list[_Uses]] | None = None
    _told: set[int] = field(default_factory=set)

    def fill(self, route: Route) -> bool:
        """Add what the handler of a route asks for in that way."""
        handler = route.handler
        if handler is None or route.auth is not Auth.REQUIRED:
            return False
        for uses in self._by_entity().values():
            for one in uses:
                if one.handler is handler and not one.held and id(one.first.node) not in self._told:
                    careful = [each for each in uses if each.held]
                    if _are_usual(careful, uses) and not self.rows.asks_more(route, [each.first for each in careful]):
                        self._told.add(id(one.first.node))
                        route.lookups = (*route.lookups, _lookup(one.first, careful, len(uses) - 1))
        return True

    def _by_entity(self) -> dict[str, list[_Uses]]:
        if self._uses is None:
            self._uses = {}
            asking = (route.handler for route in self.table.routes if route.auth is Auth.REQUIRED and route.kind == "http")
            served = {one.key: one for one in asking if one is not None}
            for key in sorted(served):
                for entity, found in self._of(served[key]).items():
                    self._uses.setdefault(entity, []).append(found)
        return self._uses

    def _of(self, handler: FunctionSymbol) -> dict[str, _Uses]:
        """The entities that a handler asks for by ids of the request."""
        found: dict[str, _Uses] = {}
        reads = self.rows.callers.of(handler)
        scoped: set[str] = set()  # variables that hold what was looked up among the caller's own
        for function in (handler, *handler.nested):
            if outermost(function) is not handler:
                continue
            for one in self.rows.conditions(function):
                scoped |= set(_bound_to(reads, one.node)) if one.owners() else set()
                if one.entity in found:
                    uses = found[one.entity]
                elif one.key() and last_word(one.node.func).startswith(_READS) and self.rows.from_request(handler, one):
                    uses = found[one.entity] = _Uses(handler, one)
                else:
                    continue
                if one.owners() or reads.mentions(one.node):
                    uses.held, uses.by = True, next(iter(sorted(one.owners())), "")
        for uses in found.values():
            if not uses.held and (by := _compared(reads, uses.first, scoped)):
                uses.held, uses.by = True, by
        return found


def _are_usual(careful: list[_Uses], uses: list[_Uses]) -> bool:
    return len(careful) >= _FEW and len(careful) >= _SHARE * (len(uses) - 1)


def _compared(reads: CallerReads, condition: Condition, scoped: set[str]) -> str:
    """How the object that a query gives is held against the caller: in a test, or by a check that both are handed to."""
    names = set(_bound_to(reads, condition.node))
    for node in reads.nodes:
        if isinstance(node, (ir.Compare, ir.If, ir.Conditional)):
            test = node if isinstance(node, ir.Compare) else node.test
            if reads.mentions(test) and (_mentions(test, names) or _asks_right(reads, test, scoped)):
                return written(test)
        elif isinstance(node, ir.Call) and CHECKS.match(last_word(node.func)) and _mentions(node, names) and reads.mentions(node):
            return written(node.func)
    return ""


def _asks_right(reads: CallerReads, test: ir.Expr, scoped: set[str]) -> bool:
    """Whether a test asks more than whether somebody has signed in, or something of the caller's own was found."""
    if isinstance(test, ir.Unary):
        return _asks_right(reads, test.operand, scoped)
    if isinstance(test, ir.Logical):
        return _asks_right(reads, test.left, scoped) or _asks_right(reads, test.right, scoped)
    if isinstance(test, ir.Name):
        return test.id not in scoped and test.id not in reads.who
    return not reads.is_caller(test) or isinstance(test, ir.Attribute)


def _bound_to(reads: CallerReads, call: ir.Call) -> Iterator[str]:
    """The variables that hold what a call gives."""
    for node in reads.nodes:
        if isinstance(node, ir.Assign) and node.value is not None and any(one is call for one in ir.walk_scope(node.value)):
            for target in node.targets:
                yield from (one.id for one in ir.walk_scope(target) if isinstance(one, ir.Name))


def _mentions(node: ir.Node, names: set[str]) -> bool:
    return any(isinstance(one, ir.Name) and one.id in names for one in ir.walk_scope(node))


def _lookup(condition: Condition, careful: list[_Uses], others: int) -> Lookup:
    mark = Mark(condition.function.module.path, condition.node.at, condition.node.end, "looks it up")
    by = next((one.by for one in careful if one.by), "")
    odd = f"{len(careful)} of the {others} other handlers that ask for it say whose it is (as by `{by}`)"
    return Lookup(mark, condition.entity, condition.key(), "", written(condition.node.func), odd=odd)
