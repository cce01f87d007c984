"""Parts of data: of a parameter's, the same part of what callers give is meant."""

from backend_audit.flow.values import DERIVED, Origin

ELEMENT = "[]"  # the step to an element whose position does not matter
_DEEPEST = 4  # parts of parts are told apart down to here


def of_origin(origin: Origin, step: str) -> Origin:
    """The origin of a part of data, which `step` leads to: a name, a key, `ELEMENT`."""
    if origin.label != "param":
        return origin
    if origin.key[-1] == DERIVED or len(origin.key) > _DEEPEST:
        return origin.derived()
    return Origin("param", (*origin.key, step), origin.what, origin.cleared, origin.trace)
