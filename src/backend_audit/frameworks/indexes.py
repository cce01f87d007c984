"""Columns by which rows are looked up, and which no index covers: in SQLAlchemy's, SQLModel's and Django's models.

https://docs.sqlalchemy.org/en/20/core/constraints.html#indexes, https://docs.djangoproject.com/en/stable/ref/models/indexes/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import name_of
from backend_audit.frameworks.lookups import Lookups, lookups_of
from backend_audit.frameworks.relations import Relations
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.whole_lists import FEW
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol

_COLUMNS = frozenset("mapped_column Column Field".split())
TEXTS = frozenset("String Unicode VARCHAR UUID Uuid CharField EmailField UUIDField".split())
_CONSTRAINTS = frozenset("Index UniqueConstraint PrimaryKeyConstraint".split())
_MAPPED = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel.")
_INDEXING = frozenset("index unique primary_key db_index".split())
_STATEMENT = re.compile(
    r"create_index\([^)]*\)[^)]*\)?|createIndex\([^)]*\)|addIndex\([^)]*\)|addConstraint\([^)]*\)|create_unique_constraint\([^)]*\)|AddIndex\([^)]*\)|(?i:CREATE\s+(?:UNIQUE\s+)?INDEX[^;]*)"
)
_RENAMED = re.compile(
    r"(?i)rename_?table\(\s*['\"`](\w+)['\"`],\s*['\"`](\w+)|ALTER\s+TABLE\s+(?:\w+\.)?['\"`]?(\w+)['\"`]?\s+RENAME\s+TO\s+['\"`]?(\w+)"
)
FEW_VALUES = re.compile(r"(?i)(^|_)(status|state|type|kind|level|severity|priority|category|visibility|language|role|mode)$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class UnindexedColumn(Concept):
    """`kind`: reference (to the table `target`), looked-up (rows are found by it alone). `few`: there are few such, by name."""

    kind: str = ""
    table: str = ""
    column: str = ""
    target: str = ""
    few: bool = False
    others: tuple[str, ...] = ()  # further columns of the table of which the same is true


@dataclass(frozen=True, slots=True)
class _Column:
    owner: ClassSymbol
    node: ir.Name
    table: str
    target: str  # the table that it refers to, "" for none


class Indexed:
    """What the migrations of a project put indexes on, statement by statement."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._naming: dict[str, list[frozenset[str]]] = {}  # the words of statements, by each of them
        self._former: dict[str, list[str]] = {}
        for path in sorted(texts):
            text = "" if path.endswith(".prisma") else texts[path]
            for one in _STATEMENT.findall(text):
                words = frozenset(_WORD.findall(one))
                for word in words:
                    self._naming.setdefault(word, []).append(words)
            for found in _RENAMED.finditer(text):
                self._former.setdefault(found[2] or found[4], []).append(found[1] or found[3])

    def covers(self, table: str, column: str) -> bool:
        """Whether a migration makes an index of that table (or of what it was called before) in which the column stands."""
        named = self._naming.get(column, [])
        names = self._names(table) if named else []
        return any(name in word for words in named for word in words for name in names)  # it may be called `ix_orders_code`

    def _names(self, table: str) -> list[str]:
        found = [table]
        for name in found:
            found += [one for one in self._former.get(name, ()) if one not in found]
        return found


class Constraints:
    """What indexes and constraints begin with: those of a module are read once, for all of its classes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, set[str]] = {}

    def of(self, owner: ClassSymbol) -> set[str]:
        """The columns that an index or a constraint begins with; of Django's `Meta`, all that are named."""
        found: set[str] = set()
        for node in owner.node.body:
            if isinstance(node, ir.Class) and node.name == "Meta":
                found |= {str(one.value).lstrip("-") for one in ir.walk(*node.body) if isinstance(one, ir.Const)}
        return found | self.inside(owner.module)

    def inside(self, module: ModuleSymbol) -> set[str]:
        """The columns that an index or a constraint in a module begins with."""
        known = self._known.get(module.key)
        if known is None:
            known = self._known[module.key] = set()
            for one in module.nodes.of(ir.Call):
                name = name_of(self.engine, module, one.func)
                if name in _CONSTRAINTS:
                    named = [arg.value for arg in one.args if arg.name is None][name == "Index" :]
                    known |= {_column(named[0])} if named else set()
        return known


def unindexed_columns(engine: Engine, indexed: Indexed) -> Iterator[UnindexedColumn]:
    """In the order of the code. `indexed`: what migrations put indexes on."""
    schemas = Schemas(engine)
    owners = [owner for owner in _classes(engine) if schemas.is_stored(owner)]
    constraints = Constraints(engine)
    columns = [column for owner in owners for column in _bare(schemas, owner, constraints)]
    if not columns:
        return
    lookups, relations = lookups_of(engine), Relations(schemas)
    tables: dict[str, ClassSymbol] = {}
    for owner in _classes(engine):
        tables.setdefault(_table(owner), owner)
    found: list[UnindexedColumn] = []
    for one in columns:
        if indexed.covers(one.table, one.node.id):
            continue
        if one.target:
            asked = not lookups.indexes_references and (
                _is_asked(one, lookups) or _has_many(tables.get(one.target), relations, one)
            )
        else:
            asked = (one.owner.name, one.node.id) in lookups.alone and not FEW_VALUES.search(one.node.id)
        if asked:
            node, module = one.node, one.owner.module
            site = Site(module.path, node, "", node.id, one.owner.name, module=module.node)
            few = bool(FEW.search(one.owner.name) or FEW.search(one.target))
            kind = "reference" if one.target else "looked-up"
            found.append(UnindexedColumn(site, kind, one.table, node.id, one.target, few))
    yield from together(found)


