"""Signatures and secrets that are looked at only if the request brings one: who leaves it out is let in."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.syntax import all_of, any_of, refuses
from backend_audit.flow.written import written

RULE = "signature-checked-only-if-sent"

_VERIFIES = re.compile(r"(?:^|_)(?:verify|verifies|validate|check|is_valid|valid)(?:_|$)|compare_digest|constant_time_compare")
_SIGNED = re.compile(
    r"signature|hmac|digest|webhook|signed|(?:^|_)sig(?:_|$)|compare_digest|constant_time_compare", re.IGNORECASE
)
_SECRET = re.compile(r"secret|signature|hmac|(?:^|[_\"'-])sig(?:$|[_\"'-])", re.IGNORECASE)
_SENT = re.compile(r"(?:^|\.)(?:headers|META|form|args|GET|POST|query_params|cookies|json|data)(?:\.|\[|$)")
_READS = frozenset(("get", "get_header", "getlist"))


@check(RULE)
def signature_checked_only_if_sent(node: ir.If, view: FileView) -> Iterator[Alert]:
    """`if signature and not verify(body, signature): abort(403)`, and nothing else asks for the signature."""
    function = view.function()
    if function is None or node.orelse or not refuses(node.body):
        found = None if function is None else _nested(node, function)
    else:
        found = _of_test(node.test, function)
    if found is None or function is None:
        return
    sent, verified = found
    if any(
        _asks_whether_missing(one, sent) for one in ir.walk_scope(*function.body) if isinstance(one, ir.If) and one is not node
    ):
        return
    yield Alert(
        at=sent.at,
        end=sent.end,
        message=f"`{written(verified)}` is asked only if the request brings `{written(sent)}`: who leaves it out is let in, "
        "without having signed anything.",
        fix=f"Refuse as well where `{written(sent)}` is missing: `if not {written(sent)} or not …`.",
        confidence=Confidence.MEDIUM,
    )


def _of_test(test: ir.Expr, function: ir.Function) -> tuple[ir.Expr, ir.Expr] | None:
    """What is sent, and what is asked of it, in `sent and not verify(sent)`, `sent and sent != SECRET`."""
    if not isinstance(test, ir.Logical) or test.op != "and":
        return None
    parts = all_of(test)
    for sent in parts:
        asked = next((one for one in parts if one is not sent and _is_verdict(one, sent)), None)
        if asked is not None and _is_sent(sent, function):
            return sent, asked
    return None


def _nested(node: ir.If, function: ir.Function) -> tuple[ir.Expr, ir.Expr] | None:
    """The same of `if sent: if not verify(sent): abort(403)`, of which the first has no other way."""
    inner = node.body[-1] if node.body and not node.orelse else None
    if not isinstance(inner, ir.If) or inner.orelse or not refuses(inner.body) or not _is_verdict(inner.test, node.test):
        return None
    return (node.test, inner.test) if _is_sent(node.test, function) else None


def _is_verdict(asked: ir.Expr, sent: ir.Expr) -> bool:
    """Whether a test holds for who has not signed: `not verify(…)`, `sent != SECRET`."""
    if isinstance(asked, ir.Compare):
        texts = written(asked.left), written(asked.rights[0])
        return asked.ops == ["!="] and written(sent) in texts and any(_SECRET.search(one) for one in texts)
    call = asked.operand if isinstance(asked, ir.Unary) and asked.op == "not" else None
    call = call.value if isinstance(call, ir.Await) else call
    if not isinstance(call, ir.Call) or not _VERIFIES.search(written(call.func).rpartition(".")[2]):
        return False
    about = any(written(sent) == written(one) for arg in call.args for one in ir.walk_scope(arg.value))
    return (about and bool(_SIGNED.search(written(call.func)) or _SECRET.search(written(sent)))) or bool(_names_signature(sent))


def _names_signature(sent: ir.Expr) -> bool:
    """`request.form.get("p_signature")`, where the whole form is verified."""
    texts = (one.value for one in ir.walk_scope(sent) if isinstance(one, ir.Const))
    return any(isinstance(one, str) and _SECRET.search(one) for one in texts)


def _is_sent(node: ir.Expr, function: ir.Function) -> bool:
    """Whether an expression is what a request says: read off it here, in the line before, or a parameter for a header."""
    if isinstance(node, ir.Name):
        assigned = [one.value for one in ir.walk_scope(*function.body) if isinstance(one, ir.Assign) and _is_target(one, node.id)]
        params = [one.default for one in function.params if one.name == node.id]
        markers = [one for one in params if isinstance(one, ir.Call) and written(one.func).endswith(("Header", "Query"))]
        return bool(markers) or (bool(assigned) and all(one is not None and _reads_request(one) for one in assigned))
    return _reads_request(node)


def _is_target(node: ir.Assign, name: str) -> bool:
    return any(isinstance(one, ir.Name) and one.id == name for one in node.targets)


def _reads_request(node: ir.Expr) -> bool:
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _READS:
        return bool(_SENT.search(written(node.func.value)))
    return isinstance(node, ir.Index) and bool(_SENT.search(written(node.value)))


def _asks_whether_missing(node: ir.If, sent: ir.Expr) -> bool:
    """`if not signature: abort(401)`."""
    for part in any_of(node.test):
        missing = part.operand if isinstance(part, ir.Unary) and part.op == "not" else None
        if isinstance(part, ir.Compare) and part.ops in (["is"], ["=="]):
            missing = part.left
        if missing is not None and written(missing) == written(sent):
            return refuses(node.body)
    return False
