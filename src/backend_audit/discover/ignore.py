"""Ignore files in git's syntax: which of them hold for a folder, and whether they cover an entry."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from backend_audit.discover.patterns import Patterns

_MAX_IGNORE_FILE = 1024 * 1024
_EXCLUDES_FILE = re.compile(r'^\s*excludesfile\s*=\s*"?([^"\n#;]+?)"?\s*$', re.IGNORECASE)
_SECTION = re.compile(r"^\s*\[\s*([\w.-]+)[^\]]*\]")


def read_patterns(path: Path) -> Patterns | None:
    """The patterns of an ignore file; None when there is no such file. Git reads no symbolic link here."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_IGNORE_FILE:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return Patterns(line.removesuffix("\r") for line in text.split("\n"))


class Layer:
    """One ignore file: it speaks of entries below `base` ("" is the top, else it ends with a slash)."""

    def __init__(self, base: str, patterns: Patterns) -> None:
        self.base = base
        self.patterns = patterns

    def covers(self, path: str) -> bool | None:
        return self.patterns.covers(path[len(self.base) :])


def ignored(layers: Iterable[Layer], path: str) -> bool:
    """Whether the innermost layer that mentions `path` ignores it; `layers` run from the outermost inwards."""
    answer = False
    for layer in layers:
        said = layer.covers(path)
        if said is not None:
            answer = said
    return answer


def repository_top(folder: Path) -> Path | None:
    """The work tree that `folder` is in, found without git."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def repository_layers(top: Path) -> list[Layer]:
    """What holds for a whole work tree: the user's global excludes, then `.git/info/exclude`."""
    found = (read_patterns(_global_excludes()), read_patterns(_common_folder(top) / "info" / "exclude"))
    return [Layer("", patterns) for patterns in found if patterns is not None]


def _common_folder(top: Path) -> Path:
    """The `.git` folder; a linked work tree or submodule has a file there that points to it."""
    dot_git = top / ".git"
    try:
        if not dot_git.is_file():
            return dot_git
        folder = top / dot_git.read_text("utf-8").removeprefix("gitdir:").strip()
        common = folder / "commondir"
        return folder / common.read_text("utf-8").strip() if common.is_file() else folder
    except (OSError, UnicodeDecodeError):
        return dot_git


def _global_excludes() -> Path:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git"
    answer = home / "ignore"
    for config in (home / "config", Path.home() / ".gitconfig"):
        section = ""
        try:
            lines = config.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for line in lines:
            if begins := _SECTION.match(line):
                section = begins[1].lower()
            elif section == "core" and (found := _EXCLUDES_FILE.match(line)):
                answer = Path(found[1]).expanduser()
    return answer
