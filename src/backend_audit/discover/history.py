"""What git knows of the past: commits by their names, the merge base, and missing history fetched step by step."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from backend_audit.discover.git import run_git

_DEPTHS = (50, 250, 1000)  # commits more, each time
_REFUSED = ("could not read Username", "could not read Password", "Authentication failed", "returned error: 403")


class HistoryError(Exception):
    """A commit or a merge base that git cannot name; the text says what to do."""


def top_of(folder: Path) -> tuple[Path, str]:
    """The top of the work tree around `folder`, and the way from there to `folder` ("" or ending with a slash)."""
    code, output, said = run_git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    if code == 127:
        raise HistoryError("git cannot be run, and without it there is nothing to compare with")
    if code != 0:
        raise HistoryError(f"{folder}: {_first(said) or 'not in a git repository'}")
    top, prefix = output.decode("utf-8", "surrogateescape").split("\n")[:2]
    return Path(top), prefix


def commit_of(folder: Path, name: str) -> str | None:
    """The full hash of the commit that `name` means."""
    if not name or name.startswith("-"):
        return None
    code, output, _ = run_git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return output.decode("ascii").strip() if code == 0 else None


def parents_of(folder: Path, commit: str) -> list[str]:
    """The parents that the commit names, whether or not they are here."""
    code, output, _ = run_git(folder, "cat-file", "commit", commit)
    if code != 0:
        return []
    head = output.partition(b"\n\n")[0].decode("utf-8", "replace")
    return [line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent ")]


def merge_base(folder: Path, one: str, other: str) -> str | None:
    """The newest commit that both histories hold; None when none is here."""
    code, output, _ = run_git(folder, "merge-base", one, other)
    return output.decode("ascii").split("\n")[0].strip() if code == 0 else None


def is_shallow(folder: Path) -> bool:
    """Whether history is cut off here."""
    return run_git(folder, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"


def upstream_of(folder: Path, environment: Mapping[str, str]) -> str:
    """The branch that work here goes to: the pull request's, the one that is followed, the remote's main one, or a local one."""
    branch = run_git(folder, "symbolic-ref", "--quiet", "--short", "HEAD")[1].decode("utf-8", "replace").strip()
    code, output, _ = run_git(folder, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    followed = output.decode("utf-8", "replace").strip() if code == 0 else ""
    target = environment.get("GITHUB_BASE_REF", "")
    names = [f"origin/{target}" if target else ""]
    # A branch that follows its own copy on the remote says nothing about where it will go.
    names += ["" if followed.endswith(f"/{branch}") else followed, "origin/HEAD", "origin/main", "origin/master"]
    names += [name for name in ("main", "master") if name != branch]
    names.append(followed)
    for name in names:
        if name and commit_of(folder, name) is not None:
            return _meant_by(folder, name)
    raise HistoryError("there is no upstream branch to compare with; name a branch or commit: --diff REF")


def _meant_by(folder: Path, name: str) -> str:
    """The branch that a symbolic name such as `origin/HEAD` stands for; any other name as it is."""
    code, output, _ = run_git(folder, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{name}")
    return output.decode("utf-8", "replace").strip() if code == 0 else name


def deepened(
    folder: Path,
    remote: str,
    wanted: Sequence[str],
    found: Callable[[], str | None],
    say: Callable[[str], None],
    extra: Mapping[str, str],
) -> str | None:
    """What `found` answers after as little history as need be was fetched from `remote`; `say` is told each step.

    `wanted` are the commits whose history is short; `extra` are variables for git, with the credentials.
    """
    answer = found()
    if answer is not None or not is_shallow(folder):
        return answer
    for depth in _DEPTHS:
        say(f"history is too short to find the base: fetching {depth} commits more from {remote}")
        _fetch(folder, remote, f"--deepen={depth}", wanted, extra, say)
        answer = found()
        if answer is not None or not is_shallow(folder):
            return answer
    say(f"history is still too short: fetching all of it from {remote} (--unshallow)")
    _fetch(folder, remote, "--unshallow", wanted, extra, say)
    return found()


def fetched(folder: Path, remote: str, commit: str, say: Callable[[str], None], extra: Mapping[str, str]) -> bool:
    """Whether `commit` is here, if need be after it was fetched alone."""
    if commit_of(folder, commit) is not None:
        return True
    say(f"commit {commit[:10]} is not here: fetching it from {remote}")
    # With a depth, a whole clone would become a shallow one.
    _fetch(folder, remote, "--depth=1" if is_shallow(folder) else "--no-auto-maintenance", [commit], extra, say)
    return commit_of(folder, commit) is not None


def _fetch(
    folder: Path, remote: str, how: str, wanted: Sequence[str], extra: Mapping[str, str], say: Callable[[str], None]
) -> None:
    code, _, said = run_git(folder, "fetch", "--no-tags", "--no-recurse-submodules", "--quiet", how, remote, *wanted, extra=extra)
    if code != 0:
        hint = "; what is here may not read the repository (the action's `token`)" if any(one in said for one in _REFUSED) else ""
        say(f"git fetch failed: {_first(said) or f'exit code {code}'}{hint}")


def _first(said: str) -> str:
    return next((line.removeprefix("fatal: ") for line in said.splitlines() if line.strip()), "")
