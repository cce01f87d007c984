"""`return`, `break` and `continue` in a `finally` block: they throw the exception in flight away."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView

RULE = "return-in-finally"


@check(RULE)
def return_in_finally(node: ir.Try, _: FileView) -> Iterator[Alert]:
    """The statements of the `finally` block that leave it."""
    for jump in _leaving(node.final, in_loop=False):
        word = "return" if isinstance(jump, ir.Return) else jump.kind
        yield Alert(
            at=jump.at,
            end=jump.at + len(word),
            message=f"`{word}` in `finally` discards every exception that is on its way, KeyboardInterrupt included.",
            fix=f"Move the `{word}` behind the `try` statement; leave only clean-up in `finally`.",
        )


def _leaving(body: Sequence[ir.Node], *, in_loop: bool) -> Iterator[ir.Return | ir.Jump]:
    for node in body:
        if isinstance(node, ir.Return):
            yield node
        elif isinstance(node, ir.Jump):
            if node.kind != "pass" and not in_loop:
                yield node
        elif isinstance(node, ir.For | ir.While):
            yield from _leaving(node.body, in_loop=True)
            yield from _leaving(node.orelse, in_loop=in_loop)
        elif isinstance(node, ir.If | ir.With | ir.Try | ir.Handler | ir.Match | ir.Case):
            yield from _leaving(ir.children(node), in_loop=in_loop)
