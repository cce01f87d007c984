"""Reads ignore comments out of a file's comments: what each covers, and what is wrong with it."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from backend_audit import ir
from backend_audit.source import LineIndex
from backend_audit.suppress.others import Excuse, excuses

_MARKER = re.compile(r"(?<!\S)(?:#|//|/\*+|;|\{\#-?)\s*backend-audit\s*:\s*")
_BODY = re.compile(r"(?P<verb>[A-Za-z][\w-]*)\s*(?:\[(?P<rules>[^\]]*)(?P<closed>\])?)?(?P<rest>.*)")
_UNTIL = re.compile(r"(?:^|\s)until\s*=\s*(\S*)")
_END = re.compile(r"\s*(?:\*/.*|-?\#\}.*|\s#\s.*|\s//\s.*)$")  # the comment's end, or another one behind the reason
_VERBS = ("ignore", "ignore-start", "ignore-end", "ignore-file")
# A comment in a file that has no IR; what stands in front of it is white space or, behind code, at least one blank.
_RAW = re.compile(r"(?<!\S)(?:#|//|;)\s*backend-audit\s*:[^\n\r]*")
_COMMENT_LINE = re.compile(r"[ \t]*(?:#|//|;)")


class Span(NamedTuple):
    """The lines `first`…`last` on which findings of `rule` are ignored."""

    rule: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Directive:
    """One ignore comment. `spans` is what it covers; `wrong` says what is wrong with it."""

    verb: str
    rules: tuple[str, ...]
    reason: str
    until: dt.date | None
    text: str  # as written, without its reason
    line: int
    column: int
    spans: tuple[Span, ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The ignore comments of one file, in its order, and what other tools were told of it."""

    directives: tuple[Directive, ...] = ()
    excuses: tuple[Excuse, ...] = ()


@dataclass(frozen=True, slots=True)
class _Comment:
    text: str
    line: int
    column: int
    own_line: bool


def from_module(module: ir.Module, text: str) -> Suppressions:
    """The ignore comments of a lowered file with this text."""
    excused = excuses(module)
    if not any("backend-audit" in comment.text for comment in module.comments):
        return Suppressions(excuses=excused)
    lines = LineIndex(module.line_starts)
    comments: list[_Comment] = []
    quiet: set[int] = set()  # lines without code
    for comment in module.comments:
        start, end = lines.position(comment.at), lines.position(comment.end)
        comments.append(_Comment(comment.text, start.line, start.column, comment.own_line))
        if comment.own_line:
            quiet.update(range(start.line, end.line + 1))
    quiet |= _blank_lines(text)
    if module.docstring_end:
        ends = lines.position(module.docstring_end).line
        top = _next_code(ends, quiet, len(module.line_starts))
    else:
        top = _next_code(0, quiet, len(module.line_starts))
    return replace(_placed(comments, quiet, len(module.line_starts), top), excuses=excused)


def from_text(text: str) -> Suppressions:
    """The ignore comments of a file that has no IR (configuration): `#`, `//` and `;` begin a comment."""
    if "backend-audit" not in text:
        return Suppressions()
    lines = LineIndex.of(text)
    rows = _rows(text)
    quiet = _blank_lines(text) | {number for number, row in enumerate(rows, 1) if _COMMENT_LINE.match(row)}
    comments: list[_Comment] = []
    for found in _RAW.finditer(text):
        place = lines.position(found.start())
        own_line = not rows[place.line - 1][: place.column - 1].strip()
        comments.append(_Comment(found[0], place.line, place.column, own_line))
    return _placed(comments, quiet, len(rows), _next_code(0, quiet, len(rows)))


def _rows(text: str) -> list[str]:
    starts = LineIndex.of(text).starts
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _blank_lines(text: str) -> set[int]:
    return {number for number, row in enumerate(_rows(text), 1) if not row.strip()}


def _next_code(line: int, quiet: set[int], count: int) -> int:
    """The first line after `line` that holds code; beyond the file when there is none."""
    line += 1
    while line in quiet and line <= count:
        line += 1
    return line


