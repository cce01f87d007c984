"""What the answers of routes show: declared models, objects returned whole, all attributes of one at once.

https://fastapi.tiangolo.com/tutorial/response-model/: a declared model decides which fields are written; without one all
attributes of the object are. https://docs.djangoproject.com/en/stable/topics/serialization/
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.bodies import Bodies
from backend_audit.frameworks.emptied import emptied, popped
from backend_audit.frameworks.entities import Entities, assigned, inside, returns
from backend_audit.frameworks.intake import Intake
from backend_audit.frameworks.marshmallow_schemas import MarshmallowSchemas
from backend_audit.frameworks.page_sizes import PageSizes
from backend_audit.frameworks.query_secrets import QuerySecrets
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.sent_secrets import SentSecrets
from backend_audit.frameworks.serializers import Serializers
from backend_audit.frameworks.uploads import Uploads
from backend_audit.frameworks.writes import Writes, answers_get, tells_methods_apart
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.body import Body
from backend_audit.routes.model import PageSize, Route, SchemaField, Shown
from backend_audit.source import Mark

_WRITES_OBJECTS = ("fastapi", "starlette", "ninja")  # frameworks that write objects out by their attributes
_ANSWERS = frozenset(
    "jsonify JSONResponse ORJSONResponse UJSONResponse JsonResponse Response make_response HttpResponse json_response "
    "jsonable_encoder dumps json".split()
)
_DUMPS = frozenset("dict model_dump json model_dump_json dump to_mongo to_json".split())
_ALL = frozenset("vars asdict model_to_dict".split())
_OWN = frozenset("to_dict as_dict serialize to_json asdict json serialized to_representation get_dict dict".split())
_CHOOSES = ("exclude", "include", "fields", "only")
_MAX_DEPTH = 6


class Exposure:
    """Reads what handlers show; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.schemas = Schemas(engine)
        self.entities = Entities(self.schemas)
        self.serializers = Serializers(self.schemas)
        self.marshalled = MarshmallowSchemas(self.schemas)
        self.page_sizes = PageSizes(engine)
        self.bodies = Bodies(self.entities)
        self.writes = Writes(self.entities)
        self.uploads = Uploads(engine)
        self.query_secrets = QuerySecrets(engine)
        self.sent = SentSecrets(engine)
        self.intake = Intake(self.entities, self.serializers)
        self._bodies: dict[str, Body] = {}
        self._sizes: dict[str, tuple[PageSize, ...]] = {}
        self._known: dict[str, tuple[Shown, ...]] = {}

    def describe(self, route: Route) -> None:
        """Fill in what `route` takes and shows."""
        if route.handler is not None:
            key = f"{route.handler.key} {route.framework}"
            by_name = route.framework.startswith(_WRITES_OBJECTS)
            if key not in self._sizes:
                self._sizes[key] = tuple(self.page_sizes.of(route.handler, parameters=by_name))
                self._bodies[key] = self.bodies.of(route.handler, route.framework)
            route.page_sizes = self._sizes[key]
            route.uploads = self.uploads.of(route.handler)
            route.secrets_in_query = tuple(self.query_secrets.of(route.handler, route.path, parameters=by_name))
            if route.body.validated is None:
                route.body = self._bodies[key]
            if answers_get(route) and not tells_methods_apart(route.handler):
                route.writes = self.writes.of(route.handler)
        self._answers(route)
        route.taken = self.intake.of(route)
        route.sent = self.sent.of(route)

    def _answers(self, route: Route) -> None:
        handler = route.handler
        if route.owner is not None and (
            handler is None or handler.module is not route.owner.module or handler.owner is not route.owner
        ):
            route.shown = self._of_view(route.owner)
            return
        if handler is None:
            return
        declared = self._declared(route, handler)
        if declared is not None:
            route.shown = declared
            return
        if handler.key not in self._known:
            writes = route.framework.startswith(_WRITES_OBJECTS)
            found = [one for node in returns(handler) for one in self._shown(handler, node, writes=writes)]
            gone = popped(handler)
            left = [replace(one, fields=tuple(each for each in one.fields if each.path not in gone)) for one in found]
            self._known[handler.key] = tuple(_once(left))
        route.shown = self._known[handler.key]

    def _of_view(self, view: ClassSymbol) -> tuple[Shown, ...]:
        """What a generic view shows by its serializer, where the framework's own methods answer."""
        serializer = self.serializers.of_view(view)
        statement = next(
            (one for one in view.node.body if isinstance(one, ir.Assign) and written(one.targets[0]) == "serializer_class"), None
        )
        if serializer is None or statement is None:
            return ()
        mark = Mark(view.module.path, statement.at, statement.end, f"answers with {serializer.name}")
        return tuple(self.serializers.fields_shown(serializer, mark, serializer.name))

    def _declared(self, route: Route, handler: FunctionSymbol) -> tuple[Shown, ...] | None:
        """The classes of a declared answer; None where nothing is declared, or it is declared not to be."""
        node = handler.node.returns
        if route.response is not None:
            if route.response.value.is_just(value=None):
                return None
            node = route.response.node
        if node is None or not route.framework.startswith(_WRITES_OBJECTS):
            return None
        if route.response is None and self._is_response(handler, node):
            route.response_schema = None if route.response_schema is None else False
            return None
        found = [
            one
            for one in self.schemas.classes(handler.module, node)
            if self.schemas.is_schema(one) or self.schemas.is_stored(one)
        ]
        if not found:
            return () if route.response is not None else None
        if _chooses(handler):
            return ()
        mark = Mark(handler.module.path, node.at, node.end, f"answers with {written(node)}")
        empty = emptied(handler)
        fields = {one.key: tuple(field for field in self.schemas.fields(one) if field.path not in empty) for one in found}
        return tuple(Shown("declared", one, self.schemas.is_stored(one), fields[one.key], mark, written(node)) for one in found)

    def _is_response(self, handler: FunctionSymbol, node: ir.Expr) -> bool:
        """Whether an annotation names a response of the framework, or nothing: it declares no fields."""
        if isinstance(node, ir.Const) and node.kind == "none":
            return False
        frame = self.engine.frame(handler.module)
        types = self.engine.annotated(frame, node).types - {"None"}
        return bool(types) and all(name.startswith("starlette.") and name.endswith("Response") for name in types)

    def _shown(self, function: FunctionSymbol, node: ir.Expr, *, writes: bool, depth: int = _MAX_DEPTH) -> Iterator[Shown]:
        """What the expression of an answer shows."""
        if depth == 0:
            return
        if isinstance(node, (ir.Await, ir.Starred)):
            yield from self._shown(function, node.value, writes=writes, depth=depth)
        elif isinstance(node, ir.Conditional):
            for side in (node.then, node.orelse):
                yield from self._shown(function, side, writes=writes, depth=depth - 1)
        elif isinstance(node, ir.Container):
            for item in node.items:
                yield from self._shown(function, item.value, writes=writes, depth=depth - 1)
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
                    yield from self._shown(function, value, writes=writes, depth=depth - 1)

    def _comprehension(self, function: FunctionSymbol, node: ir.Comprehension, *, writes: bool, depth: int) -> Iterator[Shown]:
        found = self.entities.of(function, node) if writes else []
        for owner in found:
            yield self._of(function, "whole", owner, node)
        if not found and not isinstance(node.value, ir.Name):
            yield from self._shown(function, node.value, writes=writes, depth=depth - 1)

    def _attribute(self, function: FunctionSymbol, node: ir.Attribute) -> Iterator[Shown]:
        """`user.__dict__`, `UserSerializer(user).data`."""
        if node.attr == "__dict__":
            for owner in self.entities.of(function, node.value):
                yield self._of(function, "dumped", owner, node)
        elif node.attr == "data":
            yield from self.serializers.shown(function, node)

    def _call(self, function: FunctionSymbol, node: ir.Call, *, writes: bool, depth: int) -> Iterator[Shown]:
        last = self.entities.meant(function, node.func).rpartition(".")[2]
        first = node.args[0].value if node.args else None
        if last in _ALL and first is not None and len(node.args) == 1:
            for owner in self.entities.of(function, first):
                yield self._of(function, "dumped", owner, node)
        elif shown := list(self.marshalled.shown(function, node)):
            yield from shown
        elif last in _ANSWERS and not (isinstance(node.func, ir.Attribute) and last == "json"):
            for arg in node.args:
                if arg.name in (None, "content", "data", "body", "text") or last == "jsonify":
                    yield from self._shown(function, arg.value, writes=writes and last == "jsonable_encoder", depth=depth - 1)
        elif last == "serialize" and len(node.args) == 2:  # Django's: a format and a query, no list of fields
            for owner in self.entities.of(function, node.args[1].value):
                yield self._of(function, "dumped", owner, node)
        elif isinstance(node.func, ir.Name) and last in ("list", "dict", "tuple") and first is not None:
            yield from self._shown(function, first, writes=writes, depth=depth - 1)
        elif isinstance(node.func, ir.Attribute) and last == "copy" and not node.args:
            yield from self._shown(function, node.func.value, writes=writes, depth=depth - 1)
        elif isinstance(node.func, ir.Attribute) and last == "values" and not node.args:
            manager = node.func.value  # `User.objects`, or a query of it
            own = self.entities.class_named(function, manager.value) if isinstance(manager, ir.Attribute) else None
            for owner in [own] if own is not None else self.entities.of(function, manager):
                yield self._of(function, "dumped", owner, node)
        elif isinstance(node.func, ir.Attribute) and not any(arg.name in _CHOOSES for arg in node.args):
            yield from self._method(function, node, node.func, writes=writes)
        elif writes:
            yield from (self._of(function, "whole", owner, node) for owner in self.entities.of(function, node))

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
        text = {written(node) for node in inside(method.node.body) if isinstance(node, (ir.Attribute, ir.Call))}
        whole = any(
            one.endswith(("__table__.columns", "__dict__", "_meta.fields", "mapper.columns"))
            or one in (f"vars({me})", f"model_to_dict({me})", f"asdict({me})")
            for one in text
        )
        chooses = any(
            isinstance(node, (ir.Compare, ir.Delete)) or (isinstance(node, ir.Call) and written(node.func).endswith(".pop"))
            for node in inside(method.node.body)
        )
        if whole:
            return () if chooses else self.schemas.fields(owner)
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


def _values(method: FunctionSymbol) -> Iterator[ir.Attribute]:
    """The attributes that a method puts into a mapping, or hands by name to what it gives back: `return Shown(id=self.id)`."""
    for node in inside(method.node.body):
        if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and isinstance(node.value, ir.Attribute):
            yield node.value
        elif isinstance(node, ir.Return) and isinstance(node.value, ir.Call):
            yield from (arg.value for arg in node.value.args if arg.name and isinstance(arg.value, ir.Attribute))


def _chooses(handler: FunctionSymbol) -> bool:
    """Whether a decorator leaves fields out: `response_model_exclude={"password"}`."""
    return any(
        isinstance(one, ir.Call) and any(arg.name in ("response_model_exclude", "response_model_include") for arg in one.args)
        for one in handler.node.decorators
    )


def _once(found: list[Shown]) -> Iterator[Shown]:
    seen: set[tuple[str, int]] = set()
    for one in found:
        if (one.owner.key, one.mark.at) not in seen:
            seen.add((one.owner.key, one.mark.at))
            yield one
