"""The route table as reports, the cache and other programs see it: places instead of nodes."""

import msgspec

from backend_audit.finding import Place


class GuardRecord(msgspec.Struct, frozen=True):
    """What runs before a handler: `does` in words (authenticates, authorizes, validates, limits, …), `via` how it is attached."""

    name: str
    does: tuple[str, ...]
    via: str
    because: str = ""
    place: Place | None = None
    scopes: tuple[str, ...] = ()  # the roles, permissions or scopes that it is told to ask for


class RouteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One way into the application. `methods` is empty for all of them; `auth`: required, optional, none or unknown.

    `verdict`: protected, public (by intent), open or unknown, and `why`. `place` is the handler, `registered` the registration.
    """

    methods: tuple[str, ...]
    path: str
    kind: str
    framework: str
    handler: str
    place: Place
    registered: Place
    auth: str
    verdict: str
    why: str
    guards: tuple[GuardRecord, ...] = ()
    unapplied: tuple[GuardRecord, ...] = ()
    body_validated: bool | None = None
    body_schema: str = ""
    response_schema: bool | None = None