def _placed(comments: Iterable[_Comment], quiet: set[int], count: int, top: int) -> Suppressions:
    """All directives with the lines that they cover."""
    placed: list[Directive] = []
    begun: list[tuple[int, str]] = []  # index into `placed` and rule of each block that is open
    for comment in comments:
        for directive in _directives(comment):
            found = directive
            if found.wrong:
                pass
            elif found.verb == "ignore":
                line = _next_code(comment.line, quiet, count) if comment.own_line else comment.line
                found = _covering(found, line, line)
            elif not comment.own_line:
                found = replace(found, wrong=f"`{found.verb}` must stand alone on its line")
            elif found.verb == "ignore-file" and comment.line > top:
                found = replace(found, wrong="`ignore-file` must stand before the first line of code")
            elif found.verb == "ignore-file":
                found = _covering(found, 1, count)
            elif found.verb == "ignore-start":
                begun.extend((len(placed), rule) for rule in found.rules)
            else:
                found = _ended(found, placed, begun)
            placed.append(found)
    for index in sorted({index for index, _ in begun}):
        left = ", ".join(rule for at, rule in begun if at == index)
        placed[index] = replace(placed[index], wrong=f"`ignore-start[{left}]` has no `ignore-end[{left}]`")
    return Suppressions(tuple(placed))


def _covering(directive: Directive, first: int, last: int) -> Directive:
    return replace(directive, spans=tuple(Span(rule, first, last) for rule in directive.rules))


def _ended(end: Directive, placed: list[Directive], begun: list[tuple[int, str]]) -> Directive:
    """Close the blocks that `end` names, the innermost first."""
    for rule in end.rules:
        index = next((at for at, one in reversed(begun) if one == rule), None)
        if index is None:
            return replace(end, wrong=f"`ignore-end[{rule}]` ends no `ignore-start[{rule}]`")
        begun.remove((index, rule))
        start = placed[index]
        placed[index] = replace(start, spans=(*start.spans, Span(rule, start.line, end.line)))
    return end


def _directives(comment: _Comment) -> Iterator[Directive]:
    """The directives in one comment: usually one, none in most."""
    text = comment.text.partition("\n")[0].rstrip("\r")
    markers = list(_MARKER.finditer(text))
    for number, marker in enumerate(markers, 1):
        end = markers[number].start() if number < len(markers) else len(text)
        body = _BODY.match(text[marker.end() : end])
        shown = text[marker.start() : marker.end() + (body.start("rest") if body else 0)].rstrip()
        yield _directive(body, shown, comment.line, comment.column + marker.start())


def _directive(body: re.Match[str] | None, shown: str, line: int, column: int) -> Directive:
    if body is None:
        wrong = "it does not say what to do; write `ignore[rule-id] reason`"
        return Directive("", (), "", None, shown, line, column, wrong=wrong)
    verb = body["verb"]
    rules = tuple(dict.fromkeys(rule for rule in re.split(r"[,\s]+", body["rules"] or "") if rule))
    rest = _END.sub("", " " + body["rest"])
    until, wrong = _until(rest)
    reason = _UNTIL.sub(" ", rest).strip().lstrip("-:\u2013\u2014").strip()
    if verb not in _VERBS:
        wrong = f"`{verb}` is nothing that can be done; write `ignore[rule-id] reason`"
    elif body["rules"] is not None and body["closed"] is None:
        wrong = "the bracket is not closed"
    elif not rules:
        wrong = f"`{verb}` names no rule; write `{verb}[rule-id] reason`"
    return Directive(verb, rules, reason, until, shown, line, column, wrong=wrong)


def _until(rest: str) -> tuple[dt.date | None, str]:
    found = _UNTIL.search(rest)
    if found is None:
        return None, ""
    try:
        return dt.date.fromisoformat(found[1]), ""
    except ValueError:
        return None, f"`until={found[1]}` is no date; write it as in `until=2027-01-31`"
