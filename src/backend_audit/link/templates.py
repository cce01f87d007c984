"""The templates of a project: which files a name means, which names a template needs, which functions are its filters.

A template gets, besides the names that it reads itself, those that the templates it runs read: so that what a view hands over
arrives wherever it is written out.
"""

import posixpath
from collections.abc import Iterable, Iterator

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol, statements
from backend_audit.source import SCRIPT_TEMPLATES, Language

_MAX_NAMES = 200
_MOST = 3  # templates of one name and the same distance that all are meant
_ROOTS = ("template", "jinja", "view", "theme", "layout")
_REGISTRARS = frozenset(("filter", "template_filter", "app_template_filter", "jinja_filter"))


class Templates:
    """Answers what the names in templates and in calls that render them mean."""

    def __init__(self, modules: Iterable[ModuleSymbol]) -> None:
        self._by_name: dict[str, list[FunctionSymbol]] = {}
        self.filters: dict[str, list[FunctionSymbol]] = {}
        everything: list[FunctionSymbol] = []
        for module in modules:
            if module.node.language is Language.TEMPLATE:
                everything.append(module.every[0])
                for path in _paths(module.every[0]):
                    self._by_name.setdefault(posixpath.basename(path), []).append(module.every[0])
            else:
                self._register(module)
        if everything:
            self._hand_down(everything)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def find(self, name: str, near: str) -> list[FunctionSymbol]:
        """The templates that `name` may mean in a file at the path `near`: the nearest ones."""
        name = name.rpartition(":")[2].lstrip("/")
        if name.startswith("."):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(near), name))
        found = [
            one
            for one in self._by_name.get(posixpath.basename(name), ())
            if any(path == name or path.endswith(f"/{name}") for path in _paths(one))
        ]
        rooted = [one for one in found if any(_is_root(path.removesuffix(name)) for path in _paths(one) if path.endswith(name))]
        found = rooted or found
        if len(found) < 2:
            return found
        common = [len(posixpath.commonprefix((one.module.path, near))) for one in found]
        nearest = [one for one, length in zip(found, common, strict=True) if length == max(common)]
        return nearest[:_MOST]

    def _register(self, module: ModuleSymbol) -> None:
        """The filters that decorators of `module` register."""
        for function in module.every:
            for decorator in function.node.decorators:
                name = _filter_name(decorator, function.node.name)
                if name:
                    self.filters.setdefault(name, []).append(function)

    def _hand_down(self, everything: list[FunctionSymbol]) -> None:
        """Give each template the names that the templates it runs need, until nothing changes."""
        runs = {one.key: list(self._run_by(one)) for one in everything}
        users: dict[str, list[FunctionSymbol]] = {}
        for one in everything:
            for target, _ in runs[one.key]:
                users.setdefault(target.key, []).append(one)
        names = {one.key: {param.name for param in one.node.params} for one in everything}
        waiting = list(everything)
        while waiting:
            inner = waiting.pop()
            for outer in users.get(inner.key, ()):
                given = {name for target, args in runs[outer.key] if target is inner for name in args}
                missing = sorted(names[inner.key] - names[outer.key] - given)[: _MAX_NAMES - len(names[outer.key])]
                if missing:
                    names[outer.key].update(missing)
                    outer.node.params += [ir.Param(0, 0, name, "keyword", None, None) for name in missing]
                    waiting.append(outer)

    def _run_by(self, one: FunctionSymbol) -> Iterator[tuple[FunctionSymbol, frozenset[str]]]:
        """The templates that run with the names of `one`, and what they are given besides."""
        for node in statements(one.node.body):
            if isinstance(node, ir.Include) and not node.only:
                given = frozenset(arg.name for arg in node.args if arg.name)
                for name in constant_names(node.template):
                    for target in self.find(name, one.module.path):
                        if target is not one:
                            yield target, given


def constant_names(node: ir.Expr) -> Iterator[str]:
    """The template names that are written in an expression: one, the items of a list, the branches of a condition."""
    if isinstance(node, ir.Const):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ir.Conditional):
        yield from constant_names(node.then)
        yield from constant_names(node.orelse)
    elif isinstance(node, ir.Container):
        for item in node.items:
            yield from constant_names(item.value)


def _filter_name(decorator: ir.Expr, default: str) -> str:
    """The name under which a decorator registers a filter, "" if it registers none."""
    call = decorator if isinstance(decorator, ir.Call) else None
    func = decorator if call is None else call.func
    if not isinstance(func, ir.Attribute) or func.attr not in _REGISTRARS:
        return ""
    for arg in call.args if call is not None else ():
        if arg.name in (None, "name") and isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str):
            return arg.value.value
    return default


def _is_root(folder: str) -> bool:
    last = folder.rstrip("/").rpartition("/")[2].lower()
    return any(word in last for word in _ROOTS)


def _paths(one: FunctionSymbol) -> tuple[str, ...]:
    """The path of a template, and that without its ending where engines add it."""
    path = one.module.path
    return (path, path.rpartition(".")[0]) if path.endswith(SCRIPT_TEMPLATES) else (path,)
