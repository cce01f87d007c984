"""Functions that a client chooses by their name."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import conditions, path_to, scope
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site
from backend_audit.flow.object_concepts import MemberCall
from backend_audit.flow.origins import MEMBER, ordered
from backend_audit.flow.script_members import OWN
from backend_audit.flow.written import first_word, last_word
from backend_audit.source import Mark

RULE = "method-named-by-client"
_FIX = (
    "Look the function up in a `Map`, or among own members (`Object.hasOwn(actions, name)`), and call it only if "
    "`typeof action === 'function'`."
)
_OWN_TESTS = frozenset(("hasOwnProperty", "hasOwn", "has", "includes", "indexOf", "propertyIsEnumerable"))


@check(RULE)
def chosen_by_name(call: MemberCall) -> Iterator[Alert]:
    """`actions[req.params.action](req.body)`."""
    found = [] if call.member is None else [one for one in call.member.value.origins if one.label == MEMBER]
    if not found or _is_caught(call.site):
        return
    origin = next(iter(ordered(found)))
    own, typed, there = _tests(call.site)
    if own or ((typed or there) and OWN in origin.cleared):
        return
    node = call.site.callee
    told = "names the function that is called here"
    what = "one that nobody meant (`constructor`, `__defineGetter__`)" if typed else "none at all, which ends in an exception"
    yield Alert(
        node=node,
        message=f"A name that comes from {origin.what or 'a request'} {told}: it can be {what}.",
        fix=_FIX,
        confidence=Confidence.MEDIUM,
        steps=(*origin.marks(), Mark(call.site.path, node.at, node.end, told)),
    )


def _is_caught(site: Site) -> bool:
    return any(
        isinstance(node, ir.Try)
        and node.handlers
        and any(one.at <= site.node.at and site.node.end <= one.end for one in node.body)
        for node in path_to(site)
    )


def _tests(site: Site) -> tuple[bool, bool, bool]:
    """Whether the conditions around, or tests before, ask for own members, for a function, or whether there is one at all."""
    own = typed = there = False
    chosen = first_word(site.call.func) if site.call is not None else ""
    before = [one.test for one in ir.walk(*scope(site)) if isinstance(one, ir.If) and one.at < site.node.at]
    for test in [*before, *conditions(site)]:
        for node in ir.walk(ir.ExprStmt(test.at, test.end, test)):
            asked = isinstance(node, ir.Call) and last_word(node.func) in _OWN_TESTS
            own = own or asked or (isinstance(node, ir.Compare) and node.ops[0] == "in")
            typed = typed or (isinstance(node, ir.Unary) and node.op == "typeof")
        plain = test.operand if isinstance(test, ir.Unary) and test.op == "not" else test
        there = there or (isinstance(plain, ir.Name) and plain.id == chosen)
    return own, typed, there
