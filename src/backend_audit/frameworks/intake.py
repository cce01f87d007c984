"""Fields of stored objects that a request may set although they say what their owner may do.

Taken in by serializers, and by models that let any field through.

https://www.django-rest-framework.org/api-guide/serializers/#specifying-which-fields-to-include,
https://docs.pydantic.dev/latest/api/config/#pydantic.config.ConfigDict.extra
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import Entities
from backend_audit.frameworks.serializers import Meta, Serializers
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Route, Taken
from backend_audit.source import Mark

_PRIVILEGE = re.compile(
    r"^(?:is_(?:admin|staff|superuser|super_user|moderator|owner|verified|approved|system)|admin|superuser|role|roles|user_role|"
    r"permissions|user_permissions|groups|scopes|privileges|access_level|balance|credits?|email_verified|verified)$"
)
_PLAIN = re.compile(r"^is_(?:admin|staff|superuser|super_user)$")
_WRITES = frozenset(("POST", "PUT", "PATCH"))
_DUMPS = frozenset(("dict", "model_dump"))


class Intake:
    """Reads them off routes."""

    def __init__(self, entities: Entities, serializers: Serializers) -> None:
        self.entities = entities
        self.schemas = entities.schemas
        self.engine = entities.engine
        self.serializers = serializers

    def of(self, route: Route) -> tuple[Taken, ...]:
        """What a route that writes takes."""
        if _WRITES.isdisjoint(route.methods):
            return ()
        found: list[Taken] = []
        if route.owner is not None and not _own_way(route):
            serializer = self.serializers.of_view(route.owner)
            found += [] if serializer is None else self._serialized(serializer, self._given(route.owner))
        if route.handler is not None:
            found += self._let_through(route.handler)
        return tuple(found)

    def _given(self, owner: ClassSymbol) -> frozenset[str]:
        """The fields that the view itself gives values: `serializer.save(owner=…, role=…)`."""
        methods = [self.engine.find_method(owner, name) for name in ("perform_create", "perform_update", "create", "update")]
        calls = [node for one in methods if one is not None for node in one.scope.of(ir.Call)]
        return frozenset(arg.name for call in calls for arg in call.args if arg.name and written(call.func).endswith(".save"))

    def _serialized(self, serializer: ClassSymbol, given: frozenset[str]) -> Iterator[Taken]:
        """The privileges that a serializer takes in."""
        meta = self.serializers.meta(serializer)
        if meta is None or meta.model is None or meta.at is None:
            return
        own = ("create", "update", "validate", "to_internal_value")
        methods = [self.engine.find_method(serializer, name) for name in own]
        words = {
            node.value
            for one in methods
            if one is not None
            for node in one.scope
            if isinstance(node, ir.Const) and isinstance(node.value, str)
        }
        pattern = _PRIVILEGE if meta.names is None else _PLAIN
        fields = tuple(name for name in self._writable(serializer, meta) if pattern.match(name) and name not in given | words)
        if fields:
            how = "all" if meta.names is None else "listed"
            mark = Mark(meta.owner.module.path, meta.at.at, meta.at.end, f"{serializer.name} takes `{fields[0]}`")
            yield Taken(how, serializer.name, meta.model.name, fields, mark)

    def _writable(self, serializer: ClassSymbol, meta: Meta) -> Iterator[str]:
        declared = self.serializers.declared(serializer)
        names = {field.path for field in self.schemas.fields(meta.model)} if meta.model is not None else set()
        if meta.model is not None and any("auth" in base and base.endswith("User") for base in self.schemas.external(meta.model)):
            names |= {"is_staff", "is_superuser"}
        for name in sorted(names if meta.names is None else names & set(meta.names)):
            if name not in meta.excluded and name not in meta.read_only and not _is_read_only(declared.get(name)):
                yield name

    def _let_through(self, handler: FunctionSymbol) -> Iterator[Taken]:
        """`User(**data.model_dump())` where the model of `data` says `extra="allow"`."""
        models = {
            param.name: owner
            for param in handler.node.params
            if param.annotation is not None
            for owner in self.schemas.classes(handler.module, param.annotation)
            if self.schemas.is_schema(owner) and self._allows(owner)
        }
        for node in handler.scope if models else ():
            model = _spread(node, models) if isinstance(node, ir.Call) else None
            stored = self.entities.class_named(handler, node.func) if model is not None and isinstance(node, ir.Call) else None
            if model is not None and stored is not None and self.schemas.is_stored(stored):
                known = {field.path for field in self.schemas.fields(model)}
                others = tuple(field.path for field in self.schemas.fields(stored) if field.path not in known)
                mark = Mark(handler.module.path, node.at, node.end, f"stores what {model.name} lets through")
                yield Taken("extra", model.name, stored.name, others, mark)

    def _allows(self, owner: ClassSymbol) -> bool:
        """Whether a Pydantic model keeps fields that it does not know."""
        statements = [statement for one in self.engine.bases(owner)[0] for statement in one.node.body]
        said = [node for statement in statements for node in _configuring(statement)]
        return any(_says_extra(node) for node in said) or any(_says_extra(arg) for arg in owner.node.bases)


_STANDARD = frozenset("create update partial_update post put patch perform_create perform_update".split())


def _own_way(route: Route) -> bool:
    """Whether the handler is the project's own and no standard one, or asks no serializer: it may do anything with the data."""
    if route.handler is None or route.handler.owner is None:
        return False
    return route.handler.node.name not in _STANDARD or not any(map(_hands_on, route.handler.scope))


def _hands_on(node: ir.Node) -> bool:
    """Whether something of the view's own takes the data: a serializer, a method, what the class above does."""
    if isinstance(node, ir.Name):
        return node.id in ("super", "self") or "serializer" in node.id.lower()
    return isinstance(node, ir.Attribute) and "serializer" in node.attr.lower()


def _spread(node: ir.Call, models: dict[str, ClassSymbol]) -> ClassSymbol | None:
    """The model whose whole content a call gets as its keywords."""
    for arg in node.args:
        func = arg.value.func if arg.star > 1 and isinstance(arg.value, ir.Call) else None
        if isinstance(func, ir.Attribute) and func.attr in _DUMPS and isinstance(func.value, ir.Name):
            return models.get(func.value.id)
    return None


def _configuring(statement: ir.Stmt) -> Iterator[ir.Node]:
    """What configures a model: `model_config = ConfigDict(…)`, the body of its class `Config`."""
    if isinstance(statement, ir.Assign) and statement.value is not None and written(statement.targets[0]) == "model_config":
        yield from ir.walk_scope(statement.value)
    elif isinstance(statement, ir.Class) and statement.name == "Config":
        yield from ir.walk_scope(*statement.body)


def _says_extra(node: ir.Node) -> bool:
    if isinstance(node, ir.Arg):
        return node.name == "extra" and _is_allow(node.value)
    if isinstance(node, ir.Item):
        return isinstance(node.key, ir.Const) and node.key.value == "extra" and _is_allow(node.value)
    return isinstance(node, ir.Assign) and written(node.targets[0]) == "extra" and _is_allow(node.value)


def _is_allow(node: ir.Expr | None) -> bool:
    return (isinstance(node, ir.Const) and node.value == "allow") or (node is not None and written(node).endswith("Extra.allow"))


def _is_read_only(call: ir.Call | None) -> bool:
    if call is None:
        return False
    last = written(call.func).rpartition(".")[2]
    said = any(arg.name == "read_only" and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args)
    return said or last in ("SerializerMethodField", "ReadOnlyField", "StringRelatedField")
