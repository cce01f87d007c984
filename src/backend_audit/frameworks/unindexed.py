"""Columns without an index that rows are looked up by: of mapped classes, data models and statements in SQL, in one place."""

from collections.abc import Callable, Iterator, Mapping

from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.answered import statements_of
from backend_audit.frameworks.core_tables import unindexed_in_core
from backend_audit.frameworks.indexes import FEW_VALUES, Indexed, UnindexedColumn, mapped_tables, together, unindexed_columns
from backend_audit.frameworks.node_models import columns_in_node, unindexed_in_node
from backend_audit.frameworks.prisma_schemas import mapped_in_prisma, unindexed_in_prisma
from backend_audit.frameworks.script_lookups import ScriptLookups, script_lookups_of, word_of
from backend_audit.frameworks.sql_tables import SqlColumn, SqlTables
from backend_audit.frameworks.whole_lists import FEW
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.facts import WebFacts

_TEXTS = frozenset("text varchar char character uuid nvarchar citext string".split())


def unindexed(
    engine: Engine, facts: WebFacts, texts: Mapping[str, str], made: Callable[[], SqlTables]
) -> Iterator[UnindexedColumn]:
    """Kind by kind, each in the order of the code. `texts`: the files that make tables, by path; `made`: what all say of them."""
    tables, indexed, lookups = made(), Indexed(texts), ScriptLookups()
    if isinstance(engine.project, ScriptProject):
        columns = columns_in_node(engine)
        lookups = script_lookups_of(engine) if columns or tables.columns else lookups
        yield from unindexed_in_prisma(engine, texts)
        yield from unindexed_in_node(columns, lookups, indexed, tables)
        mapped = {word for one in columns for word in one.words} | {word_of(one) for one in mapped_in_prisma(texts)}
    else:
        yield from unindexed_columns(engine, indexed)
        yield from unindexed_in_core(engine, indexed)
        mapped = {word_of(one) for one in mapped_tables(engine)} if tables.columns else set()
    yield from _in_statements(engine, facts, lookups, tables, indexed, mapped)


def _in_statements(
    engine: Engine, facts: WebFacts, lookups: ScriptLookups, tables: SqlTables, indexed: Indexed, mapped: set[str]
) -> Iterator[UnindexedColumn]:
    """Columns of tables that statements make and no mapper knows, by which statements (and builders) look rows up."""
    if not tables.columns:
        return
    for one in statements_of(facts):
        if one.select.table and not one.select.others:
            lookups.take(word_of(one.select.table), one.select.compared, one.sql.site)
    judged = {module.path for module in engine.project.modules.values()}
    found: list[UnindexedColumn] = []
    for table, columns in tables.columns.items():
        covered = {one.name for one in columns if (table, one.name) in tables.covered or indexed.covers(table, one.name)}
        for column in columns if word_of(table) not in mapped else ():
            if column.name not in covered:
                target = column.target or tables.foreign.get((table, column.name), "")
                asked = _asked(table, column, target, covered, lookups)
                if asked is not None:  # migrations are read and not judged: told where the rows are looked up
                    site = Site(column.path, column.node, "", column.name, table) if column.path in judged else asked
                    few = bool(FEW.search(table) or FEW.search(target))
                    found.append(UnindexedColumn(site, "reference" if target else "looked-up", table, column.name, target, few))
    yield from together(found)


def _asked(table: str, column: SqlColumn, target: str, covered: set[str], lookups: ScriptLookups) -> Site | None:
    words, names = [word_of(table)], {column.name}
    if target:
        return None if lookups.indexes_references else lookups.asks(words, names, covered, alone=False)
    if column.kind not in _TEXTS or FEW_VALUES.search(column.name):
        return None
    return lookups.asks(words, names, covered, alone=True)
