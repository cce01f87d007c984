"""Columns without an index in tables of SQLAlchemy's core: `notes = Table("notes", metadata, Column("owner_id", …))`.

https://docs.sqlalchemy.org/en/20/core/metadata.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.definitions import name_of, top_level
from backend_audit.frameworks.indexes import (
    FEW_VALUES,
    TEXTS,
    Constraints,
    Indexed,
    UnindexedColumn,
    is_indexed,
    refers,
    together,
)
from backend_audit.frameworks.lookups import Lookups, lookups_of
from backend_audit.frameworks.whole_lists import FEW
from backend_audit.link.symbols import ModuleSymbol

_MAPPING = frozenset(("mapper", "map_imperatively"))


@dataclass(frozen=True, slots=True)
class _Table:
    module: ModuleSymbol
    variable: str
    name: str
    columns: tuple[ir.Call, ...]


def unindexed_in_core(engine: Engine, indexed: Indexed) -> Iterator[UnindexedColumn]:
    """In the order of the code. `indexed`: what migrations put indexes on."""
    tables = [*_tables(engine)]
    if not tables:
        return
    lookups, constraints = lookups_of(engine), Constraints(engine)
    classes = {table: owner for module in engine.project.modules.values() for owner, table in _mapped(module)}
    found: list[UnindexedColumn] = []
    for table in tables:
        words = {table.variable, classes.get(table.variable, table.variable)}
        covered = constraints.inside(table.module)
        for call in table.columns:
            name = call.args[0].value
            if not isinstance(name, ir.Const) or str(name.value) in covered or is_indexed(call):
                continue
            column = str(name.value)
            target = refers(engine, table.module, call)
            if not indexed.covers(table.name, column) and _is_asked(engine, table, call, column, target, words, lookups):
                site = Site(table.module.path, name, "", column, table.variable, module=table.module.node)
                few = bool(FEW.search(table.name) or FEW.search(target))
                kind = "reference" if target else "looked-up"
                found.append(UnindexedColumn(site, kind, table.name, column, target, few))
    yield from together(found)


def _is_asked(engine: Engine, table: _Table, call: ir.Call, column: str, target: str, words: set[str], lookups: Lookups) -> bool:
    """Whether rows are looked up by a column: by what it refers to, or by it alone where it holds texts."""
    if target:
        return not lookups.indexes_references and any((word, column) in lookups.compared for word in words)
    kinds = {
        name_of(engine, table.module, one.func if isinstance(one, ir.Call) else one) for one in (arg.value for arg in call.args)
    }
    alone = any((word, column) in lookups.alone for word in words)
    return alone and bool(kinds & TEXTS) and not FEW_VALUES.search(column)


def _tables(engine: Engine) -> Iterator[_Table]:
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        body = [*top_level(module.node.body)]
        if not any(isinstance(one, ir.Import) and one.module.startswith("sqlalchemy") for one in body):
            continue
        for node in body:
            made = node.value if isinstance(node, ir.Assign) else None
            if not isinstance(node, ir.Assign) or not isinstance(made, ir.Call) or not isinstance(node.targets[0], ir.Name):
                continue
            name = made.args[0].value if made.args else None
            if isinstance(name, ir.Const) and name_of(engine, module, made.func) == "Table":
                given = (arg.value for arg in made.args)
                columns = (one for one in given if isinstance(one, ir.Call) and one.args)
                kept = tuple(one for one in columns if name_of(engine, module, one.func) == "Column")
                yield _Table(module, node.targets[0].id, str(name.value), kept)


def _mapped(module: ModuleSymbol) -> Iterator[tuple[str, str]]:
    """Classes and the tables that they are mapped to: `registry.map_imperatively(Note, notes)`."""
    for one in module.nodes.of(ir.Call):
        called = one.func.attr if isinstance(one.func, ir.Attribute) else one.func.id if isinstance(one.func, ir.Name) else ""
        given = [arg.value.id for arg in one.args[:2] if isinstance(arg.value, ir.Name)]
        if called in _MAPPING and len(given) == 2:
            yield given[0], given[1]
