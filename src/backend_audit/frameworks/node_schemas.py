"""Columns of models that are written as objects: Sequelize's `define` and `init`, Mongoose's schemas.

https://sequelize.org/docs/v6/core-concepts/model-basics/, https://mongoosejs.com/docs/schematypes.html
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.link.symbols import ModuleSymbol

TEXTS = frozenset("string String STRING TEXT UUID UUIDV4 CITEXT text varchar uuid char".split())
_INDEXING = frozenset("unique index primary primaryKey primary_key sparse".split())


@dataclass(slots=True)
class NodeColumn:
    """`words`: what its table goes by; `names`: what conditions may call it; `target`: the word of what it refers to.

    `stored`: what migrations call the table, where a model says it.
    """

    module: ModuleSymbol
    node: ir.Expr
    words: frozenset[str]
    names: tuple[str, ...]
    table: str
    target: str = ""
    text: bool = False
    covered: bool = False
    stored: str = ""
    unselected: bool = False  # queries leave it out unless they name it: `select: false`
    lists: set[str] = field(default_factory=set)  # of the other side: properties that hold all rows which refer to one


@dataclass(slots=True)
class _Written:
    """What a module says of models: their attributes with their options, what belongs to what, what is indexed apart."""

    models: list[tuple[str, ir.Container, ir.Container | None, bool]] = field(default_factory=list)  # True: of Mongoose
    belongs: dict[str, list[tuple[str, str, ir.Call]]] = field(default_factory=dict)  # by the word of what belongs
    begun: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)  # of models, by the variable that holds their schema
    mongoose: bool = False


def defined(module: ModuleSymbol) -> Iterator[NodeColumn]:
    """The columns of a module's models, in source order."""
    said = _Written()
    for node in module.nodes:
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call):
            _assigned(node, node.value, said)
        elif isinstance(node, ir.Class):
            for one in ir.walk_scope(*node.body):
                _initialized(one, node.name, said)
        elif isinstance(node, ir.Call):
            _called(node, said)
        elif isinstance(node, ir.Import):
            said.mongoose = said.mongoose or "mongoose" in node.module
        elif isinstance(node, ir.Const):
            said.mongoose = said.mongoose or node.value == "mongoose"
    for name, attributes, options, document in said.models:
        if said.mongoose or not document:
            yield from _columns(module, name, attributes, options, said)


def _assigned(node: ir.Assign, call: ir.Call, said: _Written) -> None:
    """`const orderSchema = new Schema({ … })`."""
    name = last_word(node.targets[0])
    if last_word(call.func) == "Schema" and call.form == "new" and call.args and isinstance(call.args[0].value, ir.Container):
        said.models.append((name, call.args[0].value, None, True))


