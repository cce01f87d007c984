"""Loops over tables of routes: `for path, view in ROUTES: app.add_url_rule(path, view_func=view)` pairs path and view."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.frame import Env
from backend_audit.flow.values import PLACELESS, Value, constant, container
from backend_audit.flow.web_concepts import RouteChain, RouteHook, RouteRegistration, RouterMount

if TYPE_CHECKING:
    from backend_audit.flow.statements import Frame

_MAX_PASSES = 400
_REGISTERING = (RouteChain, RouteHook, RouteRegistration, RouterMount)


def registrations(frame: "Frame", node: ir.For, added: list[tuple[object, ...]], start: Env) -> None:
    """Make the registrations among the events `added` by a loop anew, one pass at a time, where all its passes are known.

    Each begins as the first, from `start`: what earlier ones have left in a mapping of views is not what the next one means.
    """
    keys = [key for key in added if isinstance(frame.events[key], _REGISTERING)]
    passes = _passes(frame, node.iter) if keys and _takes_apart(node) else []

    def once(element: Value) -> None:
        frame.breaks.append([])
        frame.bind(node.target, element)
        frame.run(node.body)
        frame.breaks.pop()

    after, frame.env = frame.env, start
    again(frame, keys, passes, once)
    frame.env = after


def _takes_apart(node: ir.For) -> bool:
    """Whether a loop's elements are several things: `for path, view in …`, or in its body `add_resource(*route)`, `route[0]`."""
    if isinstance(node.target, ir.Container):
        return True
    name = node.target.id if isinstance(node.target, ir.Name) else ""
    for one in ir.walk_scope(*node.body):
        part = one.value if isinstance(one, (ir.Index, ir.Attribute)) else None
        if isinstance(one, ir.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ir.Container):
            part = one.value
        if isinstance(part, ir.Name) and part.id == name:
            return True
    spread = (arg.value for one in ir.walk_scope(*node.body) if isinstance(one, ir.Call) for arg in one.args if arg.star)
    return any(isinstance(one, ir.Name) and one.id == name for one in spread)


def registering(frame: "Frame", added: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Those of the events `added` that register routes."""
    return [key for key in added if isinstance(frame.events[key], _REGISTERING)]


def again(frame: "Frame", keys: list[tuple[object, ...]], passes: list[Value], once: Callable[[Value], object]) -> None:
    """Make the events `keys` anew, one pass at a time; nothing happens where there is no pass."""
    if not passes or not keys:
        return
    for key in keys:
        del frame.events[key]
    outer = frame.env
    for number, element in enumerate(passes):
        frame.env = dict(outer)
        before = set(frame.events)
        once(element)
        of_pass(frame, before, number)
    frame.env = outer


def of_pass(frame: "Frame", before: set[tuple[object, ...]], number: int) -> None:
    """Note that the events that were not there `before` are those of one pass."""
    for key in [one for one in frame.events if one not in before]:
        frame.events[*key, "pass", number] = frame.events.pop(key)


def _passes(frame: "Frame", node: ir.Expr) -> list[Value]:
    """The elements that a loop goes through, if they are all known and few."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "items":
        mapping = frame.eval(node.func.value)
        if mapping.kind == "dict" and mapping.elem is None and not mapping.open:
            named = [(key, one) for key, one in (mapping.items or {}).items() if isinstance(key, str)]
            return [container("tuple", {0: constant("str", key), 1: one}) for key, one in named][:_MAX_PASSES]
        return []
    return elements(frame.eval(node))


def elements(value: Value) -> list[Value]:
    """What a list holds, if that is known whole and little; of the names of an object that holds more, those that are known."""
    if value.kind not in ("list", "tuple", "set"):
        return []
    found = value.items or {}
    placeless = [one for key, one in found.items() if isinstance(key, str) and key.startswith(PLACELESS)]
    if (value.elem is not None or value.open) and not placeless:
        return []
    return list(found.values()) if len(found) <= _MAX_PASSES else []
