"""TLS connections that may still fall back to SSL 3.0, TLS 1.0 or TLS 1.1."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _tls, check
from backend_audit.checks._context import meant, path_to
from backend_audit.checks._operands import named, names, receiver
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, TlsContext
from backend_audit.flow.written import last_word, written

RULE = "outdated-tls-version"

_OLD = {
    "PROTOCOL_SSLv2": "SSL 2.0", "PROTOCOL_SSLv3": "SSL 3.0", "PROTOCOL_TLSv1": "TLS 1.0", "PROTOCOL_TLSv1_1": "TLS 1.1",
    "SSLv2_METHOD": "SSL 2.0", "SSLv3_METHOD": "SSL 3.0", "TLSv1_METHOD": "TLS 1.0", "TLSv1_1_METHOD": "TLS 1.1",
    "SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1_1": "TLS 1.1", "MINIMUM_SUPPORTED": "whatever the library still knows",
    "SSL3_VERSION": "SSL 3.0", "TLS1_VERSION": "TLS 1.0", "TLS1_1_VERSION": "TLS 1.1",
    "TLSv1.1": "TLS 1.1", "SSLv3_method": "SSL 3.0", "SSLv2_method": "SSL 2.0", "TLSv1_method": "TLS 1.0",
    "TLSv1_1_method": "TLS 1.1", "TLSv1_client_method": "TLS 1.0", "TLSv1_server_method": "TLS 1.0",
    "TLSv1_1_client_method": "TLS 1.1", "TLSv1_1_server_method": "TLS 1.1", "SSLv3_client_method": "SSL 3.0",
    "SSLv3_server_method": "SSL 3.0",
    "OP_NO_SSLv2": "SSL 2.0", "OP_NO_SSLv3": "SSL 3.0", "OP_NO_TLSv1": "TLS 1.0", "OP_NO_TLSv1_1": "TLS 1.1",
}  # fmt: skip
_WEAK_SUITE = re.compile(r"(?:^|[:, +])((?:[A-Z0-9]+-)*(?:RC4|DES|3DES|NULL|EXPORT|EXP|aNULL|eNULL|ADH|MD5|LOW)\b[A-Z0-9-]*)")
_FIX = "Set `context.minimum_version = ssl.TLSVersion.TLSv1_2` (or start from `ssl.create_default_context()`, which does)."
_FIX_NODE = "Leave it out, since Node refuses less than TLS 1.2 by itself, or set `minVersion: 'TLSv1.2'`."
_WHY = "these versions have known attacks, and browsers and payment networks no longer accept them"


@check(RULE)
def old_version_chosen(context: TlsContext) -> Iterator[Alert]:
    """`SSLContext(ssl.PROTOCOL_TLSv1)`, `ctx.minimum_version = TLSVersion.TLSv1_1`, `ctx.options &= ~ssl.OP_NO_TLSv1`."""
    found = _chosen(context)
    if found is not None and not (context.setting == "protocol" and _tls.only_compares_keys(context.site)):
        node, version = found
        yield Alert(
            node=node,
            message=f"`{named(context.site)}` speaks {version}: {_WHY}.",
            fix=advice(context.site, _FIX, _FIX_NODE),
            confidence=Confidence.HIGH,
        )


@check(RULE)
def any_version_by_default(context: TlsContext) -> Iterator[Alert]:
    """`ssl.wrap_socket(sock)`: the function, which Python 3.12 has no more, speaks whatever the library still knows."""
    if context.setting != "protocol" or context.value is not None or context.site.api != "ssl.wrap_socket":
        return
    if not _tls.only_compares_keys(context.site):
        yield Alert(
            node=context.site.node,
            message=f"`{named(context.site)}` without `ssl_version` still speaks TLS 1.0 and 1.1, before Python 3.10 SSL 3.0: "
            f"{_WHY}.",
            fix="Wrap the socket with a context: `ssl.create_default_context().wrap_socket(sock, server_hostname=host)`.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def old_versions_left_on(context: TlsContext) -> Iterator[Alert]:
    """A context that negotiates any version is used without `minimum_version` or the `OP_NO_…` options."""
    if context.setting != "use" or context.value is None:
        return
    used = receiver(context.value, context.site)
    past = next((one for one in _tls.histories(context.site, used) if _left_on(one)), None)
    if past is None:
        return
    left = _left_on(past)
    name = written(used)
    if past.allowed_again:
        confidence, how = Confidence.HIGH, f"{' and '.join(left)} was switched on again for `{name}`"
    elif past.kind == "tls":
        confidence, how = Confidence.MEDIUM, f"nothing keeps `{name}` from {' and '.join(left)} on Python before 3.10"
    else:
        confidence = Confidence.MEDIUM if past.disabled else Confidence.LOW
        how = f"`{name}` still allows {' and '.join(left)} on Python before 3.10"
    yield Alert(node=context.site.node, message=f"{how[0].upper()}{how[1:]}: {_WHY}.", fix=_FIX, confidence=confidence)


@check(RULE)
def weak_cipher_suites(context: TlsContext) -> Iterator[Alert]:
    """`ctx.set_ciphers("RC4-SHA")`."""
    if context.setting != "ciphers" or context.value is None:
        return
    for text in context.value.value.texts():
        found = _WEAK_SUITE.search(text)
        if found is not None:
            yield Alert(
                node=context.value.node or context.site.node,
                message=f"The cipher list allows `{found[1]}`, which is broken or does not encrypt at all.",
                fix="Leave the list to the library, or name modern suites: `ECDHE+AESGCM:ECDHE+CHACHA20`.",
                confidence=Confidence.HIGH,
            )
            return


def _chosen(context: TlsContext) -> tuple[ir.Node, str] | None:
    value = context.value
    if context.setting == "options":
        return _switched_on(context)
    if context.setting not in ("protocol", "minimum_version", "maximum_version") or value is None:
        return None
    old = _versions(value)
    if not old or (context.setting == "maximum_version" and "whatever the library still knows" in old):
        return None
    return value.node or context.site.node, " or ".join(old)


def _versions(value: Operand) -> list[str]:
    """The old versions that the value names, when it can be nothing better."""
    found = names(value)
    if not found or not all(name in _OLD for name in found):
        found = frozenset((last_word(value.node),))
    return sorted({_OLD[name] for name in found if name in _OLD})


def _switched_on(context: TlsContext) -> tuple[ir.Node, str] | None:
    """`options &= ~ssl.OP_NO_TLSv1`."""
    around = [*path_to(context.site), context.site.node]
    statement = next((node for node in reversed(around) if isinstance(node, ir.Assign)), None)
    if statement is None or not statement.op.startswith("&") or statement.value is None:
        return None
    if not isinstance(statement.value, ir.Unary) or statement.value.op != "~":
        return None
    flags = [meant(one, context.site.module) for one in ir.walk(statement) if isinstance(one, (ir.Name, ir.Attribute))]
    old = sorted({_OLD[flag] for flag in flags if flag.startswith("OP_NO_") and flag in _OLD})
    return (statement.value, " and ".join(old)) if old else None


def _left_on(past: _tls.History) -> list[str]:
    if past.minimum:
        return [_OLD[past.minimum]] if past.minimum in _OLD else []
    if past.kind not in ("tls", "client", "server") and not past.allowed_again:
        return []
    if past.kind != "tls" and not past.disabled and not past.allowed_again:
        return []  # the library's own modern defaults
    needed = past.allowed_again or ({"OP_NO_TLSv1", "OP_NO_TLSv1_1"} - past.disabled)
    return [_OLD[flag] for flag in _tls.OLD_FLAGS if flag in needed]
