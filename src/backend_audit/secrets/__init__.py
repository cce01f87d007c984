"""Literals of any language: which are secrets, and which only look like one.

`scan` is the entry for a file. A secret that has a form of its own (a provider's key, a PEM block, a URL with a password)
is found in the raw text; one that only its name gives away is found in the file's structure. Nothing that leaves this
package holds a secret: messages show at most a provider's prefix, anchors are made of names, and `Alert.redact` lists
what may not be shown of the source.
"""

import re
from collections.abc import Iterable

from backend_audit import ir
from backend_audit.checks import Alert
from backend_audit.finding import Problem
from backend_audit.secrets.candidate import Candidate, Place
from backend_audit.secrets.shown import is_catalogue
from backend_audit.secrets.sightings import Sighting, sight
from backend_audit.secrets.tell import fix, message
from backend_audit.secrets.trials import is_local, is_trial
from backend_audit.source import Role, SourceFile

__all__ = ["RULES", "Candidate", "hidden_ranges", "scan"]

RULES = (
    "hardcoded-password",
    "hardcoded-secret-key",
    "hardcoded-token",
    "password-in-connection-string",
    "private-key-in-code",
    "provider-key-in-code",
    "secret-fallback-value",
)

_TEMPLATES = (
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".tmpl",
    ".tpl",
    "-example",
    "-sample",
    "_sample",
    "sample.env",
    "example.env",
)
_LOCALES = frozenset("locale locales i18n lang langs translations l10n messages intl language languages".split())
_LISTS = frozenset(
    {".gitleaks.toml", "gitleaks.toml", ".gitleaksignore", ".secrets.baseline", ".trufflehog-exclude", ".gitguardian.yaml"}
)
_WORD = re.compile(r"[A-Za-z]+")
_LONG = 8  # a shorter secret may be an ordinary word elsewhere
_QUOTE = re.compile(r"[rbuRBU]{0,2}(\"{3}|'{3}|[\"'`])")
_HEAD = 2000  # characters within which a description of an API says what it is
_DESCRIPTION = re.compile(r"""(?:^|\{)\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\.""", re.MULTILINE)
_DOCS = frozenset({"docs", "doc", "documentation"})


def scan(file: SourceFile, text: str, module: ir.Module | None) -> tuple[list[tuple[str, Alert]], list[Problem]]:
    """Every secret in `text`, as pairs of rule id and alert in the order of the file.

    `module` is the lowered file for Python (without it only what has a form of its own is found), None otherwise.
    """
    if file.path.rpartition("/")[2] in _LISTS:
        return [], []  # what is known there to be no secret
    place = _place(file, text)
    sightings = sight(file, text, module, place)
    ranges = sorted({one.redact for one in sightings})
    return [(one.verdict.rule, _alert(one, text, file, ranges)) for one in _each_fallback_once(sightings)], []


def _each_fallback_once(sightings: list[Sighting]) -> list[Sighting]:
    """Without the places where the same text takes the place of the same variable again: services of one compose file."""
    seen: set[tuple[str, str]] = set()
    told: list[Sighting] = []
    for one in sightings:
        key = (one.candidate.source, one.candidate.value)
        if one.candidate.source and one.verdict.rule == "secret-fallback-value":
            if key in seen:
                continue
            seen.add(key)
        told.append(one)
    return told


def hidden_ranges(text: str, found: Iterable[tuple[str, Alert]]) -> tuple[tuple[int, int], ...]:
    """What no finding of any rule may show of a file, given what `scan` found in it: every secret, wherever it stands again."""
    ranges = {one for _, alert in found for one in alert.redact}
    for value in sorted({text[start:stop] for start, stop in ranges}):
        if len(value) >= _LONG:
            ranges.update((match.start(), match.end()) for match in re.finditer(_again(value), text))
    return tuple(sorted(ranges))


def _again(value: str) -> str:
    """The pattern of a secret that stands in a file again; a mere word (`shop`) not as part of a name: `"shop.urls"`."""
    text = re.escape(value)
    return rf"(?<!\w)(?<!\w[./-]){text}(?!\w|[./-]\w)" if _WORD.fullmatch(value) else text


def _place(file: SourceFile, text: str) -> Place:
    parts = file.path.lower().split("/")
    config = file.language == "config"
    template = config and any(mark in parts[-1] for mark in _TEMPLATES)
    return Place(
        path=file.path,
        test=file.role is Role.TEST,
        template=template or not _DOCS.isdisjoint(parts[:-1]),
        config=config,
        locale=not _LOCALES.isdisjoint((*parts[:-1], parts[-1].partition(".")[0])) or (config and is_catalogue(file.path, text)),
        pipeline=is_trial(file.path, text, config=config),
        local=config and is_local(file.path),
        described=config and _DESCRIPTION.search(text, 0, _HEAD) is not None,
    )


def _alert(one: Sighting, text: str, file: SourceFile, ranges: list[tuple[int, int]]) -> Alert:
    at, end = one.point
    first, last = text.rfind("\n", 0, at) + 1, text.find("\n", max(at, end - 1))
    last = len(text) if last < 0 else last
    return Alert(
        at=at,
        end=end,
        message=message(one.verdict, one.candidate, one.leading),
        fix=fix(one.verdict, one.candidate, file.language),
        confidence=one.verdict.confidence,
        anchor=one.anchor,
        redact=_hidden(text, first, last, ranges),
    )


def _hidden(text: str, first: int, last: int, ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """What may not be shown of these lines: the secrets in them, and the same texts where they stand once more."""
    here = {_inside(text, start, stop) for start, stop in ranges if start < last and stop > first}
    for start, stop in tuple(here):
        value = text[start:stop]
        again = text.find(value, first, last) if len(value) > 3 else -1
        while again >= 0:
            if not any(a <= again < b for a, b in here):
                here.add((again, again + len(value)))
            again = text.find(value, again + len(value), last)
    return tuple(sorted(here))


def _inside(text: str, start: int, stop: int) -> tuple[int, int]:
    """The range without the quotes of a literal: they may be shown. Joined literals stay whole."""
    opening = _QUOTE.match(text, start, stop)
    if opening is None:
        return start, stop
    at, end = opening.end(), stop - len(opening[1])
    closed = at < end and text.startswith(opening[1], end) and text.find(opening[1], at, end) < 0
    return (at, end) if closed else (start, stop)
