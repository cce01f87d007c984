"""Objects that a handler of Node looks up by their own id alone, where it asks the right to another id of the request.

`/sites/:siteId/segments/:segmentId` where `canView(user, siteId)` is asked, and `findSegment(segmentId)` takes any site's.
"""

from collections.abc import Iterator, Mapping

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.node_models import columns_in_node
from backend_audit.frameworks.prisma_schemas import fields_in_prisma
from backend_audit.frameworks.script_client_ids import ClientId, client_ids, parts_asked, plain_word
from backend_audit.frameworks.script_conditions import Condition
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.frameworks.script_rows import OddRows
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Does, Guard, Lookup, Route, Verdict
from backend_audit.routes.reach import reached
from backend_audit.routes.script_caller import RECORDS, CallerReads
from backend_audit.source import Mark

_DEPTH = 3


class CheckedParents:
    """Finds them; `texts`: of data models beside the code, by path."""

    def __init__(self, rows: OddRows, texts: Mapping[str, str]) -> None:
        self.rows = rows
        self.engine = rows.engine
        self.callers = rows.callers
        self._texts = texts
        self._columns: dict[str, set[str]] | None = None
        self._told: set[int] = set()

    def fill(self, route: Route) -> bool:
        """Add what the handler of a route asks for in that way."""
        handler = route.handler
        if handler is None or route.verdict is Verdict.OPEN:
            return False
        reads = self.callers.of(handler)
        ids = client_ids(handler, route.path, reads)
        for parent in ids:
            children = [one for one in ids if one is not parent and not (one.placed and one.place < parent.place)]
            guarded = set().union(*map(self._named, route.guards)) if children else set()
            unheld = [one for one in children if one.name not in guarded and not _is_held(reads, one, parent)]
            if unheld and self._is_checked(route, reads, parent, unheld):
                for one in unheld:
                    self._note(route, handler, parent, one)
        return True

    def _note(self, route: Route, handler: FunctionSymbol, parent: ClientId, child: ClientId) -> None:
        found = self._asked(handler, child.direct, parent, _DEPTH) if child.word != parent.word else None
        if found is None or id(found.node) in self._told or not self._belongs(found.entity, child, parent):
            return
        self._told.add(id(found.node))
        mark = Mark(found.function.module.path, found.node.at, found.node.end, "looks it up")
        odd = f"the right is asked for `{parent.name}` alone, and nothing says that it belongs there"
        key = found.key() or found.columns[0]
        route.lookups = (
            *route.lookups,
            Lookup(mark, found.entity, key, "", written(found.node.func), parent=parent.name, odd=odd),
        )

    # --- who is asked ------------------------------------------------------------------------------------------------

    def _is_checked(self, route: Route, reads: CallerReads, parent: ClientId, children: list[ClientId]) -> bool:
        """Whether the right to the parent is asked, by the handler or a guard, and none to the children."""
        for test in reads.rights():
            if parent.within(test) and not any(one.within(test) for one in children):
                return True
        return any(self._asks_for(one, parent) for one in route.guards)

    def _asks_for(self, guard: Guard, parent: ClientId) -> bool:
        """Whether a guard asks for a right by the parent's id."""
        if guard.function is None or guard.via == "body":
            return False
        if guard.has(Does.AUTHORIZES, Does.REJECTS):
            return parent.name in self._named(guard)
        reads = self.callers.of(guard.function)
        calls = (one for one in reads.nodes if isinstance(one, ir.Call) and not RECORDS.search(written(one.func)))
        return any(reads.mentions(one) and parent.name in map(last_word, _arguments(one)) for one in calls)

    def _named(self, guard: Guard) -> set[str]:
        """The names that a guard, or what it calls, mentions."""
        if guard.function is None or guard.via == "body":
            return set()
        functions = (one for level in reached(self.engine, guard.function, _DEPTH, within=True) for one in level)
        return {name for one in functions for node in ir.walk(*one.node.body) for name in _names(node)}

    # --- what is looked up -------------------------------------------------------------------------------------------

    def _asked(self, function: FunctionSymbol, held: "frozenset[str]", parent: ClientId, depth: int) -> Condition | None:
        """The query to which a function hands what `held` names, and which asks for nothing of the parent's."""
        known = {id(one.node): one for each in (function, *function.nested) for one in self.rows.conditions(each)}
        for node in ir.walk(*function.node.body):
            condition = known.get(id(node))
            if not isinstance(node, ir.Call) or (condition is None and RECORDS.search(written(node.func))):
                continue
            if condition is not None and any(_holds(one, held) for one in condition.ids):
                if any(plain_word(one) == parent.word for one in condition.columns) or condition.owners():
                    return None
                return condition
            at = next((at for at, arg in enumerate(node.args) if written(arg.value) in held), None)
            targets = self.engine.callees.get(id(node), {}) if depth and at is not None else {}
            target = next(iter(targets.values())) if len(targets) == 1 else None
            if target is not None and at is not None and at < len(target.node.params) and not self._asks_itself(target):
                found = self._asked(target, frozenset((target.node.params[at].name,)), parent, depth - 1)
                if found is not None:
                    return found
        return None

    def _asks_itself(self, function: FunctionSymbol) -> bool:
        reads = self.callers.of(function)
        return reads.tests() or reads.hands()

    def _belongs(self, entity: str, child: ClientId, parent: ClientId) -> bool:
        """Whether rows of the child have a column that says whose they are of the parents."""
        return any(parent.word in self._known().get(one, ()) for one in (entity, child.word))

    def _known(self) -> dict[str, set[str]]:
        """What the columns of each entity refer to, in words: by models, and by what queries ask for."""
        if self._columns is None:
            self._columns = {}
            for model, name, _, _ in fields_in_prisma(self._texts):
                self._columns.setdefault(word_of(model), set()).add(plain_word(name))
            for column in columns_in_node(self.engine):
                for word in column.words:
                    self._columns.setdefault(word, set()).update(plain_word(one) for one in column.names)
            for function in self.engine.project.functions():
                for one in self.rows.conditions(function):
                    self._columns.setdefault(one.entity, set()).update(map(plain_word, one.columns))
        return self._columns


def _is_held(reads: CallerReads, child: ClientId, parent: ClientId) -> bool:
    """Whether anything brings the child together with the parent, or with the caller: a query, a test, a call."""
    for node in reads.nodes:
        parts: Iterator[ir.Expr] | list[ir.Expr]
        if isinstance(node, ir.Call):
            parts = parts_asked(node)
        elif isinstance(node, (ir.Compare, ir.Logical)):
            parts = [node]
        elif isinstance(node, (ir.If, ir.Conditional)):
            parts = [node.test]
        else:
            continue
        whole = list(parts)
        if any(map(child.within, whole)) and (any(map(parent.within, whole)) or reads.mentions(*whole)):
            return True
    return False


def _holds(node: ir.Expr, held: "frozenset[str]") -> bool:
    return any(isinstance(one, (ir.Name, ir.Attribute)) and written(one) in held for one in ir.walk_scope(node))


def _names(node: ir.Node) -> Iterator[str]:
    if isinstance(node, ir.Attribute):
        yield node.attr
    elif isinstance(node, ir.Const) and isinstance(node.value, str):
        yield node.value


def _arguments(node: ir.Call) -> list[ir.Expr]:
    return [arg.value for arg in node.args]
