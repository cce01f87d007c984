"""`match`: which arm a subject takes, and what the names in its pattern are bound to.

https://docs.python.org/3/reference/compound_stmts.html#the-match-statement
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin, lists
from backend_audit.flow.values import NOTHING, UNKNOWN, Value, join
from backend_audit.flow.written import dotted

if TYPE_CHECKING:
    from backend_audit.flow.statements import Frame


def fits(frame: "Frame", subject: Value, pattern: ir.Expr | None) -> bool | None:
    """Whether a constant subject matches a pattern of constants; None where that is open."""
    if isinstance(pattern, ir.Walrus):
        return fits(frame, subject, pattern.value)
    if isinstance(pattern, ir.Logical):
        sides = (fits(frame, subject, pattern.left), fits(frame, subject, pattern.right))
        return True if True in sides else None if None in sides else False
    one = subject.constant()
    if one is None or not isinstance(pattern, ir.Const):
        return None
    other = frame.const(pattern).constant()
    return None if other is None else one == other


def constants_of(frame: "Frame", pattern: ir.Expr | None) -> Value | None:
    """What fits a pattern of nothing but constants: `case "name" | "email"`."""
    if isinstance(pattern, ir.Walrus):
        return constants_of(frame, pattern.value)
    if isinstance(pattern, ir.Logical):
        left, right = constants_of(frame, pattern.left), constants_of(frame, pattern.right)
        return None if left is None or right is None else join(left, right)
    return frame.const(pattern) if isinstance(pattern, ir.Const) else None


def enter(frame: "Frame", node: ir.Match, case: ir.Case, subject: Value) -> None:
    """An arm begins: its names are bound, and what its pattern says of the subject is known."""
    for name in case.captures:
        frame.env[name] = subject if case.pattern is None else subject.derived()
    if case.pattern is not None:
        _bind(frame, case.pattern, subject)
    key = dotted(node.subject)
    if key is not None and (known := constants_of(frame, case.pattern)) is not None:
        frame.env[key] = known


def _bind(frame: "Frame", pattern: ir.Expr, value: Value) -> None:
    if isinstance(pattern, ir.Name):
        if pattern.id != "_":
            frame.bind(pattern, value)
    elif isinstance(pattern, ir.Walrus):
        _bind(frame, pattern.target, constants_of(frame, pattern.value) or value)
        _bind(frame, pattern.value, value)
    elif isinstance(pattern, ir.Container) and pattern.kind == "dict":
        for item in pattern.items:
            key = item.key.value if isinstance(item.key, ir.Const) else None
            _bind(frame, item.value, _entry(frame, value, key) if isinstance(key, str) else value.derived())
    elif isinstance(pattern, ir.Container):
        _bind_elements(frame, pattern.items, value)
    elif isinstance(pattern, ir.Call):
        for arg in pattern.args:
            read = ir.Attribute(arg.at, arg.end, arg.value, arg.name or "")
            _bind(frame, arg.value, value.derived() if arg.name is None else frame.read(value, arg.name, read))


def _entry(frame: "Frame", value: Value, key: str) -> Value:
    held = value.item(key) if value.kind else (value.items or {}).get(key)
    return frame.inherit(held or NOTHING, value, key) if value.origins else held or UNKNOWN


def _bind_elements(frame: "Frame", items: list[ir.Item], value: Value) -> None:
    """`case [first, *rest]`: each by its place where the subject is known whole."""
    apart = bool(value.kind) and value.elem is None and not value.origins
    behind_star = 0
    for at, item in enumerate(items):
        if item.star:
            behind_star = len(items)
            _bind(frame, item.value, lists.between(value, builtin.iterated, at, len(items) - at - 1))
        else:
            part = value.item(at - behind_star) if apart else None
            _bind(frame, item.value, builtin.iterated(value) if part is None else part)
