"""Classes that describe data: models of requests and answers, and classes whose objects a database keeps.

https://docs.pydantic.dev/latest/concepts/fields/, https://sqlmodel.tiangolo.com/, https://docs.sqlalchemy.org/en/20/orm/,
https://docs.djangoproject.com/en/stable/topics/db/models/, https://tortoise.github.io/models.html, https://docs.peewee-orm.com/
"""

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol, decorator_name
from backend_audit.routes.model import SchemaField
from backend_audit.source import Mark

_SCHEMAS = (
    "pydantic.",
    "pydantic_settings.",
    "sqlmodel.",
    "beanie.",
    "odmantic.",
    "msgspec.Struct",
    "ninja.Schema",
    "ninja.ModelSchema",
    "fastapi_users.schemas.",
    "ormar.",
)
_STORED = (
    "sqlalchemy", "flask_sqlalchemy", "sqlmodel.", "django.db.models.", "django.contrib.auth.models.",
    "django.contrib.auth.base_user.",
    "tortoise.", "peewee.", "playhouse.", "beanie.", "odmantic.", "mongoengine.", "flask_mongoengine.", "ormar.", "pony.",
)  # fmt: skip
_DECLARING = frozenset(("as_declarative", "as_declarative_base", "mapped", "mapped_as_dataclass"))  # decorators of SQLAlchemy
_DJANGO_USERS = ("AbstractUser", "AbstractBaseUser", "User")
_RELATIONS = frozenset(
    "relationship Relationship relation backref dynamic_loader association_proxy PrivateAttr computed_field ClassVar "
    "ManyToManyField GenericRelation GenericForeignKey ReverseRelation Set".split()
)
_COLUMN_ENDS = ("Field", "Column", "column", "Key")
_MAX_DEPTH = 3


