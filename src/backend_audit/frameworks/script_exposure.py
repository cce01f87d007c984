"""Rows of a database that handlers of JavaScript answer with whole, and the columns that their models have.

https://mongoosejs.com/docs/queries.html, https://sequelize.org/docs/v6/core-concepts/model-querying-basics/,
https://typeorm.io/docs/working-with-entity-manager/repository-api, https://www.prisma.io/docs/orm/reference/prisma-client-reference
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import dotted, last_word, written
from backend_audit.frameworks.callees import Callees
from backend_audit.frameworks.entities import returns
from backend_audit.frameworks.script_columns import Columns
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
_CHOOSES = frozenset("select attributes projection fields omit exclude columns".split())
_SAME = frozenset(
    "exec lean populate sort limit skip toJSON toObject toArray get orFail clone where equals orderBy session cache".split()
)
_RAW = frozenset(("_doc", "dataValues", "rows", "data"))
_ANSWERING = frozenset(("json", "send", "jsonp"))
_CONTEXTS = frozenset(("ctx", "context", "response", "res"))
_MAX_DEPTH = 12


class ScriptExposure:
    """Reads answers back to the queries; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.columns = Columns(engine)
        self._bindings = Bindings()
        self._callees = Callees(engine)
        self._known: dict[str, tuple[ShownRow, ...]] = {}
        self._seen: set[int] = set()

    def of(self, route: Route) -> tuple[ShownRow, ...]:
        """The rows that a route answers with as they are; none where the framework writes only what a schema names."""
        handler = route.handler
        if handler is None or route.response_schema or not self.columns.by_word:
            return ()
        if handler.key not in self._known:
            self._known[handler.key] = tuple(self._of(handler))
        return self._known[handler.key]

    def _of(self, handler: FunctionSymbol) -> Iterator[ShownRow]:
        self._seen = set()
        told: set[str] = set()
        gone = _taken_out(handler)
        for place, answer in _answers(handler):
            for word in self._rows(handler, answer, _MAX_DEPTH):
                fields = tuple(one for one in self.columns.by_word[word] if one[0] not in gone)
                if fields and word not in told:
                    told.add(word)
                    mark = Mark(handler.module.path, place.at, place.end, "is sent to the client here")
                    yield ShownRow(self.columns.names[word], fields, mark)

    def _rows(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> Iterator[str]:
        """The entities, by their words, of which an expression is or holds whole rows."""
        if depth == 0 or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, (ir.Await, ir.Starred)) or (isinstance(node, ir.Attribute) and node.attr in _RAW):
            yield from self._rows(function, node.value, depth - 1)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._rows(function, item.value, depth - 1)
        elif isinstance(node, (ir.Conditional, ir.Logical)):
            for side in (node.then, node.orelse) if isinstance(node, ir.Conditional) else (node.left, node.right):
                yield from self._rows(function, side, depth - 1)
        elif isinstance(node, ir.Name):
            for value in self._bound(function, node):
                yield from self._rows(function, value, depth - 1)
        elif isinstance(node, ir.Call):
            yield from self._called(function, node, depth)

    def _bound(self, function: FunctionSymbol, node: ir.Name) -> Iterator[ir.Expr]:
        """What a variable was bound to last, and what was put into it under names."""
        if node.id in _rebuilt(function):
            return
        yield from self._bindings.values(function, node.id, node.at)[-1:]
        for one in ir.walk_scope(*function.node.body):
            if not isinstance(one, ir.Assign) or one.value is None or one.at >= node.at:
                continue
            if any(isinstance(target, ir.Attribute) and dotted(target.value) == node.id for target in one.targets):
                yield one.value

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> Iterator[str]:
        callees = self._callees.of(function, node)
        for callee in callees:
            for value in returns(callee):
                yield from self._rows(callee, value, depth - 1)
        if callees or not isinstance(node.func, ir.Attribute):
            return
        name = node.func.attr
        word = self._entity(function, node, name)
        if word and not _chooses(node):
            yield word
        elif not word and name in _SAME:
            yield from self._rows(function, node.func.value, depth - 1)

    def _entity(self, function: FunctionSymbol, node: ir.Call, name: str) -> str:
        """The word of the entity whose rows a call gives."""
        if name not in _READING and not (name in _OF_PRISMA and _is_prisma(node)):
            return ""
        func = node.func
        first = node.args[0].value if node.args else None
        holder = func.value if isinstance(func, ir.Attribute) else func
        words = [self.columns.held(function, holder), word_of(last_word(holder))]
        if isinstance(first, ir.Name) and first.id[:1].isupper():  # `manager.save(User, user)`
            words.insert(0, word_of(first.id))
        if isinstance(holder, ir.Call) and last_word(holder.func) == "getRepository" and holder.args:
            words.insert(0, word_of(written(holder.args[0].value)))
        if name in _WRITING and isinstance(holder, ir.Name) and not node.args:  # `user.save()`
            words += [one for value in self._bound(function, holder) for one in self._rows(function, value, 3)]
        return next((one for one in words if one in self.columns.by_word), "")


