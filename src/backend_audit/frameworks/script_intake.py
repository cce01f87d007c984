"""Privileges that a handler lets its caller set, because it hands the whole body on: `User.create(req.body)`.

There `({ name, password, role = "user" })` takes what says what a user may do off what it is given, and stores it.
"""

import re
from collections.abc import Iterator

from backend_audit.flow.engine import Engine
from backend_audit.flow.object_concepts import ObjectUpdate
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route, Taken
from backend_audit.source import Mark

_PRIVILEGE = re.compile(
    r"^(?:is_?)?(?:admin|administrator|staff|super_?user|superadmin|super_admin|moderator|email_?verified)$|^(?:user_?)?roles?$|"
    r"^permissions$|^scopes$|^privileges$|^access_?level$|^balance$|^credits$",
    re.IGNORECASE,
)
_WRITES = frozenset(("POST", "PUT", "PATCH"))
_WHOLE = 3  # the length of the key of a source; parts of it have longer ones
_PASSED = "passed to "  # how a mark of a call begins


class ScriptIntake:
    """Reads them off the writes that a handler leads to; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, tuple[Taken, ...]] = {}

    def of(self, route: Route) -> tuple[Taken, ...]:
        """What a route that writes takes."""
        handler = route.handler
        if handler is None or _WRITES.isdisjoint(route.methods):
            return ()
        if handler.key not in self._known:
            self._known[handler.key] = tuple(self._of(handler))
        return self._known[handler.key]

    def _of(self, handler: FunctionSymbol) -> Iterator[Taken]:
        for event in self.engine.summary(handler).events:
            if not isinstance(event, ObjectUpdate) or event.data is None or event.data.value.kind != "dict":
                continue
            items = (event.data.value.items or {}).items()
            taken = [(str(name), origin) for name, value in items if (origin := _off_whole(str(name), value)) is not None]
            call = next((mark for _, origin in taken for mark in reversed(origin.marks()) if _is_call(mark, handler)), None)
            if call is not None:
                callee = call.note.removeprefix(_PASSED).removesuffix("()")
                yield Taken("handed", callee, event.site.written, tuple(name for name, _ in taken), call)


def _off_whole(name: str, value: Value) -> Origin | None:
    """Where a privilege comes from that nobody has picked out of the body."""
    if _PRIVILEGE.match(name) is None:
        return None
    found = (one for one in value.carries("untrusted") if len(one.key) == _WHOLE and "parsed" in one.cleared)
    return min(found, key=lambda one: str(one.key), default=None)


def _is_call(mark: Mark, handler: FunctionSymbol) -> bool:
    inside = handler.node.at <= mark.at and mark.end <= handler.node.end
    return mark.note.startswith(_PASSED) and mark.path == handler.module.path and inside