class Schemas:
    """Reads the fields of classes; kept, since many routes show the same ones."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, tuple[SchemaField, ...]] = {}

    def external(self, owner: ClassSymbol) -> tuple[str, ...]:
        """The library classes that it inherits from, as named after its calls: `declarative_base()` is SQLAlchemy's."""
        found = self.engine.external_bases(owner)
        return tuple(dict.fromkeys(one for base in found for one in (base, *self.engine.models.lineage(base))))

    def is_schema(self, owner: ClassSymbol) -> bool:
        """Whether objects of the class are written out field by field."""
        return any(base.startswith(_SCHEMAS) for base in self.external(owner)) or any(
            written(one).startswith(("dataclass", "dataclasses.dataclass", "attr", "define")) for one in owner.node.decorators
        )

    def is_stored(self, owner: ClassSymbol) -> bool:
        """Whether a database keeps the objects of the class."""
        external = self.external(owner)
        if any(base.startswith("sqlmodel.") for base in external):
            return any(arg.name == "table" for one in self.engine.bases(owner)[0][:1] for arg in one.node.bases)
        if any(base.startswith(_STORED) or "db.Model" in base for base in external):
            return True
        return any(decorator_name(one) in _DECLARING for each in self.engine.bases(owner)[0] for one in each.node.decorators)

    def fields(self, owner: ClassSymbol) -> tuple[SchemaField, ...]:
        """The fields of a class, inherited ones too, those of the models that they hold below their names."""
        if owner.key not in self._known:
            self._known[owner.key] = ()
            self._known[owner.key] = tuple(self._fields(owner))
        return self._known[owner.key]

    def hidden(self, owner: ClassSymbol) -> list[SchemaField]:
        """The columns that a stored class keeps under a private name, which only its own methods write out: `_password`."""
        found: list[SchemaField] = []
        for one in self.engine.bases(owner)[0] if self.is_stored(owner) else ():
            for statement in one.node.body:
                target = statement.targets[0] if isinstance(statement, ir.Assign) else None
                if not isinstance(statement, ir.Assign) or not isinstance(target, ir.Name) or not target.id.startswith("_"):
                    continue
                if _is_column(statement) and not _is_relation(statement):
                    mark = Mark(one.module.path, target.at, target.end, f"`{target.id}` is a field of {one.name}")
                    found.append(SchemaField(target.id, one, mark))
        return found

    def _fields(self, owner: ClassSymbol) -> list[SchemaField]:
        stored = self.is_stored(owner) and not self.is_schema(owner)
        found: dict[str, SchemaField] = {}
        hidden: set[str] = set()
        for one in self.engine.bases(owner)[0]:
            for statement in one.node.body:
                target = statement.targets[0] if isinstance(statement, ir.Assign) else None
                if not isinstance(statement, ir.Assign) or not isinstance(target, ir.Name) or target.id in hidden:
                    continue
                if target.id.startswith("_") or _is_relation(statement):
                    hidden.add(target.id)
                elif target.id not in found and (_is_column(statement) if stored else statement.annotation is not None):
                    mark = Mark(one.module.path, target.at, target.end, f"`{target.id}` is a field of {one.name}")
                    masked = self._is_masked(one.module, statement)
                    found[target.id] = SchemaField(target.id, one, mark, masked, one is owner)
                    for inner in () if stored or masked else self._inner(one.module, statement):
                        path = f"{target.id}.{inner.path}"
                        found[path] = SchemaField(path, inner.owner, inner.mark, inner.masked, one is owner)
        external = self.engine.external_bases(owner)
        if "password" not in found and any(
            base.startswith("django.contrib.auth.") and base.rpartition(".")[2] in _DJANGO_USERS for base in external
        ):
            mark = Mark(owner.module.path, owner.node.at, owner.node.name_end, f"{owner.name} inherits `password` from Django")
            found["password"] = SchemaField("password", owner, mark, written_here=False)
        return list(found.values())

    def _inner(self, module: ModuleSymbol, statement: ir.Assign) -> list[SchemaField]:
        """The fields of the models that a field holds."""
        if statement.annotation is None:
            return []
        return [
            field
            for symbol in self.classes(module, statement.annotation)
            if self.is_schema(symbol)
            for field in self.fields(symbol)
            if field.path.count(".") < _MAX_DEPTH
        ]

    def classes(self, module: ModuleSymbol, annotation: ir.Expr) -> list[ClassSymbol]:
        """The project's classes in an annotation: `list[User] | None` names `User`."""
        frame = self.engine.frame(module)
        return self.classes_of(self.engine.annotated(frame, annotation))

    def classes_of(self, value: Value, depth: int = _MAX_DEPTH) -> list[ClassSymbol]:
        """The project's classes that a value is an instance of, or holds."""
        found = self.engine.classes_of(value)
        if depth:
            for inner in [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]:
                found += [one for one in self.classes_of(inner, depth - 1) if one not in found]
        return found

    def _is_masked(self, module: ModuleSymbol, statement: ir.Assign) -> bool:
        """Whether a field does not show its value: a secret type, `Field(exclude=True)`, `deferred(…)`."""
        if isinstance(statement.value, ir.Call):
            if written(statement.value.func).rpartition(".")[2] == "deferred":
                return True
            for arg in statement.value.args:
                if (
                    arg.name in ("exclude", "deferred", "write_only")
                    and isinstance(arg.value, ir.Const)
                    and arg.value.value is True
                ):
                    return True
        if statement.annotation is None:
            return False
        text = written(statement.annotation)
        if "exclude=True" in text:
            return True
        frame = self.engine.frame(module)
        return bool(self.engine.annotated(frame, statement.annotation).types & sensitive.MASKED_TYPES) or "Secret" in text


def _is_relation(statement: ir.Assign) -> bool:
    callee = statement.value.func if isinstance(statement.value, ir.Call) else None
    last = written(callee).rpartition(".")[2] if callee is not None else ""
    return last in _RELATIONS or (
        statement.annotation is not None and written(statement.annotation).startswith(("ClassVar", "typing.ClassVar"))
    )


def _is_column(statement: ir.Assign) -> bool:
    """Whether a statement of a stored class's body declares a column."""
    if statement.annotation is not None and written(statement.annotation).rpartition(".")[2].startswith("Mapped"):
        return True
    callee = statement.value.func if isinstance(statement.value, ir.Call) else None
    if callee is None:
        return False
    return written(callee).rpartition(".")[2].endswith(_COLUMN_ENDS) or written(callee).startswith(
        ("Required", "Optional", "fields.")
    )
