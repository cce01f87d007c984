"""What handlers do as their callers say, by the findings about data that begin in them."""

from collections.abc import Iterable

from backend_audit.analysis.alerts import Told
from backend_audit.finding import Confidence

_DOES = {
    "path-traversal": "uses files that callers name",
    "archive-extraction": "unpacks what callers send",
    "command-injection": "runs commands of what callers send",
    "code-injection": "runs code of what callers send",
    "template-injection": "runs templates that callers send",
    "server-side-request-forgery": "sends requests where callers say",
    "unsafe-deserialization": "builds objects of what callers send",
}


def dangers(alerts: Iterable[Told]) -> dict[str, list[tuple[int, str]]]:
    """By file: where the data of a finding comes in, and what is done with it in words."""
    found: dict[str, list[tuple[int, str]]] = {}
    for _, rule, alert, _ in alerts:
        if rule in _DOES and len(alert.steps) > 1 and alert.confidence is not Confidence.LOW:
            start = alert.steps[0]
            found.setdefault(start.path, []).append((start.at, _DOES[rule]))
    return found