def _initialized(node: ir.Node, owner: str, said: _Written) -> None:
    """`super.init({ … }, { sequelize })` and `this.init(…)` in a class."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and written(node.func) in ("super.init", "this.init"):
        _model(owner, [arg.value for arg in node.args], said)


def _called(node: ir.Call, said: _Written) -> None:
    name, args = last_word(node.func), [arg.value for arg in node.args]
    holder = last_word(node.func.value) if isinstance(node.func, ir.Attribute) else ""
    if name == "define" and len(args) > 1 and isinstance(args[0], ir.Const):
        _model(str(args[0].value), args[1:], said)
    elif name == "init" and holder not in ("super", "this", ""):
        _model(holder, args, said)
    elif name == "model" and len(args) > 1 and isinstance(args[0], ir.Const):
        if isinstance(args[1], ir.Name):
            said.names.setdefault(args[1].id, []).append(str(args[0].value))
        elif isinstance(args[1], ir.Call) and last_word(args[1].func) == "Schema" and args[1].args:
            inner = args[1].args[0].value
            if isinstance(inner, ir.Container):
                said.models.append((str(args[0].value), inner, None, True))
    elif name == "index" and args and isinstance(args[0], ir.Container) and args[0].kind == "dict" and args[0].items:
        first = args[0].items[0].key
        said.begun.setdefault(holder, set()).add(str(first.value) if isinstance(first, ir.Const) else "")
    elif name == "belongsTo" and args and isinstance(args[0], (ir.Name, ir.Attribute)):
        target = last_word(args[0])
        key = option_of(node, "foreignKey") or f"{target[:1].lower()}{target[1:]}Id"
        said.belongs.setdefault(word_of(holder), []).append((target, key, node))


def _model(name: str, args: list[ir.Expr], said: _Written) -> None:
    if args and isinstance(args[0], ir.Container) and args[0].kind == "dict":
        options = args[1] if len(args) > 1 and isinstance(args[1], ir.Container) else None
        if options is not None or any(_kind(item.value).isupper() for item in args[0].items):
            said.models.append((name, args[0], options, False))


def _columns(
    module: ModuleSymbol, name: str, attributes: ir.Container, options: ir.Container | None, said: _Written
) -> Iterator[NodeColumn]:
    tables = said.names.get(name) or [name]
    stored = option_of(options, "tableName") if options is not None else ""
    shown = (stored or option_of(options, "modelName")) if options is not None else ""
    words = frozenset(word for one in (name, *tables, shown) if (word := word_of(one)))
    begun = said.begun.get(name, set()) | set(_fields(options))
    belongs = sorted((one for word in words for one in said.belongs.get(word, ())), key=lambda one: one[2].at)
    refers = {key: (target, call) for target, key, call in belongs}
    for item in attributes.items:
        if not isinstance(item.key, ir.Const) or item.star:
            continue
        column = str(item.key.value)
        refers_on = any(True for _ in _under(item.value, ("references",)))
        target = option_of(item.value, "ref") or (option_of(item.value, "model") if refers_on else "")
        if column in refers:
            target = refers.pop(column)[0]
        kind = _kind(item.value)
        covered = is_indexed(item.value) or column in begun
        yield NodeColumn(
            module, item.key, words, (column,), tables[0], target, kind in TEXTS, covered, stored, is_unselected(item.value)
        )
    for column, (target, call) in refers.items():
        yield NodeColumn(module, call.func, words, (column,), tables[0], target, covered=column in begun, stored=stored)


def _fields(options: ir.Container | None) -> Iterator[str]:
    """What `indexes: [{ fields: ["a", "b"] }]` begin with."""
    for given in _under(options, ("fields",)) if options is not None else ():
        first = given.items[0].value if isinstance(given, ir.Container) and given.items else None
        if isinstance(first, ir.Const):
            yield str(first.value)
        elif isinstance(first, ir.Container):
            yield option_of(first, "name") or option_of(first, "attribute")


def _kind(node: ir.Expr) -> str:
    """The type of an attribute, in its last word: `String`, `DataTypes.STRING(64)`, `{ type: String }`."""
    if isinstance(node, ir.Container):
        node = next((one.value for one in node.items if isinstance(one.key, ir.Const) and one.key.value == "type"), node)
    return last_word(node.func if isinstance(node, ir.Call) else node)


def _under(node: ir.Expr, names: Collection[str]) -> Iterator[ir.Expr]:
    """What objects in an expression hold under names."""
    for one in ir.walk_scope(node):
        if isinstance(one, ir.Item) and isinstance(one.key, ir.Const) and one.key.value in names:
            yield one.value


def is_indexed(made: ir.Expr) -> bool:
    """`@Column({ unique: true })`, `{ type: String, index: true }`."""
    return any(not (isinstance(one, ir.Const) and not one.value) for one in _under(made, _INDEXING))


def is_unselected(made: ir.Expr) -> bool:
    """`{ type: String, select: false }`, `@Column({ select: false })`."""
    return any(isinstance(one, ir.Const) and one.value is False for one in _under(made, ("select",)))


def option_of(node: ir.Expr, name: str) -> str:
    """What an object in an expression says under a name."""
    for found in _under(node, (name,)):
        if isinstance(found, ir.Const | ir.Name | ir.Attribute):
            return str(found.value) if isinstance(found, ir.Const) else last_word(found)
    return ""
