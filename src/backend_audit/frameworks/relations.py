"""Relations of stored classes: attributes that hold other objects, which the database is asked for when they are read.

https://docs.djangoproject.com/en/stable/topics/db/examples/, https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html,
https://docs.peewee-orm.com/en/latest/peewee/relationships.html
"""

from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import name_of, top_level
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol

_TO_ONE = frozenset(("ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey", "ForeignKeyField"))
_TO_MANY = frozenset(("ManyToManyField", "TaggableManager", "ParentalManyToManyField"))
_MAPPED = frozenset(("relationship", "Relationship", "relation"))
_EAGER = frozenset(("joined", "selectin", "subquery", "immediate", "False", "noload", "raise", "raise_on_sql", "write_only"))
_DJANGO = "django."
_PEEWEE = ("peewee.", "playhouse.")


@dataclass(frozen=True, slots=True)
class Relation:
    """`many`: it holds several objects. `manager`: it has to be asked for them (`.all()`). `eager`: loaded with the object."""

    name: str
    target: ClassSymbol | None
    many: bool = False
    manager: bool = False
    eager: bool = False


class Relations:
    """Reads the relations of all stored classes of a project once, those from the other side too."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.engine = schemas.engine
        self._own: dict[str, dict[str, Relation]] = {}
        self._known: dict[str, dict[str, Relation]] = {}
        classes = [one for module in self.engine.project.modules.values() for one in module.classes.values()]
        self._by_name: dict[str, list[ClassSymbol]] = {}
        for one in classes:
            self._by_name.setdefault(one.name.rpartition(".")[2], []).append(one)
        for one in classes:
            self._read(one)
        self.names = frozenset(name for found in self._own.values() for name in found)

    def of(self, owner: ClassSymbol) -> dict[str, Relation]:
        """The relations of a class by name, inherited ones too."""
        known = self._known.get(owner.key)
        if known is None:
            known = self._known[owner.key] = {}
            for one in self.engine.bases(owner)[0]:
                for name, relation in self._own.get(one.key, {}).items():
                    known.setdefault(name, relation)
        return known

    def _read(self, owner: ClassSymbol) -> None:
        for statement in top_level(owner.node.body):
            if not isinstance(statement, ir.Assign) or not isinstance(statement.value, ir.Call):
                continue
            target, call = statement.targets[0], statement.value
            last = name_of(self.engine, owner.module, call.func)
            if not isinstance(target, ir.Name):
                continue
            if last in _MAPPED:
                self._mapped(owner, target.id, call, statement.annotation)
            elif last in _TO_ONE or last in _TO_MANY:
                self._declared(owner, target.id, call, last)

    def _declared(self, owner: ClassSymbol, name: str, call: ir.Call, kind: str) -> None:
        """A field of Django or Peewee, and the attribute that it makes on the other side."""
        bases = self.engine.external_bases(owner)
        django = any(base.startswith(_DJANGO) for base in bases)
        if not django and not any(base.startswith(_PEEWEE) for base in bases):
            if not _is_abstract(owner):
                return
            django = written(call.func).startswith("models.")
        target = self._class(owner.module, owner, call.args[0].value if call.args else None)
        many = kind in _TO_MANY
        self._add(owner, Relation(name, target, many, manager=many and django))
        said = _text(_keyword(call, "related_name") or _keyword(call, "backref"))
        if target is None or (said is not None and said.endswith("+")) or _is_abstract(owner):
            return
        one = kind == "OneToOneField"
        default = owner.name.lower() if one else f"{owner.name.lower()}_set"
        back = (said or default).replace("%(class)s", owner.name.lower())
        self._add(target, Relation(back, owner, not one, manager=django and not one))

    def _mapped(self, owner: ClassSymbol, name: str, call: ir.Call, annotation: ir.Expr | None) -> None:
        """A relationship of SQLAlchemy or SQLModel."""
        first = call.args[0].value if call.args and call.args[0].name is None else _keyword(call, "argument")
        target = self._class(owner.module, owner, first)
        noted = "" if annotation is None else written(annotation)
        if target is None and annotation is not None:
            target = next((one for word in _words(annotation) if (one := self._only(word)) is not None), None)
        unsaid = _falsy(_keyword(call, "uselist")) is None and not noted
        many = "list" in noted.lower() or (unsaid and not _refers_by_itself(owner, name, call))
        lazy = _text(_keyword(call, "lazy")) or _lazy_option(call)
        dynamic = lazy == "dynamic" or written(call.func).endswith("dynamic_loader")
        self._add(owner, Relation(name, target, many, manager=dynamic, eager=lazy in _EAGER))
        backref = _keyword(call, "backref")
        back = _text(backref)
        eager = False
        if isinstance(backref, ir.Call) and backref.args:
            back = _text(backref.args[0].value)
            eager = _text(_keyword(backref, "lazy")) in _EAGER
        if back is not None and target is not None:
            self._add(target, Relation(back, owner, many=True, eager=eager))

    def _add(self, owner: ClassSymbol, relation: Relation) -> None:
        self._own.setdefault(owner.key, {}).setdefault(relation.name, relation)

    def _class(self, module: ModuleSymbol, owner: ClassSymbol, node: ir.Expr | None) -> ClassSymbol | None:
        """The class that a relation names: itself, by a text, by its name, by a function that gives it."""
        if isinstance(node, ir.Lambda):
            last = node.function.body[-1] if node.function.body else None
            node = last.value if isinstance(last, ir.Return) else None
        text = _text(node)
        if text is not None:
            return owner if text == "self" else self._only(text.rpartition(".")[2])
        if isinstance(node, (ir.Name, ir.Attribute)):
            value = self.engine.environment(module).get(written(node).partition(".")[0])
            if isinstance(node, ir.Name) and value is not None:
                found = of_kind(value.refs, ClassSymbol)
                if len(found) == 1:
                    return found[0]
            if written(node).endswith("AUTH_USER_MODEL"):
                return None
            return self._only(written(node).rpartition(".")[2])
        return None

    def _only(self, name: str) -> ClassSymbol | None:
        """The project's class of that name, if there is one alone that a database keeps."""
        found = [one for one in self._by_name.get(name, ()) if self.schemas.is_stored(one)]
        return found[0] if len(found) == 1 else None


