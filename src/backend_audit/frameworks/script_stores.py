"""What calls in JavaScript store, column by column: of mappers, builders, drivers, and of statements in SQL.

https://www.prisma.io/docs/orm/reference/prisma-client-reference, https://sequelize.org/api/v6/class/src/model.js~model,
https://typeorm.io/docs/working-with-entity-manager/repository-api, https://knexjs.org/guide/query-builder.html,
https://orm.drizzle.team/docs/insert, https://mongoosejs.com/docs/models.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_lookups import held_in, word_of
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_MAKES = frozenset(
    "create createMany createManyAndReturn bulkCreate insert insertOne insertMany insertGraph insertAndFetch upsert build save "
    "values set findOrCreate update updateOne updateMany updateManyAndReturn patch patchAndFetchById updateAndFetchById "
    "upsertGraph replaceOne findOneAndUpdate findByIdAndUpdate findOneAndReplace merge".split()
)
_BY_FILTER = frozenset(  # what comes first says which rows
    "updateOne updateMany replaceOne findOneAndUpdate findByIdAndUpdate findOneAndReplace patchAndFetchById "
    "updateAndFetchById".split()
)
_FILTERS = frozenset("where include select filter attributes returning conflictTarget target relations".split())
_NESTED = frozenset("data create update values defaults set $set $setOnInsert $push $addToSet".split())
_LIBRARIES = tuple(
    f"{one}." for one in "prisma sequelize typeorm mongoose mongodb knex drizzle @mikro-orm objection nedb kysely".split()
)
_STORES = re.compile(
    r"model|repo|prisma|collection|^db$|database|^tx$|^trx$|entity|manager$|knex|kysely|dao$|table|schema$|(?<=[a-z])Coll?$",
    re.IGNORECASE,
)
_NO_STORES = re.compile(
    r"^(?:Object|Array|Map|Set|Promise|Date|JSON|Math|Buffer|URL|Error|Reflect|Number|String|Symbol|Axios)$|"
    r"(?:Command|Query|Event|Dto|Request|Response|Options)$|service|client$|stripe|cache|redis|session|storage$|schema$|cookie|header|token|jwt|error|logger|queue",
    re.IGNORECASE,
)
_ENTITIES = frozenset("Entity ViewEntity ChildEntity Table Schema Model modelOptions Collection ObjectType".split())
_MODELS = re.compile(r"model|entity|record|document|table|schema", re.IGNORECASE)
_KEPT = frozenset("save persist persistAndFlush insert".split())
_RUNS = frozenset("query execute run exec none one oneOrNone any $executeRaw $queryRaw $executeRawUnsafe raw sql prepare".split())
_WRITES = re.compile(r"^\s*(?:insert|update|replace|merge)\b", re.IGNORECASE)
_MOST_CALLS = 12
_OBJECTS = (ir.Container, ir.Conditional)
OBJECT = "*"  # the column of what has columns itself


@dataclass(frozen=True, slots=True)
class Stored:
    """A value that is stored: under which column, in rows of which entity (its word; "" where that is not known)."""

    column: str
    value: ir.Expr
    entity: str


class Stores:
    """Reads them off the nodes of a function."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._held: dict[str, dict[str, str]] = {}

    def _held_in(self, function: FunctionSymbol) -> dict[str, str]:
        """The names in a function's module that hold repositories: `private orders: Repository<Order>`."""
        path = function.module.path
        if path not in self._held:
            self._held[path] = held_in(function.module)
        return self._held[path]

    def of(self, function: FunctionSymbol, node: ir.Node, kept: frozenset[str]) -> Iterator[Stored]:
        """What one node stores; `kept`: the variables whose objects the function saves."""
        if isinstance(node, ir.Call):
            if node.form == "new":
                yield from self._constructed(node, kept)
            elif node.form == "tagged" or last_word(node.func) in _RUNS:
                yield from _of_statement(node)
            elif isinstance(node.func, ir.Attribute) and node.func.attr in _MAKES and self._is_store(function, node):
                yield from _of_call(node, self._held_in(function))
        elif isinstance(node, ir.Assign) and node.value is not None and not node.op:
            for target in node.targets:
                if isinstance(target, ir.Attribute) and written(target.value) in kept:
                    yield Stored(target.attr, node.value, "")

    def _constructed(self, node: ir.Call, kept: frozenset[str]) -> Iterator[Stored]:
        """`new Order({ amount })`, where something is saved."""
        name = last_word(node.func)
        first = node.args[0].value if node.args else None
        if kept and name[:1].isupper() and not _NO_STORES.search(name) and first is not None:
            yield from _columns(first, word_of(name))

    def _is_store(self, function: FunctionSymbol, node: ir.Call) -> bool:
        """Whether the receiver of a call is one of a library of databases, or called like one."""
        if self.engine.callees.get(id(node)) or not isinstance(node.func, ir.Attribute):
            return False  # the project's own: it is looked into
        frame = self.engine.frame(function.module, function)
        classes = of_kind(frame.eval(node.func.value).refs, ClassSymbol)
        if classes and not any(map(_is_entity, classes)):
            return False  # `PreviewCommand.create({ … })` makes an object, and stores nothing
        known = frame.eval(node.func).apis | frame.eval(node.func.value).types
        if any(path.startswith(_LIBRARIES) for path in known):
            return True
        if any(path.partition(".")[0] in self.engine.project.libraries for path in known):
            return False
        owner = _beginning(node.func.value)
        if isinstance(owner, ir.Call):
            return _is_table(owner)
        name = last_word(owner)
        if name in self._held_in(function):
            return True
        around = last_word(owner.value) if isinstance(owner, ir.Attribute) else ""
        if _NO_STORES.search(name) or _NO_STORES.search(around):
            return False
        return name[:1].isupper() or bool(_STORES.search(name)) or bool(_STORES.search(around))


