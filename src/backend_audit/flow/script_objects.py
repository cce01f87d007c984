"""Objects of libraries that each class of the project has of its own, and methods of them that a variable names.

`this.router = Router()` in a base class is one call, and another router in every class that extends it: the object is told apart
by the class on whose `this` it is found.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import strings
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Concept, Operand
from backend_audit.flow.models import Models, Row
from backend_audit.flow.origins import DERIVED
from backend_audit.flow.values import UNKNOWN, Constant, Value, changed, join_all
from backend_audit.flow.web_concepts import RouteChain, RouterCreation
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol

if TYPE_CHECKING:
    from backend_audit.flow.frame import FrameState
    from backend_audit.flow.script_engine import ScriptEngine

OF = " of "  # between the key of an object and that of the class which has it
WRAPPED = " wrapped"  # what a function calls that a wrapper has made of a parameter: a name that no program can write
STRIPPED = "stripped"  # a mark: the program has taken some fields out of the data
_DEPTH = 3
NOTHINGS = frozenset(("none", "undefined"))
_WORDS = {"none None": "null", "undefined None": "undefined", "bool True": "true", "bool False": "false"}


def joined(pieces: list[strings.Piece], how: str) -> Value:
    """The text that is made of `pieces`, of whatever kinds they are."""
    return strings.build([(_printed(value), name) for value, name in pieces], how)


def _printed(value: Value) -> Value:
    """A value as it stands in a text: `true`, `null`; what is nothing only in one of its cases is left out there."""
    if all(one.kind in ("str", "int") for one in value.consts):
        return value
    there = frozenset(one for one in value.consts if one.kind not in NOTHINGS)
    others = there or value.shapes or value.open or value.made or value.apis or value.types or value.refs
    texts = ((one, _WORDS.get(f"{one.kind} {one.value}")) for one in (there if others else value.consts))
    return changed(value, consts=frozenset(one if word is None else Constant("str", word) for one, word in texts))


def is_nothing(value: Value) -> bool:
    """Whether it is null or undefined and nothing else."""
    consts = value.constants()
    return consts is not None and all(one.kind in NOTHINGS for one in consts)


def move_objects(made: dict[str, ObjectSymbol], nodes: Mapping[int, ir.Call], keys: Mapping[str, str]) -> None:
    """Let objects that are told apart by `OF` be made by other calls: `nodes` by the identity, `keys` by the keys of before."""
    before = dict(made)
    made.clear()
    for old, symbol in before.items():
        symbol.node = nodes.get(id(symbol.node), symbol.node)
        symbol.key = OF.join(keys.get(part, part) for part in old.split(OF))
        made[symbol.key] = symbol


class OwnedObjects:
    """Tells objects apart by the classes that have them."""

    def __init__(self, engine: "ScriptEngine") -> None:
        self.engine = engine
        self._made: dict[str, ObjectSymbol] = {}
        self._makers: dict[str, ClassSymbol | None] = {}
        self._strips: dict[str, bool] = {}
        self._called: dict[str, frozenset[int]] = {}
        self._classes: dict[str, list[ClassSymbol]] = {}
        for symbol in engine.project.symbols.values():
            if isinstance(symbol, ClassSymbol):
                self._classes.setdefault(symbol.module.path, []).append(symbol)

    def of(self, value: Value, owner: ClassSymbol, depth: int = _DEPTH) -> Value:
        """`value` as found on an object of `owner`: what a base of it has made, is its own."""
        if any(isinstance(one, ObjectSymbol) for one in value.refs):
            refs = frozenset(self._own(one, owner) if isinstance(one, ObjectSymbol) else one for one in value.refs)
            value = changed(value, refs=refs) if refs != value.refs else value
        if value.kind and value.items and depth:
            items = {key: self.of(one, owner, depth - 1) for key, one in value.items.items()}
            value = changed(value, items=items) if any(items[key] is not one for key, one in value.items.items()) else value
        return value

    def move(self, nodes: Mapping[int, ir.Call], keys: Mapping[str, str]) -> None:
        """As `move_objects`."""
        move_objects(self._made, nodes, keys)
        self._makers.clear()

    def _own(self, symbol: ObjectSymbol, owner: ClassSymbol) -> ObjectSymbol:
        if OF in symbol.key:
            return symbol
        maker = self._maker(symbol)
        if maker is None or maker is owner or maker not in self.engine.bases(owner)[0]:
            return symbol
        key = f"{symbol.key}{OF}{owner.key}"
        return self._made.setdefault(key, ObjectSymbol(key, symbol.node))

    def _maker(self, symbol: ObjectSymbol) -> ClassSymbol | None:
        """The class in whose body the object is made."""
        if symbol.key not in self._makers:
            path, at = symbol.key.rpartition(":")[0], symbol.node.at
            around = [one for one in self._classes.get(path, ()) if one.node.at <= at < one.node.end]
            self._makers[symbol.key] = max(around, key=lambda one: one.node.at, default=None)
        return self._makers[symbol.key]

    def received(self, event: Concept, receiver: Value) -> Concept:
        """What a method of a base has registered, as it is called on an object of one class."""
        if not isinstance(event, RouteChain) or len(receiver.types) != 1:
            return event
        owner = self.engine.class_of(next(iter(receiver.types)))
        if owner is None:
            return event
        on, given = (
            None if one is None else Operand(self.of(one.value, owner), one.node) for one in (event.owner, event.arguments)
        )
        return replace(event, owner=on, arguments=given)

    def strips(self, symbol: FunctionSymbol) -> bool:
        """Whether a function gives an object from which it has deleted members that it knows."""
        known = self._strips.get(symbol.key)
        if known is None:
            deleted, given = set[str](), set[str]()
            for node in symbol.scope:
                if isinstance(node, ir.Delete):
                    held = [one.value for one in node.targets if isinstance(one, (ir.Attribute, ir.Index))]
                    deleted |= {one.id for one in held if isinstance(one, ir.Name)}
                elif isinstance(node, ir.Return) and isinstance(node.value, ir.Name):
                    given.add(node.value.id)
            known = self._strips[symbol.key] = not deleted.isdisjoint(given)
        return known

    def calling(self, symbol: FunctionSymbol, args: Args) -> Value | None:
        """What of `args` the functions call that `symbol` gives, where only its callers know what that is."""
        called = self._called.get(symbol.key)
        if called is None:
            names = {param.name: at for at, param in enumerate(symbol.node.params) if param.kind == "positional"}
            nodes = [node.func for one in symbol.nested for node in ir.walk(*one.node.body) if isinstance(node, ir.Call)]
            called = frozenset(names[node.id] for node in nodes if isinstance(node, ir.Name) and node.id in names)
            self._called[symbol.key] = called
        held = [operand.value for key, operand in args if key.isdigit() and int(key) in called and _is_parameter(operand.value)]
        return join_all(held) if held else None


def _is_parameter(value: Value) -> bool:
    return not value.refs and any(one.label == "param" and one.key[-1] != DERIVED for one in value.origins)


def named_later(frame: "FrameState", node: ir.Call, receiver: Value, name: Value, args: Args) -> None:
    """`router[method](path, handler)`, where only callers know the method."""
    if name.constants() is not None or not any(one.label == "param" for one in name.all_origins()):
        return
    for type_name in sorted(receiver.types):
        for base in frame.models.lineage(type_name):
            path = f"{base}.get"
            for row in frame.models.rows["call"].get(path, ()):
                if row.concept is RouteChain:
                    later = Row(RouteChain, {**row.roles, "verb": "verb"}, {**row.constants, "method": ""})
                    frame.emit(later, path, node, {"self": Operand(receiver, node.func), "verb": Operand(name, node.func)}, args)


def wrapped(value: Value) -> Value:
    """What a function calls that a wrapper made."""
    return UNKNOWN if value.kind or value.items is None else value.items.get(WRAPPED, UNKNOWN)


def makes_routers(models: Models, path: str) -> bool:
    """Whether a call of `path` makes a router: a call of what it has made is no such call."""
    return any(row.concept is RouterCreation for row in models.rows["call"].get(path, ()))
