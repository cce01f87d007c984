"""Statements whose places a library fills in by itself: `format("… WHERE a = %L ORDER BY %s", value, sort)`.

https://github.com/datalanche/node-pg-format#supported-formats
"""

import re

from backend_audit.flow import strings
from backend_audit.flow.script_builtin import Pieces
from backend_audit.flow.values import UNKNOWN, Value, text

_PLACE = re.compile(r"%(?:(?P<at>\d+)\$)?(?P<kind>[%sIL])")
_SQL = frozenset(("sql",))


def filled(args: Pieces) -> Value | None:
    """`%I` and `%L` quote what fills them, `%s` does not; None for a format of which nothing is known."""
    return strings.filled(args[0][0], "format", lambda one: _pieces(one, args[1:])) if args else None


def filled_from_list(args: Pieces) -> Value | None:
    """The same with the values in a list: `format.withArray(text, values)`."""
    held = args[1][0] if len(args) > 1 else UNKNOWN
    count = len(held.items or ()) or 1
    found = [held.item(at) or held.derived() for at in range(count)]
    return filled([*args[:1], *((one, f"{args[1][1]}[{at}]") for at, one in enumerate(found))]) if len(args) > 1 else None


def _pieces(format_: str, given: Pieces) -> list[strings.Piece]:
    pieces: list[strings.Piece] = []
    at = index = 0
    for match in _PLACE.finditer(format_):
        pieces.append((text(format_[at : match.start()]), ""))
        at = match.end()
        if match["kind"] == "%":
            pieces.append((text("%"), ""))
            continue
        index = int(match["at"]) if match["at"] else index + 1
        value, written = given[index - 1] if 0 < index <= len(given) else (UNKNOWN, "")
        quoted = match["kind"] != "s"
        pieces.append((_quoted(value) if quoted else value, written))
    pieces.append((text(format_[at:]), ""))
    return pieces


def _quoted(value: Value) -> Value:
    """What no longer means anything to the database but itself."""
    return value.derived().cleared(_SQL) if value.origins or value.shapes else Value(made=True)
