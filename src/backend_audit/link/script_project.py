"""A project of JavaScript and TypeScript modules."""

from collections.abc import Iterable, Mapping

from backend_audit import ir
from backend_audit.link.project import Project
from backend_audit.link.script_modules import Resolver
from backend_audit.link.script_symbols import define_script
from backend_audit.link.symbols import ModuleSymbol, Symbol
from backend_audit.link.templates import Templates


class ScriptProject(Project):
    """All lowered modules, in path order; a module's key is its path. `manifests`: see `script_modules.Resolver`."""

    def __init__(self, modules: Iterable[ir.Module], manifests: Mapping[str, str], name: str = "") -> None:
        super().__init__((), name)
        for node in sorted(modules, key=lambda module: module.path):
            self.modules[node.path] = self._defined(node, self.symbols)
        self._resolver = Resolver(self.modules, manifests)
        self.templates = Templates(self.modules.values())

    def _defined(self, node: ir.Module, symbols: dict[int, Symbol]) -> ModuleSymbol:
        symbol = ModuleSymbol(node.path, node.path, node, False)
        define_script(symbol, symbols)
        return symbol

    def find(self, importer: ModuleSymbol, dotted: str, level: int) -> ModuleSymbol | None:  # noqa: ARG002 - there are no levels
        """The module that the text `dotted` means in `importer`; None if it is no file of the project."""
        path = self._resolver.find(importer.path, dotted)
        return None if path is None else self.modules.get(path)

    def package_folder(self, path: str) -> str:
        """The folder of the nearest package.json above a file, in which its program usually starts; "" if there is none."""
        return self._resolver.package_folder(path)

    def version_of(self, path: str, package: str) -> str:
        """The version of a library that the nearest package.json above a file asks for, as written there; "" if none does."""
        return self._resolver.version_of(path, package)
