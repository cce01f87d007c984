"""Applications in which nothing answers the errors that handlers let through."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.routes.model import Route, RouteTable
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
    """The main application of a table without a handler for all errors."""
    if _HANDLED in table.signs:
        return
    served = [one for one in table.routes if one.kind == "http" and one.handler is not None]
    made = [(mark, _of(mark, served)) for mark in table.spots.get("application", []) if mark.note in _ANSWERS]
    made.sort(key=lambda pair: -_weight(pair[0], pair[1]))  # stable
    first, routes = next(iter(made), (None, []))
    if first is not None and len(routes) >= _FEW:
        site = Site(first.path, ir.Const(first.at, first.end, "str", first.note), "", first.note, "")
        yield UnhandledErrors(site, first.note, len(routes), "some-error-handler" in table.signs)


def _of(mark: Mark, served: list[Route]) -> list[Route]:
    """The routes of the application that is made there; where nothing tells applications apart, those of its framework."""
    own = [one for one in served if one.app.startswith(f"{mark.path}:")]
    return own or [one for one in served if not one.app and one.framework == mark.note.lower()]


def _weight(mark: Mark, routes: list[Route]) -> int:
    """How much of the project an application is: its routes, and how near to it most of them are registered."""
    folder = mark.path.rpartition("/")[0]
    near = sum(one.registered.path == mark.path for one in routes)
    below = sum(not folder or one.registered.path.startswith(f"{folder}/") for one in routes)
    return 4 * near + below + sum(one.app.startswith(f"{mark.path}:") for one in routes)


_ANSWERS = frozenset(("Express", "Fastify", "FastAPI", "Flask", "Koa"))  # Django has `DEBUG` and templates of its own
