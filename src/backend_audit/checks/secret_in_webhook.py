"""Secrets of stored objects in what is sent to other people's servers."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._sent_away import alert, has_password, signs_in
from backend_audit.finding import Confidence
from backend_audit.routes.sent_away import SecretSentAway

RULE = "secret-in-webhook"
_RECEIVER = re.compile(r"hook|subscription|endpoint|callback|destination|receiver|listener|channel|notif", re.IGNORECASE)
_REQUESTS = frozenset(("subscriber", "service", "unknown"))


@check(RULE)
def secret_in_webhook(sent: SecretSentAway) -> Iterator[Alert]:
    """`requests.post(hook.url, json=user.to_dict())`."""
    if sent.target.how in _REQUESTS and (sure := _confidence(sent)) is not None:
        yield alert(sent, sure, "goes to another server in the body of a request: whoever runs it, and reads its logs, has it.")


def _confidence(sent: SecretSentAway) -> Confidence | None:
    hashed = "password hash" in sent.kinds
    if sent.target.how == "subscriber":
        if _RECEIVER.search(sent.whose):
            return None  # its own secret, by which it knows who calls
        if not (sent.whole or hashed) and signs_in(sent.target.words):
            return None
        if sent.of in ("key", "name"):
            return Confidence.MEDIUM
        if has_password(sent) and (hashed or sent.person):
            return Confidence.HIGH
        return Confidence.MEDIUM if sent.whole or sent.person else Confidence.LOW
    if signs_in(sent.target.words) or sent.of in ("key", "model"):
        return None
    if has_password(sent) and (hashed or sent.person):
        return Confidence.MEDIUM
    return Confidence.LOW if sent.whole and sent.of == "row" else None
