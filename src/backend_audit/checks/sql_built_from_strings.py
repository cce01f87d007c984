"""SQL statements into which values are pasted, by whatever way of building strings."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.checks import Alert, _sql, check
from backend_audit.checks._catalogs import read_from_catalog
from backend_audit.checks._context import script_file
from backend_audit.checks._sql import Place
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site, SqlExecution
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Gap, Shape, Value
from backend_audit.source import Mark

RULE = "sql-built-from-strings"

_ORDER = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
_HOW = {
    "f-string": "an f-string",
    "+": "`+`",
    "%": "the `%` operator",
    ".format": "`.format()`",
    "format": "`format()`",
    "join": "`join()`",
    "replace": "`replace()`",
    "Template": "a template",
    "template literal": "a template literal",
}
_PASTED = re.compile(r"\$(?:(?P<at>\d+)|[({</\[](?P<name>[\w$]+))(?::raw|\^)")
_COMPARES = re.compile(
    r"[=<>~]|\b(?:i?like|in|between|select|where|values|set|limit|offset|interval|from|join|returning|and|or|not)\b",
    re.IGNORECASE,
)
# A whole list, which no parameter takes: ids of rows, or `?, ?, ?`.
_LISTED = re.compile(rf"\bIN\s*\((?:\s*{_sql.HOLE}\s*,)*\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Hole:
    gap: Gap
    place: Place
    how: str
    confidence: Confidence
    origin: Origin | None


@check(RULE)
def sql_built_from_strings(sql: SqlExecution) -> Iterator[Alert]:
    """A statement with a hole that somebody else may fill, or one that comes from outside as a whole."""
    if sql.statement is None:
        return
    holes: list[_Hole] = []
    for shape in _shapes(sql.statement.value):
        if sql.guess and not _sql.reads_like_sql(_sql.text_of(shape)):
            continue
        holes += _holes(shape, sql)
    if sql.language != "SQL":
        holes = [hole for hole in holes if hole.origin is not None]  # of others, no more is known of what stands where
    if holes:
        yield _alert(sql, [_with_catalogs(hole, sql.site) for hole in holes])
        return
    whole = _whole(sql)
    if whole is not None:
        yield _alert_whole(sql, whole)


@check(RULE)
def pasted_by_the_driver(sql: SqlExecution) -> Iterator[Alert]:
    """`db.any("SELECT * FROM t ORDER BY $1:raw", [sort])` (https://vitaly-t.github.io/pg-promise/formatting.html)."""
    if sql.statement is None or sql.parameters is None or not sql.site.api.startswith("pg-promise."):
        return
    for place in (one for text in sql.statement.value.texts() for one in _PASTED.finditer(text)):
        given = sql.parameters.value
        filled = given if not given.kind else given.item(place["name"] or int(place["at"]) - 1)
        origin = None if filled is None else next(iter(filled.carries("untrusted", "sql")), None)
        if origin is not None:
            message = f"`{place[0]}` has `{sql.site.written}` paste data of {origin.what} as SQL."
            yield replace(_alert_whole(sql, origin), message=message)
            return


def _shapes(value: Value, depth: int = 3) -> Iterator[Shape]:
    """The built strings in a statement or in a list or mapping of fragments."""
    yield from value.shapes
    if depth and value.kind:
        inner = [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]
        for one in inner:
            yield from _shapes(one, depth - 1)


def _holes(shape: Shape, sql: SqlExecution) -> Iterator[_Hole]:
    before, defines = "", _sql.defines(shape)
    for at, part in enumerate(shape.parts):
        if isinstance(part, str):
            before += part
            continue
        if not _sql.is_harmless(part.value) and not _sql.is_closed_text(part):
            place = Place.NAME if _sql.qualifies(next(iter(shape.parts[at + 1 :]), "")) else _sql.place_of(before)
            origin = next(iter(part.value.carries("untrusted", "sql")), None)
            sure = _confidence(part, place, origin, fragment=defines or (sql.fragment and not _compares(before, place)))
            if origin is None and not in_python(sql.site) and _LISTED.search(before):
                sure = Confidence.LOW
            if sure is not Confidence.LOW and _sql.is_doubled(part, before, origin, sql.site):
                sure = Confidence.LOW  # right but where a backslash escapes too
            yield _Hole(part, place, shape.how, sure, origin)
        before += _sql.HOLE


def _confidence(gap: Gap, place: Place, origin: Origin | None, *, fragment: bool) -> Confidence:
    if origin is not None:
        return Confidence.HIGH
    if fragment or _sql.is_fixed_by_program(gap) or place in (Place.NAME, Place.CLAUSE):
        return Confidence.LOW
    if place is not Place.QUOTED and (_sql.is_fragment(gap) or _sql.is_quoted_name(gap)):
        return Confidence.LOW
    return Confidence.MEDIUM


def _compares(before: str, place: Place) -> bool:
    """Whether a piece of a statement has come to a place for a value: `age > {}`, `'{}'`; `lower({})` may take a column."""
    return place is Place.QUOTED or bool(_COMPARES.search(before))


def _with_catalogs(hole: _Hole, site: Site) -> _Hole:
    """Less sure of the database's own names for its tables, and in tools: who starts one by hand may run what they like."""
    if hole.confidence is Confidence.MEDIUM and (script_file(site.path) or read_from_catalog(hole.gap.written, site)):
        return replace(hole, confidence=Confidence.LOW)
    return hole


def _whole(sql: SqlExecution) -> Origin | None:
    """The source of a statement that as a whole comes from outside."""
    statement = sql.statement
    if statement is None or sql.named or sql.guess or statement.value.kind or sql.language != "SQL":
        return None  # a server of GraphQL runs whatever query its clients write
    value = statement.value
    if value.shapes or not value.open:
        return None
    return next(iter(value.carries("untrusted", "sql")), None)


def _alert(sql: SqlExecution, holes: list[_Hole]) -> Alert:
    best = min((hole.confidence for hole in holes), key=_ORDER.index)
    shown = [hole for hole in holes if hole.confidence is best]
    names = list(dict.fromkeys(f"`{hole.gap.written}`" for hole in shown if hole.gap.written))
    listed = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "") if names else "a value"
    how = _HOW.get(shown[0].how, shown[0].how)
    message = f"{how[0].upper()}{how[1:]} puts {listed} into the {sql.language} that `{sql.site.written}` runs"
    origin = next((hole.origin for hole in shown if hole.origin is not None), None)
    if origin is not None:
        message += f"; the data comes from {origin.what}"
    at, end = _span(sql.site)
    return Alert(
        at=at,
        end=end,
        message=f"{message}.",
        fix=_fix(sql, shown),
        confidence=best,
        steps=_steps(sql, origin, at, end),
        anchor=_anchor(sql),
        cleared=frozenset() if origin is None else origin.cleared,
    )


