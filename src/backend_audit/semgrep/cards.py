"""The card of a user's own Semgrep rule, from what its metadata says."""

import re
from collections.abc import Iterator, Mapping

from backend_audit.catalog import RuleCard
from backend_audit.finding import Confidence, Mode, Severity

_SEVERITIES = {
    "critical": Severity.CRITICAL,
    "error": Severity.HIGH,
    "high": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "info": Severity.LOW,
    "low": Severity.LOW,
    "inventory": Severity.LOW,
    "experiment": Severity.LOW,
}
# Code scanning's number for a severity that states none: the middle of its band.
_SCORES = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.5, Severity.LOW: 2.0}
_LANGUAGES = {
    "python": "python",
    "py": "python",
    "javascript": "javascript",
    "js": "javascript",
    "typescript": "typescript",
    "ts": "typescript",
}
_CWE = re.compile(r"(?:CWE-)?(\d{1,4})\b", re.IGNORECASE)
_METAVARIABLE = re.compile(r"\$(?:\.\.\.)?[A-Z][A-Z0-9_]*")


def card_of(rule: str, body: Mapping[str, object]) -> RuleCard:
    """The card of the rule with this id: severity, confidence, CWE and references as its file says, else as is usual."""
    found = body.get("metadata")
    metadata: Mapping[str, object] = found if isinstance(found, Mapping) else {}
    severity = _SEVERITIES.get(str(metadata.get("severity") or body.get("severity") or "").lower(), Severity.MEDIUM)
    message = " ".join(str(body.get("message") or rule).split())
    title = _title(rule)
    references = [one for one in _texts(metadata.get("references")) if one.startswith(("https://", "http://"))]
    source = next((one for one in (*_texts(metadata.get("source")), *references)), "")
    return RuleCard(
        id=rule,
        title=title,
        clause="",
        cwe=tuple(sorted({int(number[1]) for text in _texts(metadata.get("cwe")) if (number := _CWE.match(text))})),
        severity=severity,
        security_severity=_SCORES[severity],
        confidence=_confidence(metadata.get("confidence")),
        mode=Mode.DEFAULT,
        languages=tuple(sorted({_LANGUAGES.get(one.lower(), "config") for one in _texts(body.get("languages"))})),
        summary=_METAVARIABLE.sub("…", message),
        body=_page(title, message, references),
        url=source if source.startswith("https://") else "",
    )


def _confidence(value: object) -> Confidence:
    word = str(value or "").lower()
    return Confidence(word) if word in set(Confidence) else Confidence.MEDIUM


def _title(rule: str) -> str:
    words = re.split(r"[-_.\s]+", rule.rpartition(".")[2])
    text = " ".join(word for word in words if word)
    return (text[:1].upper() + text[1:])[:80] or rule


def _page(title: str, message: str, references: list[str]) -> str:
    text = f"# {title}\n\n{_METAVARIABLE.sub('…', message)}\n"
    if references:
        text += "\n## References\n\n" + "".join(f"* <{one}>\n" for one in references)
    return text


def _texts(value: object) -> Iterator[str]:
    """The strings in a metadata field, which may be one or a list."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str | int) and not isinstance(one, bool):
            yield str(one).strip()
