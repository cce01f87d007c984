"""The work of a project's requests as concepts: what holds up, what is asked again and again."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.concepts import Concept
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.entities import Entities
from backend_audit.frameworks.lazy import LazyLoads
from backend_audit.frameworks.loads import Loads
from backend_audit.frameworks.object_reads import ObjectReads
from backend_audit.frameworks.overridden import Overridden
from backend_audit.frameworks.python_sent_away import PythonSentAway
from backend_audit.frameworks.relations import Relations
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.serialized import SerializedLoads
from backend_audit.frameworks.whole_lists import WholeLists
from backend_audit.routes.busy import heavy_requests
from backend_audit.routes.commits import Commits
from backend_audit.routes.dropped_coroutines import dropped_coroutines
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import RouteTable
from backend_audit.routes.openings import Openings
from backend_audit.routes.repeated import Repeated
from backend_audit.routes.sequential import Sequential
from backend_audit.routes.stampedes import Stampedes
from backend_audit.routes.transactions import Transactions
from backend_audit.routes.work import Work


def work_of(engine: Engine, facts: WebFacts, table: RouteTable) -> Iterator[Concept]:
    """What the work of the requests in `table` shows, kind by kind, each in the order of the code."""
    work = Work(engine, facts, table)
    schemas, bindings = Schemas(engine), Bindings()
    yield from PythonSentAway(engine, facts).concepts()
    yield from work.blocked()
    yield from dropped_coroutines(engine)
    yield from Overridden(engine, facts).concepts()
    yield from heavy_requests(work)
    yield from Stampedes(work).concepts()
    yield from Openings(work).concepts()
    repeated = Repeated(work, bindings)
    yield from repeated.concepts()
    yield from Sequential(repeated).concepts()
    loads = Loads(Entities(schemas), Relations(schemas), bindings)
    reads = ObjectReads(loads.relations)
    yield from LazyLoads(loads, reads, work).concepts()
    yield from SerializedLoads(loads, reads, work, table).concepts()
    yield from WholeLists(loads, table).concepts()
    if not _held_by_requests(engine):
        yield from Transactions(work).concepts()
    yield from Commits(work).concepts()


def _held_by_requests(engine: Engine) -> bool:
    """Whether Django's settings put each request into a transaction (`ATOMIC_REQUESTS`)."""
    stating = (one for one in engine.project.modules.values() if "DATABASES" in engine.environment(one))
    return any(
        isinstance(node, ir.Const) and node.value == "ATOMIC_REQUESTS"
        for one in stating
        for node in ir.walk_scope(*one.node.body)
    )
