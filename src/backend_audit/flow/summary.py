"""Function summaries: what a function gives and does in terms of its parameters, and what a call makes of that.

A parameter stands in a summary as an origin (label param, key: function, index, access path…). Substitution puts the
argument in its place: whole where the value is the parameter itself, as further data where it was computed from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow import untouched
from backend_audit.flow.arguments import Args
from backend_audit.flow.bound import Bound, Given, Stepped, cleared_alike
from backend_audit.flow.concepts import Concept, Operand
from backend_audit.flow.origins import CALLER, DERIVED, Origin, ordered, united
from backend_audit.flow.parts import gives_away, is_rest, part_of
from backend_audit.flow.roles import operands, with_values
from backend_audit.flow.strings import merged_parts
from backend_audit.flow.values import (
    MAX_CONSTS,
    MAX_DEPTH,
    NOTHING,
    UNKNOWN,
    Constant,
    Gap,
    Key,
    Shape,
    Value,
    changed,
    container,
    join,
    transform,
    within,
)
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Mark

MAX_LIFTS = 120
Place = tuple[int, Key | None]  # a parameter, and a name or key in it
_TEXTS = frozenset(("str", "string", "bytes", "pathlib.Path", "pathlib.PurePath"))


@dataclass(slots=True)
class Summary:
    """`result` and `yields` in terms of the parameters; `events` all that occurs, `lifting` what callers' data can change."""

    result: Value
    yields: Value
    events: tuple[Concept, ...]
    lifting: tuple[Concept, ...]
    if_true: dict[int, frozenset[str]] = field(default_factory=dict)  # parameter → contexts cleared when it gives true
    if_false: dict[int, frozenset[str]] = field(default_factory=dict)
    after: dict[int, frozenset[str]] = field(default_factory=dict)  # … when it comes back at all
    fields: dict[Key, Value] = field(default_factory=dict)  # what a method leaves in the fields of its object
    thrown: Value = NOTHING  # what it throws, with the data that it tells
    grown: frozenset[Key] = frozenset()  # those of them that are containers which got more
    put: dict[Place, Value] = field(default_factory=dict)  # what it puts into its arguments

    def says_more_than(self, earlier: "Summary") -> bool:
        """Whether callers may learn something from it that an earlier summary of the function did not tell."""
        puts = ((value, earlier.put.get(place, NOTHING)) for place, value in self.put.items())
        pairs = ((self.result, earlier.result), (self.thrown, earlier.thrown), *puts)
        return len(self.lifting) > len(earlier.lifting) or any(not now.all_origins() <= was.all_origins() for now, was in pairs)


EMPTY = Summary(UNKNOWN, UNKNOWN, (), ())


def bind_arguments(symbol: FunctionSymbol, receiver: Value | None, args: Args) -> Bound:
    """Parameter index → value for a call; parameters that are not given are missing."""
    params = symbol.node.params
    positional = [at for at, param in enumerate(params) if param.kind == "positional"]
    bound: Bound = {}
    if symbol.binds_first and receiver is not None and positional:
        bound[positional.pop(0)] = receiver
    elif receiver is not None and symbol.has_receiver:
        bound[len(params) - 1] = receiver
    by_name = {param.name: at for at, param in enumerate(params) if param.kind in ("positional", "keyword")}
    rest: dict[str | int, Value] = {}
    for key, operand in args:
        if key.isdigit():
            index = int(key)
            if index < len(positional):
                bound[positional[index]] = operand.value
            else:  # `arguments` of JavaScript counts on behind the parameters
                rest[index - len(positional)] = bound[len(params) + index - len(positional)] = operand.value
        elif key in by_name:
            bound[by_name[key]] = operand.value
        elif "*" not in key:
            rest[key] = operand.value
    hidden = [operand.value for key, operand in args if "*" in key]
    for at, param in enumerate(params):
        if param.kind == "args":
            bound[at] = container("tuple", {key: value for key, value in rest.items() if isinstance(key, int)} or None)
        elif param.kind == "kwargs":
            bound[at] = container("dict", {key: value for key, value in rest.items() if isinstance(key, str)} or None)
        elif at not in bound and hidden:
            bound[at] = hidden[0].derived()
        elif at not in bound and isinstance(param.default, ir.Const):
            bound[at] = Value(consts=frozenset((Constant(param.default.kind, param.default.value),)))
    return bound


