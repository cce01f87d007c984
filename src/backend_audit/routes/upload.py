"""Uploads that are stored unseen, as a route is told of them."""

from dataclasses import dataclass

from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file is stored under the client's name for it, and nothing asks what it is. `how`: the callee as written."""

    how: str
    mark: Mark
