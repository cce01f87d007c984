"""Abstract values: what an expression may be. Immutable; `UNKNOWN` is the common case and costs nothing.

A value is a set of possibilities along independent lines, each small and bounded:

* `consts`: constants; `shapes`: strings built from constant parts and holes; `items`/`elem`: contents of a container
* `apis`: external things it is (`ssl.CERT_NONE`, `sqlite3.connect`); `types`: classes it is an instance of
* `refs`: functions, classes and modules of the project that it is
* `origins`: where untrusted, secret or parameter data in it came from
* `open`: it may also be something that nothing is known about

Unknown is neither safe nor tainted: a check that needs certainty asks `constants()`, one that needs suspicion asks `origins`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from backend_audit.flow import telling
from backend_audit.flow.origins import NAMES, Origin, capped, ordered, replaced, united
from backend_audit.link.symbols import Symbol
from backend_audit.source import Mark

MAX_CONSTS = 12
MAX_SHAPES = 6
MAX_PARTS = 60
MAX_NAMES = 24  # of types, and of external things, that one value may be
MAX_ITEMS = 64
MAX_ADDRESSES = 400  # of routes in one table
PLACELESS = "~"  # begins the keys of what stands somewhere in a list
MAX_DEPTH = 6
CLASS = ":"  # begins the type name of a class of the project, and no package's (npm's may begin with `@`)


class Constant(NamedTuple):
    """`kind` keeps `1`, `True` and `1.0` apart, which Python's equality does not."""

    kind: str  # as ir.Const.kind
    value: bool | float | str | None


class Gap(msgspec.Struct, frozen=True):
    """A hole in a string shape: what fills it and how that is written."""

    value: "Value"
    written: str

    def holding(self, value: "Value") -> "Gap":
        """The same hole with another value in it."""
        return self if value is self.value else Gap(value, self.written)


Part: TypeAlias = str | Gap


