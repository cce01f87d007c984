"""Attributes of the objects of a class: what methods assign, what annotations promise, what validators let through."""

from functools import cached_property

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.builtin import MUTATORS
from backend_audit.flow.class_facts import ClassFacts
from backend_audit.flow.concepts import Operand
from backend_audit.flow.expressions import Expressions
from backend_audit.flow.frame import FrameState
from backend_audit.flow.guards import ALL
from backend_audit.flow.ordering import in_order
from backend_audit.flow.origins import MEMBER, Origin
from backend_audit.flow.overrides import Overrides
from backend_audit.flow.summary import bind_arguments, substitute
from backend_audit.flow.syntax import attributes, left, self_grows, self_writes, validates
from backend_audit.flow.types import held_in_length, holds_to_pattern
from backend_audit.flow.validators import refused
from backend_audit.flow.values import MADE, NOTHING, UNKNOWN, Key, Value, changed, container, join, join_all, text, transform
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_MOST_PARTS = 400  # of what one field holds: an object that is put into itself, under ever new names, grows with each run


def sized(value: Value) -> Value:
    """`value`, or only its data if it has too many parts."""
    left, stack = _MOST_PARTS, [value]
    while stack and left:
        one = stack.pop()
        left -= 1
        stack += one.inside()
    return value if not stack else changed(UNKNOWN, origins=value.all_origins(), types=value.types)


def anywhere(value: Value) -> Value:
    """A list that grows with each call: what is in it has no known place."""
    inside = value.inside() if value.kind == "list" and value.items else []
    return changed(value, items=None, elem=join_all(inside)) if inside else value


def _but_for_members(origin: Origin) -> tuple[Origin, ...]:
    """Which entry of a table something was, those know who put it there."""
    return () if origin.label == MEMBER else (origin,)


