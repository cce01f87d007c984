"""Redirects of a Python server to a piece of its own path: `//evil.example/` is asked for like any path.

`self.redirect(self.request.path.rstrip("/"))` sends whoever asks for `//evil.example/` to another site.
Only a handler at every address can be asked for such a path: `(r".*/", TrailingSlash)` of Tornado, an aiohttp middleware.
Flask's `path` and Django's `get_full_path()` never begin with two slashes.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to, scope
from backend_audit.checks._own_address import is_changed
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.written import last_word
from backend_audit.source import Language

_PATHS = frozenset(("path", "uri", "rel_url", "path_qs", "raw_path"))
_REQUESTS = frozenset(("tornado.httputil.HTTPServerRequest", "aiohttp.web.BaseRequest"))
_CHANGES = frozenset(("rstrip", "removesuffix", "replace", "join", "format"))
_LEADING = frozenset(("strip", "lstrip", "startswith", "split", "sub"))
_ANYTHING = (".*", "(.*", "/.*", "/(.*", "^.*", "^(.*", "^/.*", "^/(.*")


def leads_away(site: Site, location: Operand, origin: Origin) -> bool:
    """Whether `origin` is the request's own path, and the redirect leads to a changed form of it wherever it was asked for."""
    head, _, last = str(origin.key[0]).rpartition(".")
    if last not in _PATHS or head not in _REQUESTS or site.module is None or site.module.language is not Language.PYTHON:
        return False
    return is_changed(location.node, site, _CHANGES) and not _minds_slashes(site) and _is_everywhere(site, site.module)


def _minds_slashes(site: Site) -> bool:
    """Whether the function takes slashes off the beginning, or asks for them there."""
    for one in ir.walk(*scope(site)):
        if isinstance(one, ir.Call) and last_word(one.func) in _LEADING:
            texts = (arg.value.value for arg in one.args if isinstance(arg.value, ir.Const))
            if any(isinstance(text, str) and "/" in text for text in texts):
                return True
    return False


def _is_everywhere(site: Site, module: ir.Module) -> bool:
    """Whether the handler around runs at every address."""
    around = path_to(site)
    owner = next((one for one in around if isinstance(one, ir.Class)), None)
    if owner is not None:
        patterns = list(_patterns(owner.name, module))
        return bool(patterns) and all(one.startswith(_ANYTHING) for one in patterns)
    return any(last_word(one) == "middleware" for one in site.function.decorators) if site.function is not None else False


def _patterns(name: str, module: ir.Module) -> Iterator[str]:
    """The patterns beside which a class is named: `(r".*/", Slashes)`, `url(r".*/", Slashes)`."""
    for node in ir.walk(*module.body):
        parts = [arg.value for arg in node.args] if isinstance(node, ir.Call) else []
        if isinstance(node, ir.Container):
            parts = [item.value for item in node.items if item.key is None]
        first = parts[0] if len(parts) > 1 else None
        if isinstance(first, ir.Const) and isinstance(first.value, str) and last_word(parts[1]) == name:
            yield first.value
