"""Annotations: which types an expression in type position means."""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.expressions import AliasSymbol
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import CLASS, CLOSED_TYPES, Value, changed, container
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol
from backend_audit.regex import harmless_after

if TYPE_CHECKING:
    from backend_audit.flow.frame import FrameState

_WRAPPERS = frozenset(
    "Optional Annotated Final ClassVar Required NotRequired ReadOnly Awaitable Coroutine AsyncContextManager ContextManager "
    "Mapped InitVar".split()
)
_LISTS = frozenset(
    "List Sequence Iterable Iterator Set FrozenSet Collection AsyncIterator AsyncGenerator Generator AsyncIterable".split()
)
_LISTS |= {"list", "set", "frozenset"}
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict"})
_TYPING = frozenset(("typing", "typing_extensions", "collections", "builtins"))
_MAX_DEPTH = 6
LENGTH = frozenset(("length",))  # a mark: the data is no longer than somebody has said
# What holds a field to a pattern, and how that is asked for: https://docs.djangoproject.com/en/stable/ref/validators/#regexvalidator,
# https://wtforms.readthedocs.io/en/stable/validators/#wtforms.validators.Regexp
_PATTERNS = {"RegexField": "search", "RegexValidator": "search", "Regexp": "match"}


_CONSTRAINTS = frozenset({"Field", "StringConstraints", "constr", "Query", "Path", "Header", "Cookie", "Form", "Body", "File"})


def holds_to_pattern(*nodes: ir.Expr | None) -> bool:
    """Whether a declaration lets through only text that matches a pattern without signs: `Field(pattern="^[a-z]+$")`."""
    calls: list[ir.Expr] = [node for node in nodes if node is not None]
    for node in nodes:
        if isinstance(node, ir.Index) and isinstance(node.index, ir.Container):
            calls += [item.value for item in node.index.items[1:]]
    for call in calls:
        if isinstance(call, ir.Call) and written(call.func).rpartition(".")[2] in _CONSTRAINTS:
            for arg in call.args:
                text = arg.value.value if isinstance(arg.value, ir.Const) else None
                if arg.name in ("pattern", "regex") and isinstance(text, str) and "all" in harmless_after(text, "search"):
                    return True
    return False


def held_in_length(*nodes: ir.Expr | None) -> frozenset[str]:
    """`LENGTH` where a declaration says how long its text may be: `CharField(max_length=80)`, `Query(max_length=80)`."""
    calls = (one for node in nodes if node is not None for one in ir.walk(node) if isinstance(one, ir.Call))
    return LENGTH if any(arg.name == "max_length" for one in calls for arg in one.args) else frozenset()


def held_to(made: ir.Expr | None) -> frozenset[str]:
    """The contexts in which a declared field is harmless by the patterns that it must match."""
    found: set[str] = set()
    for one in ir.walk(*[made] if made is not None else ()):
        how = _PATTERNS.get(last_word(one.func)) if isinstance(one, ir.Call) else None
        if how is not None and isinstance(one, ir.Call):
            given = [arg.value for at, arg in enumerate(one.args) if arg.name == "regex" or (not arg.name and at == 0)]
            texts = (arg.value for arg in given if isinstance(arg, ir.Const) and isinstance(arg.value, str))
            found.update(*(harmless_after(text, how) for text in texts))
    return frozenset(found)


def annotation_value(frame: "FrameState", node: ir.Expr, depth: int = _MAX_DEPTH) -> Value:
    """What a value annotated with `node` may be: an instance of the types, open unless these are closed (numbers, dates …)."""
    if depth <= 0:
        return Value(open=True)
    if isinstance(node, ir.Const):
        if node.kind == "str" and isinstance(node.value, str):
            return _named(frame, _words(node.value), depth - 1)
        return Value(open=True) if node.kind != "none" else Value(types=frozenset(("None",)))
    if isinstance(node, ir.Index):
        return _generic(frame, node, depth)
    if isinstance(node, ir.Binary) and node.op in ("|", "&"):
        return _union(annotation_value(frame, node.left, depth - 1), annotation_value(frame, node.right, depth - 1))
    if isinstance(node, ir.Call):  # `conint(gt=0)`
        made = _named(frame, node.func, depth)
        return Value(open=True) if made.open else made
    return _named(frame, node, depth)


