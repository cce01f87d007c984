"""Loops that ask for nothing twice: they keep what they have asked for by its key, or single one key out."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.moments import Loop
from backend_audit.flow.syntax import all_of
from backend_audit.flow.written import written

_KEEPING = frozenset("set add push append setdefault insert".split())


def remembered(loop: Loop, call: ir.Node) -> bool:
    """Whether a pass asks only for what is not there yet, and keeps it: `if key not in found: found[key] = get(key)`."""
    body = loop.node.body if isinstance(loop.node, (ir.For, ir.While)) else []
    for one in ir.walk_scope(*body):
        if isinstance(one, ir.If) and one.body and one.body[0].at <= call.at < one.body[-1].end:
            for holder in _lacking(one.test):
                if any(_keeps(each, holder) for each in ir.walk_scope(*one.body)):
                    return True
    return False


def singled_out(loop: Loop, call: ir.Node) -> bool:
    """Whether a pass asks only for one key, which comes once: `for key, value in data.items(): if key == "team": get(value)`."""
    made = loop.iter
    if not (isinstance(made, ir.Call) and isinstance(made.func, ir.Attribute) and made.func.attr == "items"):
        return False
    key = loop.target.items[0].value if isinstance(loop.target, ir.Container) and loop.target.items else None
    body = loop.node.body if isinstance(loop.node, ir.For) else []
    around = (one for one in ir.walk_scope(*body) if isinstance(one, ir.If) and one.body)
    return isinstance(key, ir.Name) and any(
        one.body[0].at <= call.at < one.body[-1].end and _demands(one.test, key.id) for one in around
    )


def _demands(test: ir.Expr, name: str) -> bool:
    """Whether a condition holds for one value of `name` alone."""
    equal = (part for part in all_of(test) if isinstance(part, ir.Compare) and part.ops == ["=="])
    return any(
        any(isinstance(one, ir.Name) and one.id == name for one in (part.left, *part.rights))
        and any(isinstance(one, ir.Const) for one in (part.left, *part.rights))
        for part in equal
    )


def _lacking(test: ir.Expr) -> Iterator[str]:
    """In what a condition finds a key missing: `key not in found`, `!found.has(key)`, `!found[key]`."""
    if isinstance(test, ir.Compare) and test.ops == ["not in"]:
        yield written(test.rights[0])
    elif isinstance(test, ir.Unary) and test.op == "not":
        inner = test.operand
        if isinstance(inner, ir.Call) and isinstance(inner.func, ir.Attribute) and inner.func.attr in ("has", "get", "includes"):
            yield written(inner.func.value)
        elif isinstance(inner, ir.Compare) and inner.ops == ["in"]:
            yield written(inner.rights[0])
        elif isinstance(inner, ir.Index):
            yield written(inner.value)


def _keeps(node: ir.Node, holder: str) -> bool:
    if isinstance(node, ir.Assign):
        return any(isinstance(target, ir.Index) and written(target.value) == holder for target in node.targets)
    func = node.func if isinstance(node, ir.Call) else None
    return isinstance(func, ir.Attribute) and func.attr in _KEEPING and written(func.value) == holder
