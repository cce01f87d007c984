"""The arguments of a concept: what its roles that are operands hold, and the concept with other values in them."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from backend_audit.flow.concepts import Concept, Operand
from backend_audit.flow.values import Value

_names: dict[type[Concept], tuple[str, ...]] = {}  # of the fields of each kind: asked for with every call of a project


def _roles(kind: type[Concept]) -> tuple[str, ...]:
    if kind not in _names:
        _names[kind] = tuple(one.name for one in fields(kind))
    return _names[kind]


def operands(concept: Concept) -> Iterator[tuple[str, Operand]]:
    """The arguments that are given, by role."""
    for name in _roles(type(concept)):
        held = getattr(concept, name)
        if isinstance(held, Operand):
            yield name, held


def with_values(concept: Concept, change: Callable[[Value], Value]) -> Concept:
    """`concept` with the value of each argument replaced by what `change` gives; itself where all stay the same."""
    changes: dict[str, Operand] = {}
    for name, operand in operands(concept):
        value = change(operand.value)
        if value is not operand.value:
            changes[name] = Operand(value, operand.node)
    return replace(concept, **changes) if changes else concept  # type: ignore[arg-type]  # fields of the same concept
