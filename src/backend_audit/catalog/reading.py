"""One page's text → its card; every mistake is answered with the page and the line."""

import re
from collections.abc import Mapping
from typing import NoReturn

import yaml

from backend_audit.catalog.card import RuleCard
from backend_audit.catalog.clauses import CLAUSES
from backend_audit.catalog.pages import CatalogError
from backend_audit.finding import Confidence, Mode, Severity

PAGES_URL = "https://github.com/backend-audit/backend-audit/blob/main/rules"

# Code scanning derives its words from these numbers, so the page's word and number must agree.
SEVERITY_BANDS: Mapping[Severity, tuple[float, float]] = {
    Severity.CRITICAL: (9.0, 10.0),
    Severity.HIGH: (7.0, 8.9),
    Severity.MEDIUM: (4.0, 6.9),
    Severity.LOW: (0.1, 3.9),
}
LANGUAGES = ("python", "javascript", "typescript", "template", "config")
_REQUIRED = ("id", "title", "cwe", "severity", "security-severity", "confidence", "mode", "languages")
_KNOWN = (*_REQUIRED, "previous-ids", "practice")
CLAUSE_FOLDER = re.compile(r"(never-\d|must-\d\d)-[a-z0-9-]+|house")  # house: about the tool's own comments
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_card(text: str, path: str) -> RuleCard:
    """One page's card; `path` is `<clause folder>/<rule-id>.md`."""
    head, body, body_line = _split(text.replace("\r\n", "\n"), path)
    page = _FrontMatter(head, path)
    folder, _, name = path.rpartition("/")
    rule = page.text("id")
    if not _ID.fullmatch(rule) or f"{rule}.md" != name:
        page.fail("id", f"“{rule}” must be kebab-case and the page's name")
    severity = Severity(page.choice("severity", tuple(Severity)))
    score, (lowest, highest) = page.number("security-severity"), SEVERITY_BANDS[severity]
    if not lowest <= score <= highest:
        page.fail("security-severity", f"{score} is not {severity}: {lowest}-{highest}")
    clause = CLAUSE_FOLDER.fullmatch(folder)
    if clause is None or (clause[1] or "") not in {*CLAUSES, ""}:
        raise CatalogError(path, 1, f"“{folder}” is no clause folder")
    title, summary = _title_and_summary(body, body_line, path)
    if title != page.text("title"):
        page.fail("title", f"differs from the heading “{title}”")
    return RuleCard(
        id=rule,
        title=title,
        clause=clause[1] or "",
        cwe=page.numbers("cwe"),
        severity=severity,
        security_severity=score,
        confidence=Confidence(page.choice("confidence", tuple(Confidence))),
        mode=Mode(page.choice("mode", tuple(Mode))),
        languages=page.texts("languages", LANGUAGES),
        summary=summary,
        body=body,
        body_line=body_line,
        path=path,
        url=f"{PAGES_URL}/{path}",
        previous_ids=page.texts("previous-ids", None),
        practice=Confidence(page.choice("practice", tuple(Confidence))) if "practice" in page.keys else None,
    )


def _split(text: str, path: str) -> tuple[str, str, int]:
    if not text.startswith("---\n"):
        raise CatalogError(path, 1, "the page must begin with front matter (---)")
    end = text.find("\n---\n", 3)
    if end < 0:
        raise CatalogError(path, 1, "the front matter is not closed (---)")
    head, body = text[4 : end + 1], text[end + 5 :]
    stripped = body.lstrip("\n")
    return head, stripped, head.count("\n") + 3 + len(body) - len(stripped)


_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"`|\*\*|(?<!\w)[*_]|[*_](?!\w)")


def _title_and_summary(body: str, line: int, path: str) -> tuple[str, str]:
    heading, _, rest = body.partition("\n")
    if not heading.startswith("# "):
        raise CatalogError(path, line, "the body must begin with “# Title”")
    paragraph = rest.lstrip("\n").partition("\n\n")[0]
    if not paragraph or paragraph.startswith(("#", "`", "-", "~")):
        raise CatalogError(path, line + 1, "a paragraph that says what is wrong must follow the title")
    return heading[2:].strip(), plain_text(paragraph)


def plain_text(markdown: str) -> str:
    """A paragraph of Markdown without its marks, on one line; what stands between backticks stays as it is."""
    parts = _LINK.sub(r"\1", " ".join(markdown.split())).split("`")
    return "".join(part if at % 2 else _MARKS.sub("", part) for at, part in enumerate(parts))


class _FrontMatter:
    """Typed access to the keys of a page's front matter, with an error that names the key's line."""

    def __init__(self, head: str, path: str) -> None:
        self.head, self.path = head, path
        try:
            read = yaml.load(head, _Loader)  # noqa: S506 - a safe loader, in C where available
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 2 if error.problem_mark else 1
            raise CatalogError(path, line, f"front matter: {error.problem}") from error
        if not isinstance(read, dict):
            raise CatalogError(path, 1, "the front matter must be a table of keys")
        self.keys: dict[object, object] = read
        for key in self.keys:
            if key not in _KNOWN:
                self.fail(str(key), f"unknown; known: {', '.join(_KNOWN)}")
        for key in _REQUIRED:
            if key not in self.keys:
                raise CatalogError(path, 1, f"the key {key} is missing")

    def fail(self, key: str, what: str) -> NoReturn:
        lines = self.head.split("\n")
        line = next((at for at, text in enumerate(lines, 2) if text.startswith(f"{key}:")), 1)
        raise CatalogError(self.path, line, f"{key}: {what}")

    def text(self, key: str) -> str:
        value = self.keys[key]
        if not isinstance(value, str) or not value:
            self.fail(key, "must be a text")
        return value

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in known:
            self.fail(key, f"“{value}” is none of {', '.join(known)}")
        return value

    def number(self, key: str) -> float:
        value = self.keys[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, "must be a number")
        return float(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self.keys[key]
        if not isinstance(value, list) or not value or not all(type(one) is int and one > 0 for one in value):
            self.fail(key, "must be a list of numbers, as in [89]")
        return tuple(value)

    def texts(self, key: str, known: tuple[str, ...] | None) -> tuple[str, ...]:
        """A list of words; with `known`, at least one and only of them."""
        value = self.keys.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or (known and not value):
            self.fail(key, "must be a list of words")
        for one in value:
            if known and one not in known:
                self.fail(key, f"“{one}” is none of {', '.join(known)}")
        return tuple(value)
