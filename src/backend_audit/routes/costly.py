"""Routes of which each call costs money or much of the machine: what they reach."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.work_concepts import CostlyCall
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Does, Route
from backend_audit.routes.reach import reached
from backend_audit.source import Mark

_DEPTH = 3
_SEARCHES = frozenset("search find autocomplete suggest suggestions lookup".split())
_LIKE = frozenset("ilike like icontains iLike".split())
_LIKE_KEY = re.compile(r"__i?(contains|regex)$|^\$(regex|iLike|like)$")
_NO_PEOPLE = re.compile(r"webhook|callback|hook|cron|internal", re.IGNORECASE)  # other programs call them, at their own pace


class Costs:
    """Finds them; `of` is asked once a route."""

    def __init__(self, behaviours: Behaviours) -> None:
        self.behaviours = behaviours
        self._own: dict[str, list[CostlyCall]] = {}
        for function, concept in behaviours.facts.work:
            if isinstance(concept, CostlyCall):
                self._own.setdefault(function.key, []).append(concept)

    def of(self, route: Route) -> tuple[str, Mark] | None:
        """What a call of it costs (a kind of `CostlyCall`, or "search"), and where; nothing for administrators' routes."""
        if (
            route.kind != "http"
            or route.handler is None
            or _NO_PEOPLE.search(route.path)
            or route.guarded(Does.AUTHORIZES, Does.REJECTS)
        ):
            return None
        for function in self._reached(route.handler) if self._own else ():
            for concept in self._own.get(function.key, ()):
                site = concept.site
                return concept.kind, Mark(function.module.path, site.node.at, site.node.end, f"`{site.written}`")
        return self._search(route.handler) if _SEARCHES & set(words_of(route.path)) else None

    def _reached(self, handler: FunctionSymbol) -> Iterator[FunctionSymbol]:
        """The handler and what it calls, the nearest first."""
        for level in reached(self.behaviours.engine, handler, _DEPTH + 1, within=True):
            yield from level

    def _search(self, handler: FunctionSymbol) -> tuple[str, Mark] | None:
        """A comparison with a pattern, which no index helps: `Item.name.ilike(…)`, `name__icontains=…`, `{$regex: …}`."""
        for function in self._reached(handler):
            for node in function.scope:
                if _compares(node):
                    return "search", Mark(function.module.path, node.at, node.end, "compares with a pattern")
        return None


def _compares(node: ir.Node) -> bool:
    if isinstance(node, ir.Call):
        named = isinstance(node.func, ir.Attribute) and node.func.attr in _LIKE
        return named or any(one.name is not None and _LIKE_KEY.search(one.name) for one in node.args)
    if isinstance(node, ir.Attribute):
        return node.attr == "iLike"  # `{[Op.iLike]: …}`
    if isinstance(node, ir.Const):
        return isinstance(node.value, str) and _LIKE_KEY.search(node.value) is not None
    return False
