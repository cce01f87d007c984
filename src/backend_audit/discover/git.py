"""What git itself says: `git ls-files`, nested repositories and submodules included."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from backend_audit.discover.model import Listing, words

_SECONDS = 120
_MAX_NESTING = 16
_GITLINK = "160000 "
# A hook sets these for its own repository; they must not bend the answer about another folder.
_LOCAL_VARIABLES = words(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR GIT_NAMESPACE GIT_OBJECT_DIRECTORY "
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_IMPLICIT_WORK_TREE GIT_INTERNAL_SUPER_PREFIX"
)
_CANNOT_OPEN = re.compile(r"warning: could not open directory '(.*)': (.*)")


def run_git(folder: Path, *arguments: str, feed: bytes = b"", extra: Mapping[str, str] | None = None) -> tuple[int, bytes, str]:
    """Run git in `folder`; exit code (127 when there is no git), output and messages.

    `feed` is its input, `extra` are variables for it (credentials belong there: command lines are public).

    The repository is untrusted: `core.fsmonitor` of its own configuration would be a command to run.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _LOCAL_VARIABLES}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **(extra or {})}
    command = ["git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, input=feed, capture_output=True, env=environment, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 127, b"", ""
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def list_by_git(folder: Path) -> Listing | None:
    """The files below `folder` that git tracks or would add; None where there is no git or no work tree.

    A folder that is itself ignored was named on purpose: git has nothing to say about it, so the answer is None too.
    """
    listing = Listing(set())
    if not _list_into(listing, folder, "", 0):
        return None
    if not listing.paths and run_git(folder, "check-ignore", "-q", ".")[0] == 0:
        return None
    return listing


def _list_into(listing: Listing, folder: Path, prefix: str, depth: int) -> bool:
    # No --deduplicate (git 2.31): the set does that, and older gits are served as well. --stage tells submodules, -t the rest.
    asked = ("ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard")
    code, output, messages = run_git(folder, *asked)
    if code != 0:
        return False
    for found in _CANNOT_OPEN.finditer(messages):
        listing.unreadable[prefix + found[1].rstrip("/")] = found[2]
    repositories: set[str] = set()
    for entry in os.fsdecode(output).split("\0"):
        if entry.startswith("? "):
            path, nested = entry[2:], entry.endswith("/")  # an untracked repository ends with a slash
        else:
            path, nested = entry.partition("\t")[2], entry[2:].startswith(_GITLINK)
        if nested:
            repositories.add(path.rstrip("/"))
        elif path:
            listing.paths.add(prefix + path)
    for path in sorted(repositories):
        _enter(listing, folder / path, prefix + path, depth)
    return True


def _enter(listing: Listing, folder: Path, path: str, depth: int) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    if not (folder / ".git").exists():
        listing.empty_submodules.add(path)
        return
    if depth >= _MAX_NESTING or not _list_into(listing, folder, path + "/", depth + 1):
        listing.unreadable[path] = "git cannot list this repository"