def _is_entity(owner: ClassSymbol) -> bool:
    """Whether a class of the project stands for a table: by what decorates it, or the class above it."""
    decorated = {last_word(one.func if isinstance(one, ir.Call) else one) for one in owner.node.decorators}
    return not decorated.isdisjoint(_ENTITIES) or any(_MODELS.search(last_word(one.value)) for one in owner.node.bases)


def kept(nodes: list[ir.Node]) -> frozenset[str]:
    """The variables whose objects a function saves: `order.save()`, `orders.save(order)`."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _KEPT:
            found.add(written(node.func.value))
            found.update(written(arg.value) for arg in node.args if isinstance(arg.value, ir.Name))
    return frozenset(found)


def _beginning(node: ir.Expr) -> ir.Expr:
    """Where a chain of calls begins: `knex("orders")` of `knex("orders").where({ id })`; the receiver itself of no chain."""
    current = node
    for _ in range(_MOST_CALLS):
        if not isinstance(current, ir.Call) or not isinstance(current.func, ir.Attribute):
            break
        if last_word(current.func) in ("insert", "update", "insertInto", "updateTable") and current.args:
            return current.func.value  # `db.insert(orders).values({ … })`
        current = current.func.value
    return current


def _is_table(node: ir.Call) -> bool:
    first = node.args[0].value if len(node.args) == 1 else None
    return isinstance(node.func, ir.Name) and isinstance(first, ir.Const) and isinstance(first.value, str)


def _of_call(node: ir.Call, held: dict[str, str]) -> Iterator[Stored]:
    args = [arg.value for arg in node.args if not arg.star]
    name = last_word(node.func)
    owner = node.func.value if isinstance(node.func, ir.Attribute) else node.func
    begins = last_word(_beginning(owner))
    entity = held.get(begins) or word_of(begins)
    if name in _BY_FILTER or (name == "update" and len(args) > 1 and not _says(args[1], "where")):
        args = args[1:]
    for one in args[:1]:
        yield from _columns(one, entity)


def _columns(node: ir.Expr, entity: str) -> Iterator[Stored]:
    """The columns of an object, or of each in a list: under `data` and the like where a mapper wants it so."""
    if isinstance(node, ir.Container):
        for item in node.items:
            key = item.key.value if isinstance(item.key, ir.Const) else None
            if node.kind == "list" or (isinstance(key, str) and key in _NESTED and isinstance(item.value, _OBJECTS)):
                yield from _columns(item.value, entity)
            elif isinstance(key, str) and key not in _FILTERS and not item.star and not _is_reference(item.value):
                yield Stored(key, item.value, entity)
    elif isinstance(node, ir.Conditional):
        yield from _columns(node.then, entity)
        yield from _columns(node.orelse, entity)
    elif isinstance(node, (ir.Name, ir.Attribute, ir.Call)):
        yield Stored(OBJECT, node, entity)  # an object that was put together before


def _is_reference(node: ir.Expr) -> bool:
    """`{ connect: { id } }`: a row that must be there."""
    return any(_says(node, name) for name in ("connect", "disconnect", "connectOrCreate"))


def _says(node: ir.Expr, name: str) -> bool:
    return isinstance(node, ir.Container) and any(
        isinstance(item.key, ir.Const) and item.key.value == name for item in node.items
    )


def _of_statement(node: ir.Call) -> Iterator[Stored]:
    """``db.query("INSERT INTO …", [name, mail])``, ``sql`UPDATE … SET name = ${name}` ``."""
    args = [arg.value for arg in node.args]
    first = args[0] if args else None
    if node.form == "tagged":
        texts = [one.value for one in first.items] if isinstance(first, ir.Container) else []
        begins = texts[0].value if texts and isinstance(texts[0], ir.Const) else ""
    else:
        begins = first.value if isinstance(first, ir.Const) else ""
        if isinstance(first, ir.Template) and first.parts and isinstance(first.parts[0], ir.Const):
            begins = first.parts[0].value
    if not isinstance(begins, str) or not _WRITES.match(begins):
        return
    for one in args[1:]:
        for value in [item.value for item in one.items] if isinstance(one, ir.Container) else [one]:
            if not isinstance(value, ir.Lambda):
                yield Stored("", value, "")
