"""What JavaScript's programs send away: rows of a database, told by the queries that gave them and the columns of their models.

https://mongoosejs.com/docs/queries.html, https://typeorm.io/docs/entity/entities, https://www.prisma.io/docs/orm/prisma-client
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.call_sites import CallSites
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.persons import is_person
from backend_audit.frameworks.script_chosen import taken_out
from backend_audit.frameworks.script_exposure import Row, ScriptExposure
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.frameworks.sent_away import Holder, SentAway, Whole
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts

_EACH = frozenset("forEach map filter flatMap find some every reduce then".split())


class GivenRows(ScriptExposure):
    """As `ScriptExposure`, over parameters as well: by their annotation, by what callers give, by what is gone through."""

    def __init__(self, engine: Engine, texts: Mapping[str, str], sites: CallSites) -> None:
        super().__init__(engine, texts)
        self.sites = sites

    def _bound(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Iterator[Row]:
        found = list(super()._bound(function, node, depth))
        if not found:
            found = list(self._given(function, node, depth))
        yield from found

    def _given(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Iterator[Row]:
        param = next((one for one in function.node.params if one.name == node.id), None)
        if depth <= 0:
            return
        if param is None:
            if function.parent is not None and not self._bindings.values(function, node.id, node.at):
                self._seen.discard(id(node))
                yield from self._rows(function.parent, node, depth - 1)
            return
        word = word_of(written(param.annotation)) if param.annotation is not None else ""
        if word in self.columns.by_word:
            yield Row(word)
            return
        for site, value in self.sites.given(function, node.id):
            yield from self._rows(site.caller, value, depth - 2)
        if function.parent is not None:
            yield from self._each(function, node, depth)

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Iterator[Row]:
        with self.sites.looking_into(function, node, self._callees.of(function, node)):
            found = list(super()._called(function, node, depth))
        yield from found

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute, depth: int) -> Iterator[Row]:
        given = isinstance(node.value, ir.Name) and any(param.name == node.value.id for param in function.node.params)
        if not (given and node.attr in ("data", "rows")):  # of what is handed over, a column
            yield from super()._attribute(function, node, depth)

    def _each(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Iterator[Row]:
        """`users.forEach((user) => …)`."""
        around = function.parent
        if around is None or function.node.params[0].name != node.id:
            return
        for call in around.scope.of(ir.Call):
            first = call.args[0].value if call.args else None
            own = isinstance(first, ir.Lambda) and first.function is function.node
            if own and isinstance(call.func, ir.Attribute) and call.func.attr in _EACH:
                yield from self._rows(around, call.func.value, depth - 1)

    def of_expression(self, function: FunctionSymbol, node: ir.Expr) -> list[Row]:
        """The whole rows that an expression is or holds."""
        self._seen, self._guards = set(), ()
        return list(self._rows(function, node, 12))


class ScriptSentAway(SentAway):
    """As `SentAway`; `texts`: of data models beside the code, by path."""

    def __init__(self, engine: Engine, facts: WebFacts, texts: Mapping[str, str]) -> None:
        super().__init__(engine, facts)
        self.rows = GivenRows(engine, texts, self.sites)
        self._callees = Callees(engine)

    def wholes(self, function: FunctionSymbol, node: ir.Expr) -> list[Whole]:
        """Rows as a query gave them; what a function of the project makes, or an object holds, is read by itself."""
        inner = node.value if isinstance(node, (ir.Await, ir.Starred)) else node
        if not isinstance(inner, (ir.Name, ir.Attribute, ir.Call)) or self._is_made(function, inner):
            return []
        found: list[Whole] = []
        for row in self.rows.of_expression(function, inner):
            plain = replace(row, void=row.void | {"class"}) if isinstance(node, ir.Starred) else row
            secret = self.rows.columns.by_word.get(row.word, [])
            fields = tuple((one.name, one.mark) for one in secret if plain.shows(one) and one.name)
            if fields:
                found.append(Whole(self._holder(row.word), fields, written(inner)))
        return found

    def holder(self, function: FunctionSymbol, base: ir.Expr, name: str) -> Holder | None:
        """By the row that the object is."""
        columns = self.rows.columns.by_word
        for row in self.rows.of_expression(function, base):
            if any(one.name == name for one in columns.get(row.word, ())):
                return self._holder(row.word)
        word = word_of(last_word(base))
        return self._holder(word) if any(one.name == name for one in columns.get(word, ())) else None

    def gone(self, function: FunctionSymbol) -> frozenset[str]:
        """`delete user.password`, `user.password = undefined`."""
        return taken_out(function)

    def _holder(self, word: str) -> Holder:
        name = self.rows.columns.names.get(word, word)
        return Holder(name, "row", is_person(name, self.rows.columns.all.get(word, ())))

    def _is_made(self, function: FunctionSymbol, node: ir.Expr) -> bool:
        """Whether it is put together here, or given by a function of the project: then its parts are asked, one by one."""
        node = node.value if isinstance(node, ir.Await) else node
        if isinstance(node, ir.Call):
            return bool(self._callees.of(function, node)) or last_word(node.func) in ("stringify", "from", "assign")
        if not isinstance(node, ir.Name):
            return isinstance(node, (ir.Container, ir.Lambda, ir.Template))
        values = self.payloads.bindings.values(function, node.id, node.at)
        given = next(self.sites.given(function, node.id), None) is not None
        return self._is_made(function, values[-1]) if values and not _mentions(values[-1], node.id) else given


def _mentions(node: ir.Expr, name: str) -> bool:
    return any(isinstance(one, ir.Name) and one.id == name for one in ir.walk_scope(node))
