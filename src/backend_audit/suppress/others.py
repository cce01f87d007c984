"""What other tools were told to leave alone, with a reason: `# nosec B324 # md5 as mOTP wants it`, `# noqa: S324 an ETag`.

Somebody has looked at the line and says why it stays; a comment without a reason says nothing. The numbers are bandit's, which
ruff has under S: https://bandit.readthedocs.io/en/latest/plugins/, https://docs.astral.sh/ruff/rules/#flake8-bandit-s
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.source import LineIndex

_MARK = re.compile(r"#\s*(?:nosec|noqa)\b\s*:?\s*(?P<ids>(?:[A-Z]+\d+(?:[,\s]+|$))*)(?P<rest>[^\n]*)")
_PRAGMA = re.compile(r"(?:^|#)\s*(?:nosec|noqa|type|pylint|pyright|mypy|pragma|nosemgrep|fmt|isort|ruff)\b[^#]*", re.IGNORECASE)
_NUMBER = re.compile(r"[BS](\d{3})")
_LETTERS = re.compile(r"[^\W\d_]")
_LEAST = 8  # letters of a reason
_SECRETS = "hardcoded-password hardcoded-secret-key hardcoded-token secret-fallback-value password-in-connection-string"
_RULES = {
    number: frozenset(rules.split())
    for numbers, rules in {
        "103": "world-writable-file",
        "104": "bind-all-interfaces",
        "105 106 107": _SECRETS,
        "108 306": "insecure-temp-file",
        "110 112": "swallowed-exception",
        "113": "missing-timeout",
        "201": "debug-mode-on",
        "301 302 506 614": "unsafe-deserialization",
        "303 324": "weak-hash weak-password-hash",
        "304 305": "broken-cipher",
        "311": "predictable-random-secret",
        "323 501": "tls-verification-off",
        "502 503 504": "outdated-tls-version",
        "505": "weak-key-size",
        "507": "host-key-check-off",
        "608": "sql-built-from-strings",
        "701 702": "template-autoescape-off",
    }.items()
    for number in numbers.split()
}
_ALL = frozenset(rule for rules in _RULES.values() for rule in rules)


class Excuse(NamedTuple):
    """The lines `first`…`last` on which findings of these rules have been looked at."""

    rules: frozenset[str]
    first: int
    last: int


def excuses(module: ir.Module) -> tuple[Excuse, ...]:
    """The reasoned marks for other tools in a file."""
    marked = [one for one in module.comments if "nosec" in one.text or "noqa" in one.text]
    lines = LineIndex(module.line_starts)
    found = [(rules, lines.position(one.at).line) for one in marked if (rules := _excused(one.text))]
    if not found:
        return ()
    spans = dict(_statements(module, lines, {line for _, line in found}))
    return tuple(Excuse(rules, *spans.get(line, (line, line))) for rules, line in found)


def _excused(comment: str) -> frozenset[str]:
    """The rules of which a comment says why they need not be heard."""
    rules: frozenset[str] = frozenset()
    for mark in _MARK.finditer(comment):
        numbers = _NUMBER.findall(mark["ids"])
        reasons = _PRAGMA.sub("", mark["rest"])
        if len(_LETTERS.findall(reasons)) >= _LEAST:
            rules |= _ALL if not mark["ids"].strip() else frozenset(one for each in numbers for one in _RULES.get(each, ()))
    return rules


def _statements(module: ir.Module, lines: LineIndex, wanted: set[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lines of the simple statement on each of the `wanted` ones."""
    for node in ir.walk(*module.body):
        if isinstance(node, (ir.Assign, ir.ExprStmt, ir.Return, ir.Raise)):
            first, last = lines.position(node.at).line, lines.position(max(node.at, node.end)).line
            for line in wanted.intersection(range(first, last + 1)):
                yield line, (first, last)