class Shape(msgspec.Struct, frozen=True):
    """A built string: `parts` in order; `how` it was built: f-string, +, %, .format, join, Template."""

    parts: tuple[Part, ...]
    how: str

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The holes, in order."""
        return tuple(part for part in self.parts if isinstance(part, Gap))

    def mapped(self, change: "Callable[[Value], Value]") -> "Shape":
        """The same string with another value in each hole; itself where all stay the same."""
        parts = tuple(part if isinstance(part, str) else part.holding(change(part.value)) for part in self.parts)
        return self if all(one is other for one, other in zip(parts, self.parts, strict=True)) else Shape(parts, self.how)

    def text(self, hole: str = "{}") -> str:
        """The string with each hole written as `hole`."""
        return "".join(part if isinstance(part, str) else hole for part in self.parts)


Key: TypeAlias = str | int
_EMPTY: frozenset[str] = frozenset()
_NO_CONSTS: frozenset[Constant] = frozenset()
_NO_ORIGINS: frozenset[Origin] = frozenset()
_NO_REFS: frozenset[Symbol] = frozenset()


class Value(msgspec.Struct, frozen=True, eq=False):  # a struct: made by the hundred thousand, at a tenth of a dataclass's cost
    """See the module's docstring. `kind` is the container's kind, "" for no container. `made`: built of constants alone."""

    open: bool = False
    consts: frozenset[Constant] = _NO_CONSTS
    shapes: tuple[Shape, ...] = ()
    apis: frozenset[str] = _EMPTY
    types: frozenset[str] = _EMPTY
    refs: frozenset[Symbol] = _NO_REFS
    origins: frozenset[Origin] = _NO_ORIGINS
    items: Mapping[Key, "Value"] | None = None
    elem: "Value | None" = None
    kind: str = ""
    made: bool = False

    # --- questions --------------------------------------------------------------------------------------------------

    def constants(self) -> frozenset[Constant] | None:
        """All constants that it can be, or None if it can be anything else."""
        if self.open or not self.consts or self.shapes or self.apis or self.types or self.refs or self.kind:
            return None
        return self.consts

    def constant(self) -> Constant | None:
        """The one constant that it is, if there is exactly one possibility."""
        found = self.constants()
        return next(iter(found)) if found is not None and len(found) == 1 else None

    def may_be(self, value: bool | float | str | None) -> bool:
        """Whether one of the known possibilities is this constant (kind and value)."""
        return any(type(one.value) is type(value) and one.value == value for one in self.consts)

    def is_just(self, value: bool | float | str | None) -> bool:
        """Whether it is this constant and nothing else."""
        one = self.constant()
        return one is not None and type(one.value) is type(value) and one.value == value

    def texts(self) -> tuple[str, ...]:
        """The string constants among the possibilities, sorted."""
        return tuple(sorted({one.value for one in self.consts if isinstance(one.value, str) and one.kind != "complex"}))

    def item(self, key: Key) -> "Value | None":
        """What a container holds under `key`: None if it is no container or holds nothing there."""
        if isinstance(key, int) and key < 0 and self.items and self.elem is None and self.kind in ("list", "tuple"):
            key += len(self.items)
        if self.items is not None and key in self.items:
            return self.items[key]
        return self.elem

    def inside(self) -> list["Value"]:
        """All that it holds, at keys that are known and at others."""
        found = [] if self.items is None else [*self.items.values()]
        if self.elem is not None:
            found.append(self.elem)
        return found

    def carries(self, label: str, context: str = "") -> tuple[Origin, ...]:
        """The origins of `label` (not cleared for `context`) in it, in its shapes' holes and in its contents, sorted."""
        found: set[Origin] = set()
        _collect(self, label, found, MAX_DEPTH)
        kept = [one for one in found if not context or not one.cleared & {context, "all"}]
        return tuple(sorted(kept, key=lambda one: (repr(one.key), one.what, sorted(one.cleared))))

    def is_literal(self) -> bool:
        """Whether it consists of constants of the program alone (their content may be untracked)."""
        if self.made:
            return True
        if self.open or self.origins or self.apis or self.types or self.refs:
            return False
        if self.kind:
            return all(value.is_literal() for value in self.inside())
        if self.shapes:
            return all(gap.value.is_literal() for shape in self.shapes for gap in shape.gaps)
        return bool(self.consts)

    # --- derived values ---------------------------------------------------------------------------------------------

    def with_origins(self, origins: Iterable[Origin]) -> "Value":
        """The same with further origins."""
        added = origins if isinstance(origins, frozenset) else united(origins)
        if not added or added <= self.origins:
            return self
        return self._given(capped(self.origins | added), made=False)

    def stepped(self, mark: Mark) -> "Value":
        """The same one stop further on its way; free where nothing is tracked."""
        if not self.origins:
            return self
        return self._given(frozenset(origin.step(mark) for origin in self.origins), made=self.made)

    def _given(self, origins: frozenset[Origin], *, made: bool) -> "Value":
        """`replace` for the one field that changes all the time, at a fifth of its cost."""
        return Value(
            self.open, self.consts, self.shapes, self.apis, self.types, self.refs, origins, self.items, self.elem, self.kind, made
        )

    def as_keys(self) -> frozenset[Origin]:
        """Its untrusted data as that of a mapping's keys."""
        return frozenset(
            Origin(NAMES, one.key, one.what, one.cleared, one.trace)
            for one in ordered(self.all_origins())
            if one.label == "untrusted"
        )

    def carried_names(self) -> frozenset[Origin]:
        """The untrusted data among the keys of the mapping."""
        return frozenset(one for one in self.origins if one.label == NAMES)

    def without(self, label: str) -> "Value":
        """The same without the origins of `label` (contents are left alone)."""
        kept = frozenset(origin for origin in self.origins if origin.label != label)
        return self if kept == self.origins else changed(self, origins=kept)

    def cleared(self, contexts: frozenset[str]) -> "Value":
        """The same after a sanitizer for `contexts`, in its contents too."""
        return transform(self, lambda origin: (origin.clear(contexts),)) if contexts else self

    def derived(self) -> "Value":
        """Something computed from this value: its data, but not the value itself."""
        origins = self.all_origins()
        if not origins:
            return MADE if self.is_literal() and not self.kind else UNKNOWN
        return Value(open=True, origins=replaced(origins, lambda origin: (origin.derived(),)))

    def all_origins(self) -> frozenset[Origin]:
        """The origins in it, in its shapes' holes and in its contents."""
        if not self.shapes and not self.kind and self.items is None:
            return self.origins
        found: set[Origin] = set()
        _collect(self, None, found, MAX_DEPTH)
        return capped(frozenset(found))


