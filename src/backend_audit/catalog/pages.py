"""The body of a rule page: its sections, and the fenced examples in them with what each line must raise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class CatalogError(Exception):
    """A malformed rule page; the text names page and line."""

    def __init__(self, page: str, line: int, what: str) -> None:
        super().__init__(f"{page}:{line}: {what}")


class Kind(StrEnum):
    """What a group of examples shows."""

    FAILS = "fails"
    PASSES = "passes"
    GAPS = "gaps"
    FIXED = "fixed"


class Expect(StrEnum):
    """`ALERT` must be reported; `MISSING` should be but is not yet; `SPURIOUS` is reported but should not be."""

    ALERT = "alert"
    MISSING = "MISSING"
    SPURIOUS = "SPURIOUS"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must happen at `line` (1-based, in the example); `low` means: at that confidence only."""

    line: int
    expect: Expect
    low: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One file of a group; `code` is without the expectation comments, `page_line` is where its first line stands."""

    language: str
    filename: str
    code: str
    expectations: tuple[Expectation, ...]
    page_line: int


@dataclass(frozen=True, slots=True)
class ExampleGroup:
    """Files that are audited together, as one project; `line` is where the group begins on the page."""

    kind: Kind
    files: tuple[Example, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A `## heading` with the text under it; `line` is the page's line of the heading."""

    heading: str
    line: int
    text: str


SECTIONS = ("Fails", "Passes", "Known gaps", "How to mend", "References")
OPTIONAL = frozenset({"Known gaps"})
_EXAMPLES = {"Fails": Kind.FAILS, "Passes": Kind.PASSES, "Known gaps": Kind.GAPS}
FILENAMES = {
    "python": "example.py",
    "javascript": "example.js",
    "typescript": "example.ts",
    "yaml": "example.yaml",
    "toml": "example.toml",
    "ini": "example.ini",
    "json": "example.json",
    "dotenv": ".env",
    "dockerfile": "Dockerfile",
    "shell": "example.sh",
    "pem": "example.pem",
    "sql": "example.sql",
    "html": "example.html",
    "pug": "example.pug",
    "properties": "example.properties",
    "xml": "example.xml",
}
_SHORT = {
    "py": "python",
    "js": "javascript",
    "ts": "typescript",
    "yml": "yaml",
    "env": "dotenv",
    "bash": "shell",
    "sh": "shell",
}
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(.*)")
_EXPECTATION = re.compile(r"[ \t]*(?:#|//|--|;|<!--) ?\$ (.*?)(?:[ \t]*-->)?[ \t]*$")
_EXPECTED = re.compile(r"(?:(MISSING|SPURIOUS): )?alert(\[low\])?")


@dataclass(frozen=True, slots=True)
class _Fence:
    info: str
    lines: tuple[str, ...]
    line: int  # of the opening fence
    joined: bool  # nothing but blank lines since the block before


def split_sections(body: str, first_line: int, page: str) -> tuple[str, tuple[Section, ...]]:
    """The text before the first `## ` and the sections, of which the known ones must stand in their order."""
    starts: list[tuple[str, int]] = []
    lines = body.split("\n")
    fence = ""
    for at, line in enumerate(lines):
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif opening := _FENCE.match(line):
            fence = opening[1]
        elif line.startswith("## "):
            starts.append((line[3:].strip(), at))
    if fence:
        raise CatalogError(page, first_line + len(lines) - 1, "a code block is not closed")
    ends = [*(at for _, at in starts[1:]), len(lines)]
    sections = tuple(
        Section(heading, first_line + at, "\n".join(lines[at + 1 : end]))
        for (heading, at), end in zip(starts, ends, strict=False)  # without any section there is an end too many
    )
    return "\n".join(lines[: starts[0][1] if starts else None]), sections


def check_sections(sections: tuple[Section, ...], page: str) -> None:
    """Refuse unknown, repeated, misplaced and missing sections."""
    last = -1
    for section in sections:
        if section.heading not in SECTIONS:
            raise CatalogError(page, section.line, f"unknown section “{section.heading}”; known: {', '.join(SECTIONS)}")
        place = SECTIONS.index(section.heading)
        if place <= last:
            raise CatalogError(page, section.line, f"“{section.heading}” must stand before “{SECTIONS[last]}”, and once")
        last = place
    found = {section.heading for section in sections}
    for heading in SECTIONS:
        if heading not in found and heading not in OPTIONAL:
            raise CatalogError(page, 1, f"the section “{heading}” is missing")


