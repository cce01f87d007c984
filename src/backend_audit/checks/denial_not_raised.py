"""Denials that nobody hears: exceptions made and not raised, answers returned where a framework sends none.

`return PermissionDenied()`, `Forbidden("no")`; `return HttpResponseForbidden()` in a view's `setup`.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._denials import STATUSES, denies, is_denial
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written

RULE = "denial-not-raised"

_RAISES_RESULTS = ("graphql", "graphene", "strawberry", "ariadne")  # what a resolver gives back as an exception is raised
# Methods of Django's views and of the REST framework's whose result is dropped, or taken for something else than an answer.
_UNHEARD = frozenset(
    "setup initial check_permissions check_object_permissions check_throttles perform_authentication perform_create "
    "perform_update perform_destroy get_context_data get_context get_form_kwargs get_initial".split()
)
_ANSWERS = re.compile(r"^(?:django\.http\.(?:response\.)?|rest_framework\.response\.)(?:Http|Json)?Response$")
_FORBIDDING = re.compile(r"^django\.http\.(?:response\.)?HttpResponseForbidden$")


@check(RULE)
def unheard(node: ir.Return, view: FileView) -> Iterator[Alert]:
    """`return HttpResponseForbidden()` in a method whose result is not sent."""
    call, function = node.value, view.function()
    if not isinstance(call, ir.Call) or function is None or function.name not in _UNHEARD or not _refuses(call, view):
        return
    if not isinstance(view.enclosing(ir.Function, ir.Class), ir.Function) or view.enclosing(ir.Class) is None:
        return
    if _is_sent_on(function.name, view):
        return
    yield Alert(
        at=node.at,
        end=call.func.end,
        message=f"`{written(call.func)}` is returned by `{function.name}`, whose result is not sent as the answer: the view goes "
        "on for callers who may not, too.",
        fix="Raise `PermissionDenied` instead.",
        confidence=Confidence.MEDIUM,
    )


def _refuses(call: ir.Call, view: FileView) -> bool:
    """Whether an answer of a library says 401 or 403."""
    name = view.api(call.func) or ""
    said = any(STATUSES.search(written(arg.value)) for arg in call.args if arg.name == "status")
    return bool(_FORBIDDING.match(name)) or (said and bool(_ANSWERS.match(name)))


def _is_sent_on(name: str, view: FileView) -> bool:
    """Whether the file's own code takes what the method gives for an answer: `return self.perform_create(serializer)`."""
    answers = (one.value for one in ir.walk(*view.module.body) if isinstance(one, ir.Return))
    return any(isinstance(one, ir.Call) and written(one.func) == f"self.{name}" for one in answers)


@check(RULE)
def dropped(node: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`PermissionDenied("not yours")` alone in its line."""
    call = node.value
    name = view.api(call.func) if isinstance(call, ir.Call) else None
    if name is None or not isinstance(call, ir.Call) or view.function() is None or _in_raises_block(view):
        return
    if is_denial(call, name):
        yield Alert(
            at=call.at,
            end=call.func.end,
            message=f"`{written(call.func)}(…)` is made here and not raised: the code below runs for callers who may not, too.",
            fix=f"Write `raise {written(call.func)}(…)`.",
            confidence=Confidence.HIGH,
        )


@check(RULE)
def given_back(node: ir.Return, view: FileView) -> Iterator[Alert]:
    """`return PermissionDenied()` in a function that gives something else, or nothing, to callers who may."""
    call = node.value
    callee = call.func if isinstance(call, ir.Call) else call
    name = view.api(callee)
    function = view.function()
    if name is None or callee is None or function is None or not denies(call, name) or _is_told(function, view):
        return
    if not _goes_on_otherwise(function, view) or any(one.partition(".")[0] in _RAISES_RESULTS for one in view.imports.values()):
        return
    yield Alert(
        at=node.at,
        end=callee.end,
        message=f"`{written(callee)}` is given back by `{function.name}` and not raised: whoever calls it takes it for a result, "
        "so that a guard lets everybody through, and a handler answers as if all were well, or by a failure.",
        fix=f"Write `raise {written(callee)}(…)`.",
        confidence=Confidence.MEDIUM,
    )


def _is_told(function: ir.Function, view: FileView) -> bool:
    """Whether what calls a function knows that it may give an exception: it says so, or it is raised by name."""
    returns = "" if function.returns is None else view.source(function.returns)
    if re.search(r"Exception|Error|Denied", returns):
        return True
    raised = (node.exc for node in ir.walk(*view.module.body) if isinstance(node, ir.Raise) and isinstance(node.exc, ir.Call))
    return any(written(one.func).rpartition(".")[2] == function.name for one in raised if isinstance(one, ir.Call))


def _goes_on_otherwise(function: ir.Function, view: FileView) -> bool:
    """Whether a function does not only choose an exception: it also gives something else, or comes to its end."""
    last = function.body[-1] if function.body else None
    if not isinstance(last, (ir.Return, ir.Raise)):
        return True
    answers = (node.value for node in ir.walk_scope(*function.body) if isinstance(node, ir.Return))
    return any(not denies(one, view.api(one.func if isinstance(one, ir.Call) else one) or "") for one in answers)


def _in_raises_block(view: FileView) -> bool:
    """Whether a test expects it to fail: `with pytest.raises(…):`."""
    around = (one for one in view.ancestors if isinstance(one, ir.With))
    return any("raises" in written(item.context) for one in around for item in one.items)
