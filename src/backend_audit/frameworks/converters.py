"""Converters in route patterns: `<int:number>` leaves no text to inject.

Flask, Quart, Sanic and Bottle write `<converter:name>` (Sanic and Bottle also `<name:converter>`), Starlette `{name:converter}`.
Converters of the application's own are taken for closed: they exist to let through what has a form.
https://werkzeug.palletsprojects.com/en/stable/routing/#built-in-converters
"""

import re

from backend_audit import ir
from backend_audit.flow.values import Value, changed

_HOLE = re.compile(r"[<{](?:(?P<left>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)(?::(?P<right>[^>}]+))?[>}]")
_TEXT = frozenset({"", "string", "str", "path", "default", "strorempty", "unicode", "re", "regex"})


def closes(decorator: ir.Call, name: str) -> bool:
    """Whether the pattern of the route in `decorator` gives the parameter `name` no free text."""
    for arg in decorator.args:
        if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str) and arg.value.value.startswith("/"):
            for hole in _HOLE.finditer(arg.value.value):
                converter = _converter(hole, name)
                if converter is not None:
                    return converter not in _TEXT
    return False


def given(value: Value) -> Value:
    """What a converter leaves of an address: nothing that a client could have written freely."""
    return value if value.types or not value.open else changed(value, open=False, made=True)


def _converter(hole: "re.Match[str]", name: str) -> str | None:
    """The converter of the hole if it fills `name`: it stands before the name, or behind it."""
    if hole["name"] == name:
        return (hole["left"] or hole["right"] or "").partition(":")[0]
    return None if hole["left"] != name or hole["right"] else hole["name"]
