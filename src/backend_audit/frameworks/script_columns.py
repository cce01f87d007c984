"""The columns that no client should read, of the models of a JavaScript project: by the word that an entity goes by."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.frameworks.node_models import columns_in_node
from backend_audit.frameworks.script_lookups import held_in, word_of
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.source import Mark

# What a model says to keep columns out of its answers, whatever the query asks for.
_HIDING = frozenset("toJSON toObject transform Exclude Expose defaultScope serialize hidden addScope private".split())
_PRISMA = frozenset("create update upsert".split())


class Columns:
    """`by_word`: the secret columns of an entity with their definitions; `names`: how the code calls it."""

    def __init__(self, engine: Engine) -> None:
        self.by_word: dict[str, list[tuple[str, Mark]]] = {}
        self.names: dict[str, str] = {}
        self._held: dict[str, dict[str, str]] = {}
        hiding: dict[str, bool] = {}
        for one in columns_in_node(engine):
            name, module = one.names[0], one.module
            if module.path not in hiding:
                hiding[module.path] = _hides(module)
            if not hiding[module.path] and is_secret(name):
                for word in sorted(one.words):
                    self._add(word, one.table, name, Mark(module.path, one.node.at, one.node.end, f"a column of `{one.table}`"))
        modules = sorted(engine.project.modules.values(), key=lambda one: one.path)
        for module in () if any(_omits(one.node) for one in modules) else modules:
            for model, item in _written_by_prisma(module.node):
                key = str(item.key.value) if isinstance(item.key, ir.Const) else ""
                if is_secret(key) and item.key is not None:
                    self._add(word_of(model), model, key, Mark(module.path, item.key.at, item.key.end, f"a column of `{model}`"))

    def _add(self, word: str, table: str, name: str, mark: Mark) -> None:
        self.names.setdefault(word, table)
        known = self.by_word.setdefault(word, [])
        if all(one != name for one, _ in known):
            known.append((name, mark))

    def held(self, function: FunctionSymbol, holder: ir.Expr) -> str:
        """The word of the entity whose rows a variable or field of the function's module gives."""
        module = function.module
        if module.path not in self._held:
            self._held[module.path] = held_in(module.node)
        return self._held[module.path].get(last_word(holder), "")


def is_secret(name: str) -> bool:
    """Whether a column called so holds what its owner alone may know, or nobody."""
    return sensitive.is_password_hash(name) or sensitive.classify(name) is not None


def _hides(module: ModuleSymbol) -> bool:
    """Whether the file of a model speaks of what it shows: then it is for it to say."""
    for node in ir.walk(*module.node.body):
        name = node.key.value if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) else None
        if name == "select" and isinstance(node, ir.Item) and isinstance(node.value, ir.Const) and node.value.value is False:
            return True
        name = node.name if isinstance(node, ir.Function) else name
        if name is None and isinstance(node, (ir.Name, ir.Attribute)):
            name = last_word(node)
        if name in _HIDING:
            return True
    return False


def _omits(module: ir.Module) -> bool:
    """`new PrismaClient({ omit: { user: { password: true } } })`."""
    calls = (node for node in ir.walk(*module.body) if isinstance(node, ir.Call) and last_word(node.func) == "PrismaClient")
    items = (one for call in calls for arg in call.args for one in ir.walk(arg.value) if isinstance(one, ir.Item))
    return any(isinstance(one.key, ir.Const) and one.key.value == "omit" for one in items)


def _written_by_prisma(module: ir.Module) -> Iterator[tuple[str, ir.Item]]:
    """The columns that `prisma.user.create({ data: { … } })` names."""
    for node in ir.walk(*module.body):
        func = node.func if isinstance(node, ir.Call) else None
        if not isinstance(node, ir.Call) or not isinstance(func, ir.Attribute) or func.attr not in _PRISMA:
            continue
        if not isinstance(func.value, ir.Attribute) or len(node.args) != 1 or not isinstance(node.args[0].value, ir.Container):
            continue
        for item in node.args[0].value.items:
            named = isinstance(item.key, ir.Const) and item.key.value in ("data", "create")
            for one in item.value.items if named and isinstance(item.value, ir.Container) else ():
                yield func.value.attr, one
