"""Passwords and keys written to files and cookies as they are."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _secrets, check
from backend_audit.checks._context import scope
from backend_audit.checks._secrets import Leak
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CookieWrite, FileWrite, Operand, Site
from backend_audit.flow.written import written

RULE = "secret-stored-in-clear"

# Session and bearer tokens belong into cookies; programs keep certificates and tokens of their own in files.
_IN_COOKIE = frozenset(("password", "secret", "API key", "private key", "secret key"))
_PRIVATE = frozenset((0o600, 0o400, 0o077, 0o177))
_IN_FILE = frozenset(("password", "secret"))


@check(RULE)
def secret_in_file(write: FileWrite) -> Iterator[Alert]:
    """A secret is written to a file."""
    yield from _alerts(write, write.data, _IN_FILE, "a file")


@check(RULE)
def secret_in_cookie(cookie: CookieWrite) -> Iterator[Alert]:
    """A secret is put into a cookie."""
    yield from _alerts(cookie, cookie.value, _IN_COOKIE, "a cookie")


def _alerts(concept: FileWrite | CookieWrite, data: Operand | None, sure: frozenset[str], where: str) -> Iterator[Alert]:
    if data is None:
        return
    site = concept.site
    leak = next(_secrets.leaks(site, (data,)), None)
    if leak is None or (where == "a cookie" and leak.kind not in sure):
        return
    at, end = _secrets.span(site)
    yield Alert(
        at=at,
        end=end,
        message=f"`{site.written}` writes `{leak.name}` ({_secrets.a(leak.kind)}) in clear to {where}: whoever reads it, "
        "a backup or another program, has the secret.",
        fix="Store a hash of a password (argon2, bcrypt, scrypt), keep other secrets in a secret store or encrypted.",
        confidence=_confidence(leak, site, sure),
        steps=_secrets.steps(site, leak, f"`{site.written}` stores it"),
    )


def _confidence(leak: Leak, site: Site, sure: frozenset[str]) -> Confidence:
    if leak.kind not in sure or _secrets.is_for_terminal(site.path):
        return Confidence.LOW
    return Confidence.LOW if _for_owner_alone(site) else Confidence.MEDIUM


def _for_owner_alone(site: Site) -> bool:
    """Whether the function makes the file for its owner alone: `os.open(path, flags, 0o600)`, `os.chmod(path, 0o600)`."""
    for node in ir.walk(*scope(site)):
        if isinstance(node, ir.Call) and written(node.func).rpartition(".")[2] in ("open", "chmod", "fchmod", "umask", "touch"):
            modes = [arg.value.value for arg in node.args if isinstance(arg.value, ir.Const)]
            if any(type(mode) is int and mode in _PRIVATE for mode in modes):
                return True
    return False
