"""Outgoing requests that wait without end when the other side does not answer."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import calls_in, development_file, last_name, only_statements, script_file, under_main
from backend_audit.checks._operands import is_none, named, spread
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HttpClient, Operand, OutgoingRequest, Site

RULE = "missing-timeout"

_EFFECT = "a server that accepts and stays silent holds this worker for ever, and with it, soon, the whole service"
_EFFECT_ASYNC = "a server that accepts and stays silent leaves this coroutine, and its connection, waiting for ever"


def _effect(site: Site) -> str:
    return _EFFECT_ASYNC if site.function is not None and site.function.is_async else _EFFECT


@check(RULE)
def request_without_timeout(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.get(url)`."""
    site = request.site
    if request.timeout is None:
        if not request.waits_forever or spread(site) or _default_elsewhere(site):
            return
        yield Alert(
            node=site.callee,
            message=f"`{named(site)}` has no time-out: {_effect(site)}.",
            fix="Give it one: `timeout=10`, or `timeout=(3.05, 27)` for connecting and reading.",
            confidence=_weight(site),
        )
    elif is_none(request.timeout) and not _stood_in_for(request.timeout):
        yield Alert(
            node=request.timeout.node or site.callee,
            message=f"`{named(site)}` switches its time-out off (`timeout=None`): {_effect(site)}.",
            fix="Give it a number of seconds: `timeout=10`.",
            confidence=_weight(site),
        )


@check(RULE)
def client_without_timeout(client: HttpClient) -> Iterator[Alert]:
    """`httpx.Client(timeout=None)`, `smtplib.SMTP(host)`."""
    site = client.site
    if client.timeout is None:
        if client.waits_forever and not spread(site) and not _default_elsewhere(site):
            yield Alert(
                node=site.callee,
                message=f"`{named(site)}` has no time-out: {_effect(site)}.",
                fix="Give it one: `timeout=10`.",
                confidence=Confidence.LOW,
            )
    elif is_none(client.timeout):
        yield Alert(
            node=client.timeout.node or site.callee,
            message=f"`{named(site)}` switches the time-out off for all its requests (`timeout=None`): {_effect(site)}.",
            fix="Give it a number of seconds, or an `httpx.Timeout` with a longer `read` for the streams that need it.",
            confidence=_weight(site),
        )


def _weight(site: Site) -> Confidence:
    """A script may wait; a service may not."""
    if site.call is not None and last_name(site.call.func) in ("stream", "ws_connect"):
        return Confidence.LOW  # made to stay open
    alone = under_main(site) or script_file(site.path) or development_file(site.path) or only_statements(site)
    return Confidence.LOW if alone else Confidence.MEDIUM


def _stood_in_for(timeout: Operand) -> bool:
    """`timeout=timeout or DEFAULT`: where nothing is given, something else is taken."""
    node = timeout.node
    return isinstance(node, ir.Logical) and node.op in ("or", "nullish") and not isinstance(node.right, ir.Const)


def _default_elsewhere(site: Site) -> bool:
    """Whether the file sets a time-out for all sockets, or mounts an adapter that gives one."""
    body = site.module.body if site.module is not None else []
    return any(
        last_name(call.func) == "setdefaulttimeout"
        or (
            last_name(call.func) == "mount"
            and len(call.args) == 2
            and "imeout" in last_name(getattr(call.args[1].value, "func", None))
        )
        for call in calls_in(body)
    )
