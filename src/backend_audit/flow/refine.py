"""What a test tells: constants decide branches, comparisons with constants close a value, allow-lists end its taint."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import characters, existing, guards, lacks, listed, raising, sizes, slices, subsets, told, verdicts
from backend_audit.flow.allowed import is_allow_list, member
from backend_audit.flow.lexemes import NO_SECRET, is_object
from backend_audit.flow.models import INJECTION
from backend_audit.flow.origins import EXCEPTION
from backend_audit.flow.values import FALSE, MADE, TRUE, Constant, Value, changed
from backend_audit.flow.written import dotted

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

_BOOL = Value(types=frozenset(("bool",)))


def truth(value: Value) -> bool | None:
    """Whether the value counts as true: None if that is open."""
    consts = value.constants()
    if consts is not None:
        found = {bool(one.value) if one.kind != "ellipsis" else True for one in consts}
        return found.pop() if len(found) == 1 else None
    if not value.open and not value.consts and (value.refs or (value.kind and value.items and value.elem is None)):
        return True
    return None


def without_falsy(value: Value) -> Value:
    """What is left of `value` when it counts as true (the left side of `or`)."""
    if value.consts and any(not one.value for one in value.consts):
        kept = frozenset(one for one in value.consts if one.value)
        return Value(
            value.open, kept, value.shapes, value.apis, value.types, value.refs, value.origins, value.items, value.elem,
            value.kind, value.made,
        )  # fmt: skip
    return value


def compared(node: ir.Compare, left: Value, rights: list[Value]) -> Value:
    """The truth of a comparison when constants decide it."""
    if len(rights) != 1:
        return _BOOL
    one, other = left.constant(), rights[0].constant()
    op = node.ops[0]
    if one is not None and other is not None:
        return _decided(op, one, other)
    if op in ("in", "not in") and one is not None and rights[0].kind and rights[0].is_literal() and rights[0].elem is None:
        keys = rights[0].items or {}
        if rights[0].kind == "dict":
            inside = one.value in keys
        else:
            values = [item.constant() for item in keys.values()]
            if any(value is None for value in values):
                return _BOOL
            inside = one in values
        return TRUE if inside is (op == "in") else FALSE
    return _BOOL


def _decided(op: str, one: Constant, other: Constant) -> Value:
    a, b = one.value, other.value
    if op in ("==", "is"):
        return TRUE if a == b else FALSE
    if op in ("!=", "is not"):
        return FALSE if a == b else TRUE
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        result = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}.get(op)
        return _BOOL if result is None else TRUE if result else FALSE
    if isinstance(a, str) and isinstance(b, str) and op in ("in", "not in"):
        return TRUE if (a in b) is (op == "in") else FALSE
    return _BOOL


def assume(frame: "Expressions", test: ir.Expr, holds: bool) -> None:
    """Narrow what the environment knows, given that `test` turned out as `holds`."""
    if frame.narrowed(test, holds=holds):
        return
    if isinstance(test, ir.Unary) and test.op == "not":
        assume(frame, test.operand, not holds)
    elif isinstance(test, ir.Logical) and test.op != "nullish" and not told.is_long(test):
        if holds is (test.op == "or") and (inside := listed.in_or_at(test)) is not None:
            assume(frame, inside, holds)
        elif holds is (test.op == "and"):
            assume(frame, test.left, holds)
            assume(frame, test.right, holds)
        else:
            _assume_either(frame, test, holds=holds)
    elif isinstance(test, ir.Compare) and test.ops[0] in sizes.ORDERED:
        sizes.assume_order(frame, test, holds=holds)
        if holds:
            subsets.assume_order(frame, test)
    elif isinstance(test, ir.Compare) and len(test.ops) == 1:
        _assume_compare(frame, test, holds)
    elif isinstance(asked := characters.as_call(frame, test), ir.Call):
        _assume_call(frame, asked, holds)
    elif isinstance(test, (ir.Name, ir.Attribute)):
        _assume_truth(frame, test, holds)
    elif isinstance(test, ir.Walrus):
        assume(frame, test.target, holds)
    elif isinstance(test, ir.Await):
        assume(frame, test.value, holds)
    elif isinstance(test, ir.Binary) and test.op == "-" and not holds:
        subsets.assume_within(frame, test.left, test.right)
    elif isinstance(test, ir.Conditional):
        _assume_chosen(frame, test, holds=holds)


def behind(frame: "Expressions", loop: ir.While | None) -> None:
    """The test of a loop no longer holds behind it, unless it may be left in another way."""
    if loop is not None and told.ends_by_test(loop):
        assume(frame, loop.test, False)


def _assume_chosen(frame: "Expressions", test: ir.Conditional, *, holds: bool) -> None:
    """`True if found else False`: the test has turned out as the constant says that was chosen."""
    ends = [bool(one.value) if isinstance(one, ir.Const) else None for one in (test.then, test.orelse)]
    if None not in ends and ends[0] is not ends[1]:
        assume(frame, test.test, holds is ends[0])


def _assume_either(frame: "Expressions", test: ir.Logical, *, holds: bool) -> None:
    """One of two ways to the same end: `not url.netloc or url.netloc in HOSTS`."""
    before, frame.env = frame.env, dict(frame.env)
    assume(frame, test.left, holds)
    one, frame.env = frame.env, dict(before)
    assume(frame, test.left, not holds)
    assume(frame, test.right, holds)
    both = frame.join_env(one, frame.env)
    frame.env = before
    if both is not None:
        before.update(both)


def _known(frame: "Expressions", node: ir.Expr) -> tuple[str, Value] | None:
    key = dotted(node)
    if key is None:
        return None
    if key in frame.env:
        return key, frame.env[key]
    if "." not in key:
        return None
    frame.originals[key] = frame.eval(node)
    return key, frame.originals[key]


def _assume_truth(frame: "Expressions", node: ir.Expr, holds: bool) -> None:
    frame.flags.taken(node, frame.env, holds=holds)
    known = _known(frame, node)
    _assume_verdict(frame, node, holds=holds)
    told.assume_network(frame, node, holds=holds)
    if known is not None and holds:
        frame.env[known[0]] = without_falsy(known[1])
    elif not holds:
        guards.assume_part(frame, node, holds=True)  # `if not urlsplit(x).netloc`
        if known is not None and isinstance(node, ir.Name) and known[1].origins and not known[1].kind:
            frame.env[known[0]] = known[1].cleared(guards.ALL)  # "", 0 or None: nothing is left of the data


def _assume_verdict(frame: "Expressions", node: ir.Expr, *, holds: bool) -> None:
    """A variable turned out as `holds`: so did the test, or the call, that gave it."""
    test = verdicts.told_by(frame, node)
    if test is not None and isinstance(node, ir.Name):
        with verdicts.aside(frame, node.id):
            assume(frame, test, holds)


def _assume_none(frame: "Expressions", subject: ir.Expr, *, holds: bool) -> None:
    """What a call gave is None (or is not, which says that a pattern has matched)."""
    value = subject.value if isinstance(subject, ir.Walrus) else subject
    frame.flags.taken_none(value, frame.env, holds=holds)
    call = value if isinstance(value, ir.Call) else verdicts.given_by(frame, value)
    with verdicts.aside(frame, value.id if isinstance(value, ir.Name) else ""):
        if call and not holds:
            existing.found(frame, call, assume)
        if call and (holds or listed.is_search(call) or frame.eval(call.func).apis & characters.MATCHING.keys()):
            _assume_call(frame, call, not holds)


def _assume_compare(frame: "Expressions", test: ir.Compare, holds: bool) -> None:
    op, right = test.ops[0], test.rights[0]
    positive = holds is (op in ("==", "is", "in"))
    subject = characters.stripped(test.left)
    known = _known(frame, subject)
    if op in ("is", "is not") and isinstance(right, ir.Const) and right.value is None:
        _assume_none(frame, test.left, holds=positive)
    if op in ("in", "not in") and not positive and isinstance(test.left, ir.Const) and isinstance(test.left.value, str):
        absent = _known(frame, told.whole(characters.stripped(right)))
        inner = right.value if isinstance(right, ir.Index) and slices.is_inner(right.index) else None
        if inner is not None and (whole := _known(frame, inner)) is not None:
            frame.env[whole[0]] = whole[1].cleared(lacks.without_inside(test.left.value))
        if absent is not None and not absent[1].kind:
            if test.left.value in ("//", "://"):
                guards.without_host(frame, absent[1], guards.HOSTLESS, guards.ROOTED)
            frame.env[absent[0]] = frame.env.get(absent[0], absent[1]).cleared(lacks.after_test(test.left.value))
        return
    if op in ("in", "not in") and positive:
        guards.assume_parents(frame, right)
        allowed = frame.eval(right)
        if allowed.is_literal() and (allowed.kind or allowed.made):
            guards.assume_part(frame, test.left, holds=True)
            if known is not None:
                frame.env[known[0]] = member(allowed)
            else:
                frame.note_tested(subject, member(allowed))
        elif allowed.is_literal() and allowed.texts():
            guards.clear_data(frame, frame.eval(subject), characters.within(allowed), node=subject)
        elif allowed.kind == "list" or not allowed.origins:
            guards.assume_part(frame, test.left, holds=True)
            if known is not None and is_allow_list(right, allowed):
                guards.clear_data(frame, known[1], guards.ALL)
        return
    if op not in ("==", "is", "!=", "is not"):
        return
    if positive:
        for one, other_side in ((test.left, right), (right, test.left)):
            if guards.is_url_part(other_side) or not frame.eval(other_side).carries("untrusted"):
                guards.assume_part(frame, one, holds=True)
            _assume_equal(frame, one, other_side)
        told.assume_unchanged(frame, test.left, right)
    if positive and known is None and (equal := frame.eval(right)).constants() is not None:
        frame.note_tested(subject, equal)
    if known is None:
        known, right = _known(frame, characters.stripped(right)), test.left
    if known is None:
        return
    other = frame.eval(right)
    if positive and other.is_literal() and not other.kind:
        frame.env[known[0]] = other
    elif not positive and other is not None and other.constants() is not None:
        key, value = known
        kept = value.consts - (other.constants() or frozenset())
        if kept != value.consts and (kept or value.open or value.types):
            frame.env[key] = frame.flags.narrowed(value, changed(value, consts=kept))


def _assume_equal(frame: "Expressions", node: ir.Expr, other: ir.Expr) -> None:
    """Data equals something that holds none: it is what the program knows. `if order.kind != kind: raise`."""
    known = _known(frame, characters.stripped(node))
    if known is not None and known[1].all_origins() and not frame.eval(other).all_origins():
        frame.env[known[0]] = known[1].cleared(INJECTION)


def _assume_call(frame: "Expressions", test: ir.Call, holds: bool) -> None:
    """`x.isdigit()`, `isinstance(x, int)`, `re.fullmatch(pattern, x)`: true says what x consists of. `bool(x)` is `x`."""
    if dotted(test.func) == "bool" and len(test.args) == 1:
        assume(frame, test.args[0].value, holds)
        return
    if not characters.assume_each(frame, test, holds=holds):
        listed.assume_each(frame, test, assume, holds=holds)
    if not holds and dotted(test.func) == "isinstance" and len(test.args) == 2 and raising.is_any(frame, test.args[1].value):
        guards.clear_data(frame, frame.eval(test.args[0].value), EXCEPTION)
    if guards.assume_call(frame, test, holds=holds) or not holds:
        return
    told.assume_signed(frame, test)
    existing.found(frame, test, assume)
    subsets.assume_call(frame, test)
    listed.assume_found(frame, test)
    listed.assume_any(frame, test, assume)
    if isinstance(test.func, ir.Attribute) and characters.is_word_test(test.func.attr) and not test.args:
        known = _known(frame, test.func.value)
        if known is not None:
            frame.env[known[0]] = known[1].cleared(guards.ALL)
            if not known[1].all_origins():
                frame.env[known[0]] = MADE
        return
    path = dotted(test.func)
    if path == "isinstance" and len(test.args) == 2:
        subject = test.args[0].value
        known = _known(frame, subject)
        types = frame.engine.types_of(frame, test.args[1].value)
        if types and (known is not None or isinstance(subject, ir.Index)):
            value = frame.eval(subject) if known is None else known[1]
            narrowed = value.types | types if not value.open else types
            objects = all(is_object(frame.engine, one) for one in types)
            if value.open or not value.types or objects:
                narrowed = types if objects else narrowed
                value = changed(value, open="str" in types, types=narrowed)
                kept = value.cleared(NO_SECRET) if objects else value
                if known is None:
                    frame.note_tested(subject, kept)
                else:
                    frame.env[known[0]] = kept
        return
    for api in sorted(frame.eval(test.func).apis & characters.MATCHING.keys()):
        _assume_match(frame, test, api)


def _assume_match(frame: "Expressions", test: ir.Call, api: str) -> None:
    """A pattern has matched: what the subject cannot hold any more."""
    subject, contexts = characters.told_by_match(frame, test, api)
    subject = None if subject is None else characters.stripped(subject)
    known = None if subject is None else _known(frame, subject)
    if known is None and subject is not None and characters.is_entry(subject):
        guards.clear_data(frame, frame.eval(subject), contexts, node=subject)
    elif known is not None and contexts:
        made = "all" in contexts and not known[1].all_origins()
        frame.env[known[0]] = MADE if made else known[1].cleared(contexts)
