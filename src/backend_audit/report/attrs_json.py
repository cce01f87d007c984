"""sarif_om's objects as JSON. They are attrs classes whose metadata hold the property names of an early SARIF 2.1.0."""

from typing import Any, TypeAlias

import attr

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# Names that changed between that draft and the standard: (class, name there) → name in 2.1.0.
_RENAMED = {("Suppression", "state"): "status"}
# Defaults are left out by the rule "equal to the default"; these are written all the same, for readers that expect them.
_ALWAYS = {("Result", "level"), ("ReportingConfiguration", "level"), ("Notification", "level")}
# What a reader looks for first stands first; the rest follows in the classes' order.
_FIRST = ("$schema", "version", "id", "ruleId", "ruleIndex", "level", "message", "locations")


def to_json(value: Any) -> Json:
    """Objects as tables without what is unset or default, in the classes' order; plain values as they are."""
    if attr.has(type(value)):
        kind = type(value).__name__
        table: dict[str, Json] = {}
        for field in attr.fields(type(value)):
            name = field.metadata["schema_property_name"]
            part = getattr(value, field.name)
            if part is None or (part == _default(field) and (kind, name) not in _ALWAYS):
                continue
            table[_RENAMED.get((kind, name), name)] = to_json(part)
        return {name: table[name] for name in (*_FIRST, *table) if name in table}
    if isinstance(value, dict):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no place in SARIF")


def _default(field: "attr.Attribute[Any]") -> object:
    made: Any = field.default
    return made.factory() if isinstance(made, attr.Factory) else made  # type: ignore[arg-type]
