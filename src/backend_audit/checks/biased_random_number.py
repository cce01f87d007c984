"""Numbers made of secure random bytes in a way that makes some of them likelier than others."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _patterns, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import last_word, written
from backend_audit.source import SCRIPTS

RULE = "biased-random-number"

_SOURCES = frozenset(("randomBytes", "secureRandom", "getRandomBytes", "randomFillSync", "getRandomBytesSync", "randombytes"))
_ROUNDING = frozenset(("floor", "ceil", "round", "trunc"))
_READERS = ("readUInt", "readInt", "readUint")
_EACH = frozenset(("map", "forEach", "flatMap"))
_DEPTH = 4
_ALL = 255  # the greatest byte: division by it, or by 256, gives a fraction
_FIX = "Use `crypto.randomInt(n)`, which throws away what would make some numbers likelier."


@check(RULE, *SCRIPTS)
def uneven(node: ir.Binary, view: FileView) -> Iterator[Alert]:
    """`crypto.randomBytes(1)[0] % 10`."""
    if node.op not in ("%", "/", "+", "*"):
        return
    left = _is_random(node.left, view, _DEPTH)
    made = left and (_is_random(node.right, view, _DEPTH) if node.op in ("+", "*") else _is_uneven(node, view))
    if made and not _rejects(node.left, view):
        what = {"%": "The remainder", "/": "The rounded quotient", "+": "The sum", "*": "The product"}[node.op]
        yield Alert(
            node=node,
            message=f"{what} of a random byte is not evenly distributed: some numbers come more often than others.",
            fix=_FIX,
            confidence=Confidence.MEDIUM,
        )


def _is_uneven(node: ir.Binary, view: FileView) -> bool:
    """Whether 256 values cannot be divided evenly that way."""
    right = _patterns.given(node.right, view) if isinstance(node.right, ir.Name) else node.right
    number = right.value if isinstance(right, ir.Const) else None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or number <= 0:
        return False
    if node.op == "%":
        return 256 % number != 0
    parents = [one for one in reversed(view.ancestors) if not isinstance(one, ir.Arg)][:3]
    rounded = any(isinstance(one, ir.Call) and last_word(one.func) in _ROUNDING for one in parents)
    return rounded and number not in (_ALL, _ALL + 1)


def _is_random(node: ir.Expr | None, view: FileView, depth: int) -> bool:
    """Whether the expression is a byte, or a number read, of a buffer of secure random bytes."""
    if node is None or depth == 0:
        return False
    if isinstance(node, ir.Index):
        return _is_buffer(node.value, view, depth - 1)
    if isinstance(node, ir.Call):
        name = last_word(node.func)
        return name.startswith(_READERS) and isinstance(node.func, ir.Attribute) and _is_buffer(node.func.value, view, depth - 1)
    if isinstance(node, ir.Binary) and node.op == "+":
        sides = (node.left, node.right)
        return any(isinstance(one, ir.Const) and isinstance(one.value, int) for one in sides) and any(
            _is_random(one, view, depth - 1) for one in sides
        )
    if isinstance(node, ir.Name):
        for around in reversed(view.ancestors):
            if isinstance(around, ir.For) and isinstance(around.target, ir.Name) and around.target.id == node.id:
                return _is_buffer(around.iter, view, depth - 1)
            if isinstance(around, ir.Function) and around.params and around.params[0].name == node.id:
                return _is_buffer(_gone_over(around, view), view, depth - 1)
        return _is_random(_patterns.given(node, view), view, depth - 1)
    return False


def _gone_over(function: ir.Function, view: FileView) -> ir.Expr | None:
    """What a function is called for each element of: `bytes.map((byte) => byte % 10)`, `Array.from(bytes, f)`."""
    for around in reversed(view.ancestors):
        given = [arg.value for arg in around.args] if isinstance(around, ir.Call) else []
        if isinstance(around, ir.Call) and any(isinstance(one, ir.Lambda) and one.function is function for one in given):
            if written(around.func) == "Array.from":
                return given[0]
            return around.func.value if isinstance(around.func, ir.Attribute) and around.func.attr in _EACH else None
    return None


def _is_buffer(node: ir.Expr | None, view: FileView, depth: int) -> bool:
    if node is None or depth == 0:
        return False
    if isinstance(node, ir.Call):
        if last_word(node.func) in _SOURCES:
            return True
        return (
            _patterns.method(node) == "values"
            and isinstance(node.func, ir.Attribute)
            and _is_buffer(node.func.value, view, depth - 1)
        )
    return isinstance(node, ir.Name) and _is_buffer(_patterns.given(node, view), view, depth - 1)


def _rejects(node: ir.Expr, view: FileView) -> bool:
    """Whether the function compares the byte with a bound before: what lies above is thrown away."""
    said = view.source(node)
    for scope in _patterns.scopes(view):
        for one in ir.walk(*list(scope)):
            if isinstance(one, ir.Compare) and view.source(one.left) == said and one.ops[0] in ("<", "<=", ">", ">="):
                return True
        return False
    return False
