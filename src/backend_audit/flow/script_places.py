"""Where code stands, as constants: `__dirname`, `import.meta.url`, the current folder; what lies in the folders of a project.

Only in modules that look for others by their paths, and in those that these load: elsewhere nobody needs to read such a path.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from backend_audit import ir
from backend_audit.flow.values import MADE, Value, container, text
from backend_audit.flow.written import written
from backend_audit.link.project import Project
from backend_audit.link.script_imports import loaded
from backend_audit.link.script_modules import split
from backend_audit.link.symbols import ModuleSymbol

ROOT = "/<project>"  # what the folder of the whole project is called: no real path begins so
_URL = f"file://{ROOT}"
_BUILT = re.compile(r"(^|/)(?:dist|lib|build|out)(?:/(?:cjs|esm|src))?(?=/|$)")
_FINDING = re.compile(
    r"^(?:readdir(?:Sync)?|opendir(?:Sync)?|glob(?:Sync)?|globby(?:Sync)?|walk(?:Sync)?|sync|find(?:Sync|Async)|requireDir|"
    r"requireAll|requireDirectory|fdir|fg|autoload|fastifyAutoload)$",
    re.IGNORECASE,
)
_LOADERS = frozenset(("require", "import"))
_NO_MODULE = re.compile(r"(?:^|[./_-])(?:test|tests|spec|mock|mocks|stories)\.|\.d\.[cm]?ts$")
_GATHERERS = frozenset("require-all require-dir require-directory include-all @fastify/autoload fastify-autoload".split())
_PACKAGES = frozenset(
    "fs fs/promises fs-extra graceful-fs path url module glob glob-promise fast-glob globby tinyglobby fs-jetpack require-all "
    "require-dir require-directory include-all recursive-readdir recursive-readdir-sync readdirp klaw-sync walk-sync rrdir "
    "@fastify/autoload fastify-autoload".split()
)  # fmt: skip


class Places:
    """The folders of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def finders(self) -> frozenset[str]:
        """The keys of the modules that look for others by their paths, and of what these load: settings say where to look."""
        return self._with_loaded(_finds)

    @cached_property
    def loaders(self) -> frozenset[str]:
        """The keys of the modules that load others of which they know no name, and of what these load: it may list them."""
        return self._with_loaded(_loads)

    def _with_loaded(self, chosen: Callable[[ModuleSymbol], bool]) -> frozenset[str]:
        """The keys of the modules that are `chosen`, and of what these load."""
        found = [one for one in self.project.modules.values() if chosen(one)]
        near = (self.project.find(one, name, 0) for one in found for name in loaded(one))
        return frozenset(one.key for one in (*found, *near) if isinstance(one, ModuleSymbol))

    @cached_property
    def folders(self) -> dict[str, dict[str, bool]]:
        """What each folder holds, by name: whether it is a folder."""
        made: dict[str, dict[str, bool]] = {"": {}}
        for path in self.project.modules:
            if _NO_MODULE.search(posixpath.basename(path)):
                continue
            inner, is_folder = path, False
            while inner:
                above, name = posixpath.split(inner)
                made.setdefault(above, {})[name] = is_folder
                inner, is_folder = above, True
        return {folder: dict(sorted(held.items())) for folder, held in made.items()}

    def start(self, module: ModuleSymbol) -> str:
        """The folder in which a program is usually started: that of the package."""
        return posixpath.join(ROOT, self.project.package_folder(module.path)).rstrip("/")

    def here(self, module: ModuleSymbol, name: str) -> Value:
        """What `__dirname` is in a module, or a part of `import.meta`."""
        if module.key not in self.finders:
            return MADE
        path = f"{ROOT}/{module.path}"
        return text(posixpath.dirname(path) if "dirname" in name else f"file://{path}" if name == "url" else path)

    def inside(self, path: str, module: ModuleSymbol) -> Iterator[str]:
        """The paths within the project that a path may be, the likeliest first: relative ones begin where the program starts."""
        plain = path.removeprefix("file://")
        if plain.startswith("/") and plain != ROOT and not plain.startswith(f"{ROOT}/"):
            return
        stated = posixpath.normpath(plain.removeprefix(ROOT).lstrip("/") or ".")
        base = self.project.package_folder(module.path)
        for one in dict.fromkeys((stated, posixpath.normpath(posixpath.join(base, stated)))):
            for name in dict.fromkeys((one, _BUILT.sub(r"\1src", one), _BUILT.sub("", one).lstrip("/"))):
                if not name.startswith(".."):
                    yield "" if name == "." else name

    def folder(self, path: str, module: ModuleSymbol) -> str | None:
        """The folder of the project that a path names."""
        return next((one for one in self.inside(path, module) if one in self.folders), None)

    def is_folder(self, path: str, module: ModuleSymbol) -> bool | None:
        """Whether a path is that of a folder; None where nothing is known to be."""
        for one in self.inside(path, module):
            above, name = posixpath.split(one)
            if one in self.folders or name in self.folders.get(above, {}):
                return one in self.folders
        return None

    def modules_below(self, paths: Iterable[str], module: ModuleSymbol) -> Iterator[ModuleSymbol]:
        """The modules in a folder that a path names, and in those in it."""
        for folder in (found for path in paths if (found := self.folder(path, module)) is not None):
            yield from (self.project.modules[f"{folder}/{one}"] for one in self.below(folder) if folder)

    def below(self, folder: str) -> Iterator[str]:
        """The paths of all files in a folder and in those in it, as seen from there."""
        for name, is_folder in self.folders.get(folder, {}).items():
            inner = posixpath.join(folder, name)
            yield from (f"{name}/{one}" for one in self.below(inner)) if is_folder else (name,)

    def specifiers(self, module: ModuleSymbol, path: str) -> list[str]:
        """How a module would name what it loads by a whole path; the path as it is where it is none."""
        if not path.startswith((ROOT, _URL)):
            return [path]
        here = posixpath.dirname(module.path) or "."
        return [f"./{posixpath.relpath(one, here)}" for one in self.inside(path, module)]


