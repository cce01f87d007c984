"""Folders that a program lists to load what is in them: `readdirSync(join(__dirname, "routes"))` is a list of constants.

https://nodejs.org/api/fs.html#fsreaddirsyncpath-options, https://github.com/isaacs/node-glob, https://github.com/mrmlnc/fast-glob,
https://github.com/sindresorhus/globby, https://github.com/szwacz/fs-jetpack#findpath-searchoptions
"""

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_globs, script_places
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.script_places import ROOT, Places
from backend_audit.flow.values import MAX_ADDRESSES, NONE, UNKNOWN, Key, Value, constant, container, text
from backend_audit.link.symbols import ModuleSymbol

if TYPE_CHECKING:
    from backend_audit.flow.script_calls import ScriptCalls

LISTED, _ENTRY = "list of files", "file or folder"  # types
_FOLDER = "is a folder"  # under this name an entry says so
_READS = frozenset("fs.readdir fs.readdirSync fs-jetpack.list fs-jetpack.listAsync fs.opendir fs.opendirSync".split())
_WALKS = frozenset("recursive-readdir recursive-readdir-sync walk-sync klaw-sync rrdir rrdir.sync rrdir.rrdirSync".split())
_GLOBS = frozenset(
    "glob glob.sync glob.glob glob.globSync glob-promise fast-glob fast-glob.sync fast-glob.glob fast-glob.globSync "
    "fast-glob.async globby globby.sync globby.globbySync tinyglobby.glob tinyglobby.globSync fs.glob fs.globSync".split()
)
_FINDS = frozenset(("fs-jetpack.find", "fs-jetpack.findAsync"))
_GATHERS = frozenset("require-all include-all require-dir require-directory".split())
_ASKS = frozenset("fs.stat fs.statSync fs.lstat fs.lstatSync".split())
_EXISTS = frozenset("fs.existsSync fs.pathExists fs.pathExistsSync fs-jetpack.exists fs-jetpack.existsAsync".split())
_TESTS = {"isDirectory": True, "isFile": False}
_DEFAULT_PATTERN = "*"


