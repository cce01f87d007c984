"""Routes that a served description tells of, without saying what they answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.intent import intent
from backend_audit.routes.model import Route, RouteTable
from backend_audit.routes.naming import own_name
from backend_audit.source import Language

_ENOUGH = 0.5  # of all routes that say it, for a file's silence to be an oversight
_NO_DATA = ("Redirect", "redirect", "FileResponse", "StreamingResponse", "HTMLResponse", "TemplateResponse", "PlainTextResponse")
_PAGES = frozenset(("redirect", "sendFile", "render", "view", "download"))
_OWN_BYTES = re.compile(r"(^|[a-z_])Response$")
_JSON = re.compile(r"JSON|Json")
_FEW = 3


@dataclass(frozen=True, slots=True)
class Undescribed(Concept):
    """`routes` do not declare what they answer, of `total` in the same file; `whole`: of the whole project, which hardly does."""

    routes: tuple[Route, ...] = ()
    total: int = 0
    whole: bool = False


def undescribed(table: RouteTable) -> Iterator[Undescribed]:
    """One for each file, or one for a project in which most routes say nothing."""
    if "openapi" not in table.signs:
        return
    asked = [one for one in table.routes if one.response_schema is not None and one.kind == "http" and _asked(one)]
    lacking = [one for one in asked if not one.response_schema]
    if not lacking or len(asked) < _FEW:
        return
    if len(asked) - len(lacking) < _ENOUGH * len(asked):
        yield _made(lacking, len(asked), whole=True)
        return
    for path in sorted({one.mark.path for one in lacking}):
        yield _made([one for one in lacking if one.mark.path == path], sum(one.mark.path == path for one in asked), whole=False)


def _made(routes: Sequence[Route], total: int, *, whole: bool) -> Undescribed:
    first = min(routes, key=lambda one: (one.mark.path, one.mark.at))
    others = [one for one in routes if one is not first]
    return Undescribed(first.site(), (first, *others), total, whole)


def _asked(route: Route) -> bool:
    return answers_with_data(route) and not route.bare  # many a description leaves out what has no tags


def answers_with_data(route: Route) -> bool:
    """Whether a route answers with data that a client would want to know: not a file, a page or nothing at all."""
    handler = route.handler
    if handler is None or set(route.methods) == {"DELETE"} or "health" in intent(route.path, own_name(route), ("GET",)):
        return False
    if handler.module.node.language is not Language.PYTHON:
        return not any(_shows_page(one) for one in handler.scope)
    returned = [one.value for one in handler.scope.of(ir.Return) if one.value is not None]
    return bool(returned) and not any(_is_file(handler, one, raw=route.framework == "fastapi") for one in returned)


def _shows_page(node: ir.Node) -> bool:
    """Whether it makes the answer of a script's handler a page or a file, or leads to one."""
    if isinstance(node, ir.Const):
        return isinstance(node.value, str) and node.value.startswith("text/html")
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _PAGES


def _is_file(handler: FunctionSymbol, node: ir.Expr, *, raw: bool) -> bool:
    """Whether an answer is a file, a page, or (`raw`: a plain response holds them) whatever bytes the handler makes."""
    told = [node, *([handler.node.returns] if handler.node.returns is not None else [])]
    written = [one for one in ir.walk_scope(*told) if isinstance(one, (ir.Name, ir.Attribute))]
    names = [one.id if isinstance(one, ir.Name) else one.attr for one in written]
    plain = raw and any(_OWN_BYTES.search(name) and not _JSON.search(name) for name in names)
    return plain or any(word in name for name in names for word in _NO_DATA)
