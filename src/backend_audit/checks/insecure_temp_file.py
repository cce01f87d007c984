"""Temporary files whose name another user of the machine can take first."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import development_file, under_main
from backend_audit.checks._operands import named
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import TempFile

RULE = "insecure-temp-file"

_SHARED = re.compile(r"^/(tmp|var/tmp|dev/shm)/[^{]+$")
_FIX = "Use `tempfile.NamedTemporaryFile()`, `tempfile.mkstemp()` or `tempfile.TemporaryDirectory()`, which create it at once."


@check(RULE)
def name_without_file(made: TempFile) -> Iterator[Alert]:
    """`tempfile.mktemp()`."""
    if not made.fixed:
        yield Alert(
            node=made.site.node,
            message=f"`{named(made.site)}` only gives a name: before the file is made, another user can put a link there.",
            fix=_FIX,
            confidence=Confidence.HIGH,
        )


@check(RULE)
def fixed_name_in_shared_folder(made: TempFile) -> Iterator[Alert]:
    """`open("/tmp/report.csv", "w")`."""
    if not made.fixed or made.name is None or made.mode is None:
        return
    paths = [text for text in made.name.value.texts() if _SHARED.match(text)]
    modes = made.mode.value.texts()
    if not paths or not modes or not all(mode[:1] in ("w", "a") for mode in modes):
        return
    quiet = under_main(made.site) or development_file(made.site.path)
    yield Alert(
        node=made.site.node,
        message=f"`{paths[0]}` has a fixed name in a folder that everyone can write to: another user can put a link to any file "
        "there, or read what is written.",
        fix=_FIX,
        confidence=Confidence.LOW if quiet else Confidence.MEDIUM,
    )
