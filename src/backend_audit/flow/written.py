"""Expressions as a reader would name them, short: for messages and as what fills a hole."""

from backend_audit import ir

_LIMIT = 60


def written(node: ir.Node | None) -> str:
    """`node` as source-like text, cut to a readable length."""
    text = _written(node, 4)
    return text if len(text) <= _LIMIT else text[: _LIMIT - 1] + "…"


def _written(node: ir.Node | None, depth: int) -> str:
    if node is None or depth == 0:
        return "…"
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Attribute):
        return f"{_written(node.value, depth)}.{node.attr}"
    if isinstance(node, ir.Call):
        inner = ", ".join(_argument(arg, depth - 1) for arg in node.args[:3])
        return f"{_written(node.func, depth)}({inner}{', …' if len(node.args) > 3 else ''})"
    if isinstance(node, ir.Index):
        return f"{_written(node.value, depth)}[{_written(node.index, depth - 1)}]"
    if isinstance(node, ir.Slice):
        return ":".join("" if one is None else _written(one, depth) for one in _bounds(node))
    if isinstance(node, ir.Unary):
        return f"{node.op}{' ' if node.op.isalpha() else ''}{_written(node.operand, depth)}"
    if isinstance(node, ir.Const):
        return "..." if node.kind == "ellipsis" else str(node.value) if node.kind == "regex" else repr(node.value)
    if isinstance(node, ir.Await):
        return _written(node.value, depth)
    if isinstance(node, ir.Hole):
        return _written(node.value, depth)
    if isinstance(node, ir.Template):
        return "f'…'"
    if isinstance(node, ir.Binary):
        return (
            f"{_operand(node.left, node.op, depth)} {node.op} {_operand(node.right, '*' if node.op == '-' else node.op, depth)}"
        )
    if isinstance(node, ir.Logical):
        return f"({_written(node.left, depth - 1)} {node.op} {_written(node.right, depth - 1)})"
    if isinstance(node, ir.Filter):
        return f"{_written(node.value, depth)}|{node.name}"
    if isinstance(node, ir.Container) and node.kind == "tuple":
        inner = ", ".join(_written(item.value, depth - 1) for item in node.items[:3])
        return f"({inner}{', …' if len(node.items) > 3 else ''})"
    if isinstance(node, ir.Comprehension) and node.kind == "generator":
        clause = node.clauses[0]
        return f"{_written(node.value, depth - 1)} for {_written(clause.target, depth - 1)} in {_written(clause.iter, depth - 1)}"
    if isinstance(node, ir.Lambda):
        return "lambda"
    if isinstance(node, ir.Starred):
        return "*" + _written(node.value, depth)
    return "…"


def with_parts(node: ir.Expr) -> list[str]:
    """An expression, and what stands in it one by one where it is a tuple."""
    items = node.items if isinstance(node, ir.Container) and node.kind == "tuple" else ()
    return [written(node), *(written(item.value) for item in items)]


def _bounds(node: ir.Slice) -> list[ir.Expr | None]:
    return [node.lower, node.upper, *([] if node.step is None else [node.step])]


def _operand(node: ir.Expr, op: str, depth: int) -> str:
    """One side of `op`, in parentheses where it would be read otherwise without."""
    text = _written(node, depth - 1)
    binds_less = isinstance(node, ir.Binary) and node.op in ("+", "-") and op not in ("+", "-")
    return f"({text})" if binds_less else text


def _argument(arg: ir.Arg, depth: int) -> str:
    text = _written(arg.value, depth)
    return f"{arg.name}={text}" if arg.name else "*" * arg.star + text


def last_word(node: ir.Node | None) -> str:
    """The last word of a name: `c` of `a.b.c`; "" of what is none."""
    return node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""


def first_word(node: ir.Expr) -> str:
    """The name that a chain of calls and attributes begins with: `a` of `a.b().c`; "" of what begins otherwise."""
    while isinstance(node, (ir.Attribute, ir.Call)):
        node = node.value if isinstance(node, ir.Attribute) else node.func
    return node.id if isinstance(node, ir.Name) else ""


def dotted(node: ir.Expr | None) -> str | None:
    """`a.b.c` for plain names and attributes of them, else None: the key of an access path."""
    if isinstance(node, ir.Attribute):
        base = node.value.id if isinstance(node.value, ir.Name) else dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return node.id if isinstance(node, ir.Name) else None