def _finds(module: ModuleSymbol) -> bool:
    """Whether a module lists folders, or loads what it knows no name of."""
    names = {name.removeprefix("node:") for name in loaded(module)}
    if not names & _PACKAGES and not any(split(name)[0] in _PACKAGES for name in names):
        return False
    if names & _GATHERERS:
        return True
    calls = module.nodes.of(ir.Call)
    given = (arg.value.id for one in calls for arg in one.args if isinstance(arg.value, ir.Name))
    return any(map(finds, calls)) or any(map(_FINDING.match, given))  # `register(autoload, …)`


def _loads(module: ModuleSymbol) -> bool:
    return any(map(_is_unnamed, module.nodes.of(ir.Call)))


def _is_unnamed(call: ir.Call) -> bool:
    """Whether a call loads a module that it knows no name of: `require(path)`."""
    return written(call.func) in _LOADERS and bool(call.args) and not isinstance(call.args[0].value, ir.Const)


def finds(call: ir.Call) -> bool:
    """Whether a call lists a folder, or loads what it knows no name of."""
    name = written(call.func)
    return _is_unnamed(call) if name in _LOADERS else _FINDING.match(name.rpartition(".")[2]) is not None


def located(path: str) -> Value:
    """`new URL(".", import.meta.url)`: its parts."""
    return container("dict", {"href": text(path), "pathname": text(path.removeprefix("file://")), "protocol": text("file:")})


def url(args: list[Value]) -> Value | None:
    """An address of a file of the project, made of constants."""
    found = [one.constant() for one in args[:2]]
    texts = [one.value for one in found if one is not None and isinstance(one.value, str)]
    if not texts or len(texts) != len(args[:2]) or not texts[-1].startswith(_URL):
        return None
    return located("file://" + posixpath.normpath(posixpath.join(posixpath.dirname(texts[-1][7:]), *texts[:-1])))


def plain_path(value: Value) -> Value | None:
    """`fileURLToPath(…)` of such an address."""
    told = value.item("href") if value.kind == "dict" else value
    one = None if told is None else told.constant()
    return text(one.value[7:]) if one is not None and isinstance(one.value, str) and one.value.startswith(_URL) else None


def address(value: Value, start: str) -> Value | None:
    """`pathToFileURL(…)` of a path in the project; a relative one begins at `start`."""
    one = value.constant()
    if one is None or not isinstance(one.value, str) or (one.value.startswith("/") and not one.value.startswith(ROOT)):
        return None
    return located(f"file://{posixpath.normpath(posixpath.join(start, one.value))}")
