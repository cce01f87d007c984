"""Serializers: which fields of a model they write out, and which they take in.

https://www.django-rest-framework.org/api-guide/serializers/#modelserializer, https://www.django-rest-framework.org/api-guide/fields/
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.frameworks.entities import assigned
from backend_audit.frameworks.relations import Relations
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import SchemaField, Shown
from backend_audit.source import Mark

_SERIALIZERS = (
    "rest_framework.serializers.",
    "rest_framework.serializers",
    "rest_flex_fields.",
    "rest_framework_gis.",
    "drf_writable_nested.",
)
_DEEP = 4
_LONG = 400
_HASH = "password"
_USERS = frozenset({"django.contrib.auth.get_user_model()", "django.contrib.auth.models.User"})


@dataclass(frozen=True, slots=True)
class Meta:
    """What the inner class `Meta` says: `names` is None for all fields; `at` is where it says so."""

    model: ClassSymbol | None
    names: tuple[str, ...] | None
    excluded: tuple[str, ...]
    write_only: frozenset[str]
    read_only: frozenset[str]
    owner: ClassSymbol
    at: ir.Node | None
    of_users: bool = False  # of Django's own class of users, which is not in the project
    nested: bool = False  # objects that it refers to are written out, too (`depth = 1`)


class Serializers:
    """Reads serializers (and model forms, which have the same `Meta`)."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.engine = schemas.engine

    def is_serializer(self, owner: ClassSymbol) -> bool:
        """Whether the class is a serializer of Django REST framework."""
        return any(base.startswith(_SERIALIZERS) for base in self.engine.external_bases(owner))

    def shown(self, function: FunctionSymbol, node: ir.Attribute) -> Iterator[Shown]:
        """What `UserSerializer(user).data` shows."""
        call: ir.Expr = node.value
        if isinstance(call, ir.Name):
            values = list(assigned(function, call.id, before=node.at))
            call = values[-1] if values else call
        if not isinstance(call, ir.Call):
            return
        owner = self.named(function, call.func)
        if (
            owner is None
            and written(call.func) in ("self.get_serializer", "self.serializer_class")
            and function.owner is not None
        ):
            owner = self.of_view(function.owner)
        if owner is not None and not any(arg.name == "fields" for arg in call.args):
            yield from self.fields_shown(
                owner, Mark(function.module.path, node.at, node.end, f"answers with `{written(node)}`"), written(node)
            )

    def named(self, function: FunctionSymbol, node: ir.Expr) -> ClassSymbol | None:
        """The serializer class that a name in a function means."""
        value = self.engine.environment(function.module).get(node.id) if isinstance(node, ir.Name) else None
        found = [] if value is None else [one for one in value.refs if isinstance(one, ClassSymbol) and self.is_serializer(one)]
        return found[0] if len(found) == 1 else None

    def of_view(self, view: ClassSymbol) -> ClassSymbol | None:
        """The serializer of a generic view."""
        if (
            self.engine.find_method(view, "get_serializer_class") is not None
            or self.engine.find_method(view, "get_serializer") is not None
        ):
            return None
        found = [one for one in self.engine.class_attribute(view, "serializer_class").refs if isinstance(one, ClassSymbol)]
        return found[0] if len(found) == 1 and self.is_serializer(found[0]) else None

    def _nested(self, owner: ClassSymbol, call: ir.Call) -> ClassSymbol | None:
        """The serializer that writes a field: `author = AuthorSerializer(read_only=True)`."""
        value = self.engine.environment(owner.module).get(call.func.id) if isinstance(call.func, ir.Name) else None
        found = [] if value is None or _has(call, "write_only") else of_kind(value.refs, ClassSymbol)
        return found[0] if len(found) == 1 and found[0] is not owner and self.is_serializer(found[0]) else None

    def fields_shown(self, owner: ClassSymbol, mark: Mark, via: str, depth: int = _DEEP) -> Iterator[Shown]:
        """The model's fields that a serializer writes out."""
        if self.engine.find_method(owner, "to_representation") is not None:
            return
        meta = self.meta(owner)
        if meta is None or (meta.model is None and not meta.of_users):
            return
        declared = self.declared(owner)
        fields: list[SchemaField] = []
        for field in self._stored(meta):
            if field.path in meta.excluded or (meta.names is not None and field.path not in meta.names):
                continue
            options = declared.get(field.path)
            hidden = field.path in meta.write_only or (options is not None and _has(options, "write_only"))
            own = options is None or written(options.func).rpartition(".")[2].endswith("CharField")
            if not hidden and own:
                fields.append(replace(field, written_here=meta.names is not None))
        at = meta.at or meta.owner.node
        said = Mark(meta.owner.module.path, at.at, min(at.end, at.at + _LONG), f"fields of {meta.owner.name}")
        yield Shown("serializer", meta.model or owner, True, tuple(fields), mark, via, said)
        for target in self._referred(meta, declared) if meta.nested else ():
            yield Shown("serializer", target, True, self.schemas.fields(target), mark, via, said)
        for name, call in declared.items() if depth else ():
            inner = self._nested(owner, call)
            if inner is not None and (meta.names is None or name in meta.names) and name not in meta.excluded:
                yield from self.fields_shown(inner, mark, via, depth - 1)

    def _referred(self, meta: Meta, declared: dict[str, ir.Call]) -> Iterator[ClassSymbol]:
        """The classes whose objects `depth` brings along with all their fields."""
        if meta.model is None:
            return
        own = {
            target.id
            for one in self.engine.bases(meta.model)[0]
            for statement in one.node.body
            if isinstance(statement, ir.Assign)
            for target in statement.targets
            if isinstance(target, ir.Name)
        }
        for name, relation in self.relations.of(meta.model).items():
            chosen = (meta.names is None or name in meta.names) and name not in (*meta.excluded, *declared)
            target = relation.target or (self.user_model() if name == "user" else None)
            if chosen and name in own and target is not None:
                yield target

    @cached_property
    def relations(self) -> Relations:
        """What the models of the project refer to."""
        return Relations(self.schemas)

    def _stored(self, meta: Meta) -> list[SchemaField]:
        """The fields of the model that a `Meta` names; Django's own users have the hash of a password."""
        fields = [] if meta.model is None else list(self.schemas.fields(meta.model))
        if meta.of_users:
            at = meta.at or meta.owner.node
            fields.append(SchemaField(_HASH, meta.owner, Mark(meta.owner.module.path, at.at, at.end, "the hash of the password")))
        return fields

    def declared(self, owner: ClassSymbol) -> dict[str, ir.Call]:
        """The fields that a serializer declares itself, by name: the nearest class's."""
        found: dict[str, ir.Call] = {}
        for one in self.engine.bases(owner)[0]:
            for statement in one.node.body:
                if isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Call):
                    for target in statement.targets:
                        if isinstance(target, ir.Name):
                            found.setdefault(target.id, statement.value)
        return found

    def meta(self, owner: ClassSymbol, depth: int = _DEEP) -> Meta | None:
        """The nearest `Meta`, with what it inherits from the one of a base."""
        for one in self.engine.bases(owner)[0]:
            inner = next((node for node in one.node.body if isinstance(node, ir.Class) and node.name == "Meta"), None)
            if inner is None:
                continue
            said = {written(s.targets[0]): s for s in inner.body if isinstance(s, ir.Assign) and s.value is not None}
            above = self._above(one, inner, depth)
            names, excluded, at = _names(said, above)
            model = self._model(one, said["model"].value) if "model" in said else (above.model if above else None)
            extra = said.get("extra_kwargs")
            write_only = _flagged(extra, "write_only") | (above.write_only if above and extra is None else frozenset())
            read_only = _texts(said.get("read_only_fields")) | _flagged(extra, "read_only")
            of_users = model is None and self._is_library_user(one, said["model"].value if "model" in said else None)
            of_users = of_users or (model is None and "model" not in said and above is not None and above.of_users)
            deep = said["depth"].value if "depth" in said else None
            nested = isinstance(deep, ir.Const) and bool(deep.value)
            return Meta(model, names, excluded, write_only, read_only, one, at, of_users, nested)
        return None

    def _above(self, owner: ClassSymbol, inner: ir.Class, depth: int) -> Meta | None:
        """The `Meta` of a base that `class Meta(Base.Meta)` extends."""
        for base in inner.bases:
            if depth and isinstance(base.value, ir.Attribute) and isinstance(base.value.value, ir.Name):
                value = self.engine.environment(owner.module).get(base.value.value.id)
                for one in () if value is None else value.refs:
                    if isinstance(one, ClassSymbol) and one is not owner:
                        return self.meta(one, depth - 1)
        return None

    def _model(self, owner: ClassSymbol, node: ir.Expr | None) -> ClassSymbol | None:
        """The model that `Meta.model` names; `get_user_model()` is the project's only class of users."""
        if isinstance(node, ir.Call) and written(node.func).endswith("get_user_model"):
            return self.user_model()
        if not isinstance(node, (ir.Name, ir.Attribute)):
            return None
        frame = self.engine.frame(owner.module)
        value = frame.eval(node)
        found = of_kind(value.refs, ClassSymbol)
        if not found and "django.contrib.auth.get_user_model()" in value.types | value.apis:
            return self.user_model()
        return found[0] if len(found) == 1 else None

    def _is_library_user(self, owner: ClassSymbol, node: ir.Expr | None) -> bool:
        """Whether an expression is Django's own class of users, or the one that settings choose where the project has none."""
        value = None if node is None else self.engine.frame(owner.module).eval(node)
        return value is not None and not _USERS.isdisjoint(value.types | value.apis)

    def _is_user(self, model: ClassSymbol) -> bool:
        bases = self.engine.external_bases(model)
        return any(one.startswith("django.contrib.auth.") and one.endswith(("AbstractUser", "AbstractBaseUser")) for one in bases)

    def user_model(self) -> ClassSymbol | None:
        """The project's class of users, if there is exactly one."""
        found = [one for module in self.engine.project.modules.values() for one in module.classes.values() if self._is_user(one)]
        return found[0] if len(found) == 1 else None