def _is_abstract(owner: ClassSymbol) -> bool:
    """Whether a class is a base or mixin of models: its relations are those of its heirs."""
    meta = next((one for one in owner.node.body if isinstance(one, ir.Class) and one.name == "Meta"), None)
    said = meta is not None and any(isinstance(one, ir.Assign) and written(one.targets[0]) == "abstract" for one in meta.body)
    return said or owner.name.endswith("Mixin")


def _refers_by_itself(owner: ClassSymbol, name: str, call: ir.Call) -> bool:
    """Whether the class has the foreign key of a relationship: then it is one to one object."""
    if _keyword(call, "secondary") is not None:
        return False
    keys = {
        written(one.targets[0])
        for one in top_level(owner.node.body)
        if isinstance(one, ir.Assign) and isinstance(one.value, ir.Call) and _has_foreign_key(one.value)
    }
    stated = _keyword(call, "foreign_keys")
    named = {one.id for one in ir.walk_scope(stated) if isinstance(one, ir.Name)} if stated is not None else {f"{name}_id"}
    return not named.isdisjoint(keys)


def _has_foreign_key(call: ir.Call) -> bool:
    calls = (arg.value.func for arg in call.args if isinstance(arg.value, ir.Call))
    return any(written(one).rpartition(".")[2] == "ForeignKey" for one in calls)


def _keyword(call: ir.Call, name: str) -> ir.Expr | None:
    return next((arg.value for arg in call.args if arg.name == name), None)


def _text(node: ir.Expr | None) -> str | None:
    return node.value if isinstance(node, ir.Const) and isinstance(node.value, str) else None


def _falsy(node: ir.Expr | None) -> bool | None:
    """Whether a switch is off; None where it is not given."""
    return None if node is None else isinstance(node, ir.Const) and node.value is False


def _lazy_option(call: ir.Call) -> str | None:
    """SQLModel's `sa_relationship_kwargs={"lazy": "selectin"}`, or a call of `dict`."""
    options = _keyword(call, "sa_relationship_kwargs")
    if isinstance(options, ir.Call):
        return _text(_keyword(options, "lazy"))
    for item in options.items if isinstance(options, ir.Container) else ():
        if _text(item.key) == "lazy":
            return _text(item.value)
    return None


def _words(node: ir.Expr) -> list[str]:
    """The names in an annotation, those in texts too, in order: `Mapped[list["Order"]]`."""
    found: list[str] = []
    stack: list[ir.Node] = [node]
    while stack:
        one = stack.pop(0)
        if isinstance(one, ir.Name):
            found.append(one.id)
        elif isinstance(one, ir.Const) and isinstance(one.value, str):
            found += one.value.replace("[", " ").replace("]", " ").replace("|", " ").split()
        stack[:0] = ir.children(one)
    return found
