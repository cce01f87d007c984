"""Columns whose values a model's own code looks at: Mongoose casts them by its schema, or refuses; Sequelize asks validators.

https://mongoosejs.com/docs/schematypes.html, https://sequelize.org/docs/v6/core-concepts/validations-and-constraints/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.frameworks.script_lookups import word_of

_LOOSE = frozenset("Mixed Object Any Array Map".split())


class ModelColumns:
    """The columns that the schemas of a project constrain; read once somebody asks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._found: dict[str, set[str]] | None = None

    def constrained(self, entity: str, column: str) -> bool:
        """Whether the schema of an entity (of any, where it is not known) says what may stand in a column."""
        if self._found is None:
            self._found = _columns(self.engine)
        if entity in self._found:
            return column in self._found[entity]
        return any(column in names for names in self._found.values())


def _columns(engine: Engine) -> dict[str, set[str]]:
    """The columns of all schemas, by the words of their entities."""
    found: dict[str, set[str]] = {}
    for path in sorted(engine.project.modules):
        module = engine.project.modules[path]
        schemas: dict[str, set[str]] = {}
        for node in module.nodes:
            if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call) and last_word(node.value.func) == "Schema":
                schemas[last_word(node.targets[0])] = names = set(_typed(node.value))
                found.setdefault(word_of(last_word(node.targets[0])), set()).update(names)
            elif isinstance(node, ir.Call) and last_word(node.func) == "model" and len(node.args) > 1:
                first, second = node.args[0].value, node.args[1].value
                names = schemas.get(last_word(second), set())
                if isinstance(second, ir.Call) and last_word(second.func) == "Schema":
                    names = set(_typed(second))
                if isinstance(first, ir.Const) and names:
                    found.setdefault(word_of(str(first.value)), set()).update(names)
            elif isinstance(node, ir.Call) and last_word(node.func) in ("define", "init"):
                for entity, names in _validated(node):
                    found.setdefault(entity, set()).update(names)
    return found


def _validated(call: ir.Call) -> Iterator[tuple[str, set[str]]]:
    """What Sequelize's validators look at: `sequelize.define("user", { name: { type: STRING, validate: { len: [1, 80] } } })`."""
    for at, arg in enumerate(call.args[:2]):
        items = arg.value.items if isinstance(arg.value, ir.Container) and arg.value.kind == "dict" else []
        names = {str(one.key.value) for one in items if isinstance(one.key, ir.Const) and _says(one.value, "validate")}
        before = call.args[0].value if at else None
        name = str(before.value) if isinstance(before, ir.Const) else last_word(_owner(call.func))
        if names:
            yield word_of(name), names


def _owner(func: ir.Expr) -> ir.Expr | None:
    return func.value if isinstance(func, ir.Attribute) else None


def _says(node: ir.Expr, name: str) -> bool:
    return isinstance(node, ir.Container) and any(isinstance(one.key, ir.Const) and one.key.value == name for one in node.items)


def _typed(call: ir.Call) -> list[str]:
    """The names in `new Schema({ name: String, tags: [String], age: { type: Number, min: 0 } })` that say a type."""
    first = call.args[0].value if call.args else None
    items = first.items if isinstance(first, ir.Container) and first.kind == "dict" else []
    return [str(item.key.value) for item in items if isinstance(item.key, ir.Const) and _says_type(item.value)]


def _says_type(node: ir.Expr) -> bool:
    if isinstance(node, ir.Container) and node.kind == "list":
        return bool(node.items) and _says_type(node.items[0].value)
    if isinstance(node, ir.Container):
        given = [item.value for item in node.items if isinstance(item.key, ir.Const) and item.key.value == "type"]
        return _says_type(given[0]) if given else bool(node.items)
    return last_word(node.func if isinstance(node, ir.Call) else node) not in _LOOSE
