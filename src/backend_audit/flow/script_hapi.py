"""What hapi has asked of a request before its handler reads it.

https://hapi.dev/tutorials/validation, https://hapi.dev/api/#-routeoptionsvalidate
"""

from collections.abc import Iterator

from backend_audit.flow.script_schemas import described
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

_PARTS = ("payload", "query", "params", "headers", "state")


def of_routes(given: Value, handler: FunctionSymbol) -> dict[str, Value]:
    """What the route objects that `handler` serves describe, by part of the request."""
    found: dict[str, Value] = {}
    for route in given.inside() if given.kind in ("list", "tuple") else [given]:
        held = route.items or {} if route.kind == "dict" else {}
        for options in (one.items or {} for name in ("options", "config") if (one := held.get(name)) is not None):
            serving = [one.refs for one in (held.get("handler"), options.get("handler")) if one is not None]
            if any(handler in refs for refs in serving) and "validate" in options:
                found.update(_parts(options["validate"]))
    return found


def _parts(validate: Value) -> Iterator[tuple[str, Value]]:
    for part in _PARTS:
        if part in (validate.items or {}):
            yield part, described((validate.items or {})[part])
