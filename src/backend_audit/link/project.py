"""The project: modules by path, and what an import means.

A module is found as Python would find it: relative imports by the importer's folder, absolute ones from the folders that can
be on the import path (those above the importer, and `src` in them), the nearest that is no package first. What is not found
there may be another distribution of the same repository: a package elsewhere that no other holds. Names of the standard
library mean the standard library.
"""

import posixpath
import sys
from collections.abc import Iterable, Iterator
from itertools import takewhile

from backend_audit import ir
from backend_audit.link.renewing import Renewed, renewed
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, Symbol, define
from backend_audit.link.templates import Templates
from backend_audit.source import Language


class Project:
    """All lowered modules, in path order. `name`: of the folder that paths start from, which may be a package itself."""

    def __init__(self, modules: Iterable[ir.Module], name: str = "") -> None:
        self.name = name
        self.modules: dict[str, ModuleSymbol] = {}
        self.symbols: dict[int, Symbol] = {}  # by the identity of the defining node
        self._replaced: list[ir.Module] = []  # whose nodes are known by their identity, which no other may come to have
        self._folders: set[str] = {""}
        self._roots: dict[str, list[str]] = {}
        self._applications: dict[str, list[str]] | None = None  # the name of a package in one whose file is empty → that one
        self._elsewhere: dict[str, list[str]] | None = None  # the name of a package that no other holds → its folders' parents
        self._plain: dict[str, list[str]] | None = None  # the name of a folder without `__init__.py` → where such ones lie
        self._libraries: dict[str, bool] = {}
        self.libraries: frozenset[str] = frozenset()  # packages that are known from elsewhere
        for node in sorted(modules, key=lambda module: module.path):
            symbol = self._defined(node, self.symbols)
            self.modules[symbol.key] = symbol
            self._folders.update(_ancestors(node.path))
        self.templates = Templates(self.modules.values())

    def _defined(self, node: ir.Module, symbols: dict[int, Symbol]) -> ModuleSymbol:
        """The symbol of a module, with what it defines, which goes into `symbols` as well."""
        stem = node.path.rsplit(".", 1)[0]
        is_package = posixpath.basename(stem) == "__init__"
        key = posixpath.dirname(stem) if is_package else stem
        if node.language is Language.TEMPLATE:
            key, is_package = node.path, False  # no import can mean it
        symbol = ModuleSymbol(key, node.path, node, is_package)
        define(symbol, symbols)
        return symbol

    def renew(self, node: ir.Module) -> Renewed:
        """Let the module of a path hold other code; what it defines under the names of before, whoever knows it sees anew."""
        made: dict[int, Symbol] = {}
        fresh = self._defined(node, made)
        module = self.modules[fresh.key]
        self._replaced.append(module.node)
        old = self.symbols_of(node.path)
        for one in old:
            del self.symbols[id(one.node)]
        found = renewed(module, fresh, old, made)
        self.symbols |= found.symbols
        return found

    def symbols_of(self, path: str) -> list[FunctionSymbol | ClassSymbol]:
        """The functions and classes of the module at `path`."""
        kinds = (FunctionSymbol, ClassSymbol)
        return [one for one in self.symbols.values() if isinstance(one, kinds) and one.module.path == path]

    def functions(self) -> Iterator[FunctionSymbol]:
        """Every function and method at any depth, in path and source order."""
        for module in self.modules.values():
            yield from module.every

    def package_folder(self, path: str) -> str:  # noqa: ARG002 - for projects that know packages
        """The folder of the package that a file is part of."""
        return ""

    def find(self, importer: ModuleSymbol, dotted: str, level: int) -> ModuleSymbol | str | None:
        """What `dotted` (after `level` leading dots) means in `importer`: a module, the path of a folder, None if external."""
        if level:
            folder = _base(importer, level)
            return self.at(posixpath.join(folder, *dotted.split(".")) if dotted else folder)
        if dotted.partition(".")[0] in sys.stdlib_module_names:
            return None
        parts = dotted.split(".")
        folder = ""  # without any `__init__.py`: Python takes a package of that name before it, wherever that lies
        for root in self._import_roots(posixpath.dirname(importer.path)):
            head = self.at(posixpath.join(root, parts[0]))
            itself = head is importer and not (importer.is_package and root not in self.modules)  # a file called like a library
            if head is not None and not itself and not (root in self.modules and self._means_library(head)):
                found = self.at(posixpath.join(root, *parts))
                if isinstance(found, ModuleSymbol):
                    return found
                if parts[0] not in self.libraries:  # an installed package comes before a folder of its name
                    folder = folder or found or ""
        if parts[0] == self.name and not folder:
            return self.at("/".join(parts[1:])) if len(parts) > 1 else self.modules.get("")
        return self._distributed(importer, parts) or folder or self._reached_by_path(importer, parts)

    def _distributed(self, importer: ModuleSymbol, parts: list[str]) -> ModuleSymbol | None:
        """The module of another distribution: `libs/billing/billing/api.py` for `billing.api`, the nearest of several.

        A name alone may as well be that of a library: its folder must be called after it.
        """
        if self._elsewhere is None:
            self._elsewhere = {}
            for key, module in self.modules.items():
                if module.is_package and posixpath.dirname(key) not in self.modules:
                    self._elsewhere.setdefault(posixpath.basename(key), []).append(posixpath.dirname(key))
        roots = [one for one in self._elsewhere.get(parts[0], ()) if len(parts) > 1 or _called_after(one, parts[0])]
        roots = roots or self._put_on_the_path(parts[0])
        found = {root: self.modules[key] for root in roots if (key := posixpath.join(root, *parts)) in self.modules}
        near = _nearest(found, importer)
        return None if near is None else found[near]

    def _reached_by_path(self, importer: ModuleSymbol, parts: list[str]) -> ModuleSymbol | str | None:
        """What lies in a folder elsewhere that is no package by a file.

        A module is known by its whole name; where the importer changes `sys.path`, the folder itself (`from lib import users`).
        """
        if self._plain is None:
            self._plain = {}
            code = (one.path for one in self.modules.values() if one.node.language is not Language.TEMPLATE)
            for folder in sorted({folder for path in code for folder in _ancestors(path)}):
                if folder not in self.modules:
                    self._plain.setdefault(posixpath.basename(folder), []).append(posixpath.dirname(folder))
        roots = [] if parts[0] in self.libraries else self._plain.get(parts[0], [])
        if not roots or (len(parts) == 1 and not _changes_path(importer)):
            return None
        found = {root: one for root in roots if (one := self.at(posixpath.join(root, *parts))) is not None}
        if len(parts) > 1:
            found = {root: one for root, one in found.items() if isinstance(one, ModuleSymbol)}
        near = _nearest(found, importer)
        return None if near is None else found[near]

    def _put_on_the_path(self, name: str) -> list[str]:
        """The folders of applications that hold a package of that name, packages by an empty file alone: `apps/orders`."""
        if self._applications is None:
            self._applications = {}
            for key, module in self.modules.items():
                above = self.modules.get(posixpath.dirname(key)) if module.is_package else None
                empty = above is not None and above is not module and not above.node.body
                if above is not None and empty and posixpath.dirname(above.key) not in self.modules:
                    self._applications.setdefault(posixpath.basename(key), []).append(above.key)
        return [] if name in self.libraries else self._applications.get(name, [])

    def _means_library(self, module: ModuleSymbol | str) -> bool:
        """Whether a module imports its own name, as `shop/celery.py` does (`from celery import Celery`): that is a library."""
        if isinstance(module, str) or module.is_package:  # or a folder in a package is called like one: `shop/fastapi`
            return (module if isinstance(module, str) else module.key).rpartition("/")[2] in self.libraries
        if module.key not in self._libraries:
            own = posixpath.basename(module.key)
            imports = (one for one in module.node.body if isinstance(one, ir.Import) and not one.level)
            self._libraries[module.key] = any(one.module.partition(".")[0] == own for one in imports)
        return self._libraries[module.key]

    def absolute(self, importer: ModuleSymbol, dotted: str, level: int) -> str:
        """The name of a module that is not here as its own package would write it: a scan may see a part of a package only."""
        folders = [part for part in _base(importer, level).split("/") if part] if level else []
        return ".".join([*folders, dotted] if dotted else folders)

    def at(self, key: str) -> ModuleSymbol | str | None:
        """The module with this key, else the folder of that path (a namespace package), else None."""
        found = self.modules.get(key)
        return found if found is not None else key if key in self._folders and key else None

    def _import_roots(self, folder: str) -> list[str]:
        if folder not in self._roots:
            found, current = [], folder
            while True:
                found += [current, posixpath.join(current, "src")]
                if not current or current == "/":
                    break
                current = posixpath.dirname(current)
            known = [root for root in dict.fromkeys(found) if root in self._folders]
            self._roots[folder] = sorted(known, key=lambda root: root in self.modules)  # packages are no roots but at need
        return self._roots[folder]


