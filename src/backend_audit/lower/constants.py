"""Literals as the IR has them, whoever parsed them."""

from backend_audit import ir

_INT_LIMIT = 2**63
_MAX_DIGITS = 4_000  # int() refuses longer texts


def integer(at: int, end: int, text: str) -> ir.Const:
    """A whole number; what no 64 bits hold stays as it is written."""
    digits = text.replace("_", "")
    value: int | str = text
    if len(digits) < _MAX_DIGITS:
        number = int(digits, 0) if digits.strip("0") or len(digits) == 1 else 0
        value = number if number < _INT_LIMIT else text
    return ir.Const(at, end, "int", value)


def unary(at: int, end: int, op: str, operand: ir.Expr) -> ir.Expr:
    """An operator before its operand; a number with a sign is a number."""
    if op == "-" and isinstance(operand, ir.Const) and isinstance(operand.value, (int, float)):
        return ir.Const(at, end, operand.kind, -operand.value)
    return ir.Unary(at, end, op, operand)


def joined(at: int, end: int, left: ir.Expr, right: ir.Expr) -> ir.Expr:
    """Two strings one after the other: one text, or the parts of both where there is a template."""
    parts: list[ir.Expr] = []
    for side in (left, right):
        parts.extend(side.parts if isinstance(side, ir.Template) else [side])
    texts = [part.value for part in parts if isinstance(part, ir.Const) and isinstance(part.value, str)]
    if len(texts) < len(parts) or not parts:
        return ir.Template(at, end, parts)
    return ir.Const(at, end, parts[0].kind if isinstance(parts[0], ir.Const) else "str", "".join(texts))
