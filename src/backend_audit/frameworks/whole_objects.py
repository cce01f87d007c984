"""Objects that are handed out whole, or with all their attributes: `user.__dict__`, `model_to_dict(user)`, a serializer's `data`.

https://docs.djangoproject.com/en/stable/topics/serialization/, https://docs.pydantic.dev/latest/concepts/serialization/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import Entities, assigned
from backend_audit.frameworks.marshmallow_schemas import MarshmallowSchemas
from backend_audit.frameworks.serializers import Serializers
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import SchemaField, Shown
from backend_audit.source import Mark

_ANSWERS = frozenset(
    "jsonify JSONResponse ORJSONResponse UJSONResponse JsonResponse Response make_response HttpResponse json_response "
    "jsonable_encoder dumps json".split()
)
_DUMPS = frozenset("dict model_dump json model_dump_json dump to_mongo to_json".split())
_ALL = frozenset("vars asdict model_to_dict".split())
_OWN = frozenset("to_dict as_dict serialize to_json asdict json serialized to_representation get_dict dict".split())
CHOOSES = ("exclude", "include", "fields", "only")
_STREAMS = frozenset("StreamingResponse StreamingHttpResponse EventSourceResponse stream_with_context".split())
_EMPTY = (None, "", 0)
_MAX_DEPTH = 6


class WholeObjects:
    """Reads which objects an expression shows, and with which of their fields."""

    def __init__(self, entities: Entities, serializers: Serializers, marshalled: MarshmallowSchemas) -> None:
        self.entities = entities
        self.engine = entities.engine
        self.schemas = entities.schemas
        self.serializers = serializers
        self.marshalled = marshalled

    def shown(self, function: FunctionSymbol, node: ir.Expr, *, writes: bool, depth: int = _MAX_DEPTH) -> Iterator[Shown]:
        """What an expression shows; `writes`: whoever gets it writes objects out by their attributes."""
        if depth == 0:
            return
        if isinstance(node, (ir.Await, ir.Starred)):
            yield from self.shown(function, node.value, writes=writes, depth=depth)
        elif isinstance(node, ir.Conditional):
            for side in (node.then, node.orelse):
                yield from self.shown(function, side, writes=writes, depth=depth - 1)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self.shown(function, item.value, writes=writes, depth=depth - 1)
        elif isinstance(node, ir.Comprehension):
            yield from self._comprehension(function, node, writes=writes, depth=depth)
        elif isinstance(node, ir.Attribute):
            yield from self._attribute(function, node)
        elif isinstance(node, ir.Call):
            yield from self._call(function, node, writes=writes, depth=depth)
        elif isinstance(node, ir.Name):
            yield from self._variable(function, node, writes=writes, depth=depth)

    def _variable(self, function: FunctionSymbol, node: ir.Name, *, writes: bool, depth: int) -> Iterator[Shown]:
        found = self.entities.of(function, node) if writes else []
        for owner in found:
            yield self._of(function, "whole", owner, node)
        if not found:
            for value in list(assigned(function, node.id, before=node.at))[-1:]:
                if isinstance(value, (ir.Call, ir.Container, ir.Comprehension, ir.Attribute)):
                    yield from self.shown(function, value, writes=writes, depth=depth - 1)

    def _comprehension(self, function: FunctionSymbol, node: ir.Comprehension, *, writes: bool, depth: int) -> Iterator[Shown]:
        if node.kind == "dict" and (attributes := _gone_through(node)) is not None:
            yield from self.shown(function, attributes, writes=False, depth=depth - 1)
            return
        found = self.entities.of(function, node) if writes else []
        for owner in found:
            yield self._of(function, "whole", owner, node)
        if not found and not isinstance(node.value, ir.Name):
            yield from self.shown(function, node.value, writes=writes, depth=depth - 1)

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute) -> Iterator[Shown]:
        """`user.__dict__`, `UserSerializer(user).data`."""
        if node.attr == "__dict__":
            for owner in self._owners(function, node.value):
                yield self._of(function, "dumped", owner, node)
        elif node.attr == "data":
            yield from self.serializers.shown(function, node)

    def _call(self, function: FunctionSymbol, node: ir.Call, *, writes: bool, depth: int) -> Iterator[Shown]:
        last = self.entities.meant(function, node.func).rpartition(".")[2]
        first = node.args[0].value if node.args else None
        if last in _ALL and first is not None and len(node.args) == 1:
            for owner in self._owners(function, first):
                yield self._of(function, "dumped", owner, node)
        elif shown := list(self.marshalled.shown(function, node)):
            yield from shown
        elif last in _ANSWERS and not (isinstance(node.func, ir.Attribute) and last == "json"):
            for arg in node.args:
                if arg.name in (None, "content", "data", "body", "text") or last == "jsonify":
                    yield from self.shown(function, arg.value, writes=writes and last == "jsonable_encoder", depth=depth - 1)
        elif last == "serialize" and len(node.args) == 2:  # Django's: a format and a query, no list of fields
            for owner in self.entities.of(function, node.args[1].value):
                yield self._of(function, "dumped", owner, node)
        elif isinstance(node.func, ir.Name) and last in ("list", "dict", "tuple") and first is not None:
            yield from self.shown(function, first, writes=writes, depth=depth - 1)
        elif isinstance(node.func, ir.Attribute) and last == "copy" and not node.args:
            yield from self.shown(function, node.func.value, writes=writes, depth=depth - 1)
        elif last in _STREAMS and first is not None:
            for generator, value in self._yielded(function, first):
                yield from self.shown(generator, value, writes=False, depth=depth - 1)
        elif isinstance(node.func, ir.Attribute) and last in ("values", "values_list"):
            yield from self._columns(function, node, node.func.value)
        elif isinstance(node.func, ir.Attribute) and not any(arg.name in CHOOSES for arg in node.args):
            yield from self._method(function, node, node.func, writes=writes)
        elif writes:
            yield from (self._of(function, "whole", owner, node) for owner in self.entities.of(function, node))

    def _columns(self, function: FunctionSymbol, node: ir.Call, manager: ir.Expr) -> Iterator[Shown]:
        """`User.objects.values("id", "password")`: the columns that it names, or all."""
        own = self.entities.class_named(function, manager.value) if isinstance(manager, ir.Attribute) else None
        names = [arg.value.value for arg in node.args if isinstance(arg.value, ir.Const) and not arg.name]
        if len(names) < len([arg for arg in node.args if arg.name != "flat"]):
            return  # not all are known
        for owner in [own] if own is not None else self.entities.of(function, manager):
            fields = [field for field in self.schemas.fields(owner) if field.path in names or not names]
            if not names or any(field.path in names for field in fields):
                yield self._of(function, "chosen" if names else "dumped", owner, node, tuple(fields))

    def _yielded(self, function: FunctionSymbol, node: ir.Expr) -> Iterator[tuple[FunctionSymbol, ir.Expr]]:
        """What a generator gives one by one: `StreamingResponse(rows())`."""
        called = node.func if isinstance(node, ir.Call) else node
        nested = [one for one in function.nested if isinstance(called, ir.Name) and one.node.name == called.id]
        frame = self.engine.frame(function.module)
        known = [one for one in frame.eval(called).refs if isinstance(one, FunctionSymbol)] if not nested else []
        for generator in (nested or known)[:1]:
            for one in generator.scope:
                if isinstance(one, ir.Yield) and one.value is not None:
                    yield generator, one.value

    def _owners(self, function: FunctionSymbol, node: ir.Expr) -> list[ClassSymbol]:
        """The classes of an object; of who calls, the class that Django's settings name where the project has one of users."""
        found = self.entities.of(function, node)
        if found or written(node) not in ("request.user", "self.request.user"):
            return found
        user = self.serializers.user_model()
        return [] if user is None else [user]

    def _method(self, function: FunctionSymbol, node: ir.Call, func: ir.Attribute, *, writes: bool) -> Iterator[Shown]:
        """`user.to_dict()` by what the method writes, `user.dict()` of a model."""
        owners = self.entities.of(function, func.value) if func.attr in _OWN | _DUMPS else []
        for owner in owners:
            method = self.engine.find_method(owner, func.attr)
            if method is not None:
                yield self._of(function, "dumped", owner, node, self._written(owner, method))
            elif func.attr in _DUMPS and self.schemas.is_schema(owner):
                yield self._of(function, "dumped", owner, node)
        if not owners and writes:
            for owner in self.entities.of(function, node):
                yield self._of(function, "whole", owner, node)

    def _written(self, owner: ClassSymbol, method: FunctionSymbol) -> tuple[SchemaField, ...]:
        """The fields that a method of the project writes into its mapping: all where it goes over the columns, else its keys."""
        found: list[SchemaField] = []
        me = method.node.params[0].name if method.node.params else "self"
        by_name = {field.path: field for field in (*self.schemas.fields(owner), *self.schemas.hidden(owner))}
        text = {written(node) for node in method.scope if isinstance(node, (ir.Attribute, ir.Call))}
        whole = any(
            one.endswith(("__table__.columns", "__dict__", "_meta.fields", "mapper.columns"))
            or one in (f"vars({me})", f"model_to_dict({me})", f"asdict({me})")
            for one in text
        )
        if whole:
            left_out = _left_out(method)
            return () if left_out is None else tuple(one for one in self.schemas.fields(owner) if one.path not in left_out)
        for value in _values(method):
            field = by_name.get(value.attr)
            if field is not None and written(value.value) == me:
                found.append(field)
        return tuple(found)

    def _of(
        self, function: FunctionSymbol, how: str, owner: ClassSymbol, node: ir.Expr, fields: tuple[SchemaField, ...] | None = None
    ) -> Shown:
        mark = Mark(function.module.path, node.at, node.end, f"answers with `{written(node)}`")
        shown = self.schemas.fields(owner) if fields is None else fields
        return Shown(how, owner, self.schemas.is_stored(owner), shown, mark, written(node))


