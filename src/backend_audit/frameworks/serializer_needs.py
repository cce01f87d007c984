"""What a serializer reads of each object that it writes out: relations, methods that read some, queries of its own.

https://www.django-rest-framework.org/api-guide/relations/, https://www.django-rest-framework.org/api-guide/fields/#source
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend_audit import ir
from backend_audit.flow.bindings import Bindings, names_in
from backend_audit.flow.concepts import Concept
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions
from backend_audit.frameworks.object_reads import ObjectReads, Reading
from backend_audit.frameworks.relations import Relation
from backend_audit.frameworks.serializers import Meta, Serializers
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.source import Mark

_MAX_DEPTH = 4
_BY_KEY = frozenset(("PrimaryKeyRelatedField", "HyperlinkedRelatedField"))  # the object holds the key itself
_LOOKS = frozenset(("StringRelatedField", "SlugRelatedField"))
_METHOD = "SerializerMethodField"
_USUAL = frozenset(("request", "view", "format", "user"))  # what the context of a serializer always holds


@dataclass(frozen=True, slots=True)
class Need:
    """A relation at `path` ("author__country"), or a call as written (`asks`) that asks the database each time.

    `steps` lead from the serializer's field to where that happens.
    """

    path: str = ""
    many: bool = False
    filtered: bool = False
    asks: str = ""
    steps: tuple[Mark, ...] = ()


class Needs:
    """Reads the fields of serializers; `queries` are those that occur in functions, by the functions' keys."""

    def __init__(
        self, serializers: Serializers, reads: ObjectReads, bindings: Bindings, queries: Mapping[str, list[Concept]]
    ) -> None:
        self.serializers = serializers
        self.reads = reads
        self.bindings = bindings
        self.queries = queries
        self.relations = reads.relations
        self.engine = reads.engine
        self.definitions = Definitions(reads.engine)

    def of(
        self,
        owner: ClassSymbol,
        model: ClassSymbol,
        prefix: str = "",
        depth: int = _MAX_DEPTH,
        only: frozenset[str] | None = None,
    ) -> Iterator[Need]:
        """What `owner` reads of each `model`; `only` these of its fields."""
        meta = self.serializers.meta(owner)
        if depth == 0 or (meta is not None and meta.model is not None and not self._kin(meta.model, model)):
            return
        own = self.engine.find_method(owner, "to_representation")
        if own is not None:
            yield from self._method(
                own, model, prefix, Mark(own.module.path, own.node.at, own.node.name_end, "writes each of them")
            )
            if not _asks_above(own):
                return
        declared = self._declared(owner)
        for name, (home, call) in declared.items():
            if _is_shown(name, call, meta) and (only is None or name in only):
                yield from self._field(owner, home, name, call, model, prefix, depth)
        for name, mark in self._listed(meta, model):
            if name not in declared and (only is None or name in only):
                yield from self._plain(name, mark, model, prefix)

    def _declared(self, owner: ClassSymbol) -> dict[str, tuple[ClassSymbol, ir.Call]]:
        found: dict[str, tuple[ClassSymbol, ir.Call]] = {}
        for one in self.engine.bases(owner)[0]:
            for node in one.node.body:
                if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call):
                    for target in node.targets:
                        if isinstance(target, ir.Name):
                            found.setdefault(target.id, (one, node.value))
        return found

    def _listed(self, meta: Meta | None, model: ClassSymbol) -> Iterator[tuple[str, Mark]]:
        """The fields that `Meta` makes of the model's own."""
        if meta is None or meta.at is None:
            return
        mark = Mark(meta.owner.module.path, meta.at.at, meta.at.end, f"{meta.owner.name} writes its fields")
        if meta.names is not None:
            yield from ((name, mark) for name in meta.names if name not in meta.write_only)
        else:
            for name, relation in self.relations.of(model).items():
                forward = relation.many and self.definitions.attribute(model, name) is not None
                if forward and name not in meta.excluded and name not in meta.write_only:
                    yield name, mark

    def _plain(self, name: str, mark: Mark, model: ClassSymbol, prefix: str) -> Iterator[Need]:
        """A field that is not declared: the keys of many objects, or a method or property of the model."""
        relation = self.relations.of(model).get(name)
        if relation is not None:
            if relation.many:
                yield self._need(f"{prefix}{name}", relation, mark)
            return
        method = self.engine.find_method(model, name)
        if method is not None:
            yield from self._read(self.reads.within(method, mark, model, prefix, _MAX_DEPTH))

    def _field(
        self, owner: ClassSymbol, home: ClassSymbol, name: str, call: ir.Call, model: ClassSymbol, prefix: str, depth: int
    ) -> Iterator[Need]:
        """A declared field."""
        kind = written(call.func).rpartition(".")[2]
        mark = Mark(home.module.path, call.func.at, call.func.end, f"`{name}` of {home.name}")
        if kind == _METHOD:
            method = self.engine.find_method(owner, _text(call, "method_name") or f"get_{name}")
            if method is not None:
                yield from self._method(method, model, prefix, mark)
            return
        nested = self._serializer(home, call)
        many = any(arg.name == "many" and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args)
        source = _text(call, "source") or name
        if source == "*":
            if nested is not None:
                yield from self.of(nested, model, prefix, depth - 1)
            return
        parts = source.split(".")
        current, path = model, prefix
        for at, part in enumerate(parts):
            relation = self.relations.of(current).get(part)
            if relation is None:
                method = self.engine.find_method(current, part)
                if method is not None:
                    yield from self._read(self.reads.within(method, mark, current, path, _MAX_DEPTH))
                return
            path += part
            last = at == len(parts) - 1
            if (not last or nested is not None or kind in _LOOKS or (many and kind in _BY_KEY)) and not relation.eager:
                yield self._need(path, relation, mark)
            if relation.target is None or (relation.many and not last):
                return
            current, path = relation.target, f"{path}__"
        if nested is not None:
            for need in self.of(nested, current, path, depth - 1):
                yield replace(need, steps=(mark, *need.steps))

    def _method(self, method: FunctionSymbol, model: ClassSymbol, prefix: str, mark: Mark) -> Iterator[Need]:
        """What a method of the serializer reads of the object that it is called with, and what it asks about it."""
        if len(method.node.params) < 2 or method.node.is_async:
            return
        name = method.node.params[1].name
        if _has_other_ways(method, name):
            return
        yield from self._read(self.reads.within(method, mark, model, prefix, _MAX_DEPTH, at=1))
        derived = self.bindings.derived(method, {name})
        for concept in self.queries.get(method.key, ()):
            call = concept.site.call
            if call is not None and not written(call.func).startswith(f"{name}.") and not names_in(call).isdisjoint(derived):
                here = Mark(concept.site.path, call.at, call.end, f"{written(call.func)} asks the database")
                yield Need(asks=written(call.func), steps=(mark, here))

    def _read(self, readings: Iterator[Reading]) -> Iterator[Need]:
        for read in readings:
            here = Mark(read.function.module.path, read.node.at, read.node.end, f"{written(read.node)} asks the database")
            yield Need(read.path, read.relation.many, read.filtered, steps=(*read.steps, here))

    def _need(self, path: str, relation: Relation, mark: Mark) -> Need:
        return Need(path, relation.many, steps=(mark,))

    def _serializer(self, home: ClassSymbol, call: ir.Call) -> ClassSymbol | None:
        """The serializer that a field is, if it is one."""
        if not isinstance(call.func, (ir.Name, ir.Attribute)):
            return None
        frame = self.engine.frame(home.module)
        found = [one for one in frame.eval(call.func).refs if isinstance(one, ClassSymbol)]
        return found[0] if len(found) == 1 and self.serializers.is_serializer(found[0]) else None

    def _kin(self, one: ClassSymbol, other: ClassSymbol) -> bool:
        return one in self.engine.bases(other)[0] or other in self.engine.bases(one)[0]


