"""Where the routes and the description of the API in the repository have drifted apart."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.inventory.paths import key_of
from backend_audit.routes.model import Auth, Route, RouteTable, Verdict
from backend_audit.routes.openapi import Description, Operation
from backend_audit.source import Mark

_BELONGS = 0.5  # of a description's operations that have a route, for the file to be that of this application
_FEW = 3
_UNTOLD = "{}"  # in a route's address: what is not known
_MANY = 5  # of one kind that are told one by one
_MOST = 0.7  # of the routes beside described ones that are described, for a missing one to be an oversight
_LEFT_OUT = re.compile(r"\{([/:*.][^{}]*)\}")  # https://expressjs.com/en/guide/migrating-5.html#path-syntax
_ASIDE = frozenset(("documentation", "static files", "health and metrics", "a public page"))


@dataclass(frozen=True, slots=True)
class Drift(Concept):
    """A route and the file `description` do not agree.

    `kind`: undocumented (the file does not tell of the route), vanished (an operation without a route), unguarded (the file
    promises that callers are asked who they are, and the route asks nobody), open (so does most of what it promises that of: said
    once, with `missing`), partial (the file tells of few of the routes: said once, with `missing` of them).
    """

    kind: str = ""
    route: Route | None = None
    operation: Operation | None = None
    description: str = ""
    mark: Mark | None = None
    missing: tuple[Route, ...] = ()
    described: int = 0


def drifts(descriptions: Iterable[Description], tables: list[RouteTable]) -> Iterator[Drift]:
    """What has drifted apart, file by file."""
    routes = [one for table in tables for one in table.routes if one.kind in ("http", "library")]
    for description in descriptions:
        yield from _of_file(description, routes)


def _of_file(description: Description, routes: list[Route]) -> Iterator[Drift]:
    known: dict[str, list[Route]] = {}
    for route in routes:
        for path in _ways(route.path):
            known.setdefault(path, []).append(route)
    operations = _placed(description, known)
    met = [one for one in operations if _served(known, one)]
    if not operations or len(met) < _BELONGS * len(operations):
        return
    untold = [one for one in routes if _UNTOLD in one.path]
    for one in operations:
        if not _served(known, one) and one.method not in ("HEAD", "OPTIONS") and not _may_serve(untold, one):
            node = ir.Const(one.mark.at, one.mark.end, "str", one.shown)
            yield Drift(Site(description.path, node, "", one.shown, ""), "vanished", None, one, description.path, one.mark)
    yield from _unguarded(description, [(one, _served(known, one)) for one in met if one.secured])
    if len(met) >= _FEW:
        rests = {id(route) for one in met for route in _served(known, one) if "*" in route.path}
        yield from _undocumented(description, [one for one in routes if id(one) not in rests], met)


def _unguarded(description: Description, promised: list[tuple[Operation, list[Route]]]) -> Iterator[Drift]:
    """Routes that ask nobody, where the file says that they ask who calls."""
    asking_nobody = [(one, route) for one, routes in promised for route in routes if _asks_nobody(route)]
    if len(asking_nobody) > _MANY and len(asking_nobody) >= _MOST * len(promised):
        first = promised[0][0]
        node = ir.Const(first.mark.at, first.mark.end, "str", first.shown)
        routes = tuple(route for _, route in asking_nobody)
        site = Site(description.path, node, "", first.shown, "")
        yield Drift(site, "open", None, first, description.path, first.mark, routes, len(promised))
        return
    for one, route in asking_nobody:
        yield _about(route, "unguarded", one, description.path)


def _asks_nobody(route: Route) -> bool:
    meant = "signing in" in route.why  # who signs out need not be signed in
    return route.auth is Auth.NONE and route.verdict in (Verdict.OPEN, Verdict.PUBLIC) and not meant


def _placed(description: Description, known: dict[str, list[Route]]) -> list[Operation]:
    """The operations as the application has them: with several servers below the base that its routes have.

    A gateway may take the base off before a request arrives, or add one: where few operations are met below those that the file
    names, they are taken to stand where most of them do.
    """
    operations: dict[tuple[str, str], Operation] = {}
    for one in description.operations:
        shown = (one.method, one.shown)
        if shown not in operations or _served(known, one):
            operations[shown] = one
    named = list(operations.values())
    if sum(bool(_served(known, one)) for one in named) >= _BELONGS * len(named):
        return named
    asked: dict[str, list[Operation]] = {}
    for one in named:
        asked.setdefault(_key(one.shown), []).append(one)
    bases: Counter[str] = Counter()
    for path, routes in known.items():
        for at in (at for at, letter in enumerate(path) if letter == "/"):
            bases[path[:at]] += sum(any(_answers(route, one) for route in routes) for one in asked.get(path[at:], ()))
    base = min(bases, key=lambda one: (-bases[one], one), default="")
    moved = [replace(one, path=_key(base + one.shown)) for one in named]
    return moved if sum(bool(_served(known, one)) for one in moved) >= max(_FEW, _MOST * len(named)) else named


def _undocumented(description: Description, routes: list[Route], met: list[Operation]) -> Iterator[Drift]:
    """Routes that stand beside described ones, and are not described."""
    told = {(one.method, one.path) for one in met}
    paths = {one.path for one in met}
    beside = {place for one in met for place in (_beside(one.path), _static(one.path))}
    missed: list[Route] = []
    described = 0
    saying = {one.framework for one in routes if one.response_schema is not None}
    for route in routes:
        ways = _ways(route.path)
        path = next((one for one in ways if one in paths), ways[0])
        if _beside(path) not in beside or any(word in route.why for word in _ASIDE):
            continue
        if route.response_schema is None and route.framework in saying:  # left out on purpose
            continue
        missing = [method for method in route.methods if method not in ("HEAD", "OPTIONS") and (method, path) not in told]
        described += not missing
        if missing and (path not in paths or len(missing) == len(route.methods)):
            missed.append(route)
    if len(missed) > _FEW and described < _MOST * (described + len(missed)):
        first = met[0].mark
        node = ir.Const(first.at, first.end, "str", met[0].shown)
        site = Site(description.path, node, "", met[0].shown, "")
        yield Drift(site, "partial", None, None, description.path, first, tuple(missed), described)
        return
    for route in missed:
        yield _about(route, "undocumented", None, description.path)


def _beside(path: str) -> str:
    """What neighbours have in common: the path up to its last segment that is no parameter."""
    above, _, last = _static(path).rpartition("/")
    return above or last


def _static(path: str) -> str:
    """A path without its parameters."""
    return "/".join(one for one in path.strip("/").split("/") if one != "{}")


def _served(known: dict[str, list[Route]], one: Operation) -> list[Route]:
    """The routes that answer an operation: those of its path, else one for all that lies below: `/files/*path`."""
    found = [route for route in known.get(one.path, ()) if _answers(route, one)]
    if not found:  # a parameter stands for any segment, and for a place that the code does not tell
        found = [route for path, routes in known.items() if _may_be(path, one.path) for route in routes if _answers(route, one)]
    if found or not one.path.endswith("/{}"):
        return found
    above = one.path.removesuffix("{}")
    rests = (routes for path, routes in known.items() if path.startswith(above + "*"))
    return [route for routes in rests for route in routes if _answers(route, one)]


def _may_serve(untold: list[Route], one: Operation) -> bool:
    """Whether a route answers an operation whose address the code does not tell to its end: `/v1{}`."""
    return any(one.path.startswith(_key(route.path.partition(_UNTOLD)[0])) and _answers(route, one) for route in untold)


def _may_be(path: str, described: str) -> bool:
    """Whether a route's path fits a described one where it has parameters, and says its last word itself."""
    own, told = path.split("/"), described.split("/")
    last = next((at for at in range(len(told) - 1, -1, -1) if told[at] != "{}"), 0)
    fits = len(own) == len(told) and own[last] == told[last] != ""
    return fits and all(one in (each, "{}") for one, each in zip(own, told, strict=True))


def _key(path: str) -> str:
    """A path as it is compared: neither the names of parameters nor capitals make a difference, as in Express."""
    return key_of(path).lower()


def _ways(path: str) -> list[str]:
    """The paths that one is for, as they are compared: with and without what Express 5 lets be left out, `/log{/:offset}`."""
    found = [path]
    while _LEFT_OUT.search(found[-1]):
        found = [one for each in found for one in (_LEFT_OUT.sub("", each, count=1), _LEFT_OUT.sub(r"\1", each, count=1))]
    return [_key(one) for one in found]


def _answers(route: Route, one: Operation) -> bool:
    return not route.methods or one.method in route.methods


def _about(route: Route, kind: str, operation: Operation | None, description: str) -> Drift:
    return Drift(route.site(), kind, route, operation, description, route.mark)
