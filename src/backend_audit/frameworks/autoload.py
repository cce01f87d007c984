"""Which files @fastify/autoload loads as plugins, below which prefix, with which hooks.

https://github.com/fastify/fastify-autoload#readme
"""

import posixpath
import re
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.refine import truth
from backend_audit.flow.script_constant_texts import matches
from backend_audit.flow.script_engine import ScriptEngine
from backend_audit.flow.values import UNKNOWN, Value, text
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.routes.texts import texts_of

_INDEX, _HOOKS = "index", re.compile(r"^\.?auto[-_]?hooks$", re.IGNORECASE)
_PARAMETER = re.compile(r"^_(?!_)")
_BUILT = frozenset(("dist", "build", "out", "lib"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A module that is loaded as a plugin; `hooks` are the modules whose hooks cover it, `shared` that it is no scope."""

    module: ModuleSymbol
    prefix: str
    hooks: list[ModuleSymbol] = field(default_factory=list)
    shared: bool = False


def autoloaded(engine: Engine, chain: RouteChain, options: Value) -> list[Loaded]:
    """The plugins that `register(autoload, {dir})` loads."""
    folder = _told_folder(engine, chain, options)
    if folder is None:
        return []
    base = next(iter(texts_of(_held(options, "prefix") or _held(_held(options, "options"), "prefix"))), "").rstrip("/")
    hooked, cascades = _switch(options, "autoHooks"), _switch(options, "cascadeHooks")
    params, shared = _switch(options, "routeParams"), _is_off(options, "encapsulate")
    named = _held(options, "dirNameRoutePrefix") is None or not _is_off(options, "dirNameRoutePrefix")
    found: list[Loaded] = []
    by_folder = _by_folder(engine, folder, options)
    for place in sorted(by_folder):
        files = by_folder[place]
        parts = [part for part in place.removeprefix(folder).split("/") if part]
        below = "".join(f"/{_segment(part, params=params)}" for part in parts if named)
        hooks = _hooks(by_folder, folder, place, cascades=cascades) if hooked else []
        stems = [_INDEX] if _INDEX in files else [one for one in sorted(files) if not _HOOKS.match(one)]
        loaded = [files[one] for one in stems if not _said(engine, files[one], "autoload").is_just(value=False)]
        found += [Loaded(one, _prefix(engine, one, base, below), hooks, shared) for one in loaded]
    return found


def _told_folder(engine: Engine, chain: RouteChain, options: Value) -> str | None:
    """The folder that `dir` names: a constant, or what its expression says."""
    one = UNKNOWN if (held := _held(options, "dir")) is None else held
    module = engine.project.modules.get(chain.site.path)
    if isinstance(engine, ScriptEngine) and module is not None:
        found = next((place for text in one.texts() if (place := engine.places.folder(text, module)) is not None), None)
        if found:
            return found
    call = chain.site.call
    node = call.args[1].value if call is not None and len(call.args) > 1 else None
    for item in node.items if isinstance(node, ir.Container) else ():
        if isinstance(item.key, ir.Const) and item.key.value == "dir":
            return _folder(engine, chain.site.path, item.value)
    return None


def _by_folder(engine: Engine, folder: str, options: Value) -> dict[str, dict[str, ModuleSymbol]]:
    """The modules below a folder by theirs, each by its stem; those that the options leave out are not among them."""
    found: dict[str, dict[str, ModuleSymbol]] = {}
    deepest = UNKNOWN if (held := _held(options, "maxDepth")) is None else held
    most = next((one.value for one in deepest.consts if one.kind == "int"), None)
    for path, module in engine.project.modules.items():
        if not path.startswith(f"{folder}/"):
            continue
        inside, name = path.removeprefix(folder), posixpath.basename(path)
        too_deep = isinstance(most, int) and inside.count("/") - 1 > most
        left_out = _fits(engine, options, "ignorePattern", name) or _fits(engine, options, "ignoreFilter", inside)
        if too_deep or left_out or _fits(engine, options, "matchFilter", inside) is False:
            continue
        stem = posixpath.splitext(name.lstrip("."))[0]
        found.setdefault(posixpath.dirname(path), {})[stem] = module
    return found


def _fits(engine: Engine, options: Value, name: str, path: str) -> bool | None:
    """Whether a filter among the options takes a path; None where there is none."""
    held = _held(options, name)
    one = None if held is None else held.constant()
    for function in [] if held is None else of_kind(held.refs, FunctionSymbol)[:1]:
        frame = engine.frame(function.module, function, {param.name: text(path) for param in function.node.params[:1]})
        engine.run_in(frame, function)
        return truth(frame.returns)
    if held is None or one is None:
        return None
    return matches(held, text(path)) if one.kind == "regex" else str(one.value) in path


def _said(engine: Engine, module: ModuleSymbol, name: str) -> Value:
    """What a module says of itself, as an export or as an attribute of its plugin: `plugin.autoPrefix = "/v2"`."""
    found = engine.module_attribute(module, name)
    whole = engine.module_attribute(module, "default") if found is None else None
    symbols = [] if whole is None else [one for one in whole.refs if isinstance(one, FunctionSymbol)]
    return found or next((engine.symbol_attribute(one, name) for one in symbols), UNKNOWN)


def _prefix(engine: Engine, module: ModuleSymbol, base: str, below: str) -> str:
    """The prefix of a plugin: what it says itself takes the place of its folder's, or of all."""
    whole = _said(engine, module, "prefixOverride").texts()
    own = _said(engine, module, "autoPrefix").texts()
    return (whole[0] if whole else f"{base}/{own[0].strip('/')}" if own else f"{base}{below}").rstrip("/")


def configured_off(engine: Engine, module: ModuleSymbol) -> bool:
    """Whether a plugin's own options say that it is not for all routes: `export const autoConfig = {global: false}`.

    They may be what a function gives that is called with the instance.
    """
    config = engine.module_attribute(module, "autoConfig")
    if config is None:
        return False
    held: list[ir.Item] = []
    for function in [one for one in config.refs if isinstance(one, FunctionSymbol)]:
        made = [one.value for one in function.scope.of(ir.Return)]
        held += [item for one in made if isinstance(one, ir.Container) for item in one.items]
    told = [item.value for item in held if isinstance(item.key, ir.Const) and item.key.value == "global"]
    return _is_off(config, "global") or any(isinstance(one, ir.Const) and one.value is False for one in told)


def _hooks(files: dict[str, dict[str, ModuleSymbol]], top: str, place: str, *, cascades: bool) -> list[ModuleSymbol]:
    """The modules of hooks of a folder, those of the folders above first if they cascade."""
    found: list[ModuleSymbol] = []
    while True:
        found = [module for stem, module in files.get(place, {}).items() if _HOOKS.match(stem)] + found
        if not cascades or place == top or not place:
            return found
        place = posixpath.dirname(place)


def _folder(engine: Engine, path: str, node: ir.Expr) -> str | None:
    """The folder of the project that an expression such as `join(__dirname, "routes")` names."""
    texts = [one.value for one in ir.walk(node) if isinstance(one, ir.Const) and isinstance(one.value, str)]
    inside = posixpath.join(*(text.lstrip("/") for text in texts)) if texts else ""
    here = posixpath.dirname(path)
    for base in (here, "", *(here[:at] for at, letter in enumerate(here) if letter == "/")):
        parts = [part for part in posixpath.normpath(posixpath.join(base, inside)).split("/") if part not in ("", ".")]
        for name in ("/".join(parts), "/".join(part for part in parts if part not in _BUILT)):
            if name and any(known.startswith(f"{name}/") for known in engine.project.modules):
                return name
    return None


def _segment(name: str, *, params: bool) -> str:
    """A folder's name as a part of the path: `_id` is a parameter where these are switched on."""
    return _PARAMETER.sub(":", name) if params else name


def _held(options: Value | None, name: str) -> Value | None:
    return (options.items or {}).get(name) if options is not None else None


def _switch(options: Value, name: str) -> bool:
    held = _held(options, name)
    return held is not None and held.is_just(value=True)


def _is_off(options: Value, name: str) -> bool:
    held = _held(options, name)
    return held is not None and held.is_just(value=False)
