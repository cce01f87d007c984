"""Which file a JavaScript or TypeScript import means, as Node and TypeScript find it, among the files of the project.

https://nodejs.org/api/modules.html#all-together, https://nodejs.org/api/packages.html#package-entry-points,
https://www.typescriptlang.org/tsconfig/#paths. Nothing is read here: package.json and tsconfig.json come as texts.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast

MANIFESTS = ("package.json", "tsconfig.json", "tsconfig.base.json", "jsconfig.json")
_EXTENDED = re.compile(r"[jt]sconfig[._-][\w.-]+\.json")  # `tsconfig-base.json`, which others may extend
_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_SOURCES_OF = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_CONDITIONS = ("source", "types", "import", "node", "require", "default")
_BUILT = re.compile(r"(^|/)(dist|lib|build|out)(/(cjs|esm|src))?/")
_JSON_EXTRAS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_MAX_EXTENDS = 6

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Table: TypeAlias = "dict[str, Json]"


def is_manifest(path: str) -> bool:
    """Whether a file tells how imports are to be read."""
    name = posixpath.basename(path)
    return name in MANIFESTS or _EXTENDED.fullmatch(name) is not None


class Resolver:
    """`files`: the paths of the lowered modules; `manifests`: the texts of package.json, tsconfig.json … by path."""

    def __init__(self, files: Iterable[str], manifests: Mapping[str, str]) -> None:
        self._files = frozenset(files)
        self._tables = {path: table for path, text in sorted(manifests.items()) if (table := _parsed(text))}
        self._packages: dict[str, str] = {}  # name → folder, of the packages of this repository
        for path, table in self._tables.items():
            name = table.get("name")
            if posixpath.basename(path) == "package.json" and isinstance(name, str) and name:
                self._packages.setdefault(name, posixpath.dirname(path))
        self._aliases: dict[str, list[tuple[str, list[str]]]] = {}
        self._known: dict[tuple[str, str], str | None] = {}

    def find(self, importer: str, specifier: str) -> str | None:
        """The path of the file that `specifier` means in the file `importer`; None if it is no file of the project."""
        folder = posixpath.dirname(importer)
        key = (folder, specifier)
        if key not in self._known:
            self._known[key] = self._find(folder, specifier.split("?", 1)[0])
        return self._known[key]

    def package_folder(self, path: str) -> str:
        """The folder of the nearest package.json above a file; "" if there is none."""
        above = _upwards(posixpath.dirname(path))
        return next((one for one in above if posixpath.join(one, "package.json") in self._tables), "")

    def version_of(self, path: str, package: str) -> str:
        """The version of `package` that the nearest package.json above the file `path` asks for; "" if none names it."""
        for above in _upwards(posixpath.dirname(path)):
            table = self._tables.get(posixpath.join(above, "package.json"), {})
            for word in ("dependencies", "peerDependencies", "devDependencies"):
                version = _table(table.get(word)).get(package)
                if isinstance(version, str):
                    return version
        return ""

    def _find(self, folder: str, specifier: str) -> str | None:
        if specifier.startswith("."):
            return self._at(posixpath.join(folder, specifier))
        if specifier.startswith(("node:", "/")) or not specifier:
            return None
        for pattern, targets in self._paths(folder):
            inside = _matched(pattern, specifier)
            if inside is None:
                continue
            for target in targets:
                found = self._at(target.replace("*", inside, 1))
                if found is not None:
                    return found
        return self._imported(folder, specifier) if specifier.startswith("#") else self._package(specifier)

    def _at(self, path: str) -> str | None:
        """The module at `path`, which may lack its ending, or name a folder, or what TypeScript makes of the file."""
        path = posixpath.normpath(path)
        if path.startswith(".."):
            return None
        path = "" if path == "." else path
        if path in self._files:
            return path
        stem, ending = posixpath.splitext(path)
        candidates = [path + one for one in _ENDINGS] + [stem + one for one in _SOURCES_OF.get(ending, ())]
        found = next((one for one in candidates if one in self._files), None)
        return found if found is not None else self._entry(path)

    def _entry(self, folder: str) -> str | None:
        """The module that a folder stands for."""
        table = self._tables.get(posixpath.join(folder, "package.json"), {})
        for word in ("source", "main", "module"):
            value = table.get(word)
            if isinstance(value, str) and value not in {".", "./", ""}:
                found = self._built(folder, value)
                if found is not None:
                    return found
        names = [posixpath.join(folder, part) for part in ("index", "src/index")]
        return next((name + one for name in names for one in _ENDINGS if name + one in self._files), None)

    def _built(self, folder: str, target: str) -> str | None:
        """A file that a manifest names, or the source that it is built from."""
        path = posixpath.normpath(posixpath.join(folder, target))
        for one in (path, _BUILT.sub(r"\1src/", path), _BUILT.sub(r"\1", path)):
            if posixpath.splitext(one)[0] != folder and (found := self._file(one)) is not None:
                return found
        return None

    def _file(self, path: str) -> str | None:
        stem, ending = posixpath.splitext(path.removesuffix(".d.ts") + (".ts" if path.endswith(".d.ts") else ""))
        names = [path, *(path + one for one in _ENDINGS), *(stem + one for one in _SOURCES_OF.get(ending, ())), stem + ending]
        return next((one for one in names if one in self._files), None)

    def _package(self, specifier: str) -> str | None:
        """A workspace of the same repository, by its name: `@app/shared`, `@app/shared/errors`."""
        name, rest = split(specifier)
        folder = self._packages.get(name)
        if folder is None:
            return None
        exports = self._tables[posixpath.join(folder, "package.json")].get("exports")
        target = _exported(exports, f"./{rest}" if rest else ".")
        found = None if target is None else self._built(folder, target)
        if found is not None:
            return found
        return self._at(posixpath.join(folder, rest)) if rest else self._entry(folder)

    def _imported(self, folder: str, specifier: str) -> str | None:
        """`#name`, from `imports` of the nearest package."""
        for above in _upwards(folder):
            table = self._tables.get(posixpath.join(above, "package.json"))
            if table is not None:
                target = _exported(table.get("imports"), specifier)
                return None if target is None else self._built(above, target)
        return None

    def _paths(self, folder: str) -> list[tuple[str, list[str]]]:
        """The aliases that hold in a folder: patterns and what they stand for, `baseUrl` as one of them."""
        if folder not in self._aliases:
            self._aliases[folder] = next(
                (
                    found
                    for above in _upwards(folder)
                    for name in MANIFESTS[1:]
                    if (found := self._options(posixpath.join(above, name), _MAX_EXTENDS)) is not None
                ),
                [],
            )
        return self._aliases[folder]

    def _options(self, path: str, depth: int) -> list[tuple[str, list[str]]] | None:
        table = self._tables.get(path)
        if table is None or depth == 0:
            return None
        folder, options = posixpath.dirname(path), _table(table.get("compilerOptions"))
        base, paths = options.get("baseUrl"), options.get("paths")
        if not isinstance(base, str) and not isinstance(paths, dict):
            above = table.get("extends")
            parents = [one for one in (above if isinstance(above, list) else [above]) if isinstance(one, str)]
            names = [posixpath.normpath(posixpath.join(folder, one)) for one in parents if one.startswith(".")]
            found = [self._options(one if one.endswith(".json") else f"{one}.json", depth - 1) for one in names]
            return next((one for one in reversed(found) if one), [])
        root = posixpath.normpath(posixpath.join(folder, base)) if isinstance(base, str) else folder
        aliases = []
        for pattern, targets in _table(paths).items():
            named = [posixpath.join(root, one) for one in targets if isinstance(one, str)] if isinstance(targets, list) else []
            aliases.append((pattern, named))
        aliases.sort(key=lambda one: -len(one[0].partition("*")[0]))
        return [*aliases, ("*", [posixpath.join(root, "*")])] if isinstance(base, str) else aliases


def split(specifier: str) -> tuple[str, str]:
    """The package's name and the path in it: `@a/b/c/d` is `@a/b` and `c/d`."""
    parts = specifier.split("/")
    cut = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:cut]), "/".join(parts[cut:])


