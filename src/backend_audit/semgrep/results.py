"""Semgrep's JSON to findings, suppressed findings and problems. Its places count bytes, ours characters."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from backend_audit.finding import Confidence, Finding, Place, Problem, ProblemKind, Suppressed, unlaid
from backend_audit.semgrep.rules import SemgrepRule
from backend_audit.source import LineIndex

_MAX_LINES = 4  # a longer region is cut to its first line: code scanning shows an alert only if all its lines changed
_MAX_ANCHOR = 400
_MAX_FIX = 200
# Semgrep's own ignore comment, which a team's code may be full of: honoured for the team's own rules.
_NOSEM = re.compile(r"(?:#|//|/\*|<!--|;|--)\s*nosem(?:grep)?\b(?:\s*:\s*(?P<rules>[\w.-]+(?:\s*,\s*[\w.-]+)*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Semgrep has to say. `idle` are the rules that should have run and did not."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    problems: tuple[Problem, ...] = ()
    idle: tuple[str, ...] = ()


class _Point(msgspec.Struct):
    line: int = 0
    offset: int = 0


class _Extra(msgspec.Struct):
    message: str = ""
    fix: str | None = None


class _Result(msgspec.Struct):
    check_id: str
    path: str
    start: _Point
    end: _Point
    extra: _Extra


class _Span(msgspec.Struct):
    start: _Point = msgspec.field(default_factory=_Point)


class _Error(msgspec.Struct):
    type: str | list[object] = ""
    level: str = ""
    path: str | None = None
    rule_id: str | None = None
    spans: list[_Span] | None = None


class _Answer(msgspec.Struct):
    results: list[_Result]
    errors: list[_Error]


class _File:
    """One file's text in both of its measures."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.text = content.decode("utf-8", "surrogatepass")
        self.lines = LineIndex.of(self.text)

    def at(self, offset: int) -> int:
        """The character at a byte offset."""
        return len(self.content[:offset].decode("utf-8", "replace"))

    def line(self, number: int) -> str:
        starts = self.lines.starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


def read(
    answer: bytes,
    rules: Sequence[SemgrepRule],
    paths: Mapping[str, str],
    sources: Mapping[str, bytes],
    confidences: Mapping[str, Confidence],
    *,
    ignores: bool,
) -> Outcome:
    """Semgrep's `answer` about `rules` (`r0`, `r1`, …) as findings; `paths` maps its paths to ours.

    `sources` are the bytes that it saw; with `ignores` its own ignore comments hold for rules that are not ours.
    """
    try:
        told = msgspec.json.decode(answer, type=_Answer)
    except msgspec.DecodeError as error:
        problem = Problem("", 0, ProblemKind.SEMGREP, f"semgrep's answer cannot be read: {error}")
        return Outcome(problems=(problem,), idle=tuple(sorted({rule.id for rule in rules})))
    findings: dict[tuple[str, Place], Finding] = {}
    suppressed: dict[tuple[str, Place], Suppressed] = {}
    files: dict[str, _File] = {}
    for result in sorted(told.results, key=lambda one: (one.path, one.start.offset, one.end.offset, one.extra.message)):
        path = paths.get(result.path.removeprefix("./"))
        rule = _rule(result.check_id, rules)
        if path is None or rule is None:
            continue
        if path not in files:
            files[path] = _File(sources[path])
        file = files[path]
        finding = _finding(result, rule, path, file, confidences.get(rule.id, Confidence.MEDIUM))
        key = (rule.id, finding.place)  # each binding of a metavariable is a result of its own: the first one speaks
        if ignores and not rule.own and _is_nosem(file, finding):
            suppressed.setdefault(key, Suppressed(finding, "nosemgrep"))
        else:
            findings.setdefault(key, finding)
    problems = tuple(sorted(set(_problems(told.errors, rules, paths))))
    idle = {rule.id for error in told.errors if error.rule_id and (rule := _rule(error.rule_id, rules)) is not None}
    return Outcome(tuple(findings.values()), tuple(suppressed.values()), problems, tuple(sorted(idle)))


