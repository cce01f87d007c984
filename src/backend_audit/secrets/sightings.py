"""All that is seen in one file: raw forms, joined literals, named literals; the strongest reading of each place wins."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.finding import CONFIDENCE_ORDER, Confidence
from backend_audit.secrets import formats, from_config, from_ir, from_javascript, prose, providers
from backend_audit.secrets.candidate import Candidate, How, Place
from backend_audit.secrets.forms import judge_form, judge_provider
from backend_audit.secrets.judge import LOW, Verdict, judge
from backend_audit.secrets.models import Provider
from backend_audit.secrets.prefilter import may_name_secrets
from backend_audit.secrets.redact import safe_name
from backend_audit.secrets.shown import in_example
from backend_audit.secrets.slots import slots
from backend_audit.secrets.values import traits
from backend_audit.source import SCRIPTS, Language, SourceFile

_WITH_PASSWORD = re.compile(r"://[^\s/@]*:[^\s/@]*@")
_KEYWORD = re.compile(r"\b(?:password|pwd|Password|Pwd|PWD)=")
_HEADERS = frozenset((formats.Form.BEARER, formats.Form.BASIC, formats.Form.JWT))
_EXAMPLE = re.compile(r"\b(?:examples?|e\.g\.|sample|curl)\b", re.IGNORECASE)
_EXAMPLE_NAME = re.compile(r"(?:\b|_)(?:EXAMPLE|SAMPLE|example|sample)(?:_\w+)?\s*=\s*\(?\s*$")
_NEAR = 400  # characters before what an example shows
_COMMENT_LINE = re.compile(r"^[ \t]*(?:#|//).*$", re.MULTILINE)


class Sighting(NamedTuple):
    """A secret: what it is, where to point, what to hide. `leading` characters may be shown."""

    verdict: Verdict
    candidate: Candidate
    point: tuple[int, int]
    redact: tuple[int, int]
    anchor: str
    leading: int = 0


class _Spans:
    """Sorted, possibly nested spans with a test for membership."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for at, end in sorted(spans):
            if self.ends and at < self.ends[-1]:
                self.ends[-1] = max(end, self.ends[-1])
            else:
                self.starts.append(at)
                self.ends.append(end)

    def __contains__(self, offset: object) -> bool:
        seen = bisect_right(self.starts, offset) if isinstance(offset, int) else 0
        return seen > 0 and isinstance(offset, int) and offset < self.ends[seen - 1]


class _Read(NamedTuple):
    candidates: list[Candidate]
    prose: list[tuple[int, int]]
    texts: list[tuple[str, int, int]]


def sight(file: SourceFile, text: str, module: ir.Module | None, place: Place) -> list[Sighting]:
    """Every secret of the file, by place; overlapping ones are reduced to the strongest."""
    rows = providers.present(text)
    read = _read(file, text, module, marked=any(not row.near and max(map(len, row.prefixes)) > 4 for row in rows))
    prose_spans = _Spans(read.prose)
    fallbacks = [one for one in read.candidates if one.how is How.FALLBACK]
    found = [*_raw(text, rows, place, prose_spans, fallbacks, read.candidates), *_joined(read.texts, text, place)]
    examples = _Spans((at, end) for _, at, end in read.texts if _EXAMPLE_NAME.search(text, max(0, at - _NEAR), at))
    found = [one for one in found if one.point[0] not in examples]
    asked = [one for one in prose.queries(text) if one.at not in prose_spans or not prose.provisions(text, one.at)]
    named = [*read.candidates, *asked]
    for at, end in read.prose:
        named += prose.pairs(text, at, end)
    found += _not_slots(_named(named, place), module)
    return _strongest(_examples_lowered(found, text))


def _examples_lowered(found: list[Sighting], text: str) -> list[Sighting]:
    """Credentials that a description of an interface shows as an example: a real one would be pasted by mistake."""
    if "example" not in text:
        return found
    return [
        one._replace(verdict=one.verdict._replace(confidence=LOW))
        if one.verdict.rule.startswith("hardcoded-") and in_example(text, one.point[0])
        else one
        for one in found
    ]


def _not_slots(found: Iterable[Sighting], module: ir.Module | None) -> Iterator[Sighting]:
    """Without the constants in words that only name an entry of something (read for only where there is such a constant)."""
    names: frozenset[str] | None = None
    for one in found:
        if module is not None and one.candidate.how is How.ASSIGNED and not traits(one.candidate.value).random:
            names = slots(module) if names is None else names
            if one.candidate.name in names:
                continue
        yield one


