"""Secrets of stored objects in events, messages of queues and what is told to connected clients."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._sent_away import alert, has_password
from backend_audit.finding import Confidence
from backend_audit.routes.sent_away import SecretSentAway

RULE = "secret-in-event"
_TOLD = {
    "bus": "goes into an event: everybody who listens to it, and whatever keeps it, has it.",
    "clients": "is told to connected clients.",
    "queue": "goes into a message of a queue, where the broker, its backups and its consoles keep it in clear.",
}
_MAILED = re.compile(r"mail|reset|verif|confirm|invit|activat|magic|otp|welcome|log_?in|auth", re.IGNORECASE)
_SIGNING_IN = re.compile(
    r"log_?(?:in|on)|sign_?in|auth|(?:verify|check|validate|compare)_?(?:password|credential)", re.IGNORECASE
)


@check(RULE)
def secret_in_event(sent: SecretSentAway) -> Iterator[Alert]:
    """`redis.publish("users", json.dumps(user.to_dict()))`."""
    told = _TOLD.get(sent.target.how)
    sure = _confidence(sent) if told else None
    if told and sure is not None:
        yield alert(sent, sure, told)


def _confidence(sent: SecretSentAway) -> Confidence | None:
    if has_password(sent) and ("password hash" in sent.kinds or sent.person):
        if sent.of in ("key", "model"):  # what somebody has just typed: whoever signs people in must get it
            asked = sent.of == "key" and sent.target.how == "clients"  # it may well be a client itself, which signs in
            return None if asked or _SIGNING_IN.search(sent.target.words) else Confidence.MEDIUM
        return Confidence.MEDIUM if sent.target.how == "queue" or sent.of == "name" else Confidence.HIGH
    if sent.of == "key" or _MAILED.search(sent.target.words):
        return None
    if sent.target.how == "clients":
        return Confidence.MEDIUM
    return Confidence.LOW if sent.whole else None
