"""Arguments as they are handed over, told apart from what is computed of them."""

from backend_audit.flow.origins import DERIVED
from backend_audit.flow.values import Value, changed


def itself(value: Value) -> Value:
    """`value` without what is only computed of parameters."""
    computed = frozenset(one for one in value.origins if one.label == "param" and one.key[-1] == DERIVED)
    return changed(value, origins=value.origins - computed) if computed else value
