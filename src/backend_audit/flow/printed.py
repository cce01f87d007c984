"""What a log record shows of the objects in it: all fields of a data class, of others a class and an address."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from backend_audit import ir
from backend_audit.flow.concepts import Concept, LogRecord, Operand
from backend_audit.flow.values import MAX_DEPTH, Key, Value, changed
from backend_audit.link.symbols import ClassSymbol, decorator_name
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_SPEAKING = ("__str__", "__repr__", "__format__", "__getattr__", "__getattribute__")
_PRINTING = ("__str__", "__repr__")
_DATA_CLASSES = frozenset(
    "dataclasses.dataclass pydantic.dataclasses.dataclass attr.s attr.attrs attr.define attr.frozen attr.mutable attrs.define "
    "attrs.frozen attrs.mutable".split()
)
_DATA = ("pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel", "typing.NamedTuple")
_PLAIN = frozenset(("object", "abc.ABC", "typing.Generic", "typing.Protocol"))


def as_printed(engine: "Engine", concept: Concept) -> Concept:
    """A log record with the secrets that data classes print, and without those that lie in fields of others."""
    if not isinstance(concept, LogRecord) or concept.site.module is None:
        return concept
    if concept.site.module.language is not Language.PYTHON:  # what JavaScript prints of an object is its fields
        return concept
    operands = [one for one in (concept.message, *(operand for _, operand in concept.site.args)) if one is not None]
    if not any(one.value.carries("secret") or _prints_fields(engine, one.value, MAX_DEPTH) for one in operands):
        return concept
    site = msgspec.structs.replace(
        concept.site, args=tuple((key, _operand(engine, operand)) for key, operand in concept.site.args)
    )
    message = None if concept.message is None else _operand(engine, concept.message)
    return LogRecord(site=site, message=message, sink=concept.sink)


def _operand(engine: "Engine", operand: Operand) -> Operand:
    value = _shown(engine, _filled(engine, operand.value, MAX_DEPTH), MAX_DEPTH)
    return operand if value is operand.value else Operand(value, operand.node)


def _prints_fields(engine: "Engine", value: Value, depth: int) -> bool:
    """Whether an object of a data class, of which no field is known, is printed in it."""
    if value.types and value.items is None and not value.kind:
        return any(_is_data(engine, owner) for owner in engine.classes_of(value))
    gaps = (gap.value for shape in value.shapes for gap in shape.gaps)
    return depth > 0 and any(_prints_fields(engine, one, depth - 1) for one in gaps)


def _filled(engine: "Engine", value: Value, depth: int) -> Value:
    """`value` with what the names of their fields say of such objects."""
    if value.types and value.items is None and not value.kind:
        found = {name: one for owner in engine.classes_of(value) for name, one in _secrets(engine, owner)}
        return changed(value, items=dict(found)) if found else value
    if not depth or not value.shapes:
        return value
    return changed(value, shapes=tuple(shape.mapped(lambda one: _filled(engine, one, depth - 1)) for shape in value.shapes))


def _secrets(engine: "Engine", owner: ClassSymbol) -> Iterator[tuple[Key, Value]]:
    """The fields that hold secrets by their names and types, and that are printed."""
    if not _is_data(engine, owner):
        return
    frame, made = engine.frame(owner.module), engine.instance_of(owner)
    hidden = {name for one in engine.bases(owner)[0] for name in _left_out(one)}
    for name in engine.field_names(owner):
        node = ir.Attribute(owner.node.at, owner.node.end, ir.Name(owner.node.at, owner.node.end, "self"), name)
        value = frame.sensitive(name, node, frame.read(made, name, node))
        if name not in hidden and any(one.label == "secret" for one in value.origins):
            yield name, value


def _left_out(owner: ClassSymbol) -> Iterator[str]:
    """The fields that are not printed: `password: str = field(repr=False)`."""
    for one in owner.node.body:
        made = one.value if isinstance(one, ir.Assign) else None
        target = one.targets[0] if isinstance(one, ir.Assign) else None
        if isinstance(made, ir.Call) and isinstance(target, ir.Name) and _is_silent_call(made):
            yield target.id


def _is_data(engine: "Engine", owner: ClassSymbol) -> bool:
    """Whether the class prints its fields, see https://docs.python.org/3/library/dataclasses.html and https://docs.pydantic.dev."""
    if any(engine.find_method(owner, name) is not None for name in _PRINTING):
        return False
    decorated = any(_prints(engine, one, symbol) for symbol in engine.bases(owner)[0] for one in symbol.node.decorators)
    return decorated or any(base.startswith(_DATA) for base in engine.external_bases(owner))


def _prints(engine: "Engine", decorator: ir.Expr, owner: ClassSymbol) -> bool:
    """`@dataclass`, and not `@dataclass(repr=False)`."""
    made_by = decorator.func if isinstance(decorator, ir.Call) else decorator
    silent = isinstance(decorator, ir.Call) and _is_silent_call(decorator)
    return not silent and not engine.frame(owner.module).eval(made_by).apis.isdisjoint(_DATA_CLASSES)


def _is_silent_call(call: ir.Call) -> bool:
    return any(arg.name == "repr" and isinstance(arg.value, ir.Const) and arg.value.value is False for arg in call.args)


def _shown(engine: "Engine", value: Value, depth: int) -> Value:
    if not depth or not value.carries("secret"):
        return value
    if value.items is not None and not value.kind and value.types:
        owners = engine.classes_of(value)
        if len(owners) == len(value.types) and all(_is_silent(engine, owner) for owner in owners):
            return changed(value, items=None, elem=None)
        told = _told(engine, owners)
        return value if told is None else changed(value, items={key: one for key, one in value.items.items() if key in told})
    items = None if value.items is None else {key: _shown(engine, one, depth - 1) for key, one in value.items.items()}
    elem = None if value.elem is None else _shown(engine, value.elem, depth - 1)
    shapes = tuple(shape.mapped(lambda one: _shown(engine, one, depth - 1)) for shape in value.shapes)
    return changed(value, items=items, elem=elem, shapes=shapes)


def _is_silent(engine: "Engine", owner: ClassSymbol) -> bool:
    """Whether no class of its lineage says how it is printed, nor anything that might: a decorator, a base of a library."""
    lineage, external = engine.bases(owner)
    decorated = any(decorator_name(one) for symbol in lineage for one in symbol.node.decorators)
    keywords = any(base.name is not None for symbol in lineage for base in symbol.node.bases)
    speaks = any(engine.find_method(owner, name) is not None for name in _SPEAKING)
    return not decorated and not keywords and not speaks and _PLAIN.issuperset(external)


def _told(engine: "Engine", owners: list[ClassSymbol]) -> frozenset[str] | None:
    """The fields that the classes' own methods for printing read; None where one has none, or takes all fields at once."""
    methods = [[method for name in _PRINTING if (method := engine.find_method(owner, name)) is not None] for owner in owners]
    if not all(methods):
        return None
    return frozenset(
        node.attr
        for found in methods
        for method in found
        for node in ir.walk(*method.node.body)
        if isinstance(node, ir.Attribute)
    )
