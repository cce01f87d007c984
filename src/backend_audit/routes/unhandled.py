"""Applications in which nothing answers the errors that handlers let through."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.routes.model import RouteTable
from backend_audit.source import Mark

_FEW = 3
_HANDLED = "error-handler"


@dataclass(frozen=True, slots=True)
class UnhandledErrors(Concept):
    """`framework` answers as it comes; `routes` of them are there; `some`: particular errors have handlers."""

    framework: str = ""
    routes: int = 0
    some: bool = False


def unhandled(table: RouteTable) -> Iterator[UnhandledErrors]:
    """The first application of a table without a handler for all errors."""
    served = [one for one in table.routes if one.kind == "http" and one.handler is not None]
    made: list[Mark] = table.spots.get("application", [])
    if len(served) < _FEW or not made or _HANDLED in table.signs:
        return
    first = made[0]
    if first.note not in _ANSWERS:
        return
    routes = [one for one in served if one.framework == first.note.lower()]
    if len(routes) >= _FEW:
        site = Site(first.path, ir.Const(first.at, first.end, "str", first.note), "", first.note, "")
        yield UnhandledErrors(site, first.note, len(routes), "some-error-handler" in table.signs)


_ANSWERS = frozenset(("Express", "Fastify", "FastAPI", "Flask", "Koa"))  # Django has `DEBUG` and templates of its own
