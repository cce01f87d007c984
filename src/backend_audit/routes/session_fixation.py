"""Logins that keep the session that the caller came with: who set that session before the login is logged in as well.

https://github.com/expressjs/session#sessionregeneratecallback, https://github.com/fastify/session#requestsessionregenerate
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import RouteTable
from backend_audit.routes.script_promises import own_statements

_STORED = "express-session"  # sessions that a server keeps under an id; those in the cookie itself have none to fix
_WHO = re.compile(
    r"^(?:(?:current|logged_?in|auth(?:enticated)?)_?)?(?:user|account|member|customer|admin|employee)(?:_?(?:id|name|data|info))?$|"
    r"^(?:is_?)?(?:logged_?in|admin|auth(?:enticated|orized)?)$|^uid$|^username$",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"log_?in|sign_?in|sign_?on|authenticat|passw|passwd|pwd|credential|bcrypt|argon|verify|compare|oauth", re.IGNORECASE
)
_RENEWS = re.compile(r"regenerate|rotate_?session|renew|new_?session|fresh_?session", re.IGNORECASE)
_HOLDERS = ("req.session", "request.session")


@dataclass(frozen=True, slots=True)
class FixedSession(Concept):
    """A login writes who the caller is into the session that the caller brought. `name`: what is written, as `user`."""

    name: str = ""


def fixed_sessions(engine: Engine, facts: WebFacts, table: RouteTable) -> Iterator[FixedSession]:
    """The logins of a server that keeps sessions, in path order, one a function."""
    if not any(one.site.api == _STORED for one in facts.sessions.values()):
        return
    paths: dict[str, str] = {}
    for route in table.routes:
        if route.handler is not None:
            paths[route.handler.key] = f"{paths.get(route.handler.key, '')} {route.path}"
    for function in engine.project.functions():
        found = next(_written(function.node.body), None)
        if found is None:
            continue
        outer = _outermost(function)
        around = [outer.node] if outer.key in paths else function.module.node.body
        if _is_signed_in(outer, found[0]):
            continue
        words = " ".join((outer.name, paths.get(outer.key, ""), *_words([outer.node])))
        if _LOGIN.search(words) and not any(_RENEWS.search(word) for word in _words(around)):
            node, name = found
            site = Site(
                function.module.path, node, "", written(node), function.name, None, (), function.node, function.module.node
            )
            yield FixedSession(site, name)


def _written(body: Sequence[ir.Stmt]) -> Iterator[tuple[ir.Expr, str]]:
    """`req.session.user = found`, with the name; not where it is taken away."""
    for one in own_statements(body):
        for target in one.targets if isinstance(one, ir.Assign) and not one.op else ():
            if not isinstance(target, ir.Attribute) or not isinstance(one, ir.Assign):
                continue
            emptied = isinstance(one.value, ir.Const) and not one.value.value
            if written(target.value) in _HOLDERS and _WHO.match(target.attr) and not emptied:
                yield target, target.attr


def _is_signed_in(function: FunctionSymbol, target: ir.Expr) -> bool:
    """Whether a function has read a part of the caller that the session names by then: it keeps what has changed of them."""
    reads = (one.value for one in ir.walk(*function.node.body) if isinstance(one, ir.Attribute) and one.at < target.at)
    return any(isinstance(one, ir.Attribute) and written(one.value) in _HOLDERS and _WHO.match(one.attr) for one in reads)


def _outermost(function: FunctionSymbol) -> FunctionSymbol:
    """The handler that a function stands in: the nearest one around it that is given a request, else the outermost."""
    while function.parent is not None and function.parent.node.params and not _is_handler(function):
        function = function.parent
    return function


def _is_handler(function: FunctionSymbol) -> bool:
    return any(param.name.lstrip("_") in ("req", "request", "ctx") for param in function.node.params[:2])


def _words(body: Sequence[ir.Node]) -> Iterator[str]:
    """Every name below `body`, functions written there included."""
    for node in ir.walk(*body):
        if isinstance(node, ir.Name):
            yield node.id
        elif isinstance(node, ir.Attribute):
            yield node.attr
