"""Listing without git: a walk over the folders that reads the ignore files itself."""

import os
from pathlib import Path

from backend_audit.discover.ignore import Layer, ignored, read_patterns, repository_layers, repository_top
from backend_audit.discover.model import Listing, words

# Never anybody's source, and too large to list file by file: tool caches, and other version control systems' stores.
PRUNED = words("__pycache__ .git .hg .svn .bzr .jj .mypy_cache .ruff_cache .pytest_cache .hypothesis .backend-audit-cache")


def list_by_walk(folder: Path, *, respect_ignores: bool = True) -> Listing:
    """The files below `folder`; in a work tree those that git would list, tracked but ignored ones apart."""
    walk = _Walk(folder, respect_ignores)
    top = repository_top(folder) if respect_ignores else None
    if top is None:
        walk.enter("", [])
        return walk.listing
    layers = _layers_above(top, folder)
    if layers is None:  # the folder is ignored as a whole and was named on purpose
        layers = []
    walk.enter("", layers)
    return walk.listing


def _layers_above(top: Path, folder: Path) -> list[Layer] | None:
    """The layers that hold in `folder` from above it; bases are moved so that paths relative to `folder` fit."""
    layers = repository_layers(top)
    parts = folder.relative_to(top).parts
    for depth, part in enumerate(parts):
        base = "/".join(parts[:depth])
        if patterns := read_patterns(top.joinpath(*parts[:depth]) / ".gitignore"):
            layers.append(Layer(base + "/" if base else "", patterns))
        if ignored(layers, "/".join((*parts[:depth], part)) + "/"):
            return None
    inside = "/".join(parts)
    return [_Moved(layer, inside + "/") for layer in layers] if parts else layers


class _Moved(Layer):
    """A layer from above the walked folder, whose patterns see the path from their own base on."""

    def __init__(self, layer: Layer, inside: str) -> None:
        super().__init__("", layer.patterns)
        self._ahead = inside[len(layer.base) :]

    def covers(self, path: str) -> bool | None:
        return self.patterns.covers(self._ahead + path)


class _Walk:
    def __init__(self, top: Path, respect_ignores: bool) -> None:
        self._top = str(top)
        self._respect_ignores = respect_ignores
        self.listing = Listing(set())

    def enter(self, base: str, layers: list[Layer]) -> None:
        """List the folder `base` ("" or ending with a slash) and those below; a stack, since depth has no bound."""
        pending = [(base, layers)]
        while pending:
            base, layers = pending.pop()
            try:
                with os.scandir(f"{self._top}/{base}") as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self.listing.unreadable[base.rstrip("/") or "."] = error.strerror or type(error).__name__
                continue
            layers = self._layers_in(base, layers, {entry.name for entry in entries})
            for entry in entries:
                if entry.name in PRUNED:
                    continue
                folder = entry.is_dir(follow_symlinks=False)
                path = base + entry.name + ("/" if folder else "")
                if ignored(layers, path):
                    continue
                if folder:
                    pending.append((path, layers))
                elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                    self.listing.paths.add(path)

    def _layers_in(self, base: str, layers: list[Layer], names: set[str]) -> list[Layer]:
        if not self._respect_ignores:
            return layers
        folder = Path(self._top, base)
        if base and ".git" in names:  # another repository: only its own rules and the global ones hold in it
            layers = [Layer(base, layer.patterns) for layer in repository_layers(folder)]
        if ".gitignore" in names and (patterns := read_patterns(folder / ".gitignore")):
            return [*layers, Layer(base, patterns)]
        return layers
