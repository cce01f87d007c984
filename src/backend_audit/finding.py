"""What the tool says: findings, the places they point at, and problems (what could not be analysed)."""

import hashlib
import re
from enum import StrEnum

import msgspec

MANY = "in many places"  # ends the anchor of what is told once for a whole project, at whichever place comes first
_LAYOUT = re.compile(r"[\s,;'\"`()\\]+")


def unlaid(code: str) -> str:
    """Code without what a formatter may change: blanks, line ends, kinds of quotes, commas, parentheses, semicolons."""
    return _LAYOUT.sub("", code)


class Severity(StrEnum):
    """How bad it is if it is true. Belongs to the rule."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """How sure the tool is that it is true. Belongs to the finding."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Mode(StrEnum):
    """The audience of a rule: whom it is worth telling."""

    DEFAULT = "default"
    ADVANCED = "advanced"
    ELITE = "elite"


SEVERITY_ORDER = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
CONFIDENCE_ORDER = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
MODE_ORDER = (Mode.DEFAULT, Mode.ADVANCED, Mode.ELITE)


class Place(msgspec.Struct, frozen=True, order=True):
    """A region of a file: `path` relative to the scan root with forward slashes, lines and columns 1-based.

    Columns count code points; `end_column` is the column after the last character.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Step(msgspec.Struct, frozen=True):
    """One stop on the way of a value, from its source to the place where it does harm."""

    place: Place
    note: str
    code: str = ""  # the source line, redacted; where it is known


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend. Secrets are already redacted in every text of it.

    `message` names the variables and calls of this code; `fix` says how to mend this code.
    `symbol` is the enclosing function or class (dotted) or route, `code` the source line of `place`,
    `anchor` the normalised code of the finding: with `rule` and `path` they make the line-free fingerprint.
    """

    rule: str
    place: Place
    message: str
    fix: str
    confidence: Confidence
    symbol: str
    code: str
    anchor: str
    steps: tuple[Step, ...] = ()
    related: tuple[Step, ...] = ()
    considered: tuple[Step, ...] = ()  # sanitizers and tests on the way, each with the reason why it does not hold
    others: tuple[tuple[Step, ...], ...] = ()  # ways on which data of other sources reaches the same place

    def fingerprint(self) -> str:
        """32 hex digits that stay the same when lines move or code is laid out anew (`backendAudit/v1`)."""
        parts = f"{self.rule}\x00{self.place.path}\x00{self.symbol}\x00{unlaid(self.anchor)}"
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class ProblemKind(StrEnum):
    """Why something could not be analysed."""

    UNREADABLE = "unreadable"
    DECODING = "decoding"
    SYNTAX = "syntax"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    TIMEOUT = "timeout"
    CRASH = "crash"
    SEMGREP = "semgrep"
    CACHE = "cache"
    RULES = "rules"


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something that could not be analysed. `path` is empty when it concerns the whole scan.

    With `incomplete` false it is only told (the cache was rebuilt); with true the verdict is INCOMPLETE.
    """

    path: str
    line: int  # 1-based; 0 when the whole file is meant
    kind: ProblemKind
    message: str
    incomplete: bool = True


class Suppressed(msgspec.Struct, frozen=True):
    """A finding that an ignore comment covers, with the comment's reason."""

    finding: Finding
    reason: str


class Skipped(msgspec.Struct, frozen=True, order=True):
    """Files that were passed over by design, counted by reason ("tests", "vendored", "binary", "larger than 1 MiB")."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """What was found before and is no longer: `count` times. `finding` is how it was; None when only a baseline knew it."""

    rule: str
    path: str
    symbol: str
    count: int = 1
    finding: Finding | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How the report was held against an older state: its `findings` are the new ones only.

    `against` names the older state in words, `revision` the commit if it was one. `known` findings were there before and
    still are, `silenced` were reported before and are covered by an ignore comment now. `changed` are the lines that differ,
    as ranges (both ends included) for each path; None where nobody asked.
    """

    against: str
    revision: str = ""
    known: tuple[Finding, ...] = ()
    gone: tuple[Gone, ...] = ()
    silenced: tuple[Suppressed, ...] = ()
    notes: tuple[str, ...] = ()
    changed: dict[str, tuple[tuple[int, int], ...]] | None = None

    @property
    def fixed(self) -> int:
        """How many findings are gone."""
        return sum(one.count for one in self.gone)

    def touches(self, place: Place) -> bool:
        """Whether all lines of `place` are among those that changed."""
        ranges = (self.changed or {}).get(place.path, ())
        return any(first <= place.line and place.end_line <= last for first, last in ranges)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that a scan has to say. Findings are sorted by path, line, column, rule."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: int = 0  # judged
    lines: int = 0  # in them
    below: int = 0  # findings under --min-confidence, not listed
    hidden_by_mode: int = 0
    comparison: Comparison | None = None
