"""Exceptions of call-backs that nothing catches: in Node one of them ends the process, for all who use it."""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit.checks import Alert, check
from backend_audit.checks._secrets import is_for_terminal
from backend_audit.finding import MANY, Confidence
from backend_audit.routes.thrown_later import ThrownLater
from backend_audit.source import SCRIPTS

RULE = "throw-in-callback"
_FIX = "Hand the error on (`return next(err)`), answer it, or use the function that gives a promise and `await` it in a `try`."
_FIX_PARSE = "Put it into a `try` and answer 400, or let middleware read the body (`express.json()`)."


@check(RULE, *SCRIPTS)
def throw_in_callback(found: ThrownLater) -> Iterator[Alert]:
    """`fs.readFile(name, (err, data) => { if (err) throw err; … })` in a handler."""
    ends = (
        "the request stays without an answer"
        if found.observed
        else "Node ends the process, and with it every request that it serves"
    )
    when = f"when `{found.later}` calls back, `{found.root}` has returned"
    if found.parses:
        message = f"Text that is no JSON throws here, and {when}: nothing catches it, {ends}."
    elif found.through:
        message = f"`{found.through}` throws this in a call-back: {when}, nothing catches it, {ends}."
    else:
        message = f"Nothing catches what is thrown here: {when}, {ends}."
    alert = Alert(
        node=found.site.node,
        message=message,
        fix=_FIX_PARSE if found.parses else _FIX,
        confidence=Confidence.LOW if found.observed or is_for_terminal(found.site.path) else Confidence.MEDIUM,
        steps=found.way,
        related=found.practice[:5],
        anchor=MANY if found.practice else None,
    )
    yield alert if found.called is None else replace(alert, related=(found.called, *alert.related))