def _gone_through(node: ir.Comprehension) -> ir.Expr | None:
    """`{k: v for k, v in user.__dict__.items() if not k.startswith("_")}`: what is gone through, with nothing of it left out."""
    clause = node.clauses[0]
    named = clause.iter.func if isinstance(clause.iter, ir.Call) else None
    if len(node.clauses) > 1 or not isinstance(named, ir.Attribute) or named.attr != "items":
        return None
    conditions = [one for condition in clause.conditions for one in ir.walk(condition) if isinstance(one, ir.Const)]
    if len(conditions) < len(clause.conditions) or not all(str(one.value).startswith("_") for one in conditions):
        return None
    return named.value if isinstance(node.value, (ir.Name, ir.Call)) else None


def _left_out(method: FunctionSymbol) -> frozenset[str] | None:
    """The columns that a method which goes over all of them takes out again; None where it is not known which."""
    found: set[str] = set()
    for node in method.scope:
        compared = node.rights[0] if isinstance(node, ir.Compare) else None
        taken = isinstance(node, ir.Call) and written(node.func).endswith(".pop") and node.args
        names = node.args[0].value if isinstance(node, ir.Call) and taken else compared
        if isinstance(node, ir.Delete):
            names = node.targets[0].index if isinstance(node.targets[0], ir.Index) else node.targets[0]
        if names is None:
            continue
        listed = [one.value for one in names.items] if isinstance(names, ir.Container) else [names]
        if not all(isinstance(one, ir.Const) for one in listed):
            return None
        keeps = isinstance(node, ir.Compare) and node.ops[0] not in ("!=", "not in", "is", "is not")
        if keeps and not all(isinstance(one, ir.Const) and one.value in _EMPTY for one in listed):
            return None
        found |= {str(one.value) for one in listed if isinstance(one, ir.Const)}
    return frozenset(found)


def _values(method: FunctionSymbol) -> Iterator[ir.Attribute]:
    """The attributes that a method puts into a mapping, or hands by name to what it gives back: `return Shown(id=self.id)`."""
    for node in method.scope:
        if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and isinstance(node.value, ir.Attribute):
            yield node.value
        elif isinstance(node, ir.Return) and isinstance(node.value, ir.Call):
            yield from (arg.value for arg in node.value.args if arg.name and isinstance(arg.value, ir.Attribute))
