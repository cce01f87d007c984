"""The columns that no client should read, of the models of a JavaScript project: by the word that an entity goes by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.frameworks.node_models import columns_in_node
from backend_audit.frameworks.prisma_schemas import fields_in_prisma
from backend_audit.frameworks.script_lookups import held_in, word_of
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.source import Mark

# What a model says to keep columns out of its answers, by what makes it void: a plain object has no methods, a scope can be left.
_HIDING = {
    "object": frozenset("toJSON toObject transform serialize hidden private".split()),
    "class": frozenset("Exclude Expose".split()),
    "scope": frozenset("defaultScope addScope".split()),
}
_SERIALIZERS = frozenset(
    "ClassSerializerInterceptor instanceToPlain classToPlain plainToInstance plainToClass plainToClassFromExist serialize".split()
)
_PRISMA = frozenset("create update upsert".split())


@dataclass(frozen=True, slots=True)
class Column:
    """`hidden`: what keeps it out of answers; all of that must be void before it shows. `select`: queries leave it out."""

    name: str
    mark: Mark
    hidden: frozenset[str] = frozenset()


class Columns:
    """`by_word`: the secret columns of an entity; `all`: its columns; `names`: how the code calls it.

    `refers`: what a column of one leads to.
    """

    def __init__(self, engine: Engine, texts: Mapping[str, str]) -> None:
        self.by_word: dict[str, list[Column]] = {}
        self.all: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.refers: dict[tuple[str, str], str] = {}
        self._held: dict[str, dict[str, str]] = {}
        modules = sorted(engine.project.modules.values(), key=lambda one: one.path)
        self._of_models(engine, modules)
        if not any(_omits(one) for one in modules):
            self._of_prisma(modules, texts)

    def _of_models(self, engine: Engine, modules: list[ModuleSymbol]) -> None:
        by_class: bool | None = None
        hiding: dict[str, frozenset[str]] = {}
        for one in columns_in_node(engine):
            name, module = one.names[0], one.module
            for word in sorted(one.words):
                self.all.setdefault(word, []).append(name)
            for word in sorted(one.words) if one.target else ():
                self.refers[word, name] = word_of(one.target)
            if not is_secret(name):
                continue
            if module.path not in hiding:
                hiding[module.path] = _hides(module)
            hidden = hiding[module.path] | (frozenset(("select",)) if one.unselected else frozenset())
            if "class" in hidden:
                by_class = any(map(_serializes, modules)) if by_class is None else by_class
                hidden -= frozenset() if by_class else frozenset(("class",))
            for word in sorted(one.words):
                mark = Mark(module.path, one.node.at, one.node.end, f"a column of `{one.table}`")
                self._add(word, one.table, Column(name, mark, hidden))

    def _of_prisma(self, modules: list[ModuleSymbol], texts: Mapping[str, str]) -> None:
        """What its schemas say, or, of a model that is in none, what the code writes."""
        declared: set[str] = set()
        for model, name, kind, mark in fields_in_prisma(texts):
            declared.add(word_of(model))
            self.all.setdefault(word_of(model), []).append(name)
            self.refers[word_of(model), name] = word_of(kind)
            if is_secret(name) and kind in ("String", "Bytes"):
                self._add(word_of(model), model, Column(name, mark))
        for module in modules:
            for model, item in _written_by_prisma(module):
                key = str(item.key.value) if isinstance(item.key, ir.Const) else ""
                if is_secret(key) and item.key is not None and word_of(model) not in declared:
                    mark = Mark(module.path, item.key.at, item.key.end, f"a column of `{model}`")
                    self._add(word_of(model), model, Column(key, mark))

    def _add(self, word: str, table: str, column: Column) -> None:
        self.names.setdefault(word, table)
        known = self.by_word.setdefault(word, [])
        if all(one.name != column.name for one in known):
            known.append(column)

    def knows(self, word: str) -> bool:
        """Whether an entity goes by that word: it has a secret column, or leads to others."""
        return word in self.by_word or any(one == word for one, _ in self.refers)

    def held(self, function: FunctionSymbol, holder: ir.Expr) -> str:
        """The word of the entity whose rows a variable or field of the function's module gives."""
        module = function.module
        if module.path not in self._held:
            self._held[module.path] = held_in(module)
        return self._held[module.path].get(last_word(holder), "")


def is_secret(name: str) -> bool:
    """Whether a column called so holds what its owner alone may know, or nobody."""
    return sensitive.is_password_hash(name) or sensitive.classify(name) is not None


def _hides(module: ModuleSymbol) -> frozenset[str]:
    """How the file of a model speaks of what it shows: then it is for it to say."""
    found: set[str] = set()
    for node in module.nodes:
        name = node.key.value if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) else None
        name = node.name if isinstance(node, ir.Function) else name
        if name is None and isinstance(node, (ir.Name, ir.Attribute)):
            name = last_word(node)
        found.update(how for how, names in _HIDING.items() if name in names)
    return frozenset(found)


def _serializes(module: ModuleSymbol) -> bool:
    """Whether a module turns objects of classes into plain ones by what their decorators say."""
    nodes: list[ir.Expr] = [*module.nodes.of(ir.Name), *module.nodes.of(ir.Attribute)]
    return any(last_word(node) in _SERIALIZERS for node in nodes)


def _omits(module: ModuleSymbol) -> bool:
    """`new PrismaClient({ omit: { user: { password: true } } })`."""
    calls = (node for node in module.nodes.of(ir.Call) if last_word(node.func) == "PrismaClient")
    items = (one for call in calls for arg in call.args for one in ir.walk(arg.value) if isinstance(one, ir.Item))
    return any(isinstance(one.key, ir.Const) and one.key.value == "omit" for one in items)


def _written_by_prisma(module: ModuleSymbol) -> Iterator[tuple[str, ir.Item]]:
    """The columns that `prisma.user.create({ data: { … } })` names."""
    for node in module.nodes.of(ir.Call):
        func = node.func
        if not isinstance(func, ir.Attribute) or func.attr not in _PRISMA:
            continue
        if not isinstance(func.value, ir.Attribute) or len(node.args) != 1 or not isinstance(node.args[0].value, ir.Container):
            continue
        for item in node.args[0].value.items:
            named = isinstance(item.key, ir.Const) and item.key.value in ("data", "create")
            for one in item.value.items if named and isinstance(item.value, ir.Container) else ():
                yield func.value.attr, one
