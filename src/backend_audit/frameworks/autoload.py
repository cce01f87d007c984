"""Which files @fastify/autoload loads as plugins, below which prefix, with which hooks.

https://github.com/fastify/fastify-autoload#readme
"""

import posixpath
import re
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.routes.texts import texts_of

_INDEX, _HOOKS = "index", re.compile(r"^\.?auto-?hooks$", re.IGNORECASE)
_PARAMETER = re.compile(r"^_(?!_)")
_BUILT = frozenset(("dist", "build", "out", "lib"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A module that is loaded as a plugin; `hooks` are the modules whose hooks cover it."""

    module: ModuleSymbol
    prefix: str
    hooks: list[ModuleSymbol] = field(default_factory=list)


def autoloaded(engine: Engine, chain: RouteChain, options: Value) -> list[Loaded]:
    """The plugins that `register(autoload, {dir})` loads."""
    call = chain.site.call
    node = call.args[1].value if call is not None and len(call.args) > 1 else None
    folder = None
    for item in node.items if isinstance(node, ir.Container) else ():
        if isinstance(item.key, ir.Const) and item.key.value == "dir":
            folder = _folder(engine, chain.site.path, item.value)
    if folder is None:
        return []
    base = next(iter(texts_of(_held(options, "prefix") or _held(_held(options, "options"), "prefix"))), "")
    hooked, cascades = _switch(options, "autoHooks"), _switch(options, "cascadeHooks")
    named = not _is_off(options, "dirNameRoutePrefix")
    params = _switch(options, "routeParams")
    found: list[Loaded] = []
    by_folder: dict[str, dict[str, ModuleSymbol]] = {}
    for path, module in engine.project.modules.items():
        if path.startswith(f"{folder}/"):
            stem = posixpath.basename(path).partition(".")[0] or posixpath.basename(path)
            by_folder.setdefault(posixpath.dirname(path), {})[stem] = module
    for place in sorted(by_folder):
        files = by_folder[place]
        parts = [part for part in place.removeprefix(folder).split("/") if part]
        prefix = base.rstrip("/") + "".join(f"/{_segment(part, params=params)}" for part in parts if named)
        hooks = _hooks(by_folder, folder, place, cascades=cascades) if hooked else []
        stems = [_INDEX] if _INDEX in files else sorted(files)
        found += [Loaded(files[stem], prefix, hooks) for stem in stems if not _HOOKS.match(stem)]
    return found


def configured_off(engine: Engine, module: ModuleSymbol) -> bool:
    """Whether a plugin's own options say that it is not for all routes: `export const autoConfig = {global: false}`.

    They may be what a function gives that is called with the instance.
    """
    config = engine.module_attribute(module, "autoConfig")
    if config is None:
        return False
    held: list[ir.Item] = []
    for function in [one for one in config.refs if isinstance(one, FunctionSymbol)]:
        made = [one.value for one in ir.walk_scope(*function.node.body) if isinstance(one, ir.Return)]
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
