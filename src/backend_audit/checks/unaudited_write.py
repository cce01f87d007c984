"""Writes to users, rights or money that leave no entry in the audit log that the project keeps."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called, related
from backend_audit.finding import Confidence
from backend_audit.routes.audited import UnauditedWrite

RULE = "unaudited-write"


@check(RULE)
def unaudited_write(write: UnauditedWrite) -> Iterator[Alert]:
    """`DELETE /users/{id}` without an entry, while creating and changing users leave one."""
    route = write.route
    if route is None:
        return
    entry = () if write.entry is None else (write.entry._replace(note="an entry of a sibling"),)
    by = f" (by {write.entry.note})" if write.entry is not None and write.entry.note else ""
    yield Alert(
        node=write.site.node,
        message=f"{called(route)} leaves no entry in the audit log, while {len(write.audited)} of its siblings do{by}: "
        "nobody can tell afterwards who did it.",
        fix="Record who did what to which object, in the same transaction as the change.",
        confidence=Confidence.MEDIUM,
        related=(*entry, *related(list(write.audited), "leaves an entry", 2)),
        anchor=f"{route.name} {'/'.join(route.methods)} {route.path}",
    )