def _answers(handler: FunctionSymbol) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """What a handler sends, returns or makes the body, each with the place that says so."""
    for node in ir.walk(*handler.node.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
            if node.func.attr in _ANSWERING and node.args:
                yield node.args[0].value, node.args[0].value
            elif node.func.attr == "then":
                yield from ((place, node.func.value) for place in _handed_on(node))
        elif isinstance(node, ir.Assign) and node.value is not None and any(_is_body(target) for target in node.targets):
            yield node.value, node.value
    for value in returns(handler):
        if not (isinstance(value, ir.Call) and last_word(value.func) in _ANSWERING):
            yield value, value


def _handed_on(node: ir.Call) -> Iterator[ir.Expr]:
    """`query.then((row) => res.json(row))`."""
    then = node.args[0].value if node.args else None
    if not isinstance(then, ir.Lambda) or not then.function.params:
        return
    for one in ir.walk_scope(*then.function.body):
        if isinstance(one, ir.Call) and last_word(one.func) in _ANSWERING:
            given = [arg.value for arg in one.args]
            yield from (value for value in given if isinstance(value, ir.Name) and value.id == then.function.params[0].name)


def _is_body(node: ir.Expr) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "body" and last_word(node.value) in _CONTEXTS


def _is_prisma(node: ir.Call) -> bool:
    return {"data", "where"} <= _options(node)


def _options(node: ir.Call) -> set[object]:
    """The names in the objects that a call is given."""
    given = [arg.value for arg in node.args if isinstance(arg.value, ir.Container) and arg.value.kind == "dict"]
    return {item.key.value for one in given for item in one.items if isinstance(item.key, ir.Const)}


def _chooses(node: ir.Call) -> bool:
    """Whether a query says which columns it wants: `{ select: … }`, `find(filter, "name mail")`, `findById(id, { name: 1 })`."""
    if _CHOOSES & _options(node):
        return True
    func = node.func.attr if isinstance(node.func, ir.Attribute) else ""
    second = node.args[1].value if len(node.args) > 1 else None
    return func in ("find", "findOne", "findById") and (isinstance(second, (ir.Const, ir.Name)) or _is_projection(second))


def _is_projection(node: ir.Expr | None) -> bool:
    """`{ name: 1, mail: true }` or `["name", "mail"]` (https://mongoosejs.com/docs/api/query.html#Query.prototype.select())."""
    if not isinstance(node, ir.Container) or not node.items:
        return False
    values = [one.value for one in node.items]
    return all(isinstance(one, ir.Const) and (node.kind == "list" or one.value in (0, 1)) for one in values)


def _taken_out(function: FunctionSymbol) -> set[str]:
    """The columns that a function deletes, or sets to nothing, in what it answers with."""
    found: set[str] = set()
    for node in ir.walk(*function.node.body):
        if isinstance(node, ir.Delete):
            found |= {last_word(one) for one in node.targets}
        elif isinstance(node, ir.Unary) and node.op == "delete":
            found.add(last_word(node.operand))
        elif isinstance(node, ir.Assign) and _is_nothing(node.value):
            found |= {last_word(one) for one in node.targets}
        elif isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and _is_nothing(node.value):
            found.add(str(node.key.value))
    return found


def _is_nothing(node: ir.Expr | None) -> bool:
    return (isinstance(node, ir.Const) and not node.value) or (isinstance(node, ir.Name) and node.id == "undefined")


def _rebuilt(function: FunctionSymbol) -> set[str]:
    """The variables that take what is left when others have been taken apart: `const { password, ...rest } = user`."""
    found: set[str] = set()
    for node in ir.walk_scope(*function.node.body):
        for target in node.targets if isinstance(node, ir.Assign) else ():
            for item in target.items if isinstance(target, ir.Container) else ():
                one = item.value.value if isinstance(item.value, ir.Starred) else item.value
                if isinstance(one, ir.Name):
                    found.add(one.id)
    return found
