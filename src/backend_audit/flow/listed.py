"""`next((one for one in known if one.name == name), None)`, `any(one.name == name for one in known)`: found, and so one of those.

As with `name in [one.name for one in known]`, what the program holds itself, and nothing that came with the request, says so.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.builtin import iterated
from backend_audit.flow.guards import ALL, clear_data
from backend_audit.flow.guards import after_loop as after_loop_of_addresses
from backend_audit.flow.syntax import all_of
from backend_audit.flow.values import Value, container, join_all
from backend_audit.flow.ways import in_all
from backend_audit.flow.written import dotted, written

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions
    from backend_audit.flow.statements import Frame


def is_search(call: ir.Call) -> bool:
    """Whether a call gives the first that fits of a list, or None."""
    return isinstance(call.func, ir.Name) and call.func.id == "next" and len(call.args) == 2


def assume_found(frame: "Expressions", call: ir.Call) -> None:
    """A call has given something: what it was looked for by is known to the program."""
    name = call.func.id if isinstance(call.func, ir.Name) else ""
    search = call.args[0].value if call.args else None
    if name not in ("next", "any") or not isinstance(search, ir.Comprehension) or len(search.clauses) != 1:
        return
    clause = search.clauses[0]
    tests = clause.conditions if name == "next" else [search.value, *clause.conditions]
    if not isinstance(clause.target, ir.Name) or frame.eval(clause.iter).carries("untrusted"):
        return
    for test in all_of(*tests):
        if isinstance(test, ir.Compare) and test.ops == ["=="]:
            for one, other in ((test.left, test.rights[0]), (test.rights[0], test.left)):
                if _speaks_of(one, clause.target.id) and not _speaks_of(other, clause.target.id):
                    clear_data(frame, frame.eval(other), ALL)


def assume_any(frame: "Expressions", call: ir.Call, assume: "Callable[[Expressions, ir.Expr, bool], None]") -> None:
    """`any(url.startswith(prefix) for prefix in PREFIXES)`: it holds for one of them."""
    search = call.args[0].value if isinstance(call.func, ir.Name) and call.func.id == "any" and call.args else None
    if not isinstance(search, ir.Comprehension) or len(search.clauses) != 1:
        return
    clause = search.clauses[0]
    known = frame.eval(clause.iter)
    if isinstance(clause.target, ir.Name) and known.kind and known.is_literal():
        _tested(frame, clause.target.id, iterated(known), lambda: assume(frame, search.value, True))


def in_or_at(test: ir.Logical) -> ir.Expr | None:
    """The test that says more of `path == folder or folder in path.parents`: the folder itself lies in it, too."""
    for same, other in ((test.left, test.right), (test.right, test.left)):
        if isinstance(same, ir.Compare) and same.ops == ["==" if test.op == "or" else "!="] and _is_containment(other):
            named = {written(one) for one in ir.walk(other) if isinstance(one, (ir.Name, ir.Attribute))}
            if {written(same.left), written(same.rights[0])} <= named:
                return other
    return None


def _is_containment(test: ir.Expr) -> bool:
    if isinstance(test, ir.Unary):
        return _is_containment(test.operand)
    if isinstance(test, ir.Compare):
        right = test.rights[0]
        return test.ops in (["in"], ["not in"]) and isinstance(right, ir.Attribute) and right.attr == "parents"
    return (
        isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and test.func.attr in ("is_relative_to", "startswith")
    )


def assume_each(
    frame: "Expressions", call: ir.Call, assume: "Callable[[Expressions, ir.Expr, bool], None]", *, holds: bool
) -> None:
    """`all(one.isdigit() for one in ids)` is true, `any("'" in one for one in ids)` is not: that is so of each element."""
    asked = "all" if holds else "any"
    search = call.args[0].value if isinstance(call.func, ir.Name) and call.func.id == asked and call.args else None
    if not isinstance(search, ir.Comprehension) or len(search.clauses) != 1 or search.clauses[0].conditions:
        return
    clause = search.clauses[0]
    whole = frame.eval(clause.iter)
    if not isinstance(clause.target, ir.Name) or not isinstance(clause.iter, (ir.Name, ir.Attribute)):
        return
    element = iterated(whole)
    tested = _tested(frame, clause.target.id, element, lambda: assume(frame, search.value, holds))
    _told_of_each(frame, clause.iter, whole, element, tested)


def _tested(frame: "Expressions", name: str, element: Value, test: Callable[[], None]) -> Value:
    """What a test leaves of an element that has the name while it is made."""
    outer = frame.env.get(name)
    frame.env[name] = element
    test()
    tested = frame.env.pop(name, element)
    if outer is not None:
        frame.env[name] = outer
    return tested


def _told_of_each(frame: "Expressions", node: ir.Expr, whole: Value, element: Value, tested: Value) -> None:
    """What a test has told of an element is known of all of them."""
    key, origins = dotted(node), element.all_origins()
    if tested.is_literal() and not origins:
        if key is not None and not whole.kind:
            frame.env[key] = container("list", None, tested)
        return
    if not origins:
        return
    before = in_all(one.cleared for one in origins)
    after = [one.cleared for one in tested.all_origins()]
    gained = in_all(after) - before
    if gained:
        clear_data(frame, whole, gained, node=node)


def passed(frame: "Frame", loop: ir.For, element: Value, seen: list[Value]) -> bool:
    """Run a loop's body once; what its element is at each end of the pass that goes on is added to `seen`."""
    frame.bind(loop.target, element)
    goes_on = frame.run(loop.body)
    if isinstance(loop.target, ir.Name):
        ends = [*frame.breaks[-1], *([frame.env] if goes_on else [])]
        seen += [env[loop.target.id] for env in ends if loop.target.id in env]
    return goes_on


def after_loop(frame: "Frame", loop: ir.For, element: Value, seen: list[Value]) -> None:
    """Each element was looked at, and bad ones have ended the function: `for path in paths: if ".." in path: raise …`."""
    after_loop_of_addresses(frame, loop)
    whole = loop.iter
    if not seen or not element.all_origins() or not isinstance(whole, (ir.Name, ir.Attribute)):
        return
    if not any(isinstance(one, ir.Jump) and one.kind == "break" for one in ir.walk_scope(*loop.body)):
        _told_of_each(frame, whole, frame.eval(whole), element, join_all(seen))


def _speaks_of(node: ir.Expr, name: str) -> bool:
    return any(isinstance(one, ir.Name) and one.id == name for one in ir.walk(node))
