"""Folders as modules: namespace packages, which no file stands for."""

from backend_audit import ir
from backend_audit.flow.values import Value, ref
from backend_audit.link.symbols import ModuleSymbol
from backend_audit.source import Language


class FolderSymbol(ModuleSymbol):
    """A namespace package: a folder without `__init__`."""


def module_value(target: ModuleSymbol | str) -> Value:
    """The module, or the folder at the path `target`."""
    return ref(target) if isinstance(target, ModuleSymbol) else ref(_folder(target))


_folders: dict[str, FolderSymbol] = {}


def _folder(path: str) -> FolderSymbol:
    if path not in _folders:
        _folders[path] = FolderSymbol(path, path, ir.Module(path, Language.PYTHON, [], [], [0], 0), True)
    return _folders[path]
