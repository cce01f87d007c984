"""Reads `rules/modes/*.toml`: what is asked of a backend in each mode."""

from functools import lru_cache
from pathlib import Path

import msgspec

from backend_audit.criteria.coverage import FACETS
from backend_audit.criteria.model import Criterion, Section

_FILES = ("criteria", "default", "advanced", "elite")  # in the order in which they are told


class ModesError(Exception):
    """A file of modes that breaks the format; the message names the file."""


class _Heading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    criterion: tuple[Criterion, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    section: tuple[_Heading, ...]


def read_sections(content: str, where: str, mode: str) -> list[Section]:
    """The sections of one file's text.

    Raises:
        ModesError: it is no TOML, or says what nobody understands.
    """
    try:
        data = msgspec.toml.decode(content, type=_File)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ModesError(f"{where}: {error}") from error
    found = [Section(title=one.title, mode=mode, criteria=one.criterion) for one in data.section]
    for one in (criterion for section in found for criterion in section.criteria):
        if one.share is not None and one.share.of not in FACETS:
            raise ModesError(f"{where}: {one.id}: unknown share {one.share.of!r}")
        judged = one.evidence or one.clean or one.not_assessed or one.like or one.spoils or one.share
        if not judged:
            raise ModesError(f"{where}: {one.id}: nothing decides about it")
    return found


@lru_cache(maxsize=4)
def sections_of(root: Path) -> tuple[Section, ...]:
    """All sections below the rules folder `root`, in the seed's order, the twelve success criteria first."""
    found: list[Section] = []
    for name in _FILES:
        path = root / "modes" / f"{name}.toml"
        mode = "default" if name == "criteria" else name
        found += read_sections(path.read_text(encoding="utf-8"), path.name, mode)
    ids = {one.id: one for section in found for one in section.criteria}
    for one in ids.values():
        if one.like and (one.like not in ids or ids[one.like].like):
            raise ModesError(f"{one.id} is like {one.like}, which is no criterion of its own")
    return tuple(found)
