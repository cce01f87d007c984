"""Where NestJS serves its controllers: the global prefix, versions, the tree of modules.

https://docs.nestjs.com/faq/global-prefix, https://docs.nestjs.com/techniques/versioning,
https://docs.nestjs.com/recipes/router-module
"""

import re
from collections.abc import Iterator

from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.frameworks.nest_decorators import NestDecorators
from backend_audit.frameworks.registrations import joined
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.chains import flat
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.texts import texts_of

_NEUTRAL, _VERSIONING = "VERSION_NEUTRAL", "@nestjs/common.VersioningType."
_DEPTH = 6
REST = re.compile(r"\{?/?\*\w*\}?$|/?\(\.\*\)$")  # of a path that stands for all below it


class NestPaths:
    """Says the full paths of a controller's methods."""

    def __init__(self, facts: WebFacts, decorators: NestDecorators) -> None:
        self.facts = facts
        self.decorators = decorators
        self.prefix = next((text for given in self._told("nest-prefix") for text in texts_of(given[0])), "")
        self.excluded = [one for given in self._told("nest-prefix") for one in _exclusions(given[1:])]
        self.versions = next((given[0] if given else UNKNOWN for given in self._told("nest-versions", empty=True)), None)
        self.below: dict[str, list[str]] = {}  # by the key of a controller: the paths of the modules that hold it
        for given in self._told("nest-tree"):
            self._placed(given[0], "", _DEPTH)

    def _told(self, kind: str, *, empty: bool = False) -> Iterator[list[Value]]:
        for chain in self.facts.chains:
            if chain.kind == kind and chain.arguments is not None:
                given = contents(chain.arguments.value)
                if given or empty:
                    yield given

    def _placed(self, entries: Value, above: str, depth: int) -> None:
        """Note the paths of the modules that `RouterModule.register([{path, module, children}])` names."""
        for entry in flat([entries]) if depth else ():
            held = entry.items or {} if entry.kind == "dict" else {}
            own = next(iter(texts_of(held.get("path"))), "")
            path = joined([one for one in (above,) if one], own) if own else above
            modules = of_kind(held.get("module", UNKNOWN if held else entry).refs, ClassSymbol)
            for controller in (one for module in modules for one in self.decorators.controllers(module)):
                if path and path not in self.below.setdefault(controller.key, []):
                    self.below[controller.key].append(path)
            if "children" in held:
                self._placed(held["children"], path, depth - 1)

    def full(self, owner: ClassSymbol, method: FunctionSymbol, base: str, path: str, http: str) -> dict[str, str]:
        """The full paths of a method that says `path`, in a controller that says `base`; each with what modules call it."""
        found: dict[str, str] = {}
        for version in self._versions(owner, method):
            for module in self.below.get(owner.key, [""]):
                inside = joined([one for one in (version, module, base) if one], path if path[:1] in ("", "/") else f"/{path}")
                inside = inside.rstrip("/") or "/"
                known = joined([one for one in (module, base) if one], path).rstrip("/") or "/"
                free = not self.prefix or any(_is_excluded(known, http, *one) for one in self.excluded)
                found[inside if free else joined([self.prefix], inside).rstrip("/") or "/"] = known
        return found

    def _versions(self, owner: ClassSymbol, method: FunctionSymbol) -> list[str]:
        """The versions of a method as they stand in the path: its own, its controller's, or the default."""
        if self.versions is None:
            return [""]
        held = self.versions.items or {}
        kind = held.get("type", UNKNOWN).apis
        if kind and f"{_VERSIONING}URI" not in kind:
            return [""]
        told = self.decorators.version(owner, method) or held.get("defaultVersion")
        prefix = held.get("prefix", UNKNOWN)
        mark = "" if prefix.is_just(value=False) else next(iter(texts_of(prefix)), "v")
        found: list[str] = []
        for one in [] if told is None else contents(told):
            neutral = any(path.endswith(_NEUTRAL) for path in one.apis)
            found += [""] if neutral else [f"/{mark}{text}" for text in texts_of(one)]
        return found or [""]


def _exclusions(given: list[Value]) -> Iterator[tuple[str, str]]:
    """The paths, with a method or "", that `setGlobalPrefix(prefix, {exclude})` leaves alone."""
    options = given[0].items or {} if given else {}
    for one in flat([options["exclude"]]) if "exclude" in options else ():
        held = one.items or {}
        methods = sorted(path.rpartition(".")[2] for path in held.get("method", UNKNOWN).apis) or [""]
        for text in texts_of(held.get("path", UNKNOWN) if one.kind == "dict" else one):
            yield from ((text if text.startswith("/") else f"/{text}", "" if name == "ALL" else name) for name in methods)


def _is_excluded(path: str, http: str, excluded: str, method: str) -> bool:
    if method and method != http:
        return False
    rest = REST.search(excluded)
    if rest is None:
        return re.sub(r":\w+", ":", path) == (re.sub(r":\w+", ":", excluded).rstrip("/") or "/")
    fixed = excluded[: rest.start()].rstrip("/")
    return path == fixed or path.startswith(f"{fixed}/")
