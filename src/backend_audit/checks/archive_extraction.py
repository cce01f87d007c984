"""Archives whose members are written wherever their names say."""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit.checks import Alert, check
from backend_audit.checks._archives import (
    all_are_checked,
    comes_from_elsewhere,
    member_is_checked,
    members_are_chosen,
    opened_from_elsewhere,
)
from backend_audit.checks._operands import is_false, is_none, named, receiver, truth
from backend_audit.checks._untrusted import alert, reaching, span
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import ArchiveExtraction, Operand
from backend_audit.flow.lacks import is_segment

RULE = "archive-extraction"

_FIX = (
    "`filter='data'` refuses names and links that lead out of the folder, and devices (Python 3.12, and late releases of 3.8 "
    "to 3.11)."
)
_SAFE_FILTERS = frozenset(("data", "tar"))
_RISK = "members called `../…` or `/…`, and links, are written outside of the folder"
_HARMLESS_ENDINGS = (".zip", ".whl", ".jar")


@check(RULE)
def archive_extraction(extraction: ArchiveExtraction) -> Iterator[Alert]:
    """`tarfile.open(upload).extractall(folder)`, `shutil.unpack_archive(name, folder)`."""
    if not in_python(extraction.site):
        yield from _told_not_to_look(extraction)
        return
    if (
        _filtered(extraction.filter)
        or _judged(extraction)
        or (extraction.kind is not None and extraction.kind.value.is_just("zip"))
    ):
        return
    archive = extraction.archive
    origin = reaching(archive, "content")  # a name made safe says nothing about what is in the file
    at, end = span(extraction.site, archive if extraction.format == "any" else None)
    if origin is not None and not is_segment(origin):  # one part of an address is a name, and no archive
        found = alert(extraction.site, archive, origin, does=f"is unpacked by {{callee}} without a filter: {_RISK}", fix=_FIX)
        yield replace(found, node=None, at=at, end=end)
        return
    if _own(extraction):
        return
    yield Alert(
        at=at,
        end=end,
        message=f"`{named(extraction.site)}` unpacks an archive without a filter: {_RISK}.",
        fix=_FIX,
        confidence=Confidence.MEDIUM,
    )


def _told_not_to_look(extraction: ArchiveExtraction) -> Iterator[Alert]:
    """`tar.x({ file, preservePaths: true })`: the libraries of Node look at names and links unless they are told not to."""
    switch = (
        extraction.unchecked
        if truth(extraction.unchecked) is True
        else extraction.checked
        if is_false(extraction.checked)
        else None
    )
    if switch is None or extraction.filter is not None or _own(extraction):
        return
    origin = reaching(extraction.archive, "content")
    option = "preservePaths" if extraction.format == "tar" else "skipEntryNameValidation"
    option = "validateSymlinks" if switch is extraction.checked else option
    yield Alert(
        node=switch.node or extraction.site.callee,
        message=f"`{named(extraction.site)}` is told to take names and links of the archive as they are (`{option}`): {_RISK}.",
        fix=f"Leave `{option}` out, or pick the members by a `filter` that refuses what leads out of the folder.",
        confidence=Confidence.MEDIUM if origin is None else Confidence.HIGH,
        steps=() if origin is None else origin.marks(),
    )


def _filtered(operand: Operand | None) -> bool:
    if operand is None or is_none(operand):
        return False
    texts = operand.value.texts()
    if texts:
        return all(text in _SAFE_FILTERS for text in texts)
    return not any(path.endswith("fully_trusted_filter") for path in operand.value.apis)


def _judged(extraction: ArchiveExtraction) -> bool:
    """Whether the program picks the members itself."""
    if extraction.member is not None:
        member = extraction.member
        return member.value.is_literal() or member_is_checked(extraction.site, member.node)
    if extraction.members is not None and members_are_chosen(extraction.site, extraction.members.node):
        return True
    return extraction.archive is not None and all_are_checked(extraction.site, receiver(extraction.archive, extraction.site))


def _own(extraction: ArchiveExtraction) -> bool:
    """Whether the archive is a file of the program, or of a kind that the library itself keeps inside of the folder."""
    archive = extraction.archive
    if archive is None:
        return False
    if extraction.format == "any":
        texts = archive.value.texts()
        if texts and all(text.lower().endswith(_HARMLESS_ENDINGS) for text in texts):
            return True
        return archive.value.is_literal() and not comes_from_elsewhere(extraction.site, archive.node)
    return archive.value.is_literal() and not opened_from_elsewhere(extraction.site, receiver(archive, extraction.site))
