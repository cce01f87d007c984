"""Constants that name an entry: `_SESSION_KEY = "cart"` beside `session[_SESSION_KEY]` is a name, not a key that signs."""

from backend_audit import ir

_READERS = frozenset({"get", "pop", "setdefault", "delete", "has", "contains"})


def slots(module: ir.Module) -> frozenset[str]:
    """The names that this module uses as the index of something, as a key of a dict, or in a test of membership."""
    found: set[str] = set()
    for node in ir.walk(*module.body):
        match node:
            case ir.Index(index=index):
                found.add(_name(index))
            case ir.Call(func=ir.Attribute(attr=attr), args=[ir.Arg(value=value, name=None), *_]) if attr in _READERS:
                found.add(_name(value))
            case ir.Container(kind="dict", items=items):
                found.update(_name(item.key) for item in items if item.key is not None)
            case ir.Compare(left=left, ops=ops) if ops[0] in {"in", "not in"}:
                found.add(_name(left))
            case _:
                pass
    return frozenset(found - {""})


def _name(node: ir.Expr) -> str:
    return node.id if isinstance(node, ir.Name) else node.attr if isinstance(node, ir.Attribute) else ""
