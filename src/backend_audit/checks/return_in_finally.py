"""`return`, `break` and `continue` in a `finally` block: they throw the exception in flight away."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.source import SCRIPTS, Language

RULE = "return-in-finally"


@check(RULE, Language.PYTHON, *SCRIPTS)
def return_in_finally(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """The statements of the `finally` block that leave it."""
    python = view.module.language is Language.PYTHON
    what = (
        "exception that is on its way, KeyboardInterrupt included"
        if python
        else "error that is on its way, and what `try` returns"
    )
    for jump in _leaving(node.final):
        word = "return" if isinstance(jump, ir.Return) else jump.kind
        yield Alert(
            at=jump.at,
            end=jump.at + len(word),
            message=f"`{word}` in `finally` discards every {what}.",
            fix=f"Move the `{word}` behind the `try` statement; leave only clean-up in `finally`.",
            confidence=Confidence.LOW if not python and _took_all(node) else Confidence.HIGH,
        )


def _took_all(node: ir.Try) -> bool:
    """Whether a `catch` of JavaScript has taken every error before, and gives nothing back itself."""
    return any(not any(isinstance(one, (ir.Raise, ir.Return)) for one in ir.walk_scope(*each.body)) for each in node.handlers)


def _leaving(body: Sequence[ir.Node], inside: frozenset[str] = frozenset()) -> Iterator[ir.Return | ir.Jump]:
    """`inside`: the jumps that stay within a loop or `switch` of the block."""
    for node in body:
        if isinstance(node, ir.Return):
            yield node
        elif isinstance(node, ir.Jump):
            if node.kind != "pass" and node.kind not in inside:
                yield node
        elif isinstance(node, ir.For | ir.While):
            yield from _leaving(node.body, inside | {"break", "continue"})
            yield from _leaving(node.orelse, inside)
        elif isinstance(node, ir.Switch):
            yield from _leaving([one for case in node.cases for one in case.body], inside | {"break"})
        elif isinstance(node, ir.If | ir.With | ir.Try | ir.Handler | ir.Match | ir.Case | ir.Block):
            yield from _leaving(ir.children(node), inside)
