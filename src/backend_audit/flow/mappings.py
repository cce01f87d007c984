"""What is known of a mapping's names and values where it is not known which of them is asked for."""

from backend_audit.flow.origins import NAMES, Origin
from backend_audit.flow.parts import ELEMENT, NAME, of_origin
from backend_audit.flow.values import CLOSED_TYPES, NOTHING, Value, container, join_all, transform

_PARTS = frozenset(("items", "keys", "values"))
_MAPPINGS = frozenset(("dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping"))


def may_be_mapping(value: Value) -> bool:
    """Whether something of which no content is known is declared as a mapping, or as nothing."""
    return not value.kind and not value.apis and bool(value.origins) and value.types <= _MAPPINGS


def of_mapping(receiver: Value, name: str) -> Value | None:
    """`options.items()` of a parameter, which is a mapping as it seems: its names and its values are not the same data."""
    if name not in _PARTS or not may_be_mapping(receiver) or any(one.label != "param" for one in receiver.origins):
        return None
    named, held = (
        Value(open=True, origins=frozenset(of_origin(one, step) for one in receiver.origins)) for step in (NAME, ELEMENT)
    )
    each = container("tuple", {0: named, 1: held}) if name == "items" else named if name == "keys" else held
    return container("list", None, each)


def any_value(receiver: Value) -> Value:
    """What a container holds at a place that is not known: of a mapping's many values hardly the one that is secret."""
    inside = receiver.inside()
    found = join_all(inside)
    if receiver.kind != "dict" or all(any(one.label == "secret" for one in value.all_origins()) for value in inside):
        return found
    return transform(found, lambda one: () if one.label == "secret" else (one,))


def held(holder: Value, found: Value, step: str | int = ELEMENT) -> Value:
    """An element of a container that came from outside as a whole came from there too, unless its type is closed."""
    closed = found.types & CLOSED_TYPES or found.refs or found.made or found.consts
    if not holder.origins or found is NOTHING or (closed and not found.open):
        return found
    return found.with_origins(of_origin(one, step) for one in holder.origins if one.label != NAMES)


def names_in(mapping: Value) -> frozenset[Origin]:
    """The untrusted names that come with a mapping which is copied or spread: all of one that came from outside."""
    return mapping.carried_names() if mapping.kind else mapping.as_keys()


def spread(mapping: Value) -> tuple[Value | None, frozenset[Origin]]:
    """What a mapping that is spread holds under names that are not known, and those of its names that are untrusted."""
    if not mapping.kind:
        return mapping.derived(), names_in(mapping)
    return None if mapping.elem is None else held(mapping, mapping.elem), names_in(mapping)


def second(pair: Value, receiver: Value) -> Value:
    """What `dict(pairs)` holds: the second part of each pair; a set holds all of it."""
    part = pair.item(1) if receiver.kind == "dict" and pair.kind in ("list", "tuple") else None
    return pair if part is None else held(pair, part)
