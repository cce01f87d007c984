"""Secrets that a request to another server carries without TLS."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from backend_audit.checks import Alert, _directory, _secrets, check
from backend_audit.checks._context import only_in_development
from backend_audit.checks._operands import is_none, named
from backend_audit.checks._untrusted import span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import LdapBind, Operand, OutgoingRequest

RULE = "secret-sent-in-clear"

_HOST = re.compile(r"http://(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)
_LDAP = re.compile(r"(?:ldap://)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)
_NEAR = (".local", ".localhost", ".internal", ".lan", ".test", ".invalid", ".svc", ".intranet", ".home", ".corp")
_SURE = frozenset(("password", "secret", "API key", "private key", "secret key", "token", "credential"))


@check(RULE)
def secret_sent_in_clear(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.post("http://partner.example.com/login", json={"password": password})`."""
    host = "" if request.url is None else _host(request.url)
    if not host or only_in_development(request.site):
        return
    leak = next((one for one in _secrets.leaks(request.site) if one.kind in _SURE), None)
    if leak is None:
        return
    at, end = _secrets.span(request.site)
    sure = _secrets.confidence(leak, request.site.path)
    yield Alert(
        at=at,
        end=end,
        message=f"`{request.site.written}` sends `{leak.name}` ({_secrets.a(leak.kind)}) to `{host}` over plain HTTP: "
        "every network on the way can read it, and answer in the server's place.",
        fix="Call the server over `https://`.",
        confidence=Confidence.LOW
        if _secrets.is_for_terminal(request.site.path)
        else max(sure, Confidence.MEDIUM, key=list(Confidence).index),
        steps=_secrets.steps(request.site, leak, f"`{request.site.written}` sends it"),
    )


@check(RULE)
def password_sent_to_a_directory(bind: LdapBind) -> Iterator[Alert]:
    """`ldap.initialize("ldap://directory.example.com").simple_bind_s(dn, password)`."""
    if bind.user is None or bind.password is None or is_none(bind.password) or bind.password.value.is_just(""):
        return
    found = _LDAP.match(_directory.plain_address(bind))
    host = "" if found is None else found[1].lower()
    if not _is_far(host) or only_in_development(bind.site):
        return
    at, end = span(bind.site, None)
    yield Alert(
        at=at,
        end=end,
        message=f"`{named(bind.site)}` sends the password to `{host}` over plain LDAP: every network on the way can read it, and "
        "answer in the directory's place.",
        fix="Connect with `ldaps://` (`Server(host, use_ssl=True)`), or call `start_tls_s()` (`start_tls()`) before the bind.",
        confidence=Confidence.MEDIUM,
    )


def _host(url: Operand) -> str:
    """The host beyond the own network that is asked over plain HTTP, whatever else the address holds; "" for others."""
    value = url.value
    beginnings = [*value.texts(), *(str(shape.parts[0]) if isinstance(shape.parts[0], str) else "" for shape in value.shapes)]
    if not beginnings or value.open:
        return ""
    hosts = {found[1].lower() if (found := _HOST.match(one)) is not None else "" for one in beginnings}
    host = next(iter(hosts))
    return host if len(hosts) == 1 and _is_far(host) else ""


def _is_far(host: str) -> bool:
    if "." not in host or host.endswith(_NEAR):
        return False
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return True
