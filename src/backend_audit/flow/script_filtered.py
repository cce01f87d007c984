"""Elements that a test has let through: `keys.filter((key) => COLUMNS.includes(key))`, `if (!ids.every(isId)) return`.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Array/filter
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards, refine, script_builtin
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import UNKNOWN, Value, changed
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

_KEEPING = frozenset(("filter", "find", "findLast"))


def kept(frame: "Expressions", node: ir.Call, element: Value, function: Operand) -> Value:
    """An element for which the function that `filter` or `find` was given is true."""
    method = node.func.attr if isinstance(node.func, ir.Attribute) else ""
    return _tested(frame, element, function, holds=True) if method in _KEEPING and element.all_origins() else element


def assume_all(frame: "Expressions", test: ir.Call, collection: ir.Expr, *, holds: bool) -> None:
    """`ids.every(test)` is true, `ids.some(test)` is not: that says the same of each element."""
    function = test.args[0].value if test.args else None
    whole = frame.eval(collection)
    element = script_builtin.values(whole)
    if function is None or not element.all_origins():
        return
    tested = _tested(frame, element, Operand(frame.eval(function), function), holds=holds)
    before = frozenset.intersection(*(one.cleared for one in element.all_origins()))
    after = [one.cleared for one in tested.all_origins()]
    gained = frozenset.intersection(*after) - before if after else guards.ALL
    if gained:
        guards.clear_data(frame, whole, gained, node=collection)


def _tested(frame: "Expressions", element: Value, function: Operand, *, holds: bool) -> Value:
    made = function.node.function if isinstance(function.node, ir.Lambda) else None
    answer = made.body[0] if made is not None and len(made.body) == 1 and made.params else None
    if made is not None and isinstance(answer, ir.Return) and answer.value is not None:
        return _by_answer(frame, made.params[0], answer.value, element, holds=holds)
    found: list[frozenset[str]] = []
    for symbol in of_kind(function.value.refs, FunctionSymbol):
        summary = frame.engine.summary(symbol)
        found.append((summary.if_true if holds else summary.if_false).get(0, frozenset()))
    return element.cleared(frozenset.intersection(*found)) if found else element


def _by_answer(frame: "Expressions", param: ir.Param, answer: ir.Expr, element: Value, *, holds: bool) -> Value:
    before, frame.env = frame.env, dict(frame.env)
    target = param.pattern or ir.Name(param.at, param.end, param.name)
    frame.bind(target, element)
    refine.assume(frame, answer, holds)
    after, frame.env = frame.env, before
    if isinstance(target, ir.Name):
        return after.get(target.id, element)
    return _put_together(target, element, after)


def _put_together(pattern: ir.Expr, element: Value, env: dict[str, Value]) -> Value:
    """The element with the parts that a pattern has taken from it, as they are known now."""
    items = dict(element.items or {})
    for at, item in enumerate(pattern.items if isinstance(pattern, ir.Container) else []):
        key = item.key.value if isinstance(item.key, ir.Const) else at if item.key is None else None
        if isinstance(item.value, ir.Name) and isinstance(key, (str, int)) and not item.star:
            items[key] = env.get(item.value.id, UNKNOWN)
    return changed(element, items=items) if items and (element.kind or element.open) else element