def _union(left: Value, right: Value) -> Value:
    types = (left.types | right.types) - {"None"}
    kind = left if left.kind else right
    return Value(open=left.open or right.open, types=types, items=kind.items, elem=kind.elem, kind=kind.kind)


def _words(text: str) -> ir.Expr:
    """A quoted annotation, read as far as plain dotted names go: `"models.User | None"` gives `models.User`."""
    head = re.split(r"[\[|]", text, maxsplit=1)[0].strip()
    parts = head.split(".")
    node: ir.Expr = ir.Name(0, 0, parts[0])
    for part in parts[1:]:
        node = ir.Attribute(0, 0, node, part)
    return node


def _generic(frame: "FrameState", node: ir.Index, depth: int) -> Value:
    name = last_word(node.value)
    args = [item.value for item in node.index.items] if isinstance(node.index, ir.Container) else [node.index]
    if name == "Literal":
        consts = [one for one in args if isinstance(one, ir.Const)]
        return Value(made=True) if len(consts) == len(args) else Value(open=True)
    if name == "Union":
        found = [annotation_value(frame, one, depth - 1) for one in args]
        merged = found[0]
        for one in found[1:]:
            merged = _union(merged, one)
        return merged
    if name in _WRAPPERS:
        return annotation_value(frame, args[-1 if name == "Coroutine" else 0], depth - 1)
    if name in _CONSTRAINTS and any(
        one.startswith("ninja.") for one in frame.engine.type_expression(frame, node.value).apis
    ):  # `Query[Filters]`
        return annotation_value(frame, args[0], depth - 1)
    if name in _LISTS and not _of_library(frame, node.value):
        return container("list", None, annotation_value(frame, args[0], depth - 1))
    if name in _DICTS and len(args) > 1:
        return container("dict", None, annotation_value(frame, args[1], depth - 1))
    if name in ("tuple", "Tuple"):
        values = [annotation_value(frame, one, depth - 1) for one in args]
        return container("tuple", dict(enumerate(values)))
    return _named(frame, node.value, depth - 1)


def _of_library(frame: "FrameState", node: ir.Expr) -> bool:
    """Whether a library's class only shares the name: `Collection` of MongoDB's driver."""
    heads = {path.partition(".")[0] for path in frame.engine.type_expression(frame, node).apis if "." in path}
    return bool(heads - _TYPING)


def _named(frame: "FrameState", node: ir.Expr, depth: int = _MAX_DEPTH) -> Value:
    if not isinstance(node, (ir.Name, ir.Attribute)):
        return Value(open=True)
    target = frame.engine.type_expression(frame, node)
    alias = next(iter(of_kind(target.refs, AliasSymbol)), None)
    if alias is not None:
        return annotation_value(alias.frame, alias.node, depth - 1)
    types: set[str] = set()
    for symbol in target.refs:
        if isinstance(symbol, ClassSymbol):
            types |= frame.engine.instance_of(symbol).types
    types |= {frame.models.result(path) or path for path in target.apis}
    types.discard("typing.Any")
    if types == {"typing.Literal[]"}:  # the name of an alias
        return Value(made=True)
    if target.shapes or target.consts or target.kind:
        return Value(open=True)
    closed = bool(types) and types <= CLOSED_TYPES
    return Value(open=not closed, types=frozenset(types - {"object", "Any"}))


def promised(result: Value, declared: Value) -> Value:
    """The annotation says what a result is of which nothing is known, or only what unknown function made it."""
    if not declared.types or result.shapes or result.consts or result.kind:
        return result
    kept = bool(result.apis) and not result.refs and all(name[:1] == CLASS for name in declared.types)
    if (result.open or kept) and not result.types:  # `kept`: `return request.app.state.orders`, an object of the project
        return changed(result, types=declared.types)
    made_elsewhere = result.types and all(name.endswith("()") for name in result.types)
    return changed(result, open=True, types=declared.types) if made_elsewhere and "str" not in declared.types else result