def mapped_tables(engine: Engine) -> Iterator[str]:
    """The names of mapped classes, and of their tables."""
    schemas = Schemas(engine)
    for owner in _classes(engine):
        if schemas.is_stored(owner):
            yield owner.name
            yield _table(owner)


def together(columns: list[UnindexedColumn]) -> Iterator[UnindexedColumn]:
    """One for each table and kind, the first, which names the others."""
    groups: dict[tuple[str, str, str, bool], list[UnindexedColumn]] = {}
    for one in columns:
        groups.setdefault((one.site.path, one.table, one.kind, one.few), []).append(one)
    for first, *others in groups.values():
        yield replace(first, others=tuple(one.column for one in others))


def _classes(engine: Engine) -> Iterator[ClassSymbol]:
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        yield from sorted(module.classes.values(), key=lambda one: one.node.at)


def _bare(schemas: Schemas, owner: ClassSymbol, constraints: Constraints) -> Iterator[_Column]:
    """The columns of a class that nothing in it puts an index on."""
    django = any(base.startswith("django.") for base in schemas.external(owner))
    if not django and not any(base.startswith(_MAPPED) or "db.Model" in base for base in schemas.external(owner)):
        return
    covered, table = constraints.of(owner), _table(owner)
    for statement in owner.node.body:
        target = statement.targets[0] if isinstance(statement, ir.Assign) else None
        if not isinstance(statement, ir.Assign) or not isinstance(target, ir.Name) or not isinstance(statement.value, ir.Call):
            continue
        call = statement.value
        last = name_of(schemas.engine, owner.module, call.func)
        if target.id in covered or is_indexed(call):
            continue
        if django and last in TEXTS:
            yield _Column(owner, target, table, "")
        elif not django and last in _COLUMNS:
            kinds = {name_of(schemas.engine, owner.module, _callee(arg.value)) for arg in call.args}
            annotated = statement.annotation is not None and written(statement.annotation).endswith(("[str]", "str"))
            other = refers(schemas.engine, owner.module, call)
            if other or kinds & TEXTS or annotated:
                yield _Column(owner, target, table, other)


def refers(engine: Engine, module: ModuleSymbol, call: ir.Call) -> str:
    """The table that a column refers to: `ForeignKey("orders.id")`, `foreign_key="orders.id"`."""
    for arg in call.args:
        if arg.name == "foreign_key" and isinstance(arg.value, ir.Const):
            return str(arg.value.value).rpartition(".")[0]
        if isinstance(arg.value, ir.Call) and name_of(engine, module, arg.value.func) == "ForeignKey" and arg.value.args:
            given = arg.value.args[0].value
            return str(given.value).rpartition(".")[0] if isinstance(given, ir.Const) else written(given).rpartition(".")[0]
    return ""


def is_indexed(call: ir.Call) -> bool:
    """Whether a column says itself that it has an index: `index=True`, `unique=True`, `primary_key=True`."""
    return any(arg.name in _INDEXING and not _is_false(arg.value) for arg in call.args)


def _callee(node: ir.Expr) -> ir.Expr:
    return node.func if isinstance(node, ir.Call) else node


def _column(node: ir.Expr) -> str:
    """The column that an expression names: `"a"`, `Order.a`, `a.desc()`."""
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
        node = node.func.value
    return str(node.value) if isinstance(node, ir.Const) else written(node).rpartition(".")[2]


def _table(owner: ClassSymbol) -> str:
    for node in owner.node.body:
        if isinstance(node, ir.Assign) and written(node.targets[0]) == "__tablename__" and isinstance(node.value, ir.Const):
            return str(node.value.value)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", owner.name).lower()


def _is_asked(column: _Column, lookups: Lookups) -> bool:
    return (column.owner.name, column.node.id) in lookups.compared


def _has_many(owner: ClassSymbol | None, relations: Relations, column: _Column) -> bool:
    """Whether the class that a column refers to has a list of the rows that refer to it, and does not refer to these itself."""
    if owner is None:
        return False
    lists = any(one.many and one.target is column.owner for one in relations.of(owner).values())
    made = (one.value for one in owner.node.body if isinstance(one, ir.Assign) and isinstance(one.value, ir.Call))
    engine = relations.schemas.engine
    return lists and all(refers(engine, owner.module, one) != column.table for one in made if isinstance(one, ir.Call))


def _is_false(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and not node.value
