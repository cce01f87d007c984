"""Redirects of a Node server to a piece of the address that it was asked for: `//evil.example/` is asked for like any path.

`res.redirect(301, req.path.slice(0, -1))` sends whoever asks for `//evil.example/` to `//evil.example`, which is another site.
Only a handler that runs at every address can be asked for such a path.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to, scope
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.written import last_word
from backend_audit.source import SCRIPTS

_PATHS = frozenset(("path", "url", "originalUrl"))
_FRAMEWORKS = ("express.", "http.", "koa.")
_REQUESTS = frozenset(("req", "request", "_req"))
_CONTEXTS = frozenset(("ctx", "context"))
_CHANGES = frozenset(("slice", "substr", "substring", "replace", "replaceAll", "concat"))
_VERBS = frozenset("get head post put patch delete all use route".split())
_EVERYWHERE = frozenset(("", "/", "*", "/*", "(.*)", "/(.*)", "/{*splat}", "/*splat", "{*splat}"))
_THIRD = 2


def leads_away(site: Site, location: Operand, origin: Origin) -> bool:
    """Whether `origin` is the request's own path, and the redirect leads to a changed form of it wherever it was asked for."""
    head, _, last = str(origin.key[0]).rpartition(".")
    if last not in _PATHS or not f"{head}.".startswith(_FRAMEWORKS) or site.module is None or site.module.language not in SCRIPTS:
        return False
    return is_changed(location.node, site, _CHANGES) and _is_everywhere(site)


def is_changed(node: ir.Expr | None, site: Site, methods: frozenset[str]) -> bool:
    """Whether a text is made of another by one of `methods`, `+` or a template, or is a variable given such a text."""
    if isinstance(node, ir.Name):
        given = (one for one in ir.walk_scope(*scope(site)) if isinstance(one, ir.Assign) and one.at < site.node.at)
        values = [one.value for one in given if any(isinstance(to, ir.Name) and to.id == node.id for to in one.targets)]
        return bool(values) and not isinstance(values[-1], ir.Name) and is_changed(values[-1], site, methods)
    if isinstance(node, ir.Call):
        return isinstance(node.func, ir.Attribute) and node.func.attr in methods
    if isinstance(node, ir.Template):
        return len(node.parts) > 1 and isinstance(node.parts[0], ir.Hole)
    return isinstance(node, ir.Binary) and node.op == "+"


def _is_everywhere(site: Site) -> bool:
    """Whether the handler around runs at every address: middleware, or the one function of a server."""
    around = path_to(site)
    handler = next((one for one in reversed(around) if isinstance(one, ir.Function) and _takes_requests(one)), None)
    if handler is None or site.module is None or _looks_at_slashes(handler):
        return False
    calls = list(_registering(handler, around, site.module))
    if not calls:
        names = [one.name for one in handler.params]
        return names[_THIRD : _THIRD + 1] == ["next"] or names[:2] == ["ctx", "next"]
    return all(_is_open(one) for one in calls)


def _takes_requests(function: ir.Function) -> bool:
    names = [one.name for one in function.params[:2]]
    return (len(names) > 1 and names[0] in _REQUESTS) or (bool(names) and names[0] in _CONTEXTS)


def _registering(handler: ir.Function, around: list[ir.Node], module: ir.Module) -> Iterator[ir.Call]:
    """The calls that hand the handler over: around it, or by its name."""
    within = [one for one in around if isinstance(one, ir.Call) and any(arg.at <= handler.at < arg.end for arg in one.args)]
    if within:
        yield within[-1]
        return
    for node in ir.walk(*module.body):
        if isinstance(node, ir.Call):
            given = [arg.value for arg in node.args]
            if any(isinstance(one, ir.Name) and one.id == handler.name for one in given):
                yield node


def _looks_at_slashes(handler: ir.Function) -> bool:
    """Whether a text or pattern in the handler speaks of two slashes: `startsWith("//")`, a replacement of `/^[/]+/`."""
    for one in ir.walk(*handler.body):
        text = one.value.replace("\\", "") if isinstance(one, ir.Const) and isinstance(one.value, str) else ""
        if "//" in text.replace("://", "") or "/+" in text.replace("/+$", "") or "/{2" in text:
            return True
    return False


def _is_open(call: ir.Call) -> bool:
    """Whether what a call registers is called for every address."""
    name = last_word(call.func)
    if name not in _VERBS:
        return name == "createServer"
    path = call.args[0].value
    if isinstance(path, ir.Const):
        return path.value in _EVERYWHERE
    return not isinstance(path, (ir.Template, ir.Container))
