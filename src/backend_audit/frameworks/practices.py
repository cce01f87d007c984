"""What a project's own practice shows to be missing somewhere: looked for where modes beyond the default ask for it."""

from collections.abc import Callable, Iterator

from backend_audit.flow.concepts import Concept
from backend_audit.frameworks.deleted_rows import kept_deleted
from backend_audit.frameworks.error_bodies import ErrorBodies
from backend_audit.frameworks.script_whole_lists import ScriptWholeLists
from backend_audit.frameworks.sql_tables import SqlTables
from backend_audit.frameworks.statements import statement_habits
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.audited import unaudited
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.health import health_routes
from backend_audit.routes.model import RouteTable
from backend_audit.routes.printed import printed
from backend_audit.routes.shared_answers import shared_answers
from backend_audit.routes.undescribed import undescribed
from backend_audit.routes.unhandled import unhandled
from backend_audit.routes.untold import untold
from backend_audit.routes.work import Work


def practices_of(
    behaviours: Behaviours, facts: WebFacts, table: RouteTable, tables: Callable[[], SqlTables]
) -> Iterator[Concept]:
    """Kind by kind, each in the order of the table or of the code. `tables`: what statements in SQL make, where it is asked."""
    if not table.routes:
        return
    engine = behaviours.engine
    yield from health_routes(behaviours, table)
    yield from unhandled(table)
    yield from unaudited(engine, table)
    yield from kept_deleted(engine, table)
    yield from shared_answers(engine, facts, table)
    yield from undescribed(table)
    yield from untold(behaviours, table)
    yield from ErrorBodies(engine, table).concepts()
    yield from statement_habits(engine, facts, table, tables)
    if isinstance(engine.project, ScriptProject):
        yield from ScriptWholeLists(engine, facts, table).concepts()
    if "structured-logging" in table.signs and facts.prints:
        yield from printed(Work(engine, facts, table), facts.prints, table)
