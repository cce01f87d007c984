"""Loops that end of themselves where the elements that they count are not there."""

from collections.abc import Sequence

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.flow.concepts import Site
from backend_audit.flow.script_loops import bound
from backend_audit.flow.written import dotted, last_word

_OF_ARRAYS = frozenset(
    (
        "concat every fill filter find findIndex flat flatMap forEach join map pop push reduce reduceRight "
        "reverse shift slice some sort splice unshift"
    ).split()
)


def stops_itself(site: Site) -> bool:
    """Whether the loop ends at an element that is missing, or the object was used as an array before, which fails for others."""
    counted = site.node.value if isinstance(site.node, ir.Attribute) else None
    name = None if counted is None else dotted(counted)
    if name is None:
        return True
    body = list(scope(site))
    loops = [one for one in ir.walk(*body) if isinstance(one, ir.While) and bound(one, body) is site.node]
    if not loops or _computed(name, body) or _used_as_array(name, body, loops[0]):
        return True
    return any(_leaves(one.body) or _reads_fields(one) for one in loops)


def _computed(name: str, body: Sequence[ir.Stmt]) -> bool:
    """Whether a call gave the object: what it makes of data of the request may be of any length, but not of any kind."""
    return any(
        isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and any(dotted(one) == name for one in node.targets)
        for node in ir.walk(*body)
    )


def _used_as_array(name: str, body: Sequence[ir.Stmt], loop: ir.While) -> bool:
    """`xs.map(…)` and a loop that fails for it have run before; an object without such methods ends the function there."""
    for node in ir.walk(*body):
        if node.at >= loop.at:
            continue
        called = node.func if isinstance(node, ir.Call) else None
        if isinstance(called, ir.Attribute) and called.attr in _OF_ARRAYS and dotted(called.value) == name:
            return True
        iterated = isinstance(node, ir.For) and not node.keys and dotted(node.iter) == name
        if iterated or (isinstance(node, ir.While) and node.end <= loop.at and _reads_fields(node)):
            return True
    return False


def _leaves(body: Sequence[ir.Stmt]) -> bool:
    """Whether a pass may leave the loop: by `break`, `return`, or an error that nothing in the loop catches."""
    return any(_leaving(one, caught=False, inner=False) for one in body)


def _leaving(node: ir.Node, *, caught: bool, inner: bool) -> bool:
    if isinstance(node, (ir.Function, ir.Lambda, ir.Class)):
        return False
    if isinstance(node, ir.Return) or (isinstance(node, ir.Raise) and not caught):
        return True
    if isinstance(node, ir.Jump):
        return node.kind == "break" and not inner
    if isinstance(node, ir.Try):
        tried = any(_leaving(one, caught=caught or bool(node.handlers), inner=inner) for one in node.body)
        rest = [one for one in ir.children(node) if one not in node.body]
        return tried or any(_leaving(one, caught=caught, inner=inner) for one in rest)
    inner = inner or isinstance(node, (ir.While, ir.For, ir.Switch))
    return any(_leaving(one, caught=caught, inner=inner) for one in ir.children(node))


def _reads_fields(loop: ir.While) -> bool:
    """Whether a pass reads a field of the element under the counter: of one that is missing that is an error."""
    counters = {last_word(side) for side in (loop.test.left, *loop.test.rights)} if isinstance(loop.test, ir.Compare) else set()
    elements: set[str] = set()
    for node in ir.walk(*loop.body):
        if isinstance(node, ir.Assign) and _is_element(node.value, counters):
            if isinstance(node.targets[0], ir.Container):
                return True
            elements.add(last_word(node.targets[0]))
    return any(
        isinstance(node, ir.Attribute)
        and (_is_element(node.value, counters) or (isinstance(node.value, ir.Name) and node.value.id in elements))
        for node in ir.walk(*loop.body)
    )


def _is_element(node: ir.Expr | None, counters: set[str]) -> bool:
    """`xs[i]`."""
    return isinstance(node, ir.Index) and isinstance(node.index, ir.Name) and node.index.id in counters
