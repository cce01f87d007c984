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
from backend_audit.frameworks.entities import Entities, returns
from backend_audit.frameworks.intake import Intake
from backend_audit.frameworks.marshmallow_schemas import MarshmallowSchemas
from backend_audit.frameworks.page_sizes import PageSizes
from backend_audit.frameworks.query_secrets import QuerySecrets
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.sent_secrets import SentSecrets
from backend_audit.frameworks.serializers import Serializers
from backend_audit.frameworks.uploads import Uploads
from backend_audit.frameworks.whole_objects import WholeObjects
from backend_audit.frameworks.writes import Writes, answers_get, tells_methods_apart
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.body import Body
from backend_audit.routes.model import Route, Shown
from backend_audit.routes.page_size import PageSize
from backend_audit.source import Mark

_WRITES_OBJECTS = ("fastapi", "starlette", "ninja")  # frameworks that write objects out by their attributes


class Exposure:
    """Reads what handlers show; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.schemas = Schemas(engine)
        self.entities = Entities(self.schemas)
        self.serializers = Serializers(self.schemas)
        self.whole = WholeObjects(self.entities, self.serializers, MarshmallowSchemas(self.schemas))
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
            found = [one for node in returns(handler) for one in self.whole.shown(handler, node, writes=writes)]
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
