"""A number of the request that decides how much is fetched."""

from dataclasses import dataclass

from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class PageSize:
    """A number from the query that decides how many rows are fetched, without an upper bound."""

    name: str
    mark: Mark
    used: Mark
