"""Tokens that are good for ever: one that was stolen once opens the door until the key is changed for everybody."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.checks._operands import named
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import JwtEncode, Site
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word

RULE = "token-without-expiry"

_CLAIM = "exp"
_OPTION = "expiresIn"
_TELLS = re.compile(r"^exp$|expir|lifetime|max_?age|ttl|valid_?(until|for)", re.IGNORECASE)
_MADE = re.compile(r"^(?:created|issued|signed|generated)_?(?:at|on)$|^timestamp$", re.IGNORECASE)  # who reads it tells its age
_LASTING = re.compile(r"api_?key|service|machine|invit|unsubscribe|webhook|share|bot|fixture|mock", re.IGNORECASE)
_REVOKED = re.compile(  # claims that the server compares with what it keeps: what it changes there, ends the token
    r"^(?:jti|sid|nonce|session_?id|security_?stamp|(?:token|key|session|password|auth)_?(?:version|generation|stamp|salt))$",
    re.IGNORECASE,
)
_RENEW = "and renew it with a refresh token that can be revoked."
_LONGEST = 24  # of a text that can be the name of a claim
_FIX = f"Give it a short life: `'exp': datetime.now(UTC) + timedelta(minutes=15)`, {_RENEW}"
_FIX_NODE = f"Give it a short life: `jwt.sign(payload, key, {{ expiresIn: '15m' }})`, {_RENEW}"


@check(RULE)
def token_without_expiry(token: JwtEncode) -> Iterator[Alert]:
    """`jwt.encode({"sub": user.id}, key)`, `jwt.sign({ sub: user.id }, key)`."""
    if (
        token.raw
        or token.payload is None
        or not _lacks(token.payload.value, _CLAIM)
        or _expires(token)
        or _told_nearby(token.site)
    ):
        return
    function = token.site.function
    lasting = _LASTING.search(f"{token.site.symbol} {'' if function is None else function.name}")
    yield Alert(
        node=token.site.node,
        message=f"`{named(token.site)}` makes a token without an expiry: whoever gets hold of it once is that caller for ever.",
        fix=advice(token.site, _FIX, _FIX_NODE),
        confidence=Confidence.LOW if lasting or _can_be_revoked(token.payload.value) else Confidence.MEDIUM,
    )


def _can_be_revoked(payload: Value) -> bool:
    return any(isinstance(key, str) and (_REVOKED.search(key) or _MADE.search(key)) for key in payload.items or {})


def _lacks(value: Value, key: str) -> bool:
    """Whether a mapping is known whole, and does not hold `key`."""
    return value.kind == "dict" and not value.open and value.elem is None and value.items is not None and key not in value.items


def _expires(token: JwtEncode) -> bool:
    """Whether the call itself says how long the token is good, or may say so."""
    given = token.lifetime
    return given is not None and not given.value.is_just(None) and not _lacks(given.value, _OPTION)


def _told_nearby(site: Site) -> bool:
    """Whether anything around the call tells of an expiry: a claim that is added to the payload on another line."""
    for node in ir.walk(*scope(site)):
        if (
            isinstance(node, ir.Const)
            and isinstance(node.value, str)
            and _TELLS.search(node.value)
            and len(node.value) < _LONGEST
        ):
            return True
        name = last_word(node)
        if name and _TELLS.search(name):
            return True
    return False