def called(frame: "ScriptCalls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What a function gives that looks at folders; None if it is none, or looks at what is not known."""
    first = argument(args, "0")
    given = UNKNOWN if first is None else first.value
    known = _place(frame, path, given, args)
    if known is not None or frame.module.key not in frame.engine.places.finders:
        return known
    if path in _GATHERS:
        return _gathered(frame, path, given, args)
    if path in _READS | _WALKS:
        found = _read(frame, path, given, args)
    elif path in _GLOBS or path in _FINDS:
        found = _globbed(frame, path, given, args)
    else:
        return None
    last = args[-1][1].value if args else UNKNOWN
    if found is not None and last.refs and last is not given:  # `glob(pattern, (error, files) => …)`
        frame.run_once(node, last, [NONE, found])
    return found


def _place(frame: "ScriptCalls", path: str, given: Value, args: Args) -> Value | None:
    """What is said of one place: where the program runs, where a file stands, whether something is there."""
    places, module = frame.engine.places, frame.module
    if path == "process.cwd" and module.key in places.finders:
        return text(places.start(module))
    if path in ("url.fileURLToPath", "fileURLToPath"):
        return script_places.plain_path(given)
    if path in ("url.pathToFileURL", "pathToFileURL"):
        return script_places.address(given, places.start(module)) if module.key in places.finders else None
    if path in ("URL", "url.URL"):
        return script_places.url([one.value for _, one in args])
    one = given.constant()
    if path not in _ASKS | _EXISTS or one is None or not str(one.value).startswith(ROOT):
        return None
    folder = places.is_folder(str(one.value), module)
    if path in _EXISTS:
        return constant("bool", True) if folder is not None else None
    return None if folder is None else _entry(posixpath.basename(str(one.value)), "", is_folder=folder)


def asked(receiver: Value, name: str) -> Value | None:
    """`entry.isDirectory()`."""
    held = (receiver.items or {}).get(_FOLDER) if name in _TESTS and _ENTRY in receiver.types else None
    return None if held is None else constant("bool", held.is_just(value=True) is _TESTS[name])


def listing(values: list[Value]) -> Value | None:
    """A list of what was found in folders, each element known by itself."""
    items: dict[Key, Value] = dict(enumerate(values))
    return Value(kind="list", items=items, types=frozenset((LISTED,))) if 0 < len(values) <= MAX_ADDRESSES else None


def elements(value: Value) -> list[Value]:
    """What such a list holds; of an object that is made of one, nothing."""
    return list((value.items or {}).values()) if value.kind == "list" and LISTED in value.types else []


def compiled(values: list[Value]) -> list[Value]:
    """The same files as they are called when TypeScript has been compiled."""
    found = [one.constant() for one in values]
    texts = [str(one.value) for one in found if one is not None and one.kind == "str"]
    made = [text(f"{one[:-2]}js") for one in texts if one.endswith(".ts")]
    return made if len(made) == len(values) else []


def each(attr: str, values: list[Value], once: Callable[[Value], Value]) -> Value:
    """`files.map(f)`, `files.filter(f)`, `files.forEach(f)`: the function is called with each file by itself."""
    if attr == "filter":
        kept = [one for one in values if not _refused(once(one))]
        if not kept:
            kept = [one for one in compiled(values) if not _refused(once(one))]
        return listing(kept) or Value(kind="list", items={})
    results = [once(one) for one in values]
    if attr == "flatMap":
        results = [inner for one in results for inner in (one.inside() if one.kind == "list" else [one])]
    return (listing(results) if attr in ("map", "flatMap") else None) or UNKNOWN


def _refused(answer: Value) -> bool:
    found = answer.constants()
    return found is not None and not any(one.value for one in found)


# --- what is found ----------------------------------------------------------------------------------------------------


def _read(frame: "ScriptCalls", path: str, given: Value, args: Args) -> Value | None:
    places = frame.engine.places
    found: list[Value] = []
    for told in given.texts() if given.constants() is not None else ():
        folder = places.folder(told, frame.module)
        if folder is None:
            continue
        whole = _is_on(args, "1.recursive")
        if path in _WALKS or whole:
            entry, full = _is_on(args, "1.withFileTypes"), path.startswith("recursive-readdir")
            found += [_named(told, one, entry=entry, whole=full) for one in places.below(folder)]
            continue
        for name, is_folder in places.folders[folder].items():
            entry = _is_on(args, "1.withFileTypes") or "opendir" in path
            found.append(_entry(name, told, is_folder=is_folder) if entry else text(name))
    return listing(found)


def _gathered(frame: "ScriptCalls", path: str, given: Value, args: Args) -> Value | None:
    """`requireAll({dirname})`, `requireDir("./routes")`: what the modules of a folder export, by their names."""
    second = argument(args, "1")
    told = given.item("dirname") if given.kind == "dict" else second.value if path == "require-directory" and second else given
    one = None if told is None else told.constant()
    if one is None or not isinstance(one.value, str):
        return None
    start = posixpath.join(ROOT, posixpath.dirname(frame.module.path))
    places = frame.engine.places
    folder = places.folder(posixpath.join(start, one.value), frame.module)
    deep = path != "require-dir" or _is_on(args, "1.recurse")
    return None if folder is None else _exports_in(frame, folder, deep=deep)


def _exports_in(frame: "ScriptCalls", folder: str, *, deep: bool) -> Value:
    held: dict[Key, Value] = {}
    for name, is_folder in frame.engine.places.folders[folder].items():
        inner = posixpath.join(folder, name)
        if is_folder and deep:
            held[name] = _exports_in(frame, inner, deep=True)
        elif not is_folder and inner != frame.module.path:
            held.setdefault(posixpath.splitext(name)[0], frame.engine.required(frame.module, f"{ROOT}/{inner}"))
    return container("dict", held)


def _named(folder: str, name: str, *, entry: bool, whole: bool) -> Value:
    if entry:
        return _entry(posixpath.basename(name), posixpath.join(folder, posixpath.dirname(name)), is_folder=False)
    return text(posixpath.join(folder, name) if whole else name)


def _entry(name: str, folder: str, *, is_folder: bool) -> Value:
    where = text(folder)
    items: dict[Key, Value] = {"name": text(name), "path": where, "parentPath": where, _FOLDER: constant("bool", is_folder)}
    return Value(kind="dict", items=items, types=frozenset((_ENTRY,)))


def _globbed(frame: "ScriptCalls", path: str, given: Value, args: Args) -> Value | None:
    """The files that patterns mean, as seen from the folder in which they are looked for."""
    places, module = frame.engine.places, frame.module
    if path in _FINDS:
        matching = argument(args, "1.matching")
        patterns = [_DEFAULT_PATTERN] if matching is None else _texts(matching.value)
        patterns = [one if "/" in one else f"**/{one}" for one in patterns]
        told = given.constant()
        if told is None:
            return None
        start = str(told.value)
    else:
        cwd = argument(args, "1.cwd")
        patterns, starts = _texts(given), [] if cwd is None else _texts(cwd.value)
        start = starts[0] if starts else "."
        ignored = argument(args, "1.ignore")
        patterns += [] if ignored is None else [f"!{one}" for one in _texts(ignored.value)]
    absolute = _is_on(args, "1.absolute") or _is_on(args, "1.realpath")
    found = list(dict.fromkeys(_matching(places, module, patterns, start, absolute=absolute)))
    base = places.project.package_folder(module.path)
    if path in _FINDS:  # these are told as seen from where the program runs
        found = [posixpath.relpath(one.removeprefix(ROOT).lstrip("/"), base or ".") for one in found]
    return listing([text(one) for one in found])


def _matching(
    places: Places, module: ModuleSymbol, patterns: list[str], start: str, *, absolute: bool
) -> Iterator[str]:  # fmt: skip
    for pattern in patterns:
        if pattern.startswith("!"):
            continue
        fixed, rest = script_globs.parted(pattern)
        whole = fixed.startswith("/")
        for folder in places.inside(posixpath.join(start, fixed), module):
            if folder not in places.folders:
                continue
            shown = posixpath.join(ROOT, folder) if whole or absolute or (start.startswith("/") and not fixed) else fixed
            below = list(places.below(folder))
            kept = [one for one in below if script_globs.fits(rest, one)]
            kept = kept or [js for one in below if one.endswith(".ts") and script_globs.fits(rest, js := f"{one[:-2]}js")]
            yield from (posixpath.join(shown, one) for one in kept if not _is_left_out(patterns, one))
            break


def _is_left_out(patterns: list[str], name: str) -> bool:
    return any(script_globs.fits(one[1:].rpartition("**/")[2], posixpath.basename(name)) for one in patterns if one[:1] == "!")


def _texts(value: Value) -> list[str]:
    return [found for one in (value.inside() if value.kind else [value]) for found in one.texts() if not one.open]


def _is_on(args: Args, spec: str) -> bool:
    held = argument(args, spec)
    return held is not None and held.value.is_just(value=True)
