"""What a route's own configuration says, and how a hook reads it: `{config: {public: true}}`.

https://fastify.dev/docs/latest/Reference/Routes/#config, https://fastify.dev/docs/latest/Reference/Request/
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.refine import truth
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.exempt import Asked
from backend_audit.routes.missing import ABSENT, FALSE, TRUE, UNKNOWN, Missing

_CONFIG = re.compile(r"(?:^|\.)(?:(?:routeOptions|context)\.config|routeConfig)((?:\.\w+)*)$")
_HOLDERS = re.compile(r"(?:^|\.)(?:routeOptions|context)$")
_KNOWN = "config"  # a key under which a route says that its configuration is known
_DEPTH = 3


def told(config: Value | None) -> tuple[tuple[str, int], ...]:
    """What a route's configuration holds, by path, each as the value of a `Missing`."""
    if config is not None and (config.kind != "dict" or config.open or config.elem is not None):
        return ()
    return ((_KNOWN, TRUE.value), *(() if config is None else _parts(config, "", _DEPTH)))


def _parts(value: Value, above: str, depth: int) -> Iterator[tuple[str, int]]:
    for key, held in (value.items or {}).items():
        path = f"{above}.{key}"
        decided = truth(held)
        consts = held.constants() or ()
        nothing = bool(consts) and all(one.kind in ("none", "undefined") for one in consts)
        missing = ABSENT if nothing else UNKNOWN if decided is None else TRUE if decided else FALSE
        yield path, missing.value
        if held.kind == "dict" and depth:
            yield from _parts(held, path, depth - 1)


def read(asked: Asked | None, function: FunctionSymbol, source: str, attr: str) -> Missing | None:
    """What `source.attr` is if it is a part of the configuration of the route that is asked for; None if it is none."""
    if attr == "config" and _HOLDERS.search(source):
        return TRUE if asked is not None and asked.told else UNKNOWN
    match = _CONFIG.search(source.replace("?", ""))
    inside = match[1] if match else _names(function).get(source.partition(".")[0])
    if inside is None:
        return None
    if asked is None or _KNOWN not in dict(asked.told):
        return UNKNOWN
    rest = "" if match or "." not in source else f".{source.partition('.')[2]}"
    found = dict(asked.told).get(f"{inside}{rest}.{attr}")
    return ABSENT if found is None else Missing(found)


def is_read(node: ir.Attribute) -> bool:
    """Whether an attribute is the configuration of a route."""
    return node.attr in ("routeOptions", "routeConfig") or _CONFIG.search(written(node).replace("?", "")) is not None


def reads(function: FunctionSymbol) -> bool:
    """Whether a function looks at the configuration of the route that is asked for."""
    return any(isinstance(node, ir.Attribute) and is_read(node) for node in ir.walk(*function.node.body))


def _names(function: FunctionSymbol) -> dict[str, str]:
    """The variables of a function that hold a part of the configuration: `const config = request.routeOptions.config ?? {}`."""
    found: dict[str, str] = {}
    for node in function.node.body:
        if not isinstance(node, ir.Assign) or node.value is None or not isinstance(node.targets[0], (ir.Name, ir.Container)):
            continue
        source, target = written(node.value), node.targets[0]
        if isinstance(target, ir.Name) and (match := _CONFIG.search(_first(node.value))):
            found[target.id] = match[1]
        for item in target.items if isinstance(target, ir.Container) and _HOLDERS.search(source) else ():
            if isinstance(item.key, ir.Const) and item.key.value == "config" and isinstance(item.value, ir.Name):
                found[item.value.id] = ""
    return found


def _first(node: ir.Expr) -> str:
    """How an expression is written, of `x ?? y` the first of both."""
    return _first(node.left) if isinstance(node, ir.Logical) else written(node).replace("?", "")