class ObjectFields(ClassFacts):
    """What `object.attr` may be, over all methods of the object's class."""

    mutators = MUTATORS  # the methods of the language's containers that put something into them

    @cached_property
    def overrides(self) -> Overrides:
        """Which methods stand in for stubs."""
        return Overrides(self)

    def answered(self, method: FunctionSymbol, receiver: Value, args: Args = ()) -> Value:
        """What a method gives that no written call runs: a property, `__getitem__`, `__enter__`."""
        if method.key in self._running:
            return UNKNOWN
        return substitute(self.summary(method).result, method.key, bind_arguments(method, receiver, args))

    def item_of(self, base: Value, index: Operand) -> Value:
        """`base[index]` where classes of the project say what that is."""
        found = NOTHING
        for name in in_order(base.types):
            owner = self.class_of(name)
            method = None if owner is None else self.find_method(owner, "__getitem__")
            if method is not None:
                found = join(found, self.answered(method, changed(base, types=frozenset((name,))), (("0", index),)))
        return found

    def instance_attribute(
        self, owner: ClassSymbol, attr: str, node: ir.Attribute, frame: Expressions, base: Value | None = None
    ) -> Value:
        """`self.attr`: a method, what methods assign to it, a class attribute, or an external base's attribute.

        `base` is the object, where it is known: a property gives what it holds.
        """
        given = None if self.attribute is None else self.attribute(frame, owner, attr, node)
        if given is not None:
            return given
        if attr == "__dict__" and base is not None:  # as `vars(object)` gives it
            held: dict[Key, Value] = {key: one for key, one in (base.items or {}).items() if isinstance(key, str)}
            return changed(
                container("dict", held or None, None if held else UNKNOWN),
                origins=base.origins if held else base.derived().origins,
            )
        method = self.find_method(owner, attr)
        if method is not None:
            meant = self.overrides.of(method)
            if method.node.kind == "getter" or method.decorated("property", "cached_property", "hybrid_property"):
                return join_all(self.answered(one, base if base is not None else self.instance_of(owner)) for one in meant)
            return Value(refs=frozenset(meant))
        self._note_early(owner, attr, frame)
        found = self.field(owner, attr)
        if found is None and attr == "value" and self._is_enum(owner):
            found = self._members(owner)
        if found is not None and not (found.consts and found.is_literal()):
            return found
        own = self.overrides.default(owner, attr, self._own_attribute(owner, attr))
        if found is not None:
            return join(found, own) if own is not None and own.is_literal() and not self._begins_with(owner, attr) else found
        declared = self._declared(owner, attr)
        if own is not None:
            if declared is not None and (declared.types or declared.made) and not declared.open and not own.is_literal():
                return declared  # `isbn: int = Field(ge=1)`: the default says how it is validated, the annotation what it is
            return own if declared is None or not own.is_literal() else join(own, declared)
        if declared is not None:
            return declared
        external = self.external_bases(owner)
        found = join_all(frame.read_type(self.made_type(path), attr, node) for path in external)
        asked = None if base is None else self.find_method(owner, "__getattr__")
        if asked is not None and base is not None:
            found = join(found, self.answered(asked, base, (("0", Operand(text(attr), None)),)))
        return UNKNOWN if found is NOTHING else found

    def _begins_with(self, owner: ClassSymbol, attr: str) -> bool:
        """Whether the constructor assigns the field in any case, so that what the class says of it never counts."""
        init = self.find_method(owner, "__init__") or self.find_method(owner, "constructor")
        if init is None:
            return False
        targets = (each for one in init.node.body if isinstance(one, ir.Assign) for each in one.targets)
        return any(dotted(each) == f"{self.me(init)}.{attr}" for each in targets)

    def _declared(self, owner: ClassSymbol, attr: str) -> Value | None:
        """The value that an annotation in a class body promises (`name: str` of a dataclass or model)."""
        for one in self.bases(owner)[0]:
            statement = self._annotated_fields(one).get(attr)
            if statement is not None and statement.annotation is not None:
                frame = self.frame(one.module, None, self.environment(one.module))
                if holds_to_pattern(statement.value, statement.annotation):
                    return MADE
                value = self.annotated(frame, statement.annotation)
                enum = any((known := self.class_of(name)) is not None and self._is_enum(known) for name in value.types)
                return changed(value, open=False, made=True) if enum else value
        return None

    def _annotated_fields(self, symbol: ClassSymbol) -> dict[str, ir.Assign]:
        """The annotated assignments of a class body by name, the first of each."""
        known = self._annotations.get(symbol.key)
        if known is None:
            known = {}
            for statement in symbol.node.body:
                target = statement.targets[0] if isinstance(statement, ir.Assign) and statement.annotation is not None else None
                if isinstance(statement, ir.Assign) and isinstance(target, ir.Name):
                    known.setdefault(target.id, statement)
            self._annotations[symbol.key] = known
        return known

    def field_names(self, symbol: ClassSymbol) -> list[str]:
        """The fields of a class whose constructor follows from its annotations (dataclass, NamedTuple, attrs), in their order."""
        names: dict[str, None] = {}
        for one in reversed(self.bases(symbol)[0]):
            for name, statement in self._annotated_fields(one).items():
                if not written(statement.annotation).startswith(("ClassVar", "typing.ClassVar")):
                    names[name] = None
            names |= dict.fromkeys(attributes(one.node.body))
        return list(names)

    def validated(self, owner: ClassSymbol, attr: str) -> frozenset[str]:
        """The contexts in which a field is harmless since a validator of its class has let it through.

        https://docs.pydantic.dev/latest/concepts/validators/: the field's name is the decorator's argument, the value the
        parameter after the class.
        """
        known = self._validated.get((owner.key, attr))
        if known is None:
            known = frozenset()
            for one in self.bases(owner)[0]:
                for method in one.methods.values():
                    if validates(method, attr) and method.key not in self._running:
                        known |= self.summary(method).after.get(1, frozenset())
                    elif attr in refused(method):
                        known |= ALL
                statement = self._annotated_fields(one).get(attr)
                known |= frozenset() if statement is None else held_in_length(statement.value, statement.annotation)
            self._validated[owner.key, attr] = known
        return known

    def field(self, owner: ClassSymbol, attr: str) -> Value | None:
        """What the methods of the class (and its bases) assign to `self.attr`."""
        found: Value | None = None
        for one in self.bases(owner)[0]:
            for method in (*self._writing(one).get(attr, ()), *self._growing(one).get(attr, ())):
                if method.key not in self._running:
                    self.summary(method)
            value = self._fields.get(one.key, {}).get(attr)
            if value is not None:
                found = value if found is None else join(found, value)
        return found

    def _note_early(self, owner: ClassSymbol, attr: str, frame: FrameState) -> None:
        """A method that writes the field is under way: who reads it here may have to read it again."""
        reader = frame.function
        if reader is None:
            return
        for one in self.bases(owner)[0]:
            writers = (*self._writing(one).get(attr, ()), *self._growing(one).get(attr, ()))
            if any(method.key in self._running for method in writers if method is not reader):
                self._early_reads.setdefault((one.key, attr), set()).add(reader.key)

    def _writing(self, symbol: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
        known = self._writers.get(symbol.key)
        if known is None:
            known = {}
            for method in symbol.methods.values():
                if method.node.params:
                    for attr in self_writes(method.node.body, method.node.params[0].name):
                        writers = known.setdefault(attr, [])
                        if method not in writers:
                            writers.append(method)
            self._writers[symbol.key] = known
        return known

    def _growing(self, symbol: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
        """The methods that put more into the containers of an object, by attribute."""
        known = self._growers.get(symbol.key)
        if known is None:
            known = self._growers[symbol.key] = {}
            for method in symbol.methods.values():
                for attr in self_grows(method.node.body, self.me(method), self.mutators):
                    known.setdefault(attr, []).append(method)
        return known

    def me(self, method: FunctionSymbol) -> str:
        """What a method calls the object that it is called on; "" for one that is called on none."""
        if method.has_receiver:
            return "this"
        return method.node.params[0].name if method.node.params and method.binds_first else ""

    def left_behind(self, frame: FrameState, method: FunctionSymbol) -> dict[Key, Value]:
        """What a method has changed in the fields of its object; those of which its callers know more are each object's own."""
        me, owner = self.me(method), method.owner
        if owner is None or not me or not frame.assigned:
            return {}
        found = left(frame, me)
        for key, value in found.items():
            if f"{me}.{key}" in frame.grown and value.all_origins():
                self.set_field(owner, str(key), anywhere(value))
        return found

    def external_field(self, path: str, attr: str, reader: FunctionSymbol | None) -> Value | None:
        """What the project puts into an attribute of an object of a library (`flask.g.user`, `request.state.session`)."""
        if reader is not None:
            self._readers.setdefault((path, attr), set()).add(reader.key)
        return self._external.get((path, attr))

    def set_external(self, path: str, attr: str, value: Value) -> None:
        """An attribute of a library's object is assigned; functions that have read it before are stale."""
        key = (path, attr)
        value = transform(self.settled(value), _but_for_members)
        before = self._external.get(key)
        self._external[key] = value if before is None else join(before, value)
        if before is None:
            self._stale.update(self._readers.get(key, ()))

    def is_parametric(self, owner: ClassSymbol, attr: str) -> bool:
        """Whether the field holds what a caller passed in, so that each object has a value of its own."""
        return any((one.key, attr) in self._parametric for one in self.bases(owner)[0])

    def is_filled_outside(self, owner: ClassSymbol, attr: str) -> bool:
        """Whether the field is only declared: the constructor that follows from that, or a library, fills it."""
        return any(attr in self._annotated_fields(one) and attr not in self._writing(one) for one in self.bases(owner)[0])

    def set_field(self, owner: ClassSymbol, attr: str, value: Value) -> None:
        fields = self._fields.setdefault(owner.key, {})
        if any(origin.label == "param" for origin in value.all_origins()):
            self._parametric.add((owner.key, attr))
            self._stale.update(self._early_reads.pop((owner.key, attr), ()))
        value = self.settled(value)
        fields[attr] = sized(join(fields[attr], value) if attr in fields else value)
