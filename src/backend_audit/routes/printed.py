"""What requests print past a project's structured logger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_audit.flow.concepts import Concept, LogRecord
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import RouteTable
from backend_audit.routes.work import Work
from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class PrintedInRequest(Concept):
    """A function that requests run prints: the first place of a file, `others` are more, `logger` is passed by."""

    way: tuple[Mark, ...] = ()
    others: int = 0
    logger: Mark | None = None


def printed(work: Work, prints: Sequence[tuple[FunctionSymbol, LogRecord]], table: RouteTable) -> Iterator[PrintedInRequest]:
    """One for each file."""
    by_path: dict[str, list[tuple[FunctionSymbol, LogRecord]]] = {}
    for function, record in prints:
        if function.key in work.serving and record.site.path == function.module.path:
            by_path.setdefault(record.site.path, []).append((function, record))
    for path in sorted(by_path):
        found = {record.site.node.at: (function, record) for function, record in by_path[path]}
        function, record = found[min(found)]
        logger = table.spots["structured-logging"][0]
        yield PrintedInRequest(record.site, work.way(work.serving, function), len(found) - 1, logger)
