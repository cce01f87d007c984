"""What functions put into their arguments: `parts.append(part)`, `row["name"] = name`, `form.name = name` of a parameter.

A summary keeps it by parameter and by name, in terms of the parameters; a call puts it into what it has handed over.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, pieces
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Operand
from backend_audit.flow.summary import Summary, substitute
from backend_audit.flow.values import Key, Value, changed, join, join_all, join_optional
from backend_audit.flow.written import dotted
from backend_audit.link.symbols import FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_ADDING = frozenset("append appendleft add extend insert push unshift".split())
_MAX_PLACES = 12  # of one function


def appended(frame: "Calls", func: ir.Attribute, args: Args) -> None:
    """A method that adds to a container, or to a mapping, is called on a parameter."""
    if func.attr in _ADDING:
        note(frame, func.value, None, join_all(one for operand, _ in pieces(args)[0] for one in (operand, *operand.inside())))
    elif func.attr == "update":
        for key, operand in args:
            held = {} if not key.isdigit() else operand.value.items or {}
            for name, value in held.items() if key.isdigit() else ((key, operand.value),):
                note(frame, func.value, name, value)


def note(frame: "Calls", target: ir.Expr, key: Key | None, value: Value) -> None:
    """`value` is put into what `target` names, under `key` where that is known: a parameter, still what was handed over."""
    function = frame.function
    if function is None or not isinstance(target, ir.Name) or not value.all_origins():
        return
    at = next((at for at, one in enumerate(function.node.params) if one.name == target.id), None)
    if at is None or function.node.params[at].kind in ("args", "kwargs", "receiver") or target.id == frame.engine.me(function):
        return
    if (at, key) not in frame.put and (len(frame.put) == _MAX_PLACES or _is_bound_anew(function, target.id)):
        return
    held = frame.put.get((at, key))
    frame.put[at, key] = value if held is None else join(held, value)


def stored(frame: "Calls", target: ir.Index, key: Value, value: Value) -> None:
    """An item of something is assigned: `row[key] = value`."""
    one = key.constant()
    note(frame, target.value, one.value if one is not None and isinstance(one.value, (str, int)) else None, value)


def _is_bound_anew(function: FunctionSymbol, name: str) -> bool:
    return any(
        isinstance(one, ir.Assign) and any(isinstance(target, ir.Name) and target.id == name for target in one.targets)
        for one in function.scope
    )


def received(
    frame: "Calls", node: ir.Call, symbol: FunctionSymbol, summary: Summary, receiver: Value | None, bound: Bound, args: Args
) -> None:
    """What a call has handed over holds what the function puts into it."""
    handed = _by_parameter(symbol, receiver, args) if summary.put else {}
    for (at, key), put in summary.put.items():
        operand = handed.get(at)
        path = None if operand is None else dotted(operand.node)
        value = substitute(put, symbol.key, bound)
        if operand is None or operand.node is None or path is None or not value.all_origins():
            continue
        value = value.stepped(frame.mark(node, f"{symbol.node.name}() puts it into {path}"))
        note(frame, operand.node, key, value)
        _put(frame, operand.node, path, key, value)


def _put(frame: "Calls", node: ir.Expr, path: str, key: Key | None, value: Value) -> None:
    base = frame.eval(node)
    held = (base.items or {}).get(key) if key is not None else None
    if key is not None and not base.kind and base.types:
        frame.assign_path(f"{path}.{key}", value)
    elif key is not None and base.kind in ("", "dict") and not (base.refs or base.apis):
        frame.update_path(node, changed(base, items={**(base.items or {}), key: value if held is None else join(held, value)}))
    elif base.kind:
        frame.update_path(node, changed(base, elem=join_optional(base.elem, value)))
    elif base.open and not (base.types or base.refs or base.apis):
        frame.update_path(node, base.with_origins(value.derived().origins))


def _by_parameter(symbol: FunctionSymbol, receiver: Value | None, args: Args) -> dict[int, Operand]:
    params = symbol.node.params
    positional = [at for at, one in enumerate(params) if one.kind == "positional"]
    positional = positional[1:] if symbol.binds_first and receiver is not None else positional
    named = {one.name: at for at, one in enumerate(params)}
    found: dict[int, Operand] = {}
    for key, operand in args:
        at = (positional[int(key)] if int(key) < len(positional) else None) if key.isdigit() else named.get(key)
        if at is not None:
            found[at] = operand
    return found