def fields_left(summary: Summary, function: str, bound: Bound) -> dict[Key, Value]:
    """What a call of the method `function` leaves in the fields of its object, but for those of which nothing is known."""
    found = ((key, substitute(value, function, bound)) for key, value in summary.fields.items())
    return {key: value for key, value in found if value.all_origins() or not value.open}


def substitute(value: Value, function: str, bound: Bound, depth: int = MAX_DEPTH) -> Value:
    """`value` of the summary of `function` with the arguments in place of the parameters."""
    if value is UNKNOWN or value is NOTHING:
        return value
    return _put(value, function, bound if isinstance(bound, Given) else Given(bound.items()), depth)


def _put(value: Value, function: str, bound: Given, depth: int) -> Value:
    if value is UNKNOWN or value is NOTHING or (not value.origins and not value.shapes and not value.kind and not value.items):
        return value
    own = ordered([origin for origin in value.origins if origin.label == "param" and origin.key[0] == function])
    result = changed(value, origins=value.origins - frozenset(own)) if own else value
    if depth:
        if value.shapes:
            result = changed(result, shapes=tuple(_substituted(shape, function, bound, depth) for shape in value.shapes))
        result = within(result, lambda one: _put(one, function, bound, depth - 1), shapes=False)
        if any(not shape.gaps for shape in result.shapes):
            result = _filled(result)
    if not own:
        return result
    whole = NOTHING
    added: list[Origin] = []
    for origin in own:
        argument = bound.get(int(origin.key[1]))
        if origin.key[-1] == DERIVED:
            built = None if argument is None or result.kind != "dict" else _built(argument, origin)
            if built is not None:  # `{ ...options, id }`: what the caller has written there, by name
                result = changed(result, items={**built, **(result.items or {})})
            elif argument is not None:
                added += _data(argument, bound, origin)
        elif argument is None:
            whole = join(whole, UNKNOWN)
        else:
            whole = join(whole, _cleared(part_of(argument, origin.key[2:]), origin))
    if whole.kind == "dict" and result.items and not result.kind:  # the argument, with what the function put into it
        whole = changed(whole, items={**(whole.items or {}), **result.items})
    if whole.kind == result.kind == "dict" and is_rest(value):  # `**kwargs` as it is: any entry is one of the caller's
        return changed(whole, items={**(whole.items or {}), **(result.items or {})}).with_origins(added)
    if whole is not NOTHING:
        elsewhere = frozenset(name for name in result.types if name.endswith("()"))  # no parameter is declared so
        rest = changed(result, open=bool(elsewhere)) if not added else result
        if rest.types and not whole.open:
            rest = changed(rest, types=elsewhere)
        if rest.refs and whole.refs and not whole.open:  # those that other callers pass
            rest = changed(rest, refs=frozenset())
        known = rest.consts or rest.shapes or rest.apis or rest.types or rest.refs or rest.origins or rest.kind or rest.items
        empty = not (known or rest.open)
        result = whole if empty else join(rest, whole)
    return result.with_origins(added)


def _filled(value: Value) -> Value:
    """Shapes without gaps are constants."""
    texts = frozenset(Constant("str", shape.text()) for shape in value.shapes if not shape.gaps)
    if len(texts | value.consts) > MAX_CONSTS:
        return changed(value, shapes=tuple(shape for shape in value.shapes if shape.gaps), made=True)
    return changed(value, consts=value.consts | texts, shapes=tuple(shape for shape in value.shapes if shape.gaps))


def _cleared(value: Value, origin: Origin) -> Value:
    return transform(value, lambda one: (cleared_alike(one, origin.cleared),)) if origin.cleared else value


def _data(argument: Value, bound: Given, origin: Origin) -> frozenset[Origin]:
    """The data that something computed from an argument, or from the part of it that `origin` names, carries."""
    path = origin.key[2:-1]
    if not path or argument.items is None or (argument.kind and path[0] not in argument.items):
        return _carried(bound.data(int(origin.key[1])), origin)
    found = bound.part(int(origin.key[1]), path, part_of)
    return united(cleared_alike(one, origin.cleared) for one in found) if origin.cleared else found


def _built(argument: Value, origin: Origin) -> Mapping[Key, Value] | None:
    """What an object holds that a function spreads, where the program has chosen all of its names."""
    path = origin.key[2:-1]
    value = part_of(argument, path) if path else argument
    return value.items if value.kind == "dict" and value.items and value.elem is None and not value.origins else None


