"""What the expressions of a module mean as far as it tells itself: API paths, and paths from a name that a project settles."""

from typing import NamedTuple, TypeAlias

from backend_audit import ir
from backend_audit.link.script_modules import api_path
from backend_audit.source import Language

_ME = ("self", "this", "cls")
_MOST = 4  # meanings of one expression that are kept
_LONGEST = 300  # characters of a path


class Path(NamedTuple):
    """`root` and what is read or called from there: `("redis", ".Redis().get")`.

    The root is a name of the module's top level, an import within a function (`imported_as`), or "": then `rest` is an API path.
    """

    root: str
    rest: str


Meanings: TypeAlias = tuple[Path, ...]  # the first that turns out to be something counts; none: nothing of a library
Scope: TypeAlias = dict[str, Meanings]  # local names


class PathReader:
    """Reads expressions of one module. Local scopes are the caller's, for whom `bind` and `imported` fill them."""

    def __init__(self, module: ir.Module) -> None:
        self.script = module.language is not Language.PYTHON
        self._fields: Scope = {}

    def of(self, node: ir.Expr, scope: Scope) -> Meanings:
        """What an expression may mean."""
        if isinstance(node, ir.Name):
            return scope[node.id] if node.id in scope else (Path(node.id, ""),)
        if isinstance(node, ir.Attribute):
            base = node.value
            if isinstance(base, ir.Name) and base.id in _ME:
                return self._fields.get(node.attr, ())
            return _then(self.of(base, scope), f".{node.attr}")
        if isinstance(node, ir.Call):
            if self.script and is_required(node):
                return _required(node)
            return _then(self.of(node.func, scope), "()")
        if isinstance(node, (ir.Await, ir.Starred)):
            return self.of(node.value, scope)
        if isinstance(node, (ir.Logical, ir.Conditional)):
            sides = (node.left, node.right) if isinstance(node, ir.Logical) else (node.then, node.orelse)
            return (*self.of(sides[0], scope), *self.of(sides[1], scope))[:_MOST]
        return ()

    def bind(self, target: ir.Expr, meant: Meanings, scope: Scope) -> None:
        """A name, or a field of the object that the code belongs to, is given what means this."""
        if isinstance(target, ir.Name):
            scope[target.id] = meant
        elif isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id in _ME and meant:
            before = self._fields.get(target.attr, ())
            self._fields[target.attr] = tuple(dict.fromkeys((*meant, *before)))[:_MOST]
        elif isinstance(target, ir.Container) and target.kind == "dict":
            for item in target.items:
                key = item.key.value if isinstance(item.key, ir.Const) else None
                self.bind(item.value, _then(meant, f".{key}") if isinstance(key, str) else (), scope)

    def imported(self, node: ir.Import, scope: Scope) -> None:
        """An import within a function."""
        for alias in node.names:
            if node.level or node.module.startswith("."):
                scope[alias.asname] = (Path(imported_as(node.level, node.module, alias), ""),)
            elif self.script:
                whole = api_path(node.module)
                named = alias.name not in (None, "*", "default")
                scope[alias.asname] = (Path("", f"{whole}.{alias.name}" if named else whole),)
            elif alias.name is None:
                whole = node.module if alias.asname != node.module.partition(".")[0] else alias.asname
                scope[alias.asname] = (Path("", whole),)
            else:
                scope[alias.asname] = (Path("", f"{node.module}.{alias.name}"),)


def _then(meant: Meanings, step: str) -> Meanings:
    """What an attribute (`.x`) or a call (`()`) of something means."""
    return tuple(Path(one.root, one.rest + step) for one in meant if len(one.rest) < _LONGEST)


def imported_as(level: int, module: str, alias: ir.Alias) -> str:
    """The root that stands for one name of a relative import."""
    return "\n".join((str(level), module, alias.name or "", alias.asname))


def import_of(root: str) -> tuple[ir.Import, ir.Alias] | None:
    """The import that a root stands for; None for a plain name."""
    parts = root.split("\n")
    if len(parts) != 4:
        return None
    level, module, name, asname = parts
    alias = ir.Alias(0, 0, name or None, asname)
    return ir.Import(0, 0, module, int(level), [alias]), alias


def is_required(node: ir.Expr) -> bool:
    """Whether an expression of a script is a module: `require("x")`, `await import("x")`."""
    inner = node.value if isinstance(node, ir.Await) else node
    return isinstance(inner, ir.Call) and isinstance(inner.func, ir.Name) and inner.func.id in ("require", "import")


def _required(node: ir.Call) -> Meanings:
    first = node.args[0].value if node.args else None
    name = first.value if isinstance(first, ir.Const) else None
    return () if not isinstance(name, str) or name.startswith((".", "/", "#")) else (Path("", api_path(name)),)
