"""The code line of a finding with its region marked, cut to the width of the terminal."""

import re
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from backend_audit.finding import Finding
from backend_audit.report.safe import visible

_TAB = "    "
_MORE = "…"
_INDENT = 5
_QUOTE = re.compile("[\"'`]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Renders `NN │ code` and a line of `^` under the region; knows the width only when printed."""

    number: int
    before: str
    marked: str
    after: str
    style: str
    more: int  # further lines of the region

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        gutter = f"{'':{_INDENT}}{self.number} │ "
        blank = " " * (len(gutter) - 2) + "│ "
        before, marked, after = _fit(self.before, self.marked, self.after, options.max_width - len(gutter))
        code = Text.assemble((gutter, "dim"), before, (marked, "bold"), after, no_wrap=True)
        marks = "^" * max(1, cell_len(marked))
        under = Text.assemble((blank, "dim"), " " * cell_len(before), (marks, self.style), no_wrap=True)
        if self.more:
            under.append(f" and {self.more} more line{'s' if self.more > 1 else ''}", "dim")
            under.truncate(options.max_width)
        yield code
        yield under


def snippet(finding: Finding, style: str) -> Snippet | Text:
    """The code of `finding`; nothing when there is none to show."""
    code = finding.code.rstrip()
    if not code.strip():
        return Text("", end="")
    place = finding.place
    more = place.end_line - place.line
    end = len(code) if more else min(place.end_column - 1, len(code))
    start = min(place.column - 1, len(code))
    indent = len(code) - len(code.lstrip())
    end = _unredacted_end(code, start, max(end, start))
    return Snippet(
        number=place.line,
        before=_shown(code[min(indent, start) : start]),
        marked=_shown(code[start:end]),
        after=_shown(code[end:]),
        style=style.replace("reverse ", ""),
        more=more,
    )


def _unredacted_end(code: str, start: int, end: int) -> int:
    """Where the region ends in `code`, in which a secret inside of it has shrunk to an ellipsis."""
    cut = code.find(_MORE, start, end)
    if cut < 0:
        return end
    quote = _QUOTE.search(code, start, cut)
    close = code.find(quote[0], cut) + 1 if quote else len(code)
    return min(close or len(code), end)


def _shown(code: str) -> str:
    return visible(code.replace("\t", _TAB).replace("\n", " "))


def _fit(before: str, marked: str, after: str, width: int) -> tuple[str, str, str]:
    """The three parts cut so that they take `width` cells, the marked one shown from its start."""
    width = max(width, 20)
    if cell_len(before + marked + after) <= width:
        return before, marked, after
    room = max(width - cell_len(marked), width // 4)
    if cell_len(before) > room:
        before = _MORE + _last(before, room - 1)
    room = width - cell_len(before)
    if cell_len(marked) > room:
        return before, _first(marked, room - 1) + _MORE, ""
    room -= cell_len(marked)
    if cell_len(after) > room:
        after = _first(after, room - 1) + _MORE if room > 1 else ""
    return before, marked, after


def _first(text: str, cells: int) -> str:
    """As much of the beginning as fits."""
    while cell_len(text) > cells:
        text = text[: len(text) - max(1, (cell_len(text) - cells) // 2)]
    return text


def _last(text: str, cells: int) -> str:
    """As much of the end as fits."""
    while cell_len(text) > cells:
        text = text[max(1, (cell_len(text) - cells) // 2) :]
    return text
