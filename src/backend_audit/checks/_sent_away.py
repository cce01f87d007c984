"""What the rules about secrets that leave the program share: how bad it is where what goes, and the alert."""

import re

from backend_audit.checks import Alert
from backend_audit.finding import Confidence
from backend_audit.routes.sent_away import SecretSentAway

_FIX = "Name what the receiver needs (`{'id': user.id, 'email': user.email}`), and leave the rest with you."
_PASSWORDS = frozenset(("password hash", "password"))
_WORST = ("password hash", "password", "private key", "one-time code", "secret", "secret key", "API key")


def alert(sent: SecretSentAway, confidence: Confidence, told: str) -> Alert:
    """The alert at the place that hands the secret over; `told`: where it goes, as a clause."""
    order = sorted(
        zip(sent.kinds, sent.names, strict=True), key=lambda one: _WORST.index(one[0]) if one[0] in _WORST else len(_WORST)
    )
    names = [f"`{name}`" for _, name in order[:4]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    what = f"`{sent.whose}` with all its fields, {listed} among them," if sent.whole else f"{listed} ({order[0][0]})"
    return Alert(
        path=sent.place.path,
        at=sent.place.at,
        end=sent.place.end,
        message=f"{what} {told}",
        fix=_FIX,
        confidence=confidence,
        steps=(*sent.way, sent.place),
        anchor=f"{sent.whose}:{order[0][1]}:{sent.via}",
    )


_SIGN_IN = re.compile(
    r"log_?in|log_?on|sign_?(?:in|up)|auth|oauth|token|session|credential|keycloak|okta|ldap|(?:^|[_\W])sso(?:[_\W]|$)|idp|identity|scim|saml|cognito|"
    r"firebase|provision|register|verif|password|kratos|hydra|zitadel|supertokens|clerk|passport",
    re.IGNORECASE,
)


def signs_in(words: str) -> bool:
    """Whether what is asked is to know somebody: a login, a provider of identities."""
    return _SIGN_IN.search(words) is not None


def has_password(sent: SecretSentAway) -> bool:
    """Whether a password, or what is kept of one, leaves."""
    return not _PASSWORDS.isdisjoint(sent.kinds)
