"""By which columns the code of a project looks rows up, and which kinds of databases it names."""

import re
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written

_FILTERING = frozenset("filter filter_by where get exclude get_or_404".split())
_COLUMNS = frozenset(("c", "columns"))  # https://docs.sqlalchemy.org/en/20/core/metadata.html#accessing-tables-and-columns
_OWN = re.compile(r"^(mysql|mariadb)\b")  # these put an index on what refers to another table
_OTHERS = re.compile(r"^(postgres|postgresql|sqlite|oracle|mssql|cockroachdb)\b")


@dataclass(slots=True)
class Lookups:
    """Pairs of class and column. `compared`: in any condition; `alone`: in one that has no other.

    `indexes_references`: the only databases that are named index foreign keys of themselves.
    """

    compared: set[tuple[str, str]] = field(default_factory=set)
    alone: set[tuple[str, str]] = field(default_factory=set)
    indexes_references: bool = False


def lookups_of(engine: Engine) -> Lookups:
    """One walk over all modules."""
    found = Lookups()
    named: set[str] = set()
    narrowed: set[int] = set()  # calls that others of the same chain narrow further
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        for node in module.nodes:
            if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _FILTERING:
                _filtered(node, node.func, found, narrowed)
            elif isinstance(node, ir.Const) and isinstance(node.value, str):
                named |= database_named(node.value)
    found.indexes_references = named == {"own"}
    return found


def database_named(text: str) -> set[str]:
    """Which kind of database a text names: one that indexes foreign keys of itself ("own"), one that does not ("other")."""
    return {"own"} if _OWN.match(text) else {"other"} if _OTHERS.match(text) else set()


def _filtered(node: ir.Call, func: ir.Attribute, found: Lookups, narrowed: set[int]) -> None:
    """What one call narrows rows by; calls are met before what they are called on."""
    owner = owner_of(func.value)
    asked = [(owner, arg.name) for arg in node.args if arg.name is not None and owner and "__" not in arg.name]
    conditions = [arg.value for arg in node.args if arg.name is None]
    for one in conditions:
        asked += [pair for each in ir.walk_scope(one) if isinstance(each, ir.Attribute) and (pair := _column(each)) is not None]
    found.compared.update(asked)
    given = len(node.args)
    plain = all(isinstance(one, ir.Compare) and one.ops == ["=="] for one in conditions)
    before = _narrowing(func.value)
    narrowed.update(id(one) for one in before)
    leaves_out = func.attr == "exclude"  # no index finds the rows that have another value
    if given == 1 and len(asked) == 1 and plain and not (before or leaves_out) and id(node) not in narrowed:
        found.alone.update(asked)


def _column(node: ir.Attribute) -> tuple[str, str] | None:
    """The class or table and the column that an attribute means: `Order.code`, `orders.c.code`."""
    if isinstance(node.value, ir.Name):
        return None if node.attr in _COLUMNS else (node.value.id, node.attr)
    inner = node.value
    of_table = isinstance(inner, ir.Attribute) and inner.attr in _COLUMNS and isinstance(inner.value, ir.Name)
    return (written(inner.value), node.attr) if of_table and isinstance(inner, ir.Attribute) else None


def owner_of(node: ir.Expr) -> str:
    """The class whose rows a query is of: `Order.objects`, `Order.query`, `session.query(Order)`, `select(Order)`."""
    while True:
        if isinstance(node, ir.Call):
            name = written(node.func).rpartition(".")[2]
            if name in ("query", "select", "get_object_or_404") and node.args and isinstance(node.args[0].value, ir.Name):
                return node.args[0].value.id
            node = node.func
        elif isinstance(node, ir.Attribute):
            if node.attr in ("objects", "query") and isinstance(node.value, ir.Name):
                return node.value.id
            node = node.value
        else:
            return ""


def _narrowing(node: ir.Expr) -> list[ir.Call]:
    """The calls of a chain that narrow the query before."""
    found: list[ir.Call] = []
    while isinstance(node, (ir.Call, ir.Attribute)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _FILTERING:
            found.append(node)
        node = node.func if isinstance(node, ir.Call) else node.value
    return found