def _carried(found: frozenset[Origin], origin: Origin) -> frozenset[Origin]:
    path = origin.key[2:-1]
    if path:  # of an argument that is a parameter itself: still the part at that path
        found = united(
            Origin(one.label, (*(*one.key[:-1], *path)[:6], DERIVED), one.what, one.cleared, one.trace)
            if one.label == "param" and len(one.key) == 3
            else one
            for one in found
            if one.label != "secret" or gives_away(path)
        )
    return united(cleared_alike(one, origin.cleared) for one in found) if origin.cleared else found


def _substituted(shape: Shape, function: str, bound: Given, depth: int) -> Shape:
    parts: list[str | Gap] = []
    for part in shape.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = _put(part.value, function, bound, depth - 1)
        one = value.constant()
        if one is not None and one.kind in ("str", "int") and part.value is not value:
            parts.append(str(one.value))
        elif len(value.shapes) == 1 and not value.open and not value.consts:
            parts.extend(value.shapes[0].parts)
        else:
            parts.append(Gap(value, part.written))
    return Shape(merged_parts(parts), shape.how)


def depends(concept: Concept, function: str) -> bool:
    """Whether an operand of `concept` carries data of a parameter of `function`."""
    return any(
        origin.label == "param" and origin.key[0] == function
        for _, operand in operands(concept)
        for origin in operand.value.all_origins()
    )


@dataclass(slots=True)
class Deliveries:
    """Events of runs with what they were `delivered` as, while so many functions were `told` by callers what they are given."""

    told: int = 0
    by_run: dict[str, tuple[tuple[Concept, ...], tuple[Concept, ...]]] = field(default_factory=dict)


def delivered(concept: Concept, has_callers: Callable[[str], bool]) -> Concept:
    """`concept` as checks see it: a parameter is decided by the project's own callers (their calls were lifted), else unknown."""
    return with_values(concept, lambda value: _outside(value, has_callers, MAX_DEPTH, whole=concept.asked))


def _outside(value: Value, has_callers: Callable[[str], bool], depth: int, *, whole: bool) -> Value:
    if value is UNKNOWN or (not value.origins and not value.shapes and not value.kind):
        return value
    params = [origin for origin in value.origins if origin.label == "param"]
    rest = value.origins - frozenset(params)
    decided = bool(params) and not rest and all(has_callers(str(origin.key[0])) for origin in params)
    result = value
    if params:
        tested = all("all" in origin.cleared for origin in params)  # nothing is left of what callers pass, whatever it is
        bare = decided and (tested or not (value.types - _TEXTS or value.apis or value.refs or value.kind))
        known = frozenset(Origin(CALLER, one.key, one.what, one.cleared, one.trace) for one in params if whole or one.cleared)
        kept = rest if decided else rest | known
        result = changed(value, origins=kept, open=value.open and not bare, made=value.made or bare)
    if depth and (value.shapes or value.kind):
        shapes = tuple(shape.mapped(lambda inner: _outside(inner, has_callers, depth - 1, whole=whole)) for shape in value.shapes)
        items = None if value.items is None else {
            key: _outside(one, has_callers, depth - 1, whole=whole) for key, one in value.items.items()
        }  # fmt: skip
        elem = None if value.elem is None else _outside(value.elem, has_callers, depth - 1, whole=whole)
        result = changed(result, shapes=shapes, items=items, elem=elem)
    return result


def handed_over_whole(before: Concept, after: Concept) -> bool:
    """Whether the caller gives the text that the callee only passes on: `def run(sql): cursor.execute(sql)`."""
    old, new = getattr(before, before.handed, None), getattr(after, after.handed, None)
    if not isinstance(old, Operand) or not isinstance(new, Operand) or not new.value.shapes:
        return False
    value = old.value
    if value.shapes or value.consts or value.kind:
        return False
    if any(origin.label != "param" for origin in value.origins) or len({origin.key[:2] for origin in value.origins}) != 1:
        return False
    return any(origin.key[-1] != DERIVED for origin in value.origins)


def lift(concept: Concept, function: str, bound: Bound, mark: Mark) -> Concept | None:
    """`concept` of the callee as it occurs with a caller's arguments; None when these add nothing to it."""
    return lifted(concept, function, Stepped(bound, mark))


def lifted(concept: Concept, function: str, stepped: Stepped) -> Concept | None:
    """As `lift`, for several concepts of one call."""

    def given(value: Value) -> Value:
        return substitute(untouched.itself(value) if concept.itself else value, function, stepped)

    found = with_values(concept, given)
    return None if found is concept else found
