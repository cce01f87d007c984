"""Answers that are made for one caller and kept for all: by a cache in front of the handler, or by the header that allows it.

https://docs.djangoproject.com/en/stable/topics/cache/#using-vary-headers,
https://www.django-rest-framework.org/api-guide/caching/, https://www.rfc-editor.org/rfc/rfc9111#name-storing-responses-to-authen
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, HeaderWrite
from backend_audit.flow.engine import Engine
from backend_audit.flow.work_concepts import AnswerCache
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.model import Auth, Does, Guard, Route, RouteTable
from backend_audit.routes.shared_keys import shared_keys, told_callers

_CALLER = re.compile(
    r"^(?:self\.)?(?:request|req|ctx|ctx\.state|res\.locals|reply\.request|g|flask\.g|request\.state)\.(?:user|auth|account|current_user|"
    r"userId|user_id|identity|member|tenant|organization)\b|^current_user\b|^(?:self\.)?(?:request|req|ctx)\.session\b"
)
_ASKED = re.compile(r"get_jwt_identity|get_current_user|current_user_id|getUser$|getSession$|currentUser$")
_VARIES = re.compile(r"vary_on|never_cache|patch_vary|add_never_cache|appendKey|append_key|no_store|private")
_CHOOSING = ("get_queryset", "get_object", "get_context_data", "filter_queryset")
_READS = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class SharedAnswer(Concept):
    """`kind`: before (kept in front of `guard`, which asks who calls), kept (made for one caller), allowed (to shared caches).

    "keyed": the handler itself keeps what it makes for its caller, under one name for all.
    """

    kind: str = ""
    route: Route | None = None
    guard: Guard | None = None
    caller: str = ""  # how the handler takes the caller, as written


def shared_answers(engine: Engine, facts: WebFacts, table: RouteTable) -> Iterator[SharedAnswer]:
    """The routes whose answers others get: of signed-in callers, and those that differ by whether somebody has signed in."""
    kept = (one for one in facts.caches if one.timeout is None or not one.timeout.value.is_just(0))
    caches = {(one.site.path, one.site.call.at): one for one in kept if one.site.call is not None}
    headers: dict[str, list[HeaderWrite]] = {}
    for function, header in facts.headers:
        headers.setdefault(function.key, []).append(header)
    for write, route, caller in shared_keys(engine, facts, table):
        yield SharedAnswer(write.site, "keyed", route, None, caller)
    for route in table.routes if caches or headers else ():
        if route.handler is None or (route.methods and not _READS & set(route.methods)):
            continue
        if any(_VARIES.search(name) for name in _told(route)):
            continue
        callers = [_caller(one) for one in (route.handler, *_beside(engine, route))]
        callers += sorted(told_callers(engine, route.handler, route) & {one.id for one in route.handler.scope.of(ir.Name)})
        caller = next((one for one in callers if one), "")
        if caller or route.auth is Auth.REQUIRED:
            yield from _kept(route, caches, caller)
        if route.auth is Auth.REQUIRED and caller:
            yield from _allowed(route, headers.get(route.handler.key, []), caller)


def _beside(engine: Engine, route: Route) -> Iterator[FunctionSymbol]:
    """The methods of a class-based view that say which objects it answers with."""
    if route.owner is None:
        return
    for name in _CHOOSING:
        method = engine.find_method(route.owner, name)
        if method is not None:
            yield method


def _kept(route: Route, caches: dict[tuple[str, int], AnswerCache], caller: str) -> Iterator[SharedAnswer]:
    for at, guard in enumerate(route.guards):
        cache = caches.get((guard.mark.path, guard.mark.at)) if guard.mark is not None else None
        if cache is None or cache.key is not None or (cache.public is not None and not cache.public.value.is_just(value=True)):
            continue
        later = next((one for one in route.guards[at + 1 :] if one.has(Does.AUTHENTICATES) and one.via == guard.via), None)
        if cache.public is not None:
            if caller:
                yield SharedAnswer(cache.site, "allowed", route, None, caller)
        elif later is not None:
            yield SharedAnswer(cache.site, "before", route, later, caller)
        elif caller and not cache.arguments:
            yield SharedAnswer(cache.site, "kept", route, None, caller)


def _allowed(route: Route, headers: list[HeaderWrite], caller: str) -> Iterator[SharedAnswer]:
    for header in headers:
        texts = header.value.value.texts() if header.value is not None else ()
        if texts and all("public" in one.lower() and "private" not in one.lower() for one in texts):
            yield SharedAnswer(header.site, "allowed", route, None, caller)


def _told(route: Route) -> Iterator[str]:
    """The names of what stands before a handler, and of what it calls itself."""
    yield from (guard.name for guard in route.guards)
    if route.handler is not None:
        nodes = ir.walk_scope(*route.handler.node.decorators, *route.handler.node.body)
        yield from (written(one.func) for one in nodes if isinstance(one, ir.Call))


def _caller(handler: FunctionSymbol) -> str:
    """How a handler takes the caller that it answers, as written; "" where it does not."""
    for node in handler.scope:
        if isinstance(node, (ir.Attribute, ir.Name)) and _CALLER.search(written(node)):
            return written(node)
        if isinstance(node, ir.Call) and _ASKED.search(written(node.func)):
            return f"{written(node.func)}()"
    return ""
