"""What a run is compared with: found in history, which is fetched as far as need be."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend_audit.discover.git import run_git
from backend_audit.discover.history import commit_of, deepened, fetched, merge_base, parents_of
from backend_audit.workflow.event import Event

REMOTE = "origin"


@dataclass(frozen=True, slots=True)
class Found:
    """A commit to compare with, and how people call it. `gate`: it also says what is asked for."""

    commit: str
    name: str
    gate: bool = False


@dataclass(frozen=True, slots=True)
class _Search:
    """Where to look, whom to tell, and git's variables with the credentials."""

    folder: Path
    say: Callable[[str], None]
    extra: Mapping[str, str]

    def has(self, commit: str) -> bool:
        return bool(commit) and fetched(self.folder, REMOTE, commit, self.say, self.extra)

    def common(self, head: str, other: str) -> str | None:
        """The merge base, after deepening as far as need be."""
        if not self.has(other):
            return None
        found = lambda: merge_base(self.folder, head, other)  # noqa: E731 - asked again after each step
        return deepened(self.folder, REMOTE, (head, other), found, self.say, self.extra)


def find_base(folder: Path, event: Event, diff: str, say: Callable[[str], None], extra: Mapping[str, str]) -> Found | None:
    """The base that `diff` ("auto", "off", or a branch or commit) means for this event; None: judge everything.

    Why there is none is told to `say`, as are fetches.
    """
    head = commit_of(folder, "HEAD")
    search = _Search(folder, say, extra)
    if diff == "off":
        return None
    if head is None:
        say("this is no git repository with a commit (is actions/checkout missing?): everything is judged, and all of it counts")
        return None
    if diff != "auto":
        return _named(search, head, diff)
    if event.name.startswith("pull_request"):
        found = _of_pull_request(search, head, event)
    elif event.name == "merge_group":
        commit = search.common(head, event.before) if event.before else None
        found = None if commit is None else Found(commit, f"{commit[:10]}, on which the merge queue builds", gate=True)
    elif event.name == "push":
        found = _of_push(search, head, event)
    else:
        say(f"the event {event.name or '(none)'} has no base: everything is judged, and all of it counts")
        return None
    if found is None:
        say("the base is not to be had: everything is judged, and all of it counts")
    return found


def _of_pull_request(search: _Search, head: str, event: Event) -> Found | None:
    number = f"pull request #{event.number}" if event.number else "the pull request"
    parents = parents_of(search.folder, head)
    # What actions/checkout takes is the merge with the target as it is now: the target's side of it, and not the commit of
    # the event, is what the pull request changes.
    if len(parents) == 2 and parents[1] == event.head and search.has(parents[0]):
        return Found(parents[0], f"{parents[0][:10]}, into which {number} goes", gate=True)
    commit = search.common(head, event.target) if event.target else None
    return None if commit is None else Found(commit, f"{commit[:10]}, where {number} began", gate=True)


def _of_push(search: _Search, head: str, event: Event) -> Found | None:
    if event.before:
        if search.has(event.before):  # also when history was rewritten
            return Found(event.before, f"{event.before[:10]}, before this push")
        search.say(f"{event.before[:10]}, what was there before this push, is gone")
    if event.branch == event.default_branch or not event.default_branch:
        return None
    return _named(search, head, event.default_branch)


def _named(search: _Search, head: str, name: str) -> Found | None:
    """The merge base with a branch of the remote, or with a commit."""
    commit = commit_of(search.folder, f"{REMOTE}/{name}") or commit_of(search.folder, name)
    if commit is None and not name.startswith("-"):
        search.say(f"{name} is not here: fetching it from {REMOTE}")
        code, _, _ = run_git(
            search.folder, "fetch", "--no-tags", "--quiet", "--depth=1", REMOTE, f"refs/heads/{name}", extra=search.extra
        )
        commit = commit_of(search.folder, "FETCH_HEAD") if code == 0 else None
    common = search.common(head, commit) if commit else None
    if common is None:
        search.say(f"{name} has no common history with this commit: everything is judged, and all of it counts")
        return None
    return Found(common, f"{common[:10]}, the merge base with {name}", gate=True)


def credentials(folder: Path, server: str, token: str) -> dict[str, str]:
    """Variables that let git fetch with `token`; none where actions/checkout has left credentials (two would be refused)."""
    key = f"http.{server.rstrip('/')}/.extraheader"
    if not token or run_git(folder, "config", "--get-all", key)[0] == 0:
        return {}
    word = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {word}"}
