"""What happened: the event that a workflow runs for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ZEROS = re.compile(r"0+")


class EventError(ValueError):
    """A file that is no event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`target` and `head` are the ends of a pull request, `before` what a push or a merge queue builds on ("" when unknown).

    `fork` says whether the work comes from another repository: then the token can only read.
    """

    name: str = ""
    number: int = 0
    target: str = ""
    head: str = ""
    before: str = ""
    branch: str = ""  # of a push
    default_branch: str = ""
    fork: bool = False

    @classmethod
    def read(cls, name: str, text: str) -> "Event":
        """The event of that name whose payload is `text`; nothing of it is trusted further than its form."""
        try:
            payload = msgspec.json.decode(text or "{}", type=dict[str, object])
        except msgspec.DecodeError as error:
            raise EventError(f"the event cannot be read: {error}") from None
        default_branch = _text(payload, "repository", "default_branch")
        if name.startswith("pull_request"):
            number = _at(payload, "pull_request", "number") or _at(payload, "number")
            source, own = _text(payload, "pull_request", "head", "repo", "full_name"), _text(payload, "repository", "full_name")
            return cls(
                name=name,
                number=number if isinstance(number, int) else 0,
                target=_commit(payload, "pull_request", "base", "sha"),
                head=_commit(payload, "pull_request", "head", "sha"),
                default_branch=default_branch,
                fork=bool(own) and source != own,
            )
        if name == "merge_group":
            return cls(name=name, before=_commit(payload, "merge_group", "base_sha"), default_branch=default_branch)
        if name == "push":
            branch = _text(payload, "ref").removeprefix("refs/heads/")
            return cls(name=name, before=_commit(payload, "before"), branch=branch, default_branch=default_branch)
        return cls(name=name, default_branch=default_branch)

    @property
    def gates(self) -> bool:
        """Whether it asks if something may be merged: then the base says what is asked for."""
        return self.name.startswith("pull_request") or self.name == "merge_group"


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: object, *keys: str) -> str:
    found = _at(value, *keys)
    return found if isinstance(found, str) else ""


def _commit(value: object, *keys: str) -> str:
    """A commit's hash; "" for anything else, and for the zeros that stand for none."""
    found = _text(value, *keys)
    return found if _SHA.fullmatch(found) and not _ZEROS.fullmatch(found) else ""
