"""Outgoing requests that wait without end when the other side does not answer."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import calls_in, development_file, only_statements, script_file, under_main
from backend_audit.checks._operands import is_none, named, spread
from backend_audit.checks._wording import in_python
from backend_audit.finding import MANY, Confidence
from backend_audit.flow.concepts import HttpClient, Operand, OutgoingRequest, Site
from backend_audit.flow.written import last_word
from backend_audit.routes.untimed import UntimedClient, UntimedRequest

RULE = "missing-timeout"

_EFFECT = "a server that accepts and stays silent holds this worker for ever, and with it, soon, the whole service"
_EFFECT_ASYNC = "a server that accepts and stays silent leaves this coroutine, and its connection, waiting for ever"

_FIX_FETCH = "Give it one: `signal: AbortSignal.timeout(10_000)`."
_FIX_NODE = "Give it one in its options, `timeout: 10_000`, or `signal: AbortSignal.timeout(10_000)`."


def _effect(site: Site) -> str:
    return _EFFECT_ASYNC if site.function is not None and site.function.is_async else _EFFECT


@check(RULE)
def request_without_timeout(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.get(url)`."""
    site = request.site
    if not in_python(site):
        return  # who waits for it decides: see `UntimedRequest`
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
    if not in_python(site):
        return
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


@check(RULE)
def untimed_request(request: UntimedRequest) -> Iterator[Alert]:
    """`await axios.get(url)` in a handler of Node, or in what one calls."""
    site = request.site
    also = f" (nor have {request.others} more in this function)" if request.others else ""
    ends = f"ends only after {request.patience}" if request.patience else "has no time-out"
    who = f"`{request.root}` does not answer" if request.root else "what waits for it does not go on"
    practice = f" {len(request.practice)} more functions of the project do the same." if request.practice else ""
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` {ends}{also}: when a server accepts and stays silent, {who}, and its connection "
        f"stays open.{practice}",
        fix=_FIX_FETCH if request.patience or named(site).endswith("fetch") else _FIX_NODE,
        confidence=Confidence.LOW if request.patience or not request.root else _weight(site),
        steps=request.way,
        related=request.practice[:5],
        anchor=f"requests without a time-out {MANY}" if request.practice else None,
    )


@check(RULE)
def untimed_client(client: UntimedClient) -> Iterator[Alert]:
    """`axios.create({ baseURL })`."""
    site = client.site
    yield Alert(
        node=site.callee,
        message=f"`{named(site)}` makes a client without a time-out, and its requests give none either: a server that "
        "accepts and stays silent keeps them waiting for ever.",
        fix="Give it one for all requests: `timeout: 10_000`.",
        confidence=_weight(site) if client.waited else Confidence.LOW,
    )


def _weight(site: Site) -> Confidence:
    """A script may wait; a service may not."""
    if site.call is not None and last_word(site.call.func) in ("stream", "ws_connect"):
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
        last_word(call.func) == "setdefaulttimeout"
        or (
            last_word(call.func) == "mount"
            and len(call.args) == 2
            and "imeout" in last_word(getattr(call.args[1].value, "func", None))
        )
        for call in calls_in(body)
    )