def _rule(check_id: str, rules: Sequence[SemgrepRule]) -> SemgrepRule | None:
    number = check_id.rpartition(".")[2].removeprefix("r")
    return rules[int(number)] if number.isdigit() and int(number) < len(rules) else None


def _finding(result: _Result, rule: SemgrepRule, path: str, file: _File, confidence: Confidence) -> Finding:
    at = file.at(result.start.offset)
    end = max(at, file.at(result.end.offset))
    start, stop = file.lines.position(at), file.lines.position(end)
    code = file.line(start.line)
    anchor = " ".join(file.text[at:end].split())
    if stop.line - start.line >= _MAX_LINES:
        stop = start._replace(column=max(start.column + 1, len(code) + 1))
    return Finding(
        rule=rule.id,
        place=Place(path, start.line, start.column, stop.line, stop.column),
        message=" ".join(result.extra.message.split()) or rule.id,
        fix=rule.fix or _fix(result.extra.fix),
        confidence=confidence,
        symbol="",
        code=code,
        anchor=anchor if len(anchor) <= _MAX_ANCHOR else unlaid(anchor)[:_MAX_ANCHOR],
    )


def _fix(replacement: str | None) -> str:
    if replacement is None:
        return "The rule says what to do instead."
    text = " ".join(replacement.split())
    if not text:
        return "Remove it."
    return f"Write `{text}` instead." if len(text) <= _MAX_FIX else "The rule has a replacement for it."


def _is_nosem(file: _File, finding: Finding) -> bool:
    line = finding.place.line
    found = _NOSEM.search(file.line(line))
    if found is None and line > 1:
        found = _NOSEM.search(file.line(line - 1))
        if found is not None and file.line(line - 1)[: found.start()].strip():
            found = None  # behind code it belongs to that line
    if found is None:
        return False
    named = re.split(r"\s*,\s*", found["rules"]) if found["rules"] else []
    return not named or any(_same(name, finding.rule) for name in named)


def _same(name: str, rule: str) -> bool:
    """Whether a comment's rule id, which Semgrep may have prefixed with the path of its file, means `rule`."""
    return name == rule or name.endswith(f".{rule}") or rule.endswith(f".{name}")


def _problems(errors: Iterable[_Error], rules: Sequence[SemgrepRule], paths: Mapping[str, str]) -> Iterator[Problem]:
    """Semgrep's errors in our words: theirs quote code, which may be a secret."""
    for error in errors:
        rule = _rule(error.rule_id, rules) if error.rule_id else None
        named = f"the Semgrep rule `{rule.id}`" if rule else "a Semgrep rule"
        path = paths.get((error.path or "").removeprefix("./"), "")
        kind = error.type if isinstance(error.type, str) else str(error.type[0]) if error.type else ""
        if path and ("pars" in kind.lower() or "syntax" in kind.lower() or "lexical" in kind.lower()):
            message = "Semgrep could not read all of this file; its rules may have missed something"
            yield Problem(path, _line(error), ProblemKind.SYNTAX, message, incomplete=False)
        elif path and "timeout" in kind.lower():
            yield Problem(path, 0, ProblemKind.TIMEOUT, f"{named} took too long on this file")
        elif path and "memory" in kind.lower():
            yield Problem(path, 0, ProblemKind.TOO_LARGE, f"{named} ran out of memory on this file")
        elif rule is not None or "rule" in kind.lower() or "pattern" in kind.lower():
            yield Problem(path, 0, ProblemKind.RULES, f"{named} is not valid and did not run ({kind})")
        else:
            incomplete = error.level not in {"warn", "info"}
            yield Problem(path, _line(error), ProblemKind.SEMGREP, f"semgrep reports: {kind or 'an error'}", incomplete)


def _line(error: _Error) -> int:
    if isinstance(error.type, list):
        try:
            spans = msgspec.convert(error.type[1], list[_Span])
        except (IndexError, msgspec.ValidationError):
            spans = []
    else:
        spans = error.spans or []
    return max(0, spans[0].start.line) if spans else 0
