"""What statements in SQL ask for and need not: all rows of a table for one answer, all columns of rows that go out.

https://www.postgresql.org/docs/current/queries-limit.html, https://use-the-index-luke.com/blog/2013-08/its-not-about-the-star-stupid
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.answered import Answered, AnsweredRows, Statement
from backend_audit.frameworks.sql_tables import SqlTables, plain
from backend_audit.frameworks.whole_lists import ENDS_IN_ONE, FEW, WholeList, cuts
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.work import Habit, Work, as_practice
from backend_audit.source import Mark

_WIDE = 15
_NARROW = 4
_LARGE = frozenset("bytea blob longblob mediumblob longtext mediumtext jsonb json image varbinary".split())


@dataclass(frozen=True, slots=True)
class StarSelected(Habit):
    """All columns of `table` are read. `route` answers with the rows (None where nothing goes out, and the table is wide).

    `columns`: how many the table has, 0 where that is not known; `large`: those that hold much.
    """

    table: str = ""
    route: Route | None = None
    columns: int = 0
    large: tuple[str, ...] = ()


def statement_habits(engine: Engine, facts: WebFacts, table: RouteTable, tables: Callable[[], SqlTables]) -> Iterator[Concept]:
    """Whole tables that are answered, then stars, in the order of the routes and of the code."""
    answered = Answered(engine, facts, table)
    if not answered.statements:
        return
    rows = list(answered.rows())
    yield from _whole(rows)
    told: set[int] = set()
    going: list[StarSelected] = []
    for one in rows:
        if one.whole and id(one.statement.call) not in told:
            told.add(id(one.statement.call))
            going += _starred(one.statement, tables(), one.route, ())
    yield from as_practice(going)
    work = Work(engine, facts, table)
    for statement in answered.statements:
        if id(statement.call) not in told and statement.function.key in work.serving:
            for found in _starred(statement, tables(), None, work.way(work.serving, statement.function)):
                if found.columns >= _WIDE or found.large:
                    yield found


def _whole(rows: list[AnsweredRows]) -> Iterator[WholeList]:
    """Answers that are all rows of a table."""
    told: set[int] = set()
    for one in rows:
        select, route = one.statement.select, one.route
        if not one.many or select.limited or select.computed or select.open or not select.table or route.handler is None:
            continue
        reads = "GET" in route.methods or not route.methods
        if not reads or ENDS_IN_ONE.search(route.path) or cuts(route.handler) or cuts(one.statement.function):
            continue
        if id(one.statement.call) not in told:
            told.add(id(one.statement.call))
            site = one.statement.sql.site
            way = (Mark(site.path, site.node.at, site.node.end, f"all rows of `{select.table}`"),)
            few = bool(FEW.search(select.table))
            yield WholeList(site, route, f"`{select.table}`", "statement", select.filtered, few, way)


def _starred(statement: Statement, tables: SqlTables, route: Route | None, way: tuple[Mark, ...]) -> Iterator[StarSelected]:
    select = statement.select
    name = select.table
    starred = any(not one or one.lower() in (select.alias.lower(), plain(name)) for one in select.stars)
    if not starred or not name or select.computed:
        return
    columns = tables.columns.get(plain(name), [])
    if columns and len(columns) <= _NARROW:
        return
    large = tuple(one.name for one in columns if one.kind in _LARGE)
    yield StarSelected(statement.sql.site, way, table=name, route=route, columns=len(columns), large=large)
