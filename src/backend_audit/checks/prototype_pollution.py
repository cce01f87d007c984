"""Writes that can reach `Object.prototype`, whose fields every object of the program then has."""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.checks import Alert, _merging, check
from backend_audit.checks._context import conditions, scope
from backend_audit.checks._untrusted import alert, reaching, reaching_value
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site
from backend_audit.flow.lacks import lacking
from backend_audit.flow.object_concepts import MemberWrite, ObjectMerge
from backend_audit.flow.origins import MEMBER, ordered
from backend_audit.flow.script_members import OWN, PREFIXED
from backend_audit.flow.values import Value, changed
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.inventory.signs import OF_NODE
from backend_audit.source import SCRIPTS, Mark

RULE = "prototype-pollution"
_FIX = (
    "Refuse the names `__proto__`, `constructor` and `prototype`, enter own members only (`Object.hasOwn(target, key)`), or keep "
    "such data in a `Map` or in `Object.create(null)`."
)
_NO_UNDERSCORE = lacking("_")
_DEPTH = 4
_REQUESTS = frozenset(("req", "request", "ctx"))
_GUARDS = frozenset(("hasOwnProperty", "hasOwn", "has", "includes", "indexOf", "propertyIsEnumerable"))


@check(RULE, *SCRIPTS)
def copied_to_any_depth(node: ir.Assign, view: FileView) -> Iterator[Alert]:
    """`for (const key in source) { if (target[key]) merge(target[key], source[key]); else target[key] = source[key]; }`."""
    target = node.targets[0]
    if isinstance(target, ir.Index) and node.value is not None and _merging.comes_from_elsewhere(node.value, target):
        yield from _judge(target, node, view)