def read_examples(sections: tuple[Section, ...], page: str) -> tuple[ExampleGroup, ...]:
    """All groups of examples, in the page's order.

    Blocks with nothing but blank lines between them and different file names are one group. A block with the word
    `fixed` gives a group of its own: the group before with that file replaced.
    """
    groups: list[ExampleGroup] = []
    for section in sections:
        kind = _EXAMPLES.get(section.heading)
        if kind is not None:
            groups += _section_groups(section, kind, page)
    return tuple(groups)


def _section_groups(section: Section, kind: Kind, page: str) -> list[ExampleGroup]:
    groups: list[ExampleGroup] = []
    base: ExampleGroup | None = None  # what a `fixed` block mends
    mended: dict[str, Example] = {}
    for fence in _fences(section):
        example, fixed = _example(fence, page)
        last = groups[-1] if groups and fence.joined else None
        if fixed:
            if base is None or kind is not Kind.FAILS:
                raise CatalogError(page, fence.line, "“fixed” needs a failing block before it, under “Fails”")
            if len(base.files) == 1 and len(fence.info.split()) == 2:  # the file's name need not be said again
                example = replace(example, filename=base.files[0].filename)
            if last is not None and last.kind is Kind.FIXED and example.filename not in mended:
                groups.pop()
            else:
                mended = {}
            mended[example.filename] = example
            groups.append(_mended(base, mended, fence, page))
        elif last is not None and last.kind is kind and all(file.filename != example.filename for file in last.files):
            groups[-1] = base = replace(last, files=(*last.files, example))
        else:
            base = ExampleGroup(kind, (example,), example.page_line)
            groups.append(base)
        _check_expectations(example, kind, fixed=fixed, page=page)
    return groups


def _mended(base: ExampleGroup, mended: dict[str, Example], fence: _Fence, page: str) -> ExampleGroup:
    for name in mended:
        if all(file.filename != name for file in base.files):
            raise CatalogError(page, fence.line, f"“fixed”: the group before has no file {name}")
    files = tuple(mended.get(file.filename, replace(file, expectations=())) for file in base.files)
    return ExampleGroup(Kind.FIXED, files, next(iter(mended.values())).page_line)


def _check_expectations(example: Example, kind: Kind, *, fixed: bool, page: str) -> None:
    for one in example.expectations:
        line = example.page_line + one.line - 1
        if fixed or kind is Kind.PASSES:
            raise CatalogError(page, line, "an expectation in code that must be silent")
        if (one.expect is Expect.ALERT) is (kind is Kind.GAPS):
            raise CatalogError(page, line, "MISSING and SPURIOUS stand under “Known gaps”, and only they do")


def _fences(section: Section) -> Iterator[_Fence]:
    lines = section.text.split("\n")
    at, joined = 0, False
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            joined = joined and not lines[at].strip()
            at += 1
            continue
        end = next(index for index in range(at + 1, len(lines)) if _closes(lines[index], opening[1]))
        yield _Fence(opening[2].strip(), tuple(lines[at + 1 : end]), section.line + at + 1, joined)
        at, joined = end + 1, True


def _closes(line: str, fence: str) -> bool:
    return line.startswith(fence) and not line.strip().strip(fence[0])


def _example(fence: _Fence, page: str) -> tuple[Example, bool]:
    words = fence.info.split()
    language = _SHORT.get(words[0], words[0]) if words else ""
    if language not in FILENAMES:
        raise CatalogError(page, fence.line, f"a block under examples names its language: {', '.join(sorted(FILENAMES))}")
    rest = [word for word in words[1:] if word != "fixed"]
    if len(rest) > 1:
        raise CatalogError(page, fence.line, f"unknown word “{rest[1]}” after the language")
    name = rest[0] if rest else FILENAMES[language]
    code: list[str] = []
    expectations: list[Expectation] = []
    for number, line in enumerate(fence.lines, 1):
        found = _EXPECTATION.search(line)
        if found is None:
            code.append(line)
            continue
        expected = _EXPECTED.fullmatch(found[1])
        if expected is None:
            raise CatalogError(page, fence.line + number, f"“$ {found[1]}” is no expectation")
        code.append(line[: found.start()])
        expectations.append(Expectation(number, Expect(expected[1] or "alert"), expected[2] is not None))
    text = "".join(f"{line}\n" for line in code)
    return Example(language, name, text, tuple(expectations), fence.line + 1), "fixed" in words[1:]
