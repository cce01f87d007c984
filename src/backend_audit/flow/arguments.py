"""The arguments of a call: how they are kept, and what a model's spec means by them."""

from functools import cache

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.origins import Origin, ordered
from backend_audit.flow.parts import ELEMENT, of_origin, of_spread
from backend_audit.flow.values import CLOSED_TYPES, UNKNOWN, Value, container, join, join_all
from backend_audit.flow.written import written

Args = tuple[tuple[str, Operand], ...]  # by position ("0") or name, in order; "*" and "**": what hides in those
NAMED = ":*"
_STARS = frozenset({"*", "**"})
_LISTS = frozenset({"list", "tuple", "set"})
_PLAIN = CLOSED_TYPES | {"str"}
_WHOLE_PARAMETER = 2  # the length of the key of an origin that is a parameter, and no part of it


def _rest(args: Args, first: int) -> Operand | None:
    given: dict[str | int, Value] = {int(key) - first: one.value for key, one in args if key.isdigit() and int(key) >= first}
    hidden = next((one.value for key, one in args if key == "*"), None)
    if not given and hidden is None:
        return None
    return Operand(container("list", given, None if hidden is None else join(hidden.elem or UNKNOWN, hidden.derived())), None)


def passed_on(args: Args, spec: str) -> Operand | None:
    """The named argument that may hide in a function's own `**kwargs`: that part of what its callers give."""
    name = spec.partition(":")[2]
    hidden = next((one.value for key, one in args if key == "**"), None)
    if not name or hidden is None:
        return None
    origins = hidden.origins | (hidden.elem.origins if hidden.kind == "dict" and hidden.elem is not None else frozenset())
    whole = [
        one for one in origins if one.label == "param" and one.key[_WHOLE_PARAMETER:] in ((), (ELEMENT,))
    ]  # also: `kwargs["x"] = 1`
    parts = frozenset(Origin("param", (*one.key[:_WHOLE_PARAMETER], name), one.what, one.cleared, one.trace) for one in whole)
    return Operand(Value(open=True, origins=parts), None) if parts else None


def argument(args: Args, spec: str) -> Operand | None:
    """The argument that a role's spec means: `0`, `0:name`, `:name`, `2*` (all from there on, as a list), `**` (a mapping).

    `:*` is all that are given by name, as a mapping; `1.agent.ca` what an object that is given holds, `0.*.filter` what each
    element of a list holds; `0$` the argument unless it is such an object; `a|b` the first of several that is given.

    Unknown if it may hide in `*args` or `**kwargs`.
    """
    plain = _plain(spec)
    if plain is not None:
        return _given(args, *plain)
    if "|" in spec:
        return _first(args, spec.split("|"))
    if "." in spec:
        head, _, path = spec.partition(".")
        holder = argument(args, head)
        for name in path.split("."):
            holder = None if holder is None else _field(holder, name)
        return holder
    if spec.endswith("$"):
        whole = argument(args, spec[:-1])
        return None if whole is None or whole.value.kind == "dict" else whole
    if spec == NAMED:
        named: dict[str | int, Value] = {key: one.value for key, one in args if not key.isdigit() and "*" not in key}
        return Operand(container("dict", named), None) if named else None
    return _rest(args, int(spec[:-1]))


def texts_of(args: Args, spec: str) -> tuple[str, ...]:
    """The constant texts that an argument may be."""
    found = argument(args, spec)
    return () if found is None else found.value.texts()


def _first(args: Args, specs: list[str]) -> Operand | None:
    """The first that is given; before what something unknown may hold, what an object holds for certain.

    `https.request(url, { rejectUnauthorized: false })`: `url` may be an object of options as well.
    """
    perhaps: Operand | None = None
    for spec in specs:
        found = argument(args, spec)
        if found is None:
            continue
        if _holds(args, spec) if "." in spec else perhaps is None:
            return found
        perhaps = found if perhaps is None else perhaps
    return perhaps


def _holds(args: Args, spec: str) -> bool:
    """Whether an object that is known holds that field."""
    head, *names = spec.split(".")
    holder = argument(args, head)
    value = None if holder is None else holder.value
    for name in names:
        value = value.item(name) if value is not None and value.kind == "dict" else None
    return value is not None


@cache
def _plain(spec: str) -> tuple[str, str] | None:
    """The position and the name of a spec that has no more than these."""
    if spec == NAMED or any(mark in spec for mark in "|.$") or (spec.endswith("*") and spec[:-1].isdigit()):
        return None
    position, _, name = spec.partition(":")
    return position, name


def _given(args: Args, position: str, name: str) -> Operand | None:
    found: Operand | None = None
    hidden = False
    for key, operand in args:
        if key == name:
            return operand
        if key == position:
            found = operand
        elif key in _STARS:
            hidden = hidden or bool(name if key == "**" else position)
    return Operand(UNKNOWN, None) if found is None and hidden else found


def _field(holder: Operand, name: str) -> Operand | None:
    """What an object holds under `name`: None if it is known to hold nothing there, or to be no object."""
    value = holder.value
    if name == "*" and value.kind in _LISTS:
        return Operand(join_all(value.inside()), _only(holder.node))
    held = value.item(name) if value.kind == "dict" else (value.items or {}).get(name)
    if held is not None:
        return Operand(of_spread(value, name) or held, _entry(holder.node, name) or holder.node)
    opaque = bool(value.apis or value.types - _PLAIN)  # an object of a library, say
    if value.kind in _LISTS or not (value.open or opaque):
        return None
    if value.kind and not value.origins:
        return Operand(UNKNOWN, holder.node)
    parts = [of_origin(one, name) for one in ordered(value.origins)]
    return Operand(UNKNOWN.with_origins(parts), holder.node)


def _only(node: ir.Expr | None) -> ir.Expr | None:
    """The element of a list that is written with one; else the list."""
    return node.items[0].value if isinstance(node, ir.Container) and len(node.items) == 1 else node


def _entry(node: ir.Expr | None, name: str) -> ir.Expr | None:
    """The expression that an object written in the code has for `name`."""
    for item in reversed(node.items) if isinstance(node, ir.Container) else ():
        if isinstance(item.key, ir.Const) and item.key.value == name:
            return item.value
    return None


def constant_key(args: Args, specs: tuple[str, ...]) -> str | None:
    """The constants that some arguments are, as one key; None if one of them is open."""
    parts: list[str] = []
    for spec in specs:
        operand = argument(args, spec)
        one = None if operand is None else operand.value.constant()
        if one is None:
            return None
        parts.append(str(one.value))
    return "\x1f".join(parts)


def pieces(args: Args, *, hidden: bool = False) -> tuple[list[tuple[Value, str]], dict[str, tuple[Value, str]]]:
    """Positional and named arguments as values with how they are written; `hidden`: with what `**` gives, under that name."""
    positional = [(operand.value, written(operand.node)) for key, operand in args if key.isdigit()]
    by_name = [(key, one) for key, one in args if not key.isdigit() and ("*" not in key or (hidden and key == "**"))]
    named = {key: (operand.value, written(operand.node)) for key, operand in by_name}
    return positional, named
