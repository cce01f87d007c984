"""Patterns of a configuration file, seen from another directory than the file's own."""

import os
from fnmatch import fnmatchcase
from pathlib import Path


def reanchored(patterns: tuple[str, ...], base: Path, root: Path) -> tuple[str, ...]:
    """Gitignore patterns written for `base`, as patterns for `root`; those that can match nothing there are dropped."""
    base, root = base.resolve(), root.resolve()
    if base == root:
        return patterns
    if base.is_relative_to(root):
        inner = base.relative_to(root).as_posix()
        return tuple(_below(pattern, inner) for pattern in patterns)
    if root.is_relative_to(base):
        outer = root.relative_to(base).parts
        return tuple(seen for pattern in patterns if (seen := _above(pattern, outer)) is not None)
    return ()


def scan_root(paths: list[Path]) -> Path:
    """The directory that reported paths are relative to: the working directory, or else what holds all `paths`."""
    here = Path.cwd()
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link's own place, not its target's
    if all(path.is_relative_to(here) for path in absolute):
        return here
    return common_directory(paths)


def place_in(path: Path, root: Path) -> Path:
    """`path` as seen from `root`."""
    return Path(os.path.relpath(os.path.abspath(path), root))  # noqa: PTH100 - as above


def common_directory(paths: list[Path]) -> Path:
    """The deepest directory that holds all `paths`, or is the only one."""
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - as above
    try:
        common = Path(os.path.commonpath(absolute))
    except ValueError:  # several drives
        common = absolute[0]
    return common if common.is_dir() else common.parent


def _split(pattern: str) -> tuple[str, str]:
    return ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)


def _is_anchored(pattern: str) -> bool:
    return "/" in pattern.rstrip("/")


def _below(pattern: str, inner: str) -> str:
    sign, pattern = _split(pattern)
    if _is_anchored(pattern):
        return f"{sign}/{inner}/{pattern.lstrip('/')}"
    return f"{sign}/{inner}/**/{pattern}"


def _above(pattern: str, outer: tuple[str, ...]) -> str | None:
    sign, pattern = _split(pattern)
    if not _is_anchored(pattern):
        covers = not sign and any(fnmatchcase(part, pattern.rstrip("/")) for part in outer)
        return "/**" if covers else sign + pattern
    segments = pattern.strip("/").split("/")
    for part in outer:
        if not segments:
            return "/**"  # the pattern names a directory that holds the root
        if segments[0] == "**":
            return sign + pattern.lstrip("/")
        if not fnmatchcase(part, segments[0]):
            return None
        segments = segments[1:]
    return f"{sign}/{'/'.join(segments)}{'/' if pattern.endswith('/') else ''}" if segments else "/**"
