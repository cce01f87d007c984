"""Signs in files without code (Dockerfile, compose, Kubernetes, Terraform, gateways, CI, schemas), line by line."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate

from backend_audit.finding import Place
from backend_audit.inventory.signs import Sign
from backend_audit.signs.pattern import Pattern
from backend_audit.signs.rows import Row, Rows

_COMMENT = re.compile(r"^\s*(#|//|--|;)")
_RECORDED = re.compile(  # what tests once saw of other services, or set up for themselves; where one developer works
    r"(^|/)(__snapshots__|cassettes|recordings|snapshots|tests?|__tests__|e2e|testdata|fixtures?|\.devcontainer)/"
)
_VALUES = re.compile(r"(^|/)values[\w.-]*\.ya?ml$")  # https://helm.sh/docs/chart_template_guide/values_files/
_OFF = re.compile(r"^(\s*)(?:enabled|create):\s*[\"']?(?:false|no|off)[\"']?\s*(?:#.*)?$")
_LONGEST = 2_000  # characters of a line that are looked at


def asked_for(paths: Iterable[str], rows: Rows) -> list[str]:
    """Those of `paths` whose files some row wants to read, in order. A pattern with a slash is one of the whole path."""
    meant = _meant(tuple(dict.fromkeys(pattern for row in rows.having("files") for pattern in row.files)))
    every = sorted(paths)
    above = len(posixpath.commonpath(every)) if len(every) > 1 else 0  # the folder that is looked at may stand among tests
    return [path for path in every if meant(path.lower()) and not _RECORDED.search(path.lower(), above)]


def in_texts(texts: Iterable[tuple[str, str]], rows: Rows) -> Iterator[Sign]:
    """The signs in files, given as paths and texts."""
    wanted = [(_meant(row.files), row) for row in rows.having("files")]
    for path, given in texts:
        low = path.lower()
        rows_here = [row for meant, row in wanted if meant(low)]
        text = "\n".join(given.splitlines()) if rows_here else ""
        lower = text.lower()
        yield from _in_text(
            path, text, [row for row in rows_here if _fits(row.only, text, lower) and _fits(row.line, text, lower)]
        )


def _fits(pattern: Pattern | None, text: str, lower: str) -> bool:
    """Whether a text, of which `lower` is the lower case, fits; none asks for nothing."""
    return pattern is None or (pattern.may_fit(lower) and pattern.search(text) is not None)


def _meant(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a path in small letters is one of a file that the patterns mean."""
    whole = re.compile("|".join(translate(one) for one in patterns if "/" in one) or r"(?!)")
    last = re.compile("|".join(translate(one) for one in patterns if "/" not in one) or r"(?!)")
    return lambda low: last.match(posixpath.basename(low)) is not None or whole.match(low) is not None


def _switched_off(lines: list[str]) -> frozenset[int]:
    """The lines of a chart's values that belong to what is switched off: a block that says `enabled: false`, with all in it."""
    off: set[int] = set()
    for number, line in enumerate(lines):
        said = _OFF.match(line)
        if said is not None and said[1]:
            off.update(at + 1 for at in _block(lines, number, len(said[1])))
    return frozenset(off)


def _block(lines: list[str], number: int, depth: int) -> Iterator[int]:
    """The lines around one that stand as deep as it or deeper, up to where its block begins and ends."""
    for step in (-1, 1):
        at = number if step == 1 else number - 1
        while 0 <= at < len(lines) and (not lines[at].strip() or _COMMENT.match(lines[at]) or _depth(lines[at]) >= depth):
            yield at
            at += step


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _in_text(path: str, text: str, rows: list[Row]) -> Iterator[Sign]:
    """The signs of `rows`, each of which fits somewhere in the text: its patterns know lines."""
    lines = text.splitlines() if rows else []
    off = _switched_off(lines) if _VALUES.search(path) else frozenset()
    for number, line in enumerate(lines, 1):
        if _COMMENT.match(line) or number in off:
            continue
        for row in rows:
            found = row.line.search(line[:_LONGEST]) if row.line is not None else None
            if found is not None:
                place = Place(path, number, found.start() + 1, number, max(found.end(), found.start() + 1) + 1)
                yield Sign(row.kind, place, row.what)