@check(RULE, *SCRIPTS)
def defined_to_any_depth(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """The same with `Object.defineProperty(target, key, …)`."""
    if last_word(node.func) == "defineProperty" and len(node.args) > 1:
        base, key = node.args[0].value, node.args[1].value
        yield from _judge(ir.Index(node.at, node.end, base, key), node, view)


def _judge(target: ir.Index, node: ir.Node, view: FileView) -> Iterator[Alert]:
    if not isinstance(target.index, (ir.Name, ir.Index)) or not _merging.enclosing(view):
        return
    if not _merging.is_enumerated(target.index, view, written(target.value)):
        return
    deeper = _merging.goes_deeper(target, view)
    if not (deeper or _merging.descends(target, view)) or _merging.guarded(target, view):
        return
    if deeper and _merging.is_copy(target, view):
        return
    how = "copies members to any depth" if deeper else "follows a path of names"
    yield Alert(
        node=node,
        message=f"This function {how} and does not refuse `__proto__`: names from outside lead it to `Object.prototype`.",
        fix=_FIX,
        confidence=Confidence.MEDIUM,
    )


@check(RULE)
def member_of_any_name(write: MemberWrite) -> Iterator[Alert]:
    """`settings[req.params.group][req.params.name] = req.body.value`."""
    if _is_guarded(write.site):
        return
    if write.member is None:
        yield from _by_name(write)
        return
    found = [one for one in write.member.value.origins if one.label == MEMBER and not one.cleared & {OWN, PREFIXED}]
    if not found or _is_made_here(write):
        return
    origin = next(iter(ordered(found)))
    node = write.site.node
    told = "names the member that is written to here: with `__proto__` that is `Object.prototype`"
    yield Alert(
        node=node,
        message=f"A name that comes from {origin.what or 'a request'} {told}.",
        fix=_FIX,
        confidence=Confidence.HIGH,
        steps=(*origin.marks(), Mark(write.site.path, node.at, node.end, told)),
    )


def _is_made_here(write: MemberWrite) -> bool:
    """Whether the object was made a few lines before, or is one of the request's own: `query[name] = {}; query[name].x = 1`."""
    base = None if write.member is None else write.member.node
    if isinstance(base, ir.Attribute):
        return first_word(base) in _REQUESTS
    return isinstance(base, ir.Index) and any(
        isinstance(node, ir.Assign)
        and node.end <= write.site.node.at
        and isinstance(node.value, ir.Container)
        and any(written(one) == written(base) for one in node.targets)
        for node in ir.walk_scope(*scope(write.site))
    )


def _by_name(write: MemberWrite) -> Iterator[Alert]:
    """`join(req.params.room, …)`, and `rooms[room][user] = data` there."""
    origin = reaching(write.name, "fields")
    if origin is None or origin.cleared >= _NO_UNDERSCORE:
        return
    does = "names the member that is written to here: with `__proto__` that is `Object.prototype`"
    yield alert(write.site, write.name, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)


def _is_guarded(site: Site) -> bool:
    """Whether the function looks at the name before: is it an own member, is it one of those of a prototype."""
    for node in ir.walk(*scope(site)):
        if node.at >= site.node.at:
            continue
        if isinstance(node, ir.Call) and last_word(node.func) in _GUARDS:
            return True
        if isinstance(node, ir.Const) and node.value == "__proto__":
            return True
    return any(isinstance(test, ir.Compare) and test.ops[0] in ("in", "instanceof") for test in conditions(site))


def _refuses_prototypes(site: Site) -> bool:
    """Whether the function looks for `__proto__` before, itself or by a list or function of the file."""
    before = [node for node in ir.walk(*scope(site)) if node.at < site.node.at]
    named = {node.id for node in before if isinstance(node, ir.Name)}
    own = [] if site.module is None else [one for one in site.module.body if not named.isdisjoint(_binds(one))]
    return any(isinstance(node, ir.Const) and "__proto__" in str(node.value) for node in (*before, *ir.walk(*own)))


def _binds(node: ir.Stmt) -> set[str]:
    """The names that a statement of a file's top level gives something to."""
    if isinstance(node, ir.Function):
        return {node.name}
    return {one.id for one in node.targets if isinstance(one, ir.Name)} if isinstance(node, ir.Assign) else set()


def _may_be_objects(value: Value, depth: int) -> Iterator[Value]:
    """What of an object, at any depth, may be one that came in: texts are none."""
    if value.shapes or "str" in value.types:
        return
    inside = [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]
    if not inside or not depth:
        yield value
        return
    yield changed(value, items=None, elem=None)
    for one in inside:
        yield from _may_be_objects(one, depth - 1)


@check(RULE)
def merged_from_outside(merge: ObjectMerge) -> Iterator[Alert]:
    """`_.merge(settings, req.body)`, `_.set(settings, req.query.path, value)`."""
    if merge.deep is not None and not merge.deep.value.is_just(True):
        return
    if merge.path is not None:
        origin = reaching(merge.path, "fields")
        if origin is not None and not _refuses_prototypes(merge.site):
            does = "is the path by which {callee} sets a value: `__proto__.x` sets it for every object"
            told = alert(merge.site, merge.path, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)
            yield replace(told, before=_safe_since(merge))
        return
    if merge.data is None:
        return
    inner = list((merge.data.value.items or {}).values()) if merge.data.value.kind == "list" else [merge.data.value]
    for value in (part for one in inner for part in _may_be_objects(one, _DEPTH)):
        origin = reaching_value(value, "fields")
        if origin is not None and "parsed" in origin.cleared:
            does = "is merged to any depth by {callee}: a key `__proto__` in it sets fields of every object"
            told = alert(merge.site, merge.data, origin, does=does, fix=_FIX, confidence=Confidence.MEDIUM)
            yield replace(told, before=_safe_since(merge))
            return


def _safe_since(merge: ObjectMerge) -> tuple[tuple[str, tuple[int, ...]], ...]:
    pairs = [one.split() for one in merge.safe_since.split("|") if one]
    return tuple((f"{OF_NODE}{name}", tuple(map(int, release.split(".")))) for name, release in pairs)