def _base(importer: ModuleSymbol, level: int) -> str:
    """The folder from which a relative import of `level` dots starts."""
    folder = importer.key if importer.is_package else posixpath.dirname(importer.key)
    for _ in range(level - 1):
        folder = posixpath.dirname(folder)
    return folder


def _nearest(roots: Iterable[str], importer: ModuleSymbol) -> str | None:
    """The folder that has the most in common with the importer's; none where two have as much."""
    near = sorted(roots, key=lambda root: -_shared(root, importer.path))
    if not near or (len(near) > 1 and _shared(near[0], importer.path) == _shared(near[1], importer.path)):
        return None
    return near[0]


def _changes_path(module: ModuleSymbol) -> bool:
    """Whether a module says itself where else Python is to look: `sys.path.append(os.environ["APP_BIN"])`."""
    names = [(alias.asname, alias.name) for one in module.nodes.of(ir.Import) if one.module == "sys" for alias in one.names]
    itself = {called for called, what in names if what is None}
    lists = {called for called, what in names if what == "path"}
    calls = (one.func for one in module.nodes.of(ir.Call) if names and isinstance(one.func, ir.Attribute))
    for changed in (one.value for one in calls if one.attr in ("append", "insert", "extend")):
        if isinstance(changed, ir.Name) and changed.id in lists:
            return True
        owner = changed.value if isinstance(changed, ir.Attribute) and changed.attr == "path" else None
        if isinstance(owner, ir.Name) and owner.id in itself:
            return True
    return False


def _called_after(root: str, package: str) -> bool:
    """Whether a folder, or the one above its `src`, is called like the package in it: `libs/acme-billing/src/acme_billing`."""
    folder = posixpath.dirname(root) if posixpath.basename(root) == "src" else root
    return posixpath.basename(folder).replace("-", "_").replace(".", "_").lower() == package.lower()


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _ancestors(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder and folder != "/":
        yield folder
        folder = posixpath.dirname(folder)
