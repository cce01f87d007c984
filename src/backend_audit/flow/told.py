"""What tests tell of data in other words: it is what a call made of it, its host's address lies in no inner network."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards, verdicts

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

_MOST_OPERANDS = 24
_COMPARING = frozenset(("hmac.compare_digest", "secrets.compare_digest"))
_SIGNING = frozenset(("hmac.new", "hmac.digest", "hmac.HMAC"))
_OWN = frozenset(("code",))  # whoever has the key may run code anyway
_ONE_LINE = frozenset(("log", "header"))
_NETWORKS = {"is_private": False, "is_global": True}


def assume_network(frame: "Expressions", node: ir.Expr, *, holds: bool) -> None:
    """`ip_address(gethostbyname(host)).is_private` does not hold, or `is_global` does: the address leads to no inner network."""
    if isinstance(node, ir.Attribute) and _NETWORKS.get(node.attr) is holds:
        guards.clear_data(frame, frame.eval(node.value), guards.URL)


def assume_signed(frame: "Expressions", test: ir.Call) -> None:
    """`hmac.compare_digest(hmac.new(key, body, sha256).digest(), given)`: the program has signed the data itself.

    `text.isprintable()` holds no line break.
    """
    if isinstance(test.func, ir.Attribute) and test.func.attr == "isprintable" and not test.args:
        guards.clear_data(frame, frame.eval(test.func.value), _ONE_LINE, node=test.func.value)
    if not frame.eval(test.func).apis & _COMPARING:
        return
    for arg in test.args:
        made = verdicts.given_by(frame, arg.value) or arg.value
        for one in ir.walk(made):
            if isinstance(one, ir.Call) and len(one.args) > 1 and frame.eval(one.func).apis & _SIGNING:
                guards.clear_data(frame, frame.eval(one.args[1].value), _OWN, node=one.args[1].value)


def assume_unchanged(frame: "Expressions", left: ir.Expr, right: ir.Expr) -> None:
    """Data equals what a call made of it, so it is as harmless: `basename(name) == name`, `re.sub(…, "", text) == text`."""
    for node, other in ((left, right), (right, left)):
        if not isinstance(other, ir.Call):
            continue
        value, made = frame.eval(node), frame.eval(other)
        sources = {guards.source_of(origin) for origin in value.all_origins()}
        cleaned = [origin.cleared for origin in made.all_origins() if guards.source_of(origin) in sources]
        if len(sources) == 1 and cleaned and not made.shapes:
            guards.clear_data(frame, value, frozenset.intersection(*cleaned), node=node)


def ends_by_test(loop: ir.While) -> bool:
    """Whether nothing but its test ends the loop."""
    broken = any(isinstance(one, ir.Jump) and one.kind == "break" for one in ir.walk_scope(*loop.body))
    return not broken and not isinstance(loop.test, ir.Const)


def is_long(test: ir.Logical) -> bool:
    """Whether so many operands stand in a row that to look at each of them again for each costs more than they tell."""
    node: ir.Expr = test
    for _ in range(_MOST_OPERANDS):
        if not isinstance(node, ir.Logical):
            return False
        node = node.left
    return True


def whole(collection: ir.Expr) -> ir.Expr:
    """`path` of `path.parts` and `path.split("/")`, which lacks what none of its parts is."""
    if isinstance(collection, ir.Call) and isinstance(collection.func, ir.Attribute) and collection.func.attr == "split":
        return collection.func.value
    return collection.value if isinstance(collection, ir.Attribute) and collection.attr == "parts" else collection
