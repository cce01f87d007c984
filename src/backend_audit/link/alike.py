"""Code that says the same as before, in another place."""

from backend_audit import ir

_OFFSETS = frozenset(("at", "end", "name_end", "docstring_end"))


def alike(before: object, now: object, known: dict[int, int]) -> bool:
    """Whether two nodes, or lists of them, say the same wherever they stand; offsets that correspond go into `known`."""
    pairs = [(before, now)]
    while pairs:
        old, new = pairs.pop()
        if type(old) is not type(new):
            return False
        if isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                return False
            pairs.extend(zip(old, new, strict=True))
        elif isinstance(old, ir.Node):
            for name in old.__struct_fields__:
                one, other = getattr(old, name), getattr(new, name)
                if name not in _OFFSETS:
                    pairs.append((one, other))
                elif known.setdefault(one, other) != other:
                    return False
        elif old != new:
            return False
    return True
