"""Functions that a call makes: `itemgetter("name")` is `lambda row: row["name"]`.

https://docs.python.org/3/library/operator.html#operator.attrgetter
"""

from functools import reduce

from backend_audit import ir

_ROW = "row"


def getter(call: ir.Call) -> ir.Lambda | None:
    """The function that a call of `itemgetter` or `attrgetter` with constants makes; None for other calls."""
    name = call.func.attr if isinstance(call.func, ir.Attribute) else call.func.id if isinstance(call.func, ir.Name) else ""
    if name not in ("itemgetter", "attrgetter") or not call.args:
        return None
    parts: list[ir.Expr] = []
    for arg in call.args:
        one = arg.value
        if arg.star or arg.name is not None or not isinstance(one, ir.Const):
            return None
        row: ir.Expr = ir.Name(one.at, one.end, _ROW)
        if name == "itemgetter":
            parts.append(ir.Index(one.at, one.end, row, one))
        elif isinstance(one.value, str):
            parts.append(reduce(lambda base, step: ir.Attribute(base.at, base.end, base, step), one.value.split("."), row))
        else:
            return None
    at, end = call.at, call.end
    items = [ir.Item(one.at, one.end, None, one, 0) for one in parts]
    result = parts[0] if len(parts) == 1 else ir.Container(at, end, "tuple", items)
    param = ir.Param(at, end, _ROW, "positional", None, None)
    function = ir.Function(at, end, "", at, [param], [ir.Return(at, end, result)], [], None, False, False)
    return ir.Lambda(at, end, function)
