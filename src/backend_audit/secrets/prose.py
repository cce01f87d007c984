"""Names with values inside of text: comments, docstrings, documents in strings, query strings of URLs."""

import re
from collections.abc import Iterator

from backend_audit.secrets.candidate import Candidate, How
from backend_audit.secrets.names import classify

_NAME = r"(?P<name>[A-Za-z_][\w.-]{0,60})"
_PAIR = re.compile(
    rf"""(?<![\w.-])['"`]?{_NAME}\\?['"`]?[ ]*(?:[:=]|=>|:=)[ ]*\\?(?P<quote>['"`])(?P<value>[^'"`\s\\]{{4,400}})\\?(?P=quote)
       | [?&](?P<key>[A-Za-z_][\w.-]{{0,60}})=(?P<query>[^&#\s'"`<>\\)]{{6,400}})
       | (?:Buffer\.from|createSecretKey)\((?:Buffer\.from\()?(?P<mark>['"])(?P<bytes>[A-Za-z0-9+/=_-]{{24,400}})(?P=mark)
    """,
    re.VERBOSE,
)
_PROVISIONING = re.compile(r"\b\w*otp\w*://\S*$")
_TARGET = re.compile(r"([A-Za-z_$][\w$]*)[ ]*=[ ]*[\w.( ]*$")


def pairs(text: str, at: int, end: int) -> Iterator[Candidate]:
    """Candidates between two offsets for `name: "value"`, `name = 'value'` and `?name=value` under a credential's name."""
    for match in _PAIR.finditer(text, at, end):
        group = match.lastgroup
        if match["value"] is not None:
            name, group = match["name"], "value"
        elif match["query"] is not None:
            name, group = match["key"], "query"
        else:
            target = _TARGET.search(text, max(at, match.start() - 80), match.start())
            name, group = (target[1] if target else ""), "bytes"
        if name and classify(name) is not None and not provisions(text, match.start()):
            first, last = match.span(group)
            yield Candidate(match[group], name, How.PROSE, first, last)


def provisions(text: str, at: int) -> bool:
    """Whether an address stands before a place by which a token is set up: in prose it shows how such an address is built."""
    return _PROVISIONING.search(text, max(0, at - 200), at) is not None


def assignments(text: str) -> Iterator[Candidate]:
    """The same in code whose structure is not known because it does not parse: one literal a name, on one line."""
    for match in _PAIR.finditer(text):
        if match["value"] is not None and classify(match["name"]) is not None:
            yield Candidate(match["value"], match["name"], How.ASSIGNED, *match.span("value"))


def queries(text: str) -> Iterator[Candidate]:
    """Candidates for `?name=value` anywhere: a token in a URL is a token."""
    if "=" not in text:
        return
    for match in _QUERY.finditer(text):
        if classify(match["key"]) is not None:
            yield Candidate(match["value"], match["key"], How.PROSE, *match.span("value"))


_QUERY = re.compile(r"[?&](?P<key>[A-Za-z_][\w.-]{0,60})=(?P<value>[^&#\s'\"`<>\\)]{6,400})")
