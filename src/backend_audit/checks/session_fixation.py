"""Logins that go on with the session of before: whoever knew its id is logged in, too."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.finding import Confidence
from backend_audit.routes.session_fixation import FixedSession
from backend_audit.source import SCRIPTS

RULE = "session-fixation"


@check(RULE, *SCRIPTS)
def session_fixation(found: FixedSession) -> Iterator[Alert]:
    """`req.session.user = user` behind a password's check, without `req.session.regenerate`."""
    yield Alert(
        node=found.site.node,
        message=f"The login writes `{found.name}` into the session that the caller came with: its id stays the same, so that who "
        "planted or saw it before the login is logged in as that user.",
        fix="Take a new session first: `req.session.regenerate((error) => { if (error) return next(error); "
        f"req.session.{found.name} = …; }})`.",
        confidence=Confidence.MEDIUM,
    )
