"""What routers with layers are: their framework and prefix, what may stand in front of them, routes that are told twice."""

from backend_audit.routes.chains import ChainRouter
from backend_audit.routes.covers import Before
from backend_audit.routes.model import Does, Guard, Route
from backend_audit.routes.texts import texts_of


def mounted_elsewhere() -> Before:
    """What stands before routers that no application in sight mounts."""
    told = "is mounted by an application that is not here"
    return Before("", (Guard("application", frozenset((Does.DEPENDS,)), "application", None, None, told),))


def framework_of(router: ChainRouter) -> str:
    """The framework of a router, by what made it."""
    for name in ("koa", "hono"):  # also of packages beside them: `@koa/router`, `@hono/zod-openapi`
        if name in router.api:
            return name
    return router.api.partition(".")[0] or "express"


def stated_prefix(router: ChainRouter) -> str:
    """The prefix that a router was made with, or told later."""
    told = [layer.chain for layer in router.layers if layer.chain is not None and layer.chain.kind == "prefix"]
    texts = [text for chain in told if chain.arguments is not None for text in texts_of(chain.arguments.value)]
    return texts[-1] if texts else router.prefix


def each_once(found: list[Route]) -> list[Route]:
    """One route for each path and method: handlers that only pass on are guards of the one that follows."""
    kept: list[Route] = []
    by_key: dict[tuple[str, tuple[str, ...]], Route] = {}
    for route in found:
        key = (route.path, route.methods)
        earlier = by_key.get(key)
        if earlier is not None and earlier.kind == "middleware":
            kept.remove(earlier)
        elif earlier is not None:
            continue  # the first one answers
        by_key[key] = route
        kept.append(route)
    for route in kept:
        route.kind = "http" if route.kind == "middleware" else route.kind
    return kept
