"""What a log record shows of the objects in it: one that says nothing of itself is printed as its class and its address."""

from typing import TYPE_CHECKING

import msgspec

from backend_audit import ir
from backend_audit.flow.concepts import Concept, LogRecord, Operand
from backend_audit.flow.values import MAX_DEPTH, Value, changed
from backend_audit.link.symbols import ClassSymbol, decorator_name
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

_SPEAKING = ("__str__", "__repr__", "__format__", "__getattr__", "__getattribute__")
_PRINTING = ("__str__", "__repr__")
_PLAIN = frozenset(("object", "abc.ABC", "typing.Generic", "typing.Protocol"))


def as_printed(engine: "Engine", concept: Concept) -> Concept:
    """`concept` without the secrets that only lie in fields of such objects, where it is a log record."""
    if not isinstance(concept, LogRecord) or concept.site.module is None:
        return concept
    if concept.site.module.language is not Language.PYTHON:  # what JavaScript prints of an object is its fields
        return concept
    operands = [concept.message, *(operand for _, operand in concept.site.args)]
    if not any(operand is not None and operand.value.carries("secret") for operand in operands):
        return concept
    site = msgspec.structs.replace(
        concept.site, args=tuple((key, _operand(engine, operand)) for key, operand in concept.site.args)
    )
    message = None if concept.message is None else _operand(engine, concept.message)
    return LogRecord(site=site, message=message, sink=concept.sink)


def _operand(engine: "Engine", operand: Operand) -> Operand:
    value = _shown(engine, operand.value, MAX_DEPTH)
    return operand if value is operand.value else Operand(value, operand.node)


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
