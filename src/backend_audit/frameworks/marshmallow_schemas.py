"""What marshmallow's schemas write out: their own fields, or the columns of a model, without what they only load.

https://marshmallow.readthedocs.io/en/stable/quickstart.html#read-only-and-write-only-fields,
https://marshmallow-sqlalchemy.readthedocs.io/en/latest/
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.frameworks.entities import assigned
from backend_audit.frameworks.schemas import Schemas
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import SchemaField, Shown
from backend_audit.source import Mark

_DUMPING = frozenset(("dump", "dumps", "jsonify"))
_OF_MODELS = ("SQLAlchemyAutoSchema", "ModelSchema")
_HIDING = frozenset(("exclude", "load_only"))
_HOOKS = frozenset(("post_dump", "pre_dump"))


class MarshmallowSchemas:
    """Reads such classes, and the objects that are made of them."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.engine = schemas.engine

    def shown(self, function: FunctionSymbol, node: ir.Call) -> Iterator[Shown]:
        """What `UserSchema(many=True).dump(users)` shows."""
        func = node.func
        if not isinstance(func, ir.Attribute) or func.attr not in _DUMPING:
            return
        made = self._made(function, func.value)
        owner = None if made is None else self._owner(function, made)
        if made is None or owner is None or any(arg.name == "only" or arg.star for arg in made.args):
            return
        left_out = {name for arg in made.args if arg.name in _HIDING for name in _texts(arg.value)}
        mark = Mark(function.module.path, node.at, node.end, f"answers with `{owner.name}`")
        at = owner.node
        said = Mark(owner.module.path, at.at, at.name_end, f"fields of {owner.name}")
        fields = self._fields(owner)
        if fields is not None:
            yield Shown("marshalled", owner, True, tuple(one for one in fields if one.path not in left_out), mark, "", said)

    def _made(self, function: FunctionSymbol, node: ir.Expr) -> ir.Call | None:
        """The call that makes the object which a name means, in the function or at the module's top."""
        if isinstance(node, ir.Name):
            values = list(assigned(function, node.id, before=node.at)) or [
                one.value
                for one in function.module.nodes  # at the top, or in the factory of an application
                if isinstance(one, ir.Assign) and one.value is not None and last_word(one.targets[0]) == node.id
            ]
            return values[-1] if values and isinstance(values[-1], ir.Call) else None
        return node if isinstance(node, ir.Call) else None

    def _owner(self, function: FunctionSymbol, made: ir.Call) -> ClassSymbol | None:
        value = self.engine.frame(function.module).eval(made.func) if isinstance(made.func, (ir.Name, ir.Attribute)) else None
        found = [] if value is None else [one for one in value.refs if isinstance(one, ClassSymbol)]
        return found[0] if len(found) == 1 and any("marshmallow" in base for base in self.bases(found[0])) else None

    def bases(self, owner: ClassSymbol) -> tuple[str, ...]:
        """The library classes of a schema."""
        return self.schemas.external(owner)

    def _fields(self, owner: ClassSymbol) -> list[SchemaField] | None:
        """The fields that a schema writes; None where it says that in code of its own."""
        found: dict[str, SchemaField] = {}
        hidden: set[str] = set()
        for one in self.engine.bases(owner)[0]:
            for statement in one.node.body:
                if isinstance(statement, ir.Function) and any(_HOOKS & {_name(each)} for each in statement.decorators):
                    return None
                if isinstance(statement, ir.Class) and statement.name == "Meta":
                    hidden |= {name for s in statement.body for name in _hidden(s)}
                    if any(isinstance(s, ir.Assign) and last_word(s.targets[0]) == "fields" for s in statement.body):
                        return None
                    found = {**{field.path: field for field in self._of_model(one, statement)}, **found}
                target = statement.targets[0] if isinstance(statement, ir.Assign) else None
                if isinstance(statement, ir.Assign) and isinstance(target, ir.Name) and isinstance(statement.value, ir.Call):
                    mark = Mark(one.module.path, statement.at, statement.end, f"`{target.id}` is a field of {one.name}")
                    found[target.id] = SchemaField(target.id, one, mark, _only_loads(statement.value), one is owner)
        return [field for name, field in found.items() if name not in hidden and not field.masked]

    def _of_model(self, owner: ClassSymbol, meta: ir.Class) -> Iterator[SchemaField]:
        """The columns of `Meta.model`, where the schema is made of it."""
        if not any(base.endswith(_OF_MODELS) for base in self.bases(owner)):
            return
        for statement in meta.body:
            if isinstance(statement, ir.Assign) and statement.value is not None and last_word(statement.targets[0]) == "model":
                refs = self.engine.frame(owner.module).eval(statement.value).refs
                for model in [one for one in refs if isinstance(one, ClassSymbol)][:1]:
                    yield from (replace(field, written_here=False) for field in self.schemas.fields(model))


def _hidden(statement: ir.Stmt) -> Iterator[str]:
    if isinstance(statement, ir.Assign) and statement.value is not None and last_word(statement.targets[0]) in _HIDING:
        yield from _texts(statement.value)


def _texts(node: ir.Expr) -> list[str]:
    items = node.items if isinstance(node, ir.Container) else []
    return [str(one.value.value) for one in items if isinstance(one.value, ir.Const)]


def _only_loads(call: ir.Call) -> bool:
    return any(arg.name == "load_only" and isinstance(arg.value, ir.Const) and arg.value.value is True for arg in call.args)


def _name(decorator: ir.Expr) -> str:
    return last_word(decorator.func if isinstance(decorator, ir.Call) else decorator)