def _anchor(sql: SqlExecution) -> str | None:
    """The statement with its holes: what tells this finding from others in the same function."""
    shape = next(_shapes(sql.statement.value), None) if sql.statement is not None else None
    return None if shape is None else " ".join(shape.text().split())[:200] or None


def _alert_whole(sql: SqlExecution, origin: Origin) -> Alert:
    at, end = _span(sql.site)
    return Alert(
        at=at,
        end=end,
        message=f"The whole {'piece of SQL' if sql.fragment else 'statement'} that `{sql.site.written}` "
        f"{'makes part of a statement' if sql.fragment else 'runs'} comes from outside: {origin.what}.",
        fix="Let the program choose among statements of its own, and pass the outside's data as parameters.",
        confidence=Confidence.HIGH,
        steps=_steps(sql, origin, at, end),
        cleared=origin.cleared,
    )


def _fix(sql: SqlExecution, holes: list[_Hole]) -> str:
    values = [hole for hole in holes if hole.place in (Place.VALUE, Place.QUOTED)]
    if not values:
        return (
            "Names and clauses cannot be parameters: take them from a fixed list in the program, or quote names with the "
            "driver's own means (`psycopg.sql.Identifier`, `quote_name`)."
        )
    name = values[0].gap.written or "value"
    marker = sql.marker or "?"
    if marker.startswith("{} with"):
        return f"Write `{{}}` for `{name}` and fill it with `.format(sql.Literal({name}))`, or pass it as a parameter."
    if marker in (":name", "%(name)s", "@name", "$name") or marker.startswith("{name"):
        return f"Write `{marker}` in the statement and pass `{name}` as its parameter called `name`."
    unquoted = ", without quotes around it," if values[0].place is Place.QUOTED else ""
    return f"Write `{marker}` in the statement{unquoted} and pass `{name}` as a parameter."


def _span(site: Site) -> tuple[int, int]:
    """The callee, or only its last name when it runs over several lines."""
    func = site.callee
    if isinstance(func, ir.Attribute) and site.module is not None:
        starts = site.module.line_starts
        if bisect_right(starts, func.at) != bisect_right(starts, func.end - 1):
            return func.end - len(func.attr), func.end
    return func.at, func.end


def _steps(sql: SqlExecution, origin: Origin | None, at: int, end: int) -> tuple[Mark, ...]:
    site = sql.site
    if origin is None:
        return ()
    steps = (*origin.marks(), Mark(site.path, at, end, f"`{site.written}` runs it as {sql.language}"))
    if site.inner is None:
        return steps
    at, end = _span(site.inner)
    return (*steps, Mark(site.inner.path, at, end, f"`{site.inner.written}` hands it to the database"))
