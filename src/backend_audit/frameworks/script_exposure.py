"""Rows of a database that handlers of JavaScript answer with whole, and the columns that their models have.

https://mongoosejs.com/docs/queries.html, https://sequelize.org/docs/v6/core-concepts/model-querying-basics/,
https://typeorm.io/docs/working-with-entity-manager/repository-api, https://www.prisma.io/docs/orm/reference/prisma-client-reference
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import dotted, last_word, written
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.script_answers import answers, given_to
from backend_audit.frameworks.script_chosen import left_out, of_selection, omitted, options_of, taken_apart, taken_out
from backend_audit.frameworks.script_columns import Column, Columns
from backend_audit.frameworks.script_loaded import loaded, populated
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route, ShownRow
from backend_audit.source import Mark

_READING = frozenset(
    "find findOne findById findBy findOneBy findOneOrFail findOneByOrFail findAll findByPk findAndCountAll findAndCount findMany "
    "findFirst findUnique findFirstOrThrow findUniqueOrThrow findOneAndUpdate findByIdAndUpdate findOneAndReplace create save "
    "upsert".split()
)
_WRITING = frozenset("create save upsert".split())
_OF_PRISMA = frozenset(("update",))  # with `data` and `where` in one object, it gives the row
_SAME = frozenset(
    "exec lean populate sort limit skip toJSON toObject toArray get orFail clone where equals orderBy session cache".split()
)
_SCOPES = frozenset(("unscoped", "scope", "withScope"))
_RAW = frozenset(("_doc", "dataValues", "rows", "data"))
_CALLER = frozenset("user account currentUser admin member me".split())
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Row:
    """Rows of an entity: `gone` from them, what its model says in vain (`void`), the columns that a query adds (`named`)."""

    word: str
    gone: frozenset[str] = frozenset()
    void: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    def shows(self, column: Column) -> bool:
        """Whether the column is in them when they are sent."""
        void = self.void | ({"select"} if column.name in self.named else set())
        return column.name not in self.gone and column.hidden <= void


class ScriptExposure:
    """Reads answers back to the queries; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine, texts: Mapping[str, str]) -> None:
        self.columns = Columns(engine, texts)
        self._bindings = Bindings()
        self._callees = Callees(engine)
        self._known: dict[str, tuple[ShownRow, ...]] = {}
        self._seen: set[int] = set()
        self._guards: tuple[FunctionSymbol, ...] = ()

    def of(self, route: Route) -> tuple[ShownRow, ...]:
        """The rows that a route answers with as they are; none where the framework writes only what a schema names."""
        handler = route.handler
        if handler is None or route.response_schema or not self.columns.by_word:
            return ()
        if handler.key not in self._known:
            self._guards = tuple(one.function for one in route.guards if one.function is not None)
            self._known[handler.key] = tuple(self._of(handler))
        return self._known[handler.key]

    def _of(self, handler: FunctionSymbol) -> Iterator[ShownRow]:
        self._seen = set()
        told: set[str] = set()
        gone = taken_out(handler)
        for place, answer in answers(handler):
            for row in self._rows(handler, answer, _MAX_DEPTH):
                secret = self.columns.by_word.get(row.word, [])  # none of an entity that is known by what it leads to
                fields = tuple((one.name, one.mark) for one in secret if row.shows(one) and one.name not in gone)
                if fields and row.word not in told:
                    told.add(row.word)
                    mark = Mark(handler.module.path, place.at, place.end, "is sent to the client here")
                    yield ShownRow(self.columns.names[row.word], fields, mark)

    def _rows(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> Iterator[Row]:
        """The whole rows that an expression is or holds."""
        if depth == 0 or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, (ir.Await, ir.Starred)):
            yield from self._rows(function, node.value, depth - 1)
        elif isinstance(node, ir.Attribute):
            yield from self._attribute(function, node, depth)
        elif isinstance(node, ir.Container):
            for item in node.items:
                spread = frozenset(("class",)) if item.star or isinstance(item.value, ir.Starred) else frozenset()
                yield from (replace(one, void=one.void | spread) for one in self._rows(function, item.value, depth - 1))
        elif isinstance(node, (ir.Conditional, ir.Logical)):
            for side in (node.then, node.orelse) if isinstance(node, ir.Conditional) else (node.left, node.right):
                yield from self._rows(function, side, depth - 1)
        elif isinstance(node, ir.Template):  # a row in a text is none any more, unless something has written it out
            for part in node.parts:
                if isinstance(part, ir.Hole) and isinstance(part.value, ir.Call):
                    yield from self._rows(function, part.value, depth - 1)
        elif isinstance(node, ir.Name):
            yield from self._bound(function, node, depth)
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, depth)

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute, depth: int) -> Iterator[Row]:
        """`user.dataValues`; `req.user`, which a guard has looked up."""
        if node.attr in _RAW:
            void = frozenset(("object",)) if node.attr in ("_doc", "dataValues") else frozenset()
            yield from (replace(one, void=one.void | void) for one in self._rows(function, node.value, depth - 1))
        for guard in self._guards if node.attr in _CALLER else ():
            for one in ir.walk(*guard.node.body):
                kept = one.targets[0] if isinstance(one, ir.Assign) else None
                if (
                    isinstance(one, ir.Assign)
                    and one.value is not None
                    and isinstance(kept, ir.Attribute)
                    and kept.attr == node.attr
                ):
                    yield from self._without(guard, self._rows(guard, one.value, depth - 1))

    def _bound(self, function: FunctionSymbol, node: ir.Name, depth: int) -> Iterator[Row]:
        """What a variable was bound to last, and what was put into it under names."""
        for name, whole, names in taken_apart(function):
            if name == node.id:
                for row in self._rows(function, whole, depth - 1) if whole is not None else ():
                    yield replace(row, gone=row.gone | names, void=row.void | {"class"})
                return
        values = self._bindings.values(function, node.id, node.at)[-1:] or list(given_to(function, node))
        for value in values:
            yield from self._rows(function, value, depth - 1)
        for one in function.scope:
            if not isinstance(one, ir.Assign) or one.value is None or one.at >= node.at:
                continue
            if any(isinstance(target, ir.Attribute) and dotted(target.value) == node.id for target in one.targets):
                yield from self._rows(function, one.value, depth - 1)

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Iterator[Row]:
        given = {id(arg.value.function) for arg in node.args if isinstance(arg.value, ir.Lambda)}
        callees = [one for one in self._callees.of(function, node) if id(one.node) not in given]  # not what `map` calls
        for callee in callees:
            for value in returns(callee):
                yield from self._without(callee, self._rows(callee, value, depth - 1))
        without = omitted(node)
        if not callees and without is not None:
            yield from (replace(one, gone=one.gone | without[1]) for one in self._rows(function, without[0], depth - 1))
        if callees or without is not None:
            return
        if node.form == "new" and word_of(last_word(node.func)) in self.columns.by_word:
            yield Row(word_of(last_word(node.func)))
        elif written(node.func) in ("JSON.stringify", "Object.assign"):
            spread = frozenset(("class",)) if last_word(node.func) == "assign" else frozenset()
            for arg in node.args[: None if spread else 1]:
                yield from (replace(one, void=one.void | spread) for one in self._rows(function, arg.value, depth - 1))
        elif isinstance(node.func, ir.Attribute):
            yield from self._method(function, node, node.func, depth)

    def _method(self, function: FunctionSymbol, node: ir.Call, func: ir.Attribute, depth: int) -> Iterator[Row]:
        """A query, or what is asked of one."""
        row = self._entity(function, node, func)
        if row is not None:
            gone = left_out(node)
            if gone is not None:
                raw = frozenset(("object",)) if "raw" in options_of(node) else frozenset()
                yield replace(row, gone=gone, void=row.void | raw)
            yield from (Row(word) for word in loaded(node, row.word, self.columns))
        elif func.attr == "select" and (chosen := of_selection(node.args[0].value if node.args else None)) is not None:
            for one in self._rows(function, func.value, depth - 1):
                yield replace(one, gone=one.gone | chosen[0], named=one.named | chosen[1])
        elif func.attr == "map" and node.args and (how := _keeps_rows(node.args[0].value)) is not None:
            yield from (replace(one, void=one.void | how) for one in self._rows(function, func.value, depth - 1))
        elif func.attr in _SAME:
            void = frozenset(("object",)) if func.attr == "lean" else frozenset()
            for one in self._rows(function, func.value, depth - 1):
                yield replace(one, void=one.void | void)
                yield from (Row(word, void=void) for word in populated(node, one.word, self.columns))

    def _without(self, function: FunctionSymbol, rows: Iterator[Row]) -> Iterator[Row]:
        """Rows that a function gives, without what it takes out of them."""
        gone = taken_out(function)
        return (replace(one, gone=one.gone | gone) for one in rows)

    def _entity(self, function: FunctionSymbol, node: ir.Call, func: ir.Attribute) -> Row | None:
        """The entity whose rows a call gives."""
        name, holder = func.attr, func.value
        if name not in _READING and not (name in _OF_PRISMA and {"data", "where"} <= options_of(node).keys()):
            return None
        void: frozenset[str] = frozenset()
        if isinstance(holder, ir.Call) and isinstance(holder.func, ir.Attribute) and holder.func.attr in _SCOPES:
            void, holder = frozenset(("scope",)), holder.func.value  # `User.unscoped().findAll()`
        first = node.args[0].value if node.args else None
        words = [self.columns.held(function, holder), word_of(last_word(holder))]
        if isinstance(first, ir.Name) and first.id[:1].isupper():  # `manager.save(User, user)`
            words.insert(0, word_of(first.id))
        if isinstance(holder, ir.Call) and last_word(holder.func) == "getRepository" and holder.args:
            words.insert(0, word_of(written(holder.args[0].value)))
        if name in _WRITING and isinstance(holder, ir.Name) and not node.args:  # `user.save()`
            words += [one.word for one in self._bound(function, holder, 3)]
        found = next((one for one in words if self.columns.knows(one)), "")
        return Row(found, void=void) if found else None


