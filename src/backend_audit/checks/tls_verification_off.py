"""TLS certificates that are not verified: whoever sits on the way can read and change the traffic."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _pieces, _tls, check
from backend_audit.checks._context import conditions, meant, only_in_development, path_to, scope
from backend_audit.checks._operands import apis, is_false, is_none, may_be_false, named, names, shown, spread, truth
from backend_audit.checks._pages import of_service
from backend_audit.checks._purpose import names_in
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HttpClient, Operand, OutgoingRequest, Site, TlsContext
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word

RULE = "tls-verification-off"

_NONE_NAMES = frozenset(("CERT_NONE", "VERIFY_NONE", "OPT_X_TLS_NEVER", "none", "NONE"))
_UNVERIFIED = "ssl._create_unverified_context"
_CURL_OPTIONS = frozenset(("SSL_VERIFYPEER", "SSL_VERIFYHOST", "PROXY_SSL_VERIFYPEER", "PROXY_SSL_VERIFYHOST"))
_LOCAL = re.compile(r"^https?://(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)([:/]|$)")
_NOTHING = "undefined"
_SWITCHES = frozenset(("rejectUnauthorized", "strictSSL"))
_SAYS_SO = re.compile(r"(?i)(?:^|_)(?:insecure|unverified|untrusted|unsafe|no_?verify)(?:_|$)|^(?:insecure|unverified)")
_SWITCH = re.compile(r"(?i)verif|insecure|skip_|no_?check|self_?signed|ssl|tls|cert")
_RISK = "anyone on the way can pose as the server, read the traffic and change it"
_FIX_CA = "Leave verification on; for a private certificate authority give its file: `verify='/etc/ssl/internal-ca.pem'`."
_FIX_NODE = "Leave verification on; for a private certificate authority give its certificate: `ca: fs.readFileSync('ca.pem')`."
_FIX_CONTEXT = (
    "Use `ssl.create_default_context(cafile=…)` and leave `verify_mode` and `check_hostname` as they are; "
    "a private certificate authority belongs into `cafile`."
)


@check(RULE)
def request_without_verification(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.get(url, verify=False)`."""
    confidence = _off(request.verify) or _on(request.insecure) or _off_by_default(request.verify, request.site)
    switch = request.verify if request.verify is not None else request.insecure
    if confidence is None or switch is None:
        return
    texts = request.url.value.texts() if request.url is not None else ()
    if (
        (texts and all(_LOCAL.match(text) for text in texts))
        or _asked_for(request.site)
        or _set_where_asked(switch.node, request.site)
    ):
        confidence = Confidence.LOW
    yield Alert(
        node=_switched_off_at(switch.node, request.site) or request.site.node,
        message=f"`{named(request.site)}` does not verify the server's certificate (`{shown(switch)}`): {_RISK}.",
        fix=advice(request.site, _FIX_CA, _FIX_NODE),
        confidence=of_service(confidence, request.site.module),  # browsers verify whatever a page says
    )


@check(RULE)
def client_without_verification(client: HttpClient) -> Iterator[Alert]:
    """`httpx.Client(verify=False)`, `session.verify = False`, `Redis(ssl_cert_reqs="none")`."""
    switch, confidence = client.verify, _off(client.verify, none_is_off=client.none_is_off)
    confidence = confidence or _off_by_default(client.verify, client.site)
    if confidence is None:
        switch, confidence = client.insecure, _on(client.insecure)
    if confidence is None and client.options is not None:
        switch, confidence = client.options, _options_off(client.options.value)
    if confidence is None and client.insecure_by_default and client.verify is None and not spread(client.site):
        switch, confidence = None, Confidence.HIGH
    if confidence is not None:
        confidence = Confidence.LOW if _asked_for(client.site) else confidence
        shown_switch = f" (`{shown(switch)}`)" if switch is not None else ""
        yield Alert(
            node=(_switched_off_at(switch.node, client.site) if switch is not None else None) or client.site.node,
            message=f"`{named(client.site)}` does not verify the server's certificate{shown_switch}: {_RISK}.",
            fix=advice(client.site, _FIX_CA, _FIX_NODE)
            if client.verify is not None
            else "Leave verification on: give it `ssl.create_default_context()` or the authority's file.",
            confidence=confidence,
        )
    elif client.hostname is not None and (is_false(client.hostname) or _never_refuses(client.hostname)):
        yield Alert(
            node=client.hostname.node or client.site.node,
            message=f"`{named(client.site)}` accepts a certificate of any other host: whoever owns one can pose as the server.",
            fix="Leave the host name check on; name the expected host where the certificate has another one.",
            confidence=Confidence.MEDIUM,
        )


