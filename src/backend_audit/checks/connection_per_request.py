"""Engines, pools, clients and connections that each request makes for itself."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.finding import Confidence
from backend_audit.routes.openings import RequestOpening

RULE = "connection-per-request"

_DOES = {
    "connection": "opens a connection to the database",
    "pool": "makes a pool of connections",
    "engine": "makes an engine with a pool of its own",
    "client": "makes a client with connections of its own",
    "http": "makes an HTTP client with connections of its own",
}
_EFFECT = {
    "connection": "each pays for the handshake, and under load the database runs out of connections",
    "pool": "nothing is shared, and under load the server runs out of connections",
    "engine": "nothing is shared, and under load the database runs out of connections",
    "client": "each pays for connecting, and nothing is shared",
    "http": "each pays for the TLS handshake, since no connection is kept alive",
}


@check(RULE)
def connection_per_request(opening: RequestOpening) -> Iterator[Alert]:
    """`create_engine(url)` in a handler, `new PrismaClient()` in a function that one calls."""
    site = opening.site
    fix = "Take a connection from a pool that is made once, when the application starts."
    if opening.kind != "connection":
        fix = "Make it once, when the application starts (at module level or in its lifespan), and share it among requests."
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` {_DOES[opening.kind]} each time that `{opening.root}` runs: {_EFFECT[opening.kind]}.",
        fix=fix,
        confidence=Confidence.LOW if opening.given or opening.kind == "http" else Confidence.MEDIUM,
        steps=opening.way,
    )
