"""Slices of lists and texts: `values[1:]`, `text[4:-17]`, as far as the program says where they begin and end."""

from backend_audit import ir
from backend_audit.flow import lacks
from backend_audit.flow.builtin import iterated
from backend_audit.flow.strings import merged_parts
from backend_audit.flow.values import Constant, Part, Shape, Value, container

_SHORT = 4
_Bound = int | None


def sliced(base: Value, part: ir.Slice) -> Value:
    """`base[a:b]`."""
    if base.kind:
        return container(base.kind, None, iterated(base))
    one = base.constant()
    bounds = [_bound(node) for node in (part.lower, part.upper, part.step)]
    lower, upper, step = (value for _, value in bounds)
    known = all(ok for ok, _ in bounds)
    if one is not None and isinstance(one.value, str) and known:
        return Value(consts=frozenset((Constant(one.kind, one.value[lower:upper:step]),)))
    if base.shapes:
        whole = Value(open=base.open, shapes=base.shapes, origins=base.origins)
        return _of_shapes(base, lower, upper) if known and step is None else whole
    if part.upper is None and lower is not None and -_SHORT <= lower < 0:
        return base.derived().cleared(lacks.lacking(".."))  # `name[-4:]`: an ending, too short to lead anywhere
    return base.derived()


def _bound(node: ir.Expr | None) -> tuple[bool, _Bound]:
    if node is None:
        return True, None
    if isinstance(node, ir.Const) and isinstance(node.value, int):
        return True, node.value
    if isinstance(node, ir.Unary) and node.op == "-" and isinstance(node.operand, ir.Const):
        return (True, -node.operand.value) if isinstance(node.operand.value, int) else (False, None)
    return False, None


def _of_shapes(base: Value, lower: _Bound, upper: _Bound) -> Value:
    """The same of built texts: what is cut off, or left, may be text of the program alone."""
    cut = {Constant(one.kind, one.value[lower:upper]) for one in base.consts if isinstance(one.value, str)}
    consts, shapes = cut, dict[Shape, None]()
    for shape in base.shapes:
        parts = _cut(shape.parts, lower, upper)
        if all(isinstance(one, str) for one in parts):
            consts.add(Constant("str", "".join(map(str, parts))))
        else:
            shapes[Shape(merged_parts(parts), shape.how)] = None
    return Value(open=base.open, consts=frozenset(consts), shapes=tuple(shapes), origins=base.origins)


def _cut(parts: tuple[Part, ...], lower: _Bound, upper: _Bound) -> tuple[Part, ...]:
    """What is left of a text between two positions, where these lie in its constant ends; else all of it."""
    first, last = (one if isinstance(one, str) else "" for one in (parts[0], parts[-1]))
    if upper is None and lower is not None and -len(last) <= lower < 0:
        return (last[lower:],)
    if lower is not None and not 0 <= lower <= len(first):
        return parts
    if upper is not None and 0 <= upper <= len(first):
        return (first[lower:upper],)
    if upper is not None and not -len(last) <= upper < 0:
        return parts
    kept = list(parts)
    if upper is not None and last:
        kept[-1] = last[:upper]
    if lower and first:
        kept[0] = first[lower:]
    return tuple(kept)


def is_inner(index: ir.Expr) -> bool:
    """`[1:-1]`: all but the first and the last character."""
    if not isinstance(index, ir.Slice) or index.step is not None:
        return False
    bounds = [one.value if isinstance(one, ir.Const) else None for one in (index.lower, index.upper)]
    return bounds == [1, -1]