def _never_refuses(check_: Operand) -> bool:
    """Whether a function that is to hold the host against the certificate says nothing of any: `() => undefined`."""
    body = check_.node.function.body if isinstance(check_.node, ir.Lambda) else None
    if not body:
        return body is not None
    if len(body) > 1 or not isinstance(body[0], ir.Return):
        return False
    value = body[0].value
    return (
        value is None
        or (isinstance(value, ir.Const) and not value.value)
        or (isinstance(value, ir.Name) and value.id == _NOTHING)
    )


@check(RULE)
def context_without_verification(context: TlsContext) -> Iterator[Alert]:
    """`ctx.verify_mode = ssl.CERT_NONE`, `ssl._create_unverified_context()`."""
    found = _context_problem(context)
    if found is None or _tls.for_server(context):
        return
    what, confidence = found
    confidence = Confidence.LOW if _asked_for(context.site) else confidence
    node = context.value.node if context.value is not None and context.setting != "use" else None
    yield Alert(
        node=node or context.site.node,
        message=f"{what}: {_RISK}.",
        fix=advice(context.site, _FIX_CONTEXT, _FIX_NODE),
        confidence=confidence,
    )


def _switched_off_at(node: ir.Expr | None, site: Site) -> ir.Expr | None:
    """The `false` in the object of options that a name stands for; else what stands in the call."""
    options = _pieces.assigned(node.id, site) if isinstance(node, ir.Name) else None
    for item in options.items if isinstance(options, ir.Container) else ():
        if isinstance(item.key, ir.Const) and item.key.value in _SWITCHES and isinstance(item.value, ir.Const):
            return item.value
    return node


def _asked_for(site: Site) -> bool:
    """Whether a condition around asks for a switch (`if not settings.verify_tls:`), or the certificate itself is wanted."""
    names = {name for test in conditions(site) for name in names_in(test)}
    kept = [node for node in path_to(site)[-1:] if isinstance(node, ir.Assign)]
    if any(_SAYS_SO.search(last_word(target)) for node in kept for target in node.targets):
        return True  # `insecure_client = …`: whoever takes it has been told
    return only_in_development(site) or _tls.only_reads_certificate(site) or any(_SWITCH.search(name) for name in names)


def _set_where_asked(node: ir.Expr | None, site: Site) -> bool:
    """`if self.environment == "local": options["verify"] = False`, for options that are handed over as a whole."""
    name = node.id if isinstance(node, ir.Name) else ""
    for test in (one for one in ir.walk(*scope(site)) if isinstance(one, ir.If)):
        for one in test.body:
            target = one.targets[0] if isinstance(one, ir.Assign) else None
            off = isinstance(one, ir.Assign) and isinstance(one.value, ir.Const) and not one.value.value
            if off and isinstance(target, ir.Index) and isinstance(target.value, ir.Name) and target.value.id == name:
                said = [*names_in(test.test)]
                return any(_SWITCH.search(part) or part in ("local", "dev", "development", "debug") for part in said)
    return False