def api_path(specifier: str) -> str:
    """The API path of a module that is no file of the project: `fs.promises` for `node:fs/promises`."""
    name, rest = split(specifier.removeprefix("node:"))
    stem, ending = posixpath.splitext(rest)
    rest = stem if ending in _ENDINGS else rest
    return ".".join([name, *rest.split("/")]) if rest and rest != "index" else name


def _parsed(text: str) -> Table:
    """A JSON text with comments and trailing commas; empty if it is none."""
    try:
        return _table(cast("Json", json.loads(_JSON_EXTRAS.sub(lambda found: found[1] or "", text))))
    except (ValueError, RecursionError):
        return {}


def _table(value: Json) -> Table:
    return value if isinstance(value, dict) else {}


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _matched(pattern: str, specifier: str) -> str | None:
    """What the `*` of a pattern stands for in `specifier`; None if they differ."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == specifier else None
    fits = specifier.startswith(head) and specifier.endswith(tail) and len(specifier) >= len(head) + len(tail)
    return specifier[len(head) : len(specifier) - len(tail)] if fits else None


def _exported(exports: Json, wanted: str) -> str | None:
    """The file that `exports` (or `imports`) of a manifest names for `wanted`."""
    if not isinstance(exports, dict) or not any(key.startswith((".", "#")) for key in exports):
        return _condition(exports) if wanted == "." else None
    if wanted in exports:
        return _condition(exports[wanted])
    for pattern in sorted(exports, key=len, reverse=True):
        inside = _matched(pattern, wanted) if "*" in pattern else None
        target = None if inside is None else _condition(exports[pattern])
        if target is not None and inside is not None:
            return target.replace("*", inside, 1)
    return None


def _condition(value: Json) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((found for one in value if (found := _condition(one)) is not None), None)
    table = _table(value)
    return next((found for word in _CONDITIONS if word in table and (found := _condition(table[word])) is not None), None)