def _is_shown(name: str, call: ir.Call, meta: Meta | None) -> bool:
    if any(arg.name == "write_only" and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args):
        return False
    if meta is None:
        return True
    listed = meta.names is None or name in meta.names
    return listed and name not in meta.excluded and name not in meta.write_only


def _has_other_ways(method: FunctionSymbol, name: str) -> bool:
    """Whether the method looks first whether its answer is there already: in the object (an annotation), or in the context."""
    for node in method.scope:
        if isinstance(node, ir.Attribute) and node.attr in ("_prefetched_objects_cache", "__dict__"):
            return True
        if isinstance(node, ir.Call) and written(node.func) in ("hasattr", "getattr"):
            if any(name in names_in(arg.value) for arg in node.args[:1]):
                return True
        elif isinstance(node, (ir.Index, ir.Call)) and written(node).startswith("self.context"):
            key = node.index if isinstance(node, ir.Index) else node.args[0].value if node.args else None
            if isinstance(key, ir.Const) and key.value not in _USUAL:
                return True
    return False


def _asks_above(method: FunctionSymbol) -> bool:
    return any(isinstance(one, ir.Call) and written(one.func) == "super().to_representation" for one in method.scope)


def _text(call: ir.Call, name: str) -> str | None:
    """The constant text that a keyword is given; the first argument of a method field."""
    for arg in call.args:
        if arg.name == name or (name == "method_name" and arg.name is None):
            return arg.value.value if isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str) else None
    return None
