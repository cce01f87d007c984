"""Servers that listen on every network interface, by a constant in the code."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import development_file, only_in_development, under_main
from backend_audit.checks._operands import named
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, ServerRun
from backend_audit.flow.values import Value

RULE = "bind-all-interfaces"

_ALL = frozenset(("0.0.0.0", "::", "[::]", "*"))  # noqa: S104  # what is looked for


@check(RULE)
def server_on_every_interface(run: ServerRun) -> Iterator[Alert]:
    """`sock.bind(("0.0.0.0", 8080))`, `uvicorn.run(app, host="0.0.0.0")`."""
    host, operand = _host(run)
    if host is None or operand is None or only_in_development(run.site):
        return
    wanted = _ALL | {""} if run.kind == "socket" else _ALL
    found = [text for text in host.texts() if text in wanted]
    if not found:
        return
    sure = host.constants() is not None and len(found) == len(host.consts)
    confidence = Confidence.MEDIUM if run.kind == "socket" or sure else Confidence.LOW
    if run.kind == "socket" and sure:
        confidence = Confidence.HIGH
    if run.kind != "socket" and (under_main(run.site) or development_file(run.site.path)):
        confidence = Confidence.LOW
    written = f"`{found[0]}`" if found[0] else "the empty host"
    yield Alert(
        node=operand.node or run.site.node,
        message=f"`{named(run.site)}` listens on every interface of the machine ({written}), those to the internet too.",
        fix="Listen on `127.0.0.1`, or take the address from the configuration and let the deployment choose `0.0.0.0` inside a "
        "container.",
        confidence=confidence,
    )


def _host(run: ServerRun) -> tuple[Value | None, Operand | None]:
    if run.address is not None:
        return (run.address.value.item(0) if run.address.value.kind else None), run.address
    return (run.host.value, run.host) if run.host is not None else (None, None)
