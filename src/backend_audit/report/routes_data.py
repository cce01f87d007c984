"""The route table for programs and for pages: JSON, CSV, Markdown."""

import csv
import re
from collections.abc import Sequence
from io import StringIO

import msgspec

from backend_audit.inventory import GuardRow, RouteRow, counts
from backend_audit.report.safe import one_line, tame
from backend_audit.report.summary import routes_line

_COLUMNS = (
    "method", "path", "kind", "framework", "handler", "file", "line", "auth", "verdict", "why", "guards", "unapplied",
    "body_validated", "body_schema", "response_schema",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run


class NotAnInventoryError(ValueError):
    """A file that is not what `routes --format json` writes."""


def render_json(value: object) -> str:
    """`value` as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def read_rows(data: bytes) -> list[RouteRow]:
    """The rows of a saved inventory; `NotAnInventoryError` says what is wrong."""
    try:
        return msgspec.json.decode(data, type=list[RouteRow])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAnInventoryError(str(error)) from None


def render_csv(rows: Sequence[RouteRow]) -> str:
    """`rows` as a table with a head."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(getattr(row, column)) for column in _COLUMNS] for row in rows)
    return out.getvalue()


def render_markdown(rows: Sequence[RouteRow]) -> str:
    """`rows` as a table, after what they come to."""
    lines = ["# Routes", "", routes_line(counts(rows)).plain, ""]
    if rows:
        lines += ["| verdict | method | path | handler | guards | body | why |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        verdict = f"**{row.verdict}**" if row.verdict == "open" else row.verdict
        where = f"{code(row.handler)} {code(f'{row.file}:{row.line}')}"
        guards = " → ".join(f"{code(one.name)} {plain(', '.join(one.does))}" for one in row.guards if one.does != ("runs",))
        guards += "".join(f"; **not run:** {code(one.name)}" for one in row.unapplied)
        cells = [verdict, row.method, code(row.path), where, guards, code(row.body_schema), plain(row.why)]
        lines.append(f"| {' | '.join(cells)} |")
    return tame("\n".join(lines) + "\n")


def code(text: str) -> str:
    """Text of the scanned code as code in a table's cell."""
    shown = one_line(text).replace("|", "\\|")
    if "`" not in shown:
        return f"`{shown}`" if shown else ""
    fence = "`" * (max(len(run) for run in re.findall("`+", shown)) + 1)
    return f"{fence} {shown} {fence}"


def plain(text: str) -> str:
    """A sentence in a table's cell; what stands between backticks stays code."""
    parts = one_line(text).split("`")
    return "".join(code(part) if at % 2 else _escaped(part) for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    """Text in which nothing is mark-up, and nobody is mentioned."""
    return "".join(f"\\{sign}" if sign in "|*_[]<>#" else sign for sign in text).replace("@", "@\u200b")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(_guard(one) for one in value) if isinstance(value, tuple) else one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _guard(guard: GuardRow) -> str:
    return one_line(f"{guard.name} ({', '.join(guard.does)})")
