"""Signs in files without code (Dockerfile, compose, Kubernetes, Terraform, gateways, CI, schemas), line by line."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from backend_audit.finding import Place
from backend_audit.inventory.signs import Sign
from backend_audit.signs.rows import Row, Rows

_COMMENT = re.compile(r"^\s*(#|//|--|;)")
_LONGEST = 2_000  # characters of a line that are looked at


def in_texts(paths: Iterable[str], text_of: Callable[[str], str | None], rows: Rows) -> Iterator[Sign]:
    """The signs in the files at `paths`, whose texts `text_of` gives. A pattern with a slash is one of the whole path."""
    wanted = rows.having("files")
    for path in sorted(paths):
        asking = [row for row in wanted if _is_meant(path, row)]
        text = text_of(path) if asking else None
        if text is not None:
            asking = [row for row in asking if row.only is None or row.only.search(text)]
            yield from _in_text(path, text, asking)


def _is_meant(path: str, row: Row) -> bool:
    low = path.lower()
    name = posixpath.basename(low)
    return any(fnmatchcase(low if "/" in pattern else name, pattern) for pattern in row.files)


def _in_text(path: str, text: str, rows: list[Row]) -> Iterator[Sign]:
    for number, line in enumerate(text.splitlines(), 1):
        if _COMMENT.match(line):
            continue
        for row in rows:
            found = row.line.search(line[:_LONGEST]) if row.line is not None else None
            if found is not None:
                place = Place(path, number, found.start() + 1, number, max(found.end(), found.start() + 1) + 1)
                yield Sign(row.kind, place, row.what)