def _keeps_rows(node: ir.Expr) -> frozenset[str] | None:
    """What is void in rows that a function is given and gives back: `(user) => ({ ...user, online: true })`; None of others."""
    params = node.function.params if isinstance(node, ir.Lambda) else []
    if not isinstance(node, ir.Lambda) or not params or params[0].pattern is not None:
        return None
    for one in ir.walk_scope(*node.function.body):
        given = one.value if isinstance(one, ir.Return) else None
        if isinstance(given, ir.Name) and given.id == params[0].name:
            return frozenset()
        for item in given.items if isinstance(given, ir.Container) and given.kind == "dict" else ():
            value = item.value.value if isinstance(item.value, ir.Starred) else item.value
            plain, void = _made_plain(value)
            if (item.star or value is not item.value) and isinstance(plain, ir.Name) and plain.id == params[0].name:
                return frozenset(("class",)) | void
    return None


def _made_plain(node: ir.Expr) -> tuple[ir.Expr, frozenset[str]]:
    """The row in `user.toObject()` and `user._doc`, and what its model says in vain by then."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("toJSON", "toObject", "get"):
        return node.func.value, frozenset()
    if isinstance(node, ir.Attribute) and node.attr in _RAW:
        return node.value, frozenset(("object",))
    return node, frozenset()