def _context_problem(context: TlsContext) -> tuple[str, Confidence] | None:
    site, value = context.site, context.value
    if context.setting == "unverified":
        return f"`{named(site)}` makes a context that verifies no certificate", Confidence.HIGH
    if context.setting == "default_context":
        if value is not None and any(_UNVERIFIED in api for api in apis(value)):
            return "This switches certificate verification off for every HTTPS request of the process", Confidence.HIGH
    elif context.setting == "verify_mode":
        if value is None:
            return _default_off(context)
        if _off(value) is Confidence.HIGH and not is_none(value):
            return f"`{shown(value)}` switches certificate verification off", Confidence.HIGH
    elif context.setting == "check_hostname":
        if is_false(value) and not _also_unverified(site):
            return "With `check_hostname` off a certificate of any other host is accepted", Confidence.HIGH
    elif context.setting == "ldap_option":
        if "OPT_X_TLS_REQUIRE_CERT" in names(context.option) and (names(value) & _NONE_NAMES or truth(value) is False):
            return f"`{shown(value)}` switches certificate verification off for LDAP", Confidence.HIGH
    elif context.setting == "curl_option":
        if names(context.option) & _CURL_OPTIONS and is_false(value):
            return f"`{shown(value)}` switches certificate verification off", Confidence.HIGH
    elif context.setting == "process":
        if value is not None and (value.value.texts() == ("0",) or is_false(value)):
            return f"`{shown(value)}` switches certificate verification off for the whole process", Confidence.HIGH
    elif context.setting == "use" and _tls.unverified_client(context):
        return f"The context of `{named(site)}` is made without `verify_mode`, which means CERT_NONE", Confidence.MEDIUM
    return None


def _default_off(context: TlsContext) -> tuple[str, Confidence] | None:
    if context.default != "ssl.CERT_NONE":
        return None
    server = context.site.arg("server_side") or context.site.arg("3")
    if truth(server) is True:
        return None
    return f"`{named(context.site)}` without `cert_reqs` verifies no certificate", Confidence.MEDIUM


def _also_unverified(site: Site) -> bool:
    """Whether the same function also sets `verify_mode = CERT_NONE`: that is the finding, one is enough."""
    return any(
        isinstance(node, ir.Assign)
        and any(isinstance(target, ir.Attribute) and target.attr == "verify_mode" for target in node.targets)
        and meant(node.value, site.module) == "CERT_NONE"
        for node in ir.walk(*scope(site))
    )


def _off(verify: Operand | None, *, none_is_off: bool = False) -> Confidence | None:
    if verify is None:
        return None
    if is_false(verify) or (none_is_off and is_none(verify)):
        return Confidence.HIGH
    found = names(verify)
    if (found and found <= _NONE_NAMES and verify.value.constants() is not None) or _only_apis(verify, _NONE_NAMES):
        return Confidence.HIGH
    if any(_UNVERIFIED in api for api in apis(verify)):
        return None  # told where the context is made
    if may_be_false(verify) and not verify.value.may_be(True):
        return Confidence.LOW if verify.value.open or verify.value.types else Confidence.MEDIUM
    return None


def _off_by_default(verify: Operand | None, site: Site) -> Confidence | None:
    """`def call(url, verify=False)`: who does not think of it gets no verification."""
    if verify is None or not isinstance(verify.node, ir.Name) or site.function is None:
        return None
    for param in site.function.params:
        if param.name == verify.node.id and isinstance(param.default, ir.Const) and param.default.value is False:
            return Confidence.MEDIUM if verify.value.open and not verify.value.consts else None
    return None


def _only_apis(verify: Operand, wanted: frozenset[str]) -> bool:
    return bool(apis(verify)) and all(api.rpartition(".")[2] in wanted for api in apis(verify))


def _on(insecure: Operand | None) -> Confidence | None:
    return Confidence.HIGH if truth(insecure) is True else None


def _options_off(options: Value) -> Confidence | None:
    """`sslopt={"cert_reqs": ssl.CERT_NONE}`."""
    reqs, hostname = options.item("cert_reqs"), options.item("check_hostname")
    if reqs is not None and _off(Operand(reqs, None)) is Confidence.HIGH:
        return Confidence.HIGH
    return Confidence.HIGH if hostname is not None and hostname.is_just(False) else None
