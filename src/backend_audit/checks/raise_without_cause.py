"""`raise Other(…)` in a handler without `from`: the traceback does not say that the first error caused the second."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._view import FileView

RULE = "raise-without-cause"

# Answers to a client, not errors to be traced.
_ANSWER = re.compile(r"HTTP|Http|^(NotFound|BadRequest|Unauthorized|Forbidden|Exit|SystemExit|UsageError|StopIteration)")


@check(RULE)
def raise_without_cause(node: ir.Handler, view: FileView) -> Iterator[Alert]:
    """Every `raise` of a new exception that neither names its cause nor hides it on purpose."""
    for statement in ir.walk_scope(*node.body):
        if not isinstance(statement, ir.Raise) or statement.exc is None or statement.cause is not None:
            continue
        if not isinstance(statement.exc, ir.Call) or _in_inner_handler(statement, node):
            continue
        name = _errors.last_name(statement.exc.func)
        if not name[:1].isupper() or _ANSWER.search(name):
            continue
        cause = node.name or "error"
        yield Alert(
            at=statement.at,
            end=statement.exc.func.end,
            message=f"`raise {name}(…)` in `{_errors.heading(node, view)}` does not name its cause: the traceback reads "
            '"during handling of the above exception, another exception occurred", like a bug in the handler.',
            fix=f"Write `raise {name}(…) from {cause}`, or `from None` to hide the first error on purpose.",
        )


def _in_inner_handler(statement: ir.Raise, handler: ir.Handler) -> bool:
    inner = (one for one in ir.walk_scope(*handler.body) if isinstance(one, ir.Handler))
    return any(one.at <= statement.at < one.end for one in inner)
