"""What a guard knows callers by: a cookie, which browsers send of themselves, or what only the client's own code sends."""

from collections.abc import Collection

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.reach import forget, reached

COOKIE, HEADER = "cookie", "header"
_SESSIONS = frozenset({"session", "request.session", "self.request.session", "flask.session", "req.session", "ctx.session"})
_COOKIES = frozenset({"cookies", "COOKIES"})
_USERS = frozenset({"request.user", "self.request.user", "req.user", "flask_login.current_user"})
_HEADERS = frozenset({"headers", "META", "authorization"})
_DEPTH = 3


class Carriers:
    """Reads what functions look at; kept, since a guard covers many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._own: dict[str, frozenset[str]] = {}
        self._whole: dict[str, str] = {}

    def forget(self, keys: Collection[str]) -> None:
        """What is known of the functions with these keys may hold no longer."""
        forget(self._own, keys)
        forget(self._whole, keys)

    def of(self, function: FunctionSymbol) -> str:
        """`HEADER` where a function, or one that it calls, looks at a header; else `COOKIE` where it looks at one; else ""."""
        known = self._whole.get(function.key)
        if known is None:
            every = (one for level in reached(self.engine, function, _DEPTH, within=True) for one in level)
            found = {held for one in every for held in self._looked_at(one)}
            known = self._whole[function.key] = HEADER if HEADER in found else COOKIE if COOKIE in found else ""
        return known

    def _looked_at(self, function: FunctionSymbol) -> frozenset[str]:
        known = self._own.get(function.key)
        if known is None:
            found = {_marked(param) for param in function.node.params}
            for node in function.scope:
                if isinstance(node, ir.Attribute):
                    found.add(HEADER if node.attr in _HEADERS else COOKIE if _is_cookie(node) else "")
                elif isinstance(node, ir.Name) and self._is_session(function, node.id):
                    found.add(COOKIE)
            known = self._own[function.key] = frozenset(found - {""})
        return known

    def _is_session(self, function: FunctionSymbol, name: str) -> bool:
        """Whether a name is, or is imported as, the session or the user that it knows."""
        if name in ("session", "current_user"):
            return True
        held = self.engine.global_value(function.module, name)
        return held is not None and not held.apis.isdisjoint(_SESSIONS | _USERS)


def _is_cookie(node: ir.Attribute) -> bool:
    text = written(node)
    return node.attr in _COOKIES or text in _SESSIONS or text in _USERS


def _marked(param: ir.Param) -> str:
    """What FastAPI fills a parameter from: `Cookie()`, `Header()`."""
    text = " ".join(written(one) for one in (param.default, param.annotation) if one is not None)
    return COOKIE if "Cookie(" in text else HEADER if "Header(" in text else ""