def _names(said: dict[str, ir.Assign], above: Meta | None) -> tuple[tuple[str, ...] | None, tuple[str, ...], ir.Node | None]:
    """The field names of a Meta, the excluded ones, and the node that says it; no known list is no field."""
    if "fields" in said:
        value = said["fields"].value
        if isinstance(value, ir.Const) and value.value == "__all__":
            return None, (), value
        return tuple(sorted(_texts(said["fields"]))), (), said["fields"]
    if "exclude" in said:
        return None, tuple(sorted(_texts(said["exclude"]))), said["exclude"]
    return (above.names, above.excluded, above.at) if above is not None else ((), (), None)


def _texts(node: ir.Assign | None) -> frozenset[str]:
    value = None if node is None else node.value
    if not isinstance(value, ir.Container):
        return frozenset()
    return frozenset(
        item.value.value for item in value.items if isinstance(item.value, ir.Const) and isinstance(item.value.value, str)
    )


def _flagged(node: ir.Assign | None, option: str) -> frozenset[str]:
    """The fields whose `extra_kwargs` say `option: True`."""
    value = None if node is None else node.value
    found: set[str] = set()
    for item in value.items if isinstance(value, ir.Container) and value.kind == "dict" else ():
        inner = item.value
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str) and isinstance(inner, ir.Container):
            for one in inner.items:
                if (
                    isinstance(one.key, ir.Const)
                    and one.key.value == option
                    and isinstance(one.value, ir.Const)
                    and one.value.value is True
                ):
                    found.add(item.key.value)
    return frozenset(found)


def _has(call: ir.Call, option: str) -> bool:
    return any(arg.name == option and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args)
