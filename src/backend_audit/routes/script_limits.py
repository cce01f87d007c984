"""Limits that a handler asks for itself: `await limiter.consume(req.ip)` in its body or in a helper of its."""

from collections.abc import Callable

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviour
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.reach import reached
from backend_audit.source import Mark

_LEVELS = 3
_TOO_MANY = 429


def counted(engine: Engine, facts: WebFacts, own: Callable[[FunctionSymbol], Behaviour], handler: FunctionSymbol) -> Guard | None:
    """What limits the calls of a handler behind its first line: a library that it asks, or a function that answers 429."""
    for one in (one for level in reached(engine, handler, _LEVELS, within=True) for one in level):
        asked = next(iter(facts.limits.get(one.key, ())), None)
        if asked is not None:
            mark = Mark(one.module.path, asked.site.node.at, asked.site.node.end, asked.site.written)
            return Guard(asked.site.written, frozenset((Does.LIMITS,)), "body", mark, one, "counts the calls")
        if _TOO_MANY in own(one).denies:
            mark = Mark(one.module.path, one.node.at, one.node.name_end, one.node.name)
            return Guard(one.node.name, frozenset((Does.LIMITS,)), "body", mark, one, "answers 429")
    return None