UNKNOWN = Value(open=True)
NOTHING = Value()  # no possibility at all: the value of unreachable code
NONE = Value(consts=frozenset((Constant("none", None),)))
TRUE = Value(consts=frozenset((Constant("bool", True),)))
FALSE = Value(consts=frozenset((Constant("bool", False),)))
MADE = Value(made=True)
NUMBER = Value(types=frozenset(("int",)))
TEXT = Value(types=frozenset(("str",)), open=True)

CLOSED_TYPES = frozenset(
    {"int", "float", "bool", "complex", "decimal.Decimal", "uuid.UUID", "datetime.datetime", "datetime.date", "datetime.time",
     "datetime.timedelta", "ipaddress.IPv4Address", "ipaddress.IPv6Address", "fractions.Fraction", "enum.Enum"}
)  # fmt: skip


_SAME = Value()


def changed(
    value: Value,
    *,
    open: bool | None = None,  # noqa: A002 - the field's name
    consts: frozenset[Constant] | None = None,
    shapes: tuple[Shape, ...] | None = None,
    apis: frozenset[str] | None = None,
    types: frozenset[str] | None = None,
    refs: frozenset[Symbol] | None = None,
    origins: frozenset[Origin] | None = None,
    items: "Mapping[Key, Value] | Value | None" = _SAME,
    elem: Value | None = _SAME,
    kind: str | None = None,
    made: bool | None = None,
) -> Value:
    """`value` with some fields changed: what `dataclasses.replace` does, at a fifth of its cost."""
    return Value(
        value.open if open is None else open,
        value.consts if consts is None else consts,
        value.shapes if shapes is None else shapes,
        value.apis if apis is None else apis,
        value.types if types is None else types,
        value.refs if refs is None else refs,
        value.origins if origins is None else origins,
        value.items if items is _SAME else items,  # type: ignore[arg-type]  # `_SAME` stands for "as it is" alone
        value.elem if elem is _SAME else elem,
        value.kind if kind is None else kind,
        value.made if made is None else made,
    )


def constant(kind: str, value: bool | float | str | None) -> Value:
    """The value that is this constant."""
    return Value(consts=frozenset((Constant(kind, value),)))


def text(value: str) -> Value:
    """The value that is this string."""
    return Value(consts=frozenset((Constant("str", value),)))


def api(path: str) -> Value:
    """The value that is the external thing `path`."""
    return Value(apis=frozenset((path,)))


def instance(*types: str) -> Value:
    """An instance of one of `types`."""
    return Value(types=frozenset(types))


def ref(symbol: Symbol) -> Value:
    """The function, class or module itself."""
    return Value(refs=frozenset((symbol,)))


def container(kind: str, items: Mapping[Key, Value] | None = None, elem: Value | None = None) -> Value:
    """A container: `items` by constant key or position, `elem` for the ones at unknown keys."""
    if items is not None and len(items) > (MAX_ADDRESSES if len(items) > MAX_ITEMS and _tells_routes(items) else MAX_ITEMS):
        many = join_all([*items.values(), *([] if elem is None else [elem])])
        items, elem = None, transform(many, lambda one: () if kind == "dict" and one.label == "secret" else (one,))
    return Value(kind=kind, items=items, elem=elem)


def names_addresses(items: Mapping[Key, Value] | None) -> bool:
    """Whether a mapping's names are addresses: a table of routes, of which each row says what guards a route of its own."""
    first = next(iter(items or {}), "")
    return isinstance(first, str) and "/" in first


def _tells_routes(items: Mapping[Key, Value]) -> bool:
    """Whether it is a table of routes, or what such a table was listed as; each row says which class or function is meant."""
    if names_addresses(items) or str(next(iter(items))).startswith(PLACELESS):
        return True
    return all(row.kind == "tuple" and any(one.refs for one in row.inside()) for row in items.values())


def _collect(value: Value, label: str | None, found: set[Origin], depth: int) -> None:
    found.update(value.origins if label is None else (one for one in value.origins if one.label == label))
    if depth == 0:
        return
    for shape in value.shapes:
        for gap in shape.gaps:
            _collect(gap.value, label, found, depth - 1)
    for inner in value.inside():
        _collect(inner, label, found, depth - 1)


