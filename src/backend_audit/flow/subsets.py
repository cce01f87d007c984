"""All of several names are among those that the program knows: `set(fields) <= COLUMNS`, `COLUMNS.issuperset(fields)`.

Or none is left over: `unknown = set(fields) - COLUMNS`, and `if unknown: raise`.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import characters
from backend_audit.flow.allowed import is_allow_list
from backend_audit.flow.guards import ALL, clear_data
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions


def assume_within(frame: "Expressions", part: ir.Expr, whole: ir.Expr) -> None:
    """Each element of `part` is one of `whole`."""
    characters.assume_subset(frame, part, whole)
    names, allowed = characters.in_set(part) or part, frame.eval(characters.in_set(whole) or whole)
    if _tells_names(allowed) if allowed.is_literal() else is_allow_list(whole, allowed):
        clear_data(frame, frame.eval(names), ALL, node=names)


def assume_order(frame: "Expressions", test: ir.Compare) -> None:
    """`set(fields) <= COLUMNS` holds, or `COLUMNS >= set(fields)`."""
    if test.ops[0] in ("<=", "<"):
        assume_within(frame, test.left, test.rights[0])
    else:
        assume_within(frame, test.rights[0], test.left)


def assume_call(frame: "Expressions", call: ir.Call) -> None:
    """`set(fields).issubset(COLUMNS)`, `COLUMNS.issuperset(fields)` holds."""
    if isinstance(call.func, ir.Attribute) and len(call.args) == 1 and call.func.attr in ("issubset", "issuperset"):
        pair = call.func.value, call.args[0].value
        assume_within(frame, *(pair if call.func.attr == "issubset" else pair[::-1]))


def _tells_names(allowed: Value) -> bool:
    """Whether a constant collection holds more than letters, of which a text may consist."""
    members = [*(allowed.items or {})] if allowed.kind == "dict" else [one.constant() for one in (allowed.items or {}).values()]
    texts = [one if isinstance(one, str) else str(getattr(one, "value", "")) for one in members]
    return bool(allowed.kind) and allowed.elem is None and bool(texts) and all(len(one) > 1 for one in texts)