def _read(file: SourceFile, text: str, module: ir.Module | None, *, marked: bool) -> _Read:
    """Structure, if the raw text promises something; `marked`: some provider's prefix occurs in it."""
    if file.language is Language.CONFIG:
        candidates, comments = from_config.extract(file.path, text)
        return _Read(candidates, comments, [])
    if not (marked or _bears_a_form(text) or may_name_secrets(text)):
        return _Read([], [], [])
    if module is not None:
        return _Read(*from_ir.extract(module))
    if file.language in SCRIPTS:
        return _Read(*from_javascript.extract(file.path, text))
    comments = [match.span() for match in _COMMENT_LINE.finditer(text)]
    return _Read(list(prose.assignments(text)), comments, [])


def _bears_a_form(text: str) -> bool:
    """Whether something with a form of its own may occur; looking for its letters first is ten times faster than a pattern."""
    return (
        "PRIVATE KEY" in text
        or "eyJ" in text
        or "Basic " in text
        or ("://" in text and _WITH_PASSWORD.search(text) is not None)
        or (("assword=" in text or "wd=" in text or "PWD=" in text) and _KEYWORD.search(text) is not None)
    )


def _name_at(candidates: list[Candidate], at: int, end: int) -> str:
    """What the literal around a place is called."""
    return next((one.name for one in candidates if one.at <= at and end <= one.end and one.name), "")


def _raw(
    text: str,
    rows: list[Provider],
    place: Place,
    spans: _Spans,
    fallbacks: list[Candidate],
    candidates: list[Candidate],
) -> Iterator[Sighting]:
    for hit in providers.find(text, rows):
        leading = providers.longest_prefix(hit.provider, hit.value) if hit.provider.shows is None else hit.provider.shows
        name = _name_at(candidates, hit.at, hit.end)
        verdict = judge_provider(hit, text, place, name)
        candidate = Candidate(hit.value, name, How.TEXT, hit.at, hit.end)
        span = (hit.at, hit.end)
        yield Sighting(verdict, candidate, span, span, _anchor(hit.provider.id, name, hit.value), leading)
    for one in formats.find(text):
        fallback = next((f for f in fallbacks if f.at <= one.at and one.end <= f.end), None)
        prose = one.point[0] in spans
        found = judge_form(one, place, prose=prose, fallback=fallback is not None)
        if found is not None:
            if prose and one.form in _HEADERS and _EXAMPLE.search(text, max(0, one.at - _NEAR), one.at):
                found = found._replace(confidence=Confidence.LOW)
            name = _name_at(candidates, one.at, one.end)
            source = fallback.source if fallback else ""
            candidate = Candidate(one.value, name, How.TEXT, one.at, one.end, source=source)
            yield Sighting(found, candidate, one.point, (one.at, one.end), _anchor(one.form.name, name, one.value))


def _joined(texts: list[tuple[str, int, int]], text: str, place: Place) -> Iterator[Sighting]:
    """Keys that the source splits over several literals or hides in escapes: seen only in the value."""
    for value, at, end in texts:
        if value in text[at:end]:
            continue
        for hit in providers.find(value):
            candidate = Candidate(hit.value, "", How.TEXT, at, end)
            verdict = judge_provider(hit, text, place)
            yield Sighting(verdict, candidate, (at, end), (at, end), hit.provider.id)
        for one in formats.find(value):
            found = judge_form(one, place, prose=False, fallback=False)
            if found is not None:
                candidate = Candidate(one.value, "", How.TEXT, at, end)
                point = (at, text.find("\n", at, end) if "\n" in text[at:end] else end)
                yield Sighting(found, candidate, point, (at, end), one.form.name)


def _named(candidates: Iterable[Candidate], place: Place) -> Iterator[Sighting]:
    for one in candidates:
        verdict = judge(one, place)
        if verdict is not None:
            label = one.name or one.callee
            span = (one.at, one.end)
            yield Sighting(verdict, one, span, span, _anchor(f"{verdict.kind}:{one.how}", label, one.value))


def _anchor(kind: str, name: str, value: str) -> str:
    """What identifies a finding without revealing the secret, not even to somebody who guesses: its kind and name."""
    return f"{kind}:{safe_name(name, (value,))}" if name else kind


_STRENGTH = {
    "provider-key-in-code": 0,
    "private-key-in-code": 0,
    "password-in-connection-string": 1,
    "secret-fallback-value": 2,
}


def _strongest(found: Iterable[Sighting]) -> list[Sighting]:
    """Of sightings that overlap the strongest, in the order of the file."""
    order = sorted(
        found,
        key=lambda s: (_STRENGTH.get(s.verdict.rule, 3), CONFIDENCE_ORDER.index(s.verdict.confidence), s.redact, s.anchor),
    )
    kept: list[Sighting] = []
    spans: list[tuple[int, int]] = []  # disjoint and sorted
    for one in order:
        at, end = one.redact
        index = bisect_right(spans, (at, end))
        clear = index == 0 or spans[index - 1][1] <= at
        if clear and (index == len(spans) or spans[index][0] >= end):
            spans.insert(index, (at, end))
            kept.append(one)
    return sorted(kept, key=lambda s: (s.point, s.verdict.rule))
