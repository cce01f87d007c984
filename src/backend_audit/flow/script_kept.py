"""Where middleware keeps what a schema gave, for the handlers after it: `req.validated = schema.parse(req.body)`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import dotted

GIVES = frozenset("parse parseAsync validateSync validateAsync cast attempt".split())  # or throw
_ANSWERS = frozenset("safeParse safeParseAsync spa validate".split())
_DATA = frozenset(("data", "value"))  # where an answer has what it let through


def kept(maker: ir.Function) -> list[tuple[int, str]]:
    """Of the functions in one that takes a schema: position of a parameter, and the path below it that holds what came out."""
    found: dict[tuple[int, str], None] = {}
    for one in ir.walk(*maker.body):
        if isinstance(one, ir.Function) and len(one.params) > 1:
            positions = {param.name: at for at, param in enumerate(one.params)}
            for key in _assigned(one):
                head, _, path = key.partition(".")
                if head in positions and path:
                    found[positions[head], path] = None
    return list(found)


def _assigned(function: ir.Function) -> Iterator[str]:
    """The paths that are given what a schema has let through."""
    answers, data = set[str](), set[str]()
    for node in ir.walk_scope(*function.body):
        if not isinstance(node, ir.Assign) or node.value is None or len(node.targets) != 1:
            continue
        target, value = node.targets[0], _awaited(node.value)
        key = dotted(target)
        if key is not None and _asks(value, _ANSWERS):
            answers.add(key)
        elif key is not None and _gives(value, answers, data):
            data.add(key)
            yield key
        elif isinstance(target, ir.Container) and _asks(value, _ANSWERS):
            taken = [one for one in target.items if isinstance(one.key, ir.Const) and one.key.value in _DATA]
            data.update(name for one in taken if (name := dotted(one.value)) is not None)


def _awaited(node: ir.Expr) -> ir.Expr:
    return node.value if isinstance(node, ir.Await) else node


def _asks(node: ir.Expr, names: frozenset[str]) -> bool:
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in names


def _gives(node: ir.Expr, answers: set[str], data: set[str]) -> bool:
    """Whether an expression is what a schema let through; `{...old, ...that}` adds it to what was there."""
    if isinstance(node, ir.Container) and node.kind == "dict":
        return any(item.star and _gives(_awaited(item.value), answers, data) for item in node.items)
    if isinstance(node, ir.Attribute) and node.attr in _DATA and dotted(node.value) in answers:
        return True
    return _asks(node, GIVES) or dotted(node) in data