def join(left: Value, right: Value) -> Value:
    """Either of the two."""
    if left is right or right is NOTHING:
        return left
    if left is NOTHING:
        return right
    if left is UNKNOWN and _adds_nothing(right):
        return left
    if right is UNKNOWN and _adds_nothing(left):
        return right
    consts = left.consts | right.consts
    made = left.made or right.made
    if len(consts) > MAX_CONSTS:
        consts, made = _NO_CONSTS, True
    shapes = left.shapes
    if right.shapes:
        shapes = telling.fewer((*left.shapes, *right.shapes), MAX_SHAPES)
    items, elem, kind = _join_contents(left, right)
    apis, types = left.apis | right.apis, left.types | right.types
    opened = left.open or right.open
    if len(apis) > MAX_NAMES or len(types) > MAX_NAMES:
        apis, types, opened = _nearest(apis), _nearest(types), True
    return Value(
        opened, consts, shapes, apis, types, left.refs | right.refs,
        capped(left.origins | right.origins), items, elem, kind, made,
    )  # fmt: skip


def _nearest(names: frozenset[str]) -> frozenset[str]:
    """The names with the fewest calls in them: each step of `query = query.by_x()` may double what unknown methods give."""
    return frozenset(sorted(names, key=lambda name: (name.count("()"), len(name), name))[:MAX_NAMES])


def _adds_nothing(value: Value) -> bool:
    return not (
        value.consts or value.shapes or value.apis or value.types or value.refs or value.origins or value.kind or value.items
    )


def _join_contents(left: Value, right: Value) -> tuple[Mapping[Key, Value] | None, Value | None, str]:
    if not left.kind and not right.kind:
        return _join_fields(left.items, right.items), None, ""
    if not left.kind or not right.kind:
        one = left if left.kind else right
        return one.items, one.elem, one.kind
    elem = join_optional(left.elem, right.elem)
    if left.items is right.items:
        return left.items, elem, left.kind
    first, second = left.items or {}, right.items or {}
    items: dict[Key, Value] = {}
    for key in (*first, *(key for key in second if key not in first)):
        items[key] = join_optional(first.get(key, left.elem), second.get(key, right.elem)) or UNKNOWN
    return items or None, elem, left.kind


def _join_fields(left: Mapping[Key, Value] | None, right: Mapping[Key, Value] | None) -> Mapping[Key, Value] | None:
    """Fields of one object or another: what only one of them is known to have may be anything in the other."""
    if left is None or right is None or left is right:
        return right if left is None else left
    keys = (*left, *(key for key in right if key not in left))
    return {key: join(left.get(key, UNKNOWN), right.get(key, UNKNOWN)) for key in keys}


def join_optional(left: Value | None, right: Value | None) -> Value | None:
    """`join` where None means nothing."""
    if left is None or right is None:
        return right if left is None else left
    return join(left, right)


def join_all(values: Iterable[Value]) -> Value:
    """Any of them; `NOTHING` for none."""
    found = NOTHING
    for value in values:
        found = join(found, value)
    return found


def transform(value: Value, change: Callable[[Origin], Iterable[Origin]], depth: int = MAX_DEPTH) -> Value:
    """`value` with each origin in it (holes and contents too) replaced by what `change` gives for it."""
    if value is UNKNOWN or (not value.origins and not value.shapes and not value.kind and value.items is None):
        return value
    origins = capped(replaced(value.origins, change))
    found = value if depth == 0 else within(value, lambda inner: transform(inner, change, depth - 1))
    return found if origins is value.origins else changed(found, origins=origins)


def within(value: Value, change: Callable[[Value], Value], *, shapes: bool = True) -> Value:
    """`value` with each value in it (in contents, in holes of `shapes`) replaced by what `change` gives; or itself."""
    if not value.shapes and value.items is None and value.elem is None:
        return value
    built = tuple(shape.mapped(change) for shape in value.shapes) if shapes else value.shapes
    items = None if value.items is None else {key: change(one) for key, one in value.items.items()}
    elem = None if value.elem is None else change(value.elem)
    kept = elem is value.elem and all(one is other for one, other in zip(built, value.shapes, strict=True))
    if kept and (value.items is None or all(one is items[key] for key, one in value.items.items())):  # type: ignore[index]
        return value
    return changed(value, shapes=built, items=items, elem=elem)
