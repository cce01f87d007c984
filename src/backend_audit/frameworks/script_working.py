"""What the whole of a JavaScript project shows beside its routes: dropped promises, kept sessions, the work of its requests."""

from collections.abc import Iterator, Mapping

from backend_audit.flow.bindings import Bindings
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.idle_chains import IdleClasses, unasked_chains
from backend_audit.frameworks.idle_refusals import answered_in_vain
from backend_audit.frameworks.idle_validators import IdleValidators
from backend_audit.frameworks.script_sent_away import ScriptSentAway
from backend_audit.link.script_project import ScriptProject
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.lost_promises import LostPromises
from backend_audit.routes.model import RouteTable
from backend_audit.routes.openings import Openings
from backend_audit.routes.repeated import Repeated
from backend_audit.routes.script_failures import mistaken_answers
from backend_audit.routes.script_told_errors import ToldErrors
from backend_audit.routes.script_work import ScriptWork
from backend_audit.routes.sequential import Sequential
from backend_audit.routes.session_fixation import fixed_sessions
from backend_audit.routes.stampedes import Stampedes
from backend_audit.routes.thrown_later import LateThrows
from backend_audit.routes.transactions import Transactions
from backend_audit.routes.unanswered import left_unanswered
from backend_audit.routes.untimed import Untimed


def script_work_of(engine: Engine, facts: WebFacts, table: RouteTable, texts: Mapping[str, str]) -> Iterator[Concept]:
    """As `working.work_of`, for JavaScript and TypeScript; `texts`: of data models beside the code, by path."""
    if not isinstance(engine.project, ScriptProject):
        return
    yield from ScriptSentAway(engine, facts, texts).concepts()
    promises = LostPromises(engine, engine.project, facts)
    yield from promises.dropped()
    yield from promises.unhandled(table.bare)
    yield from fixed_sessions(engine, facts, table)
    yield from mistaken_answers(table)
    yield from left_unanswered(table)
    yield from ToldErrors(engine, facts, table).concepts()
    idle = IdleValidators(engine, engine.project)
    yield from idle.concepts()
    yield from idle.attached()
    yield from answered_in_vain(idle)
    yield from unasked_chains(engine, table)
    yield from IdleClasses(engine, facts, table).concepts()
    work = ScriptWork(engine, facts, table)
    yield from work.held_up()
    yield from LateThrows(work, promises).concepts()
    yield from Stampedes(work).concepts()
    yield from Openings(work).concepts()
    repeated = Repeated(work, Bindings())
    yield from repeated.concepts()
    yield from Sequential(repeated).concepts()
    yield from Transactions(work).concepts()
    yield from Untimed(work, engine.project).concepts()
