"""Template texts that the program does not hold, though no request is known to bring them: put together, or kept as data."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.values import CLOSED_TYPES, Gap, Value
from backend_audit.flow.written import dotted

_PROGRAM = re.compile(r"template|config|settings|options|header|footer|layout|block|prefix|suffix|indent|environ", re.IGNORECASE)
_CUT = re.compile(r"\[[^\]]*:[^\]]*\]$")  # a piece of the template's own text: `page[: match.end()] + …`
_LOOKUPS = frozenset(("get", "pop"))
_MAX_STEPS = 4  # of assignments that are followed back


def filled_in(site: Site, value: Value) -> Gap | None:
    """A hole of the text that data fills: `f"Hello {user.name}"`; pieces that the program hands around are none."""
    params = set() if site.function is None else {param.name for param in site.function.params}
    for shape in value.shapes:
        for gap in shape.gaps:
            own = gap.written in params or gap.written.isupper() or _PROGRAM.search(gap.written) or _CUT.search(gap.written)
            if _is_data(gap.value) and not own:
                return gap
    return None


def _is_data(value: Value) -> bool:
    if value.is_literal() or value.kind or value.apis or value.refs:
        return False
    return value.open and not value.types & CLOSED_TYPES


def is_kept_data(site: Site, operand: Operand | None) -> bool:
    """Whether the text is looked up in a record: `n.get("body")`, `step["selector"]`, `self.url.data` of a form."""
    if operand is None or operand.node is None or not operand.value.open or operand.value.shapes:
        return False
    return any(_is_entry(node) for node in _meanings(site, operand.node, _MAX_STEPS))


def _is_entry(node: ir.Expr) -> bool:
    if isinstance(node, ir.Attribute):  # a field of a form, as WTForms names what was typed in
        return node.attr == "data" and isinstance(node.value, (ir.Attribute, ir.Name)) and dotted(node.value) != "self"
    key: ir.Expr | None = None
    base: ir.Expr | None = None
    if isinstance(node, ir.Index):
        key, base = node.index, node.value
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _LOOKUPS and node.args:
        key, base = node.args[0].value, node.func.value
    if not isinstance(key, ir.Const) or not isinstance(key.value, str) or base is None:
        return False
    name = dotted(base) or ""
    return bool(name) and not _PROGRAM.search(name) and not name.rpartition(".")[2].isupper()


def _meanings(site: Site, node: ir.Expr, steps: int) -> Iterator[ir.Expr]:
    """The expressions that a name was given in the function before; others stand for themselves."""
    if not isinstance(node, ir.Name):
        yield node
        return
    if not steps:
        return
    for one in ir.walk(*scope(site)):
        if not isinstance(one, ir.Assign) or one.value is None or one.value is node or one.at >= site.node.at:
            continue
        if any(isinstance(target, ir.Name) and target.id == node.id for target in one.targets):
            yield from _meanings(site, one.value, steps - 1)
