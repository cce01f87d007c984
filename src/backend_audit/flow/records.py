"""Objects that are their fields: named tuples, dataclasses, attrs and Pydantic models, changed and turned into mappings.

https://docs.python.org/3/library/collections.html#collections.somenamedtuple._replace,
https://docs.python.org/3/library/dataclasses.html#dataclasses.replace, https://www.attrs.org/en/stable/api.html#attrs.evolve
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Key, Value, changed, container, join_all
from backend_audit.link.symbols import ClassSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_CHANGING = frozenset({"dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve", "attr.assoc"})
_MAPPING = frozenset({"dataclasses.asdict", "attr.asdict", "attrs.asdict", "vars"})
_LISTING = frozenset({"dataclasses.astuple", "attr.astuple", "attrs.astuple"})
_AS_MAPPING = frozenset({"_asdict", "model_dump", "dict", "asdict"})
_DUMPING = frozenset({"model_dump", "dict"})
_MODELS = ("pydantic.", "sqlmodel.", "ninja.Schema", "ninja.schema.Schema")
_DECLARED = frozenset({"fields"})  # no other field gets in by this data
_MAX_FIELDS = 40
_COPYING = frozenset({"model_copy", "copy"})


def filled(frame: "Calls", into: str, receiver: Value | None, args: Args) -> Value | None:
    """An object of the class that a library fills: `Command.from_json(text)`, `msgspec.json.decode(text, type=Command)`."""
    operand = argument(args, into) if into and into != "self" else None
    given = receiver if into == "self" else operand.value if operand is not None else None
    classes = of_kind(given.refs, ClassSymbol) if given is not None else []
    return join_all([frame.engine.instance_of(one) for one in classes]) if classes else None


def method(frame: "Calls", name: str, receiver: Value, args: Args) -> Value | None:
    """What a method gives that all objects of such a class have; None if this is none."""
    if name == "_make" and receiver.refs:
        return _made(frame, receiver, args)
    if name in _DUMPING and receiver.origins and not receiver.kind and not receiver.items:
        return _dumped(frame, name, receiver, args)
    if receiver.kind or not (receiver.items or name == "_replace") or not frame.engine.classes_of(receiver):
        return None
    if name == "_replace":
        return _with(frame, receiver, args)
    if name in _COPYING:
        update = argument(args, ":update")
        items = {} if update is None else update.value.items or {}
        return changed(receiver, items={**(receiver.items or {}), **items})
    return _as_mapping(receiver) if name in _AS_MAPPING else None


def function(frame: "Calls", path: str, args: Args) -> Value | None:
    """The same for the functions of `dataclasses` and attrs."""
    if path not in _CHANGING and path not in _MAPPING and path not in _LISTING:
        return None
    given = argument(args, "0")
    if given is None or given.value.kind or not frame.engine.classes_of(given.value):
        return None
    if not given.value.items:
        return _read(frame, given.value, args) if path in _MAPPING and given.value.origins else None
    if path in _CHANGING:
        return _with(frame, given.value, args)
    if path in _MAPPING:
        return _as_mapping(given.value)
    named = [given.value.items.get(name) for name in _fields(frame, given.value)]
    values = {at: one for at, one in enumerate(named) if one is not None}
    return container("tuple", values) if len(values) == len(named) else None  # type: ignore[arg-type]  # positions are keys


def _fields(frame: "Calls", value: Value) -> list[str]:
    owners = frame.engine.classes_of(value)
    return frame.engine.field_names(owners[0]) if len(owners) == 1 else []


def _with(frame: "Calls", value: Value, args: Args) -> Value:
    """The object with other values in some fields."""
    items: dict[Key, Value] = dict(value.items or {})
    names = _fields(frame, value)
    for key, operand in args:
        if not key.isdigit() and "*" not in key:
            items[key] = operand.value
            if key in names and names.index(key) in items:
                items[names.index(key)] = operand.value
    return changed(value, items=items)


def _as_mapping(value: Value) -> Value:
    held: dict[Key, Value] = {key: one for key, one in (value.items or {}).items() if isinstance(key, str)}
    return changed(container("dict", held), origins=value.origins)


def _dumped(frame: "Calls", name: str, receiver: Value, args: Args) -> Value | None:
    """`dto.model_dump()` of a Pydantic model that was filled as a whole: its keys are the fields that the class declares."""
    owners = frame.engine.classes_of(receiver)
    if not owners and not receiver.types and argument(args, ":by_alias") is None and name == "model_dump":
        return receiver.derived().cleared(_DECLARED)  # of a model that another function hands over: Pydantic's own method
    models = len(owners) == 1 and any(one.startswith(_MODELS) for one in frame.engine.external_bases(owners[0]))
    if models and _takes_more(frame, owners[0]):
        return receiver.derived()  # names of fields are the client's, too
    if not models or any(key == "by_alias" for key, _ in args):
        return None
    return _read(frame, receiver, args)


def _read(frame: "Calls", receiver: Value, args: Args) -> Value | None:
    """The fields that the class of an object declares, read from it: but for those that are left out by their names."""
    owners = frame.engine.classes_of(receiver)
    names = frame.engine.field_names(owners[0]) if len(owners) == 1 else []
    if not names or len(names) > _MAX_FIELDS:
        return None
    without, only = _names(args, ":exclude"), _names(args, ":include")
    names = [name for name in names if name not in without and (not only or name in only)]
    owner = owners[0].node
    read = {
        name: frame.read(receiver, name, ir.Attribute(owner.at, owner.end, ir.Name(owner.at, owner.end, owner.name), name))
        for name in names
    }
    return container("dict", {name: one.cleared(_DECLARED) for name, one in read.items()})


def _names(args: Args, spec: str) -> frozenset[str]:
    """`{"password"}`, `{"password": True}`."""
    given = argument(args, spec)
    held = () if given is None else builtin.iterated(given.value).texts()
    keys = () if given is None or given.value.kind != "dict" else (given.value.items or {})
    return frozenset(held) | {key for key in keys if isinstance(key, str)}


def _takes_more(frame: "Calls", owner: ClassSymbol) -> bool:
    """Whether a model keeps fields that it does not declare: `extra="allow"`."""
    bodies = [one for base in frame.engine.bases(owner)[0] for one in base.node.body if not isinstance(one, ir.Function)]
    return any(
        (isinstance(one, ir.Const) and one.value == "allow") or (isinstance(one, ir.Attribute) and one.attr == "allow")
        for one in ir.walk(*bodies)
    )


def _made(frame: "Calls", receiver: Value, args: Args) -> Value | None:
    """`Point._make([x, y])`: the fields in the order of the elements."""
    owners, given = of_kind(receiver.refs, ClassSymbol), argument(args, "0")
    if len(owners) != 1 or given is None:
        return None
    names = frame.engine.field_names(owners[0])
    fields: dict[Key, Value] = {}
    for at, name in enumerate(names):
        one = given.value.item(at) if given.value.kind else None
        fields[name] = fields[at] = builtin.iterated(given.value) if one is None else one
    return changed(frame.engine.instance_of(owners[0]), items=fields) if fields else None
