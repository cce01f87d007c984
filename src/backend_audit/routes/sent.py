"""What an answer tells beside data: how the service is configured, codes that are mailed for a reason."""

from dataclasses import dataclass

from backend_audit.source import Mark


@dataclass(frozen=True, slots=True)
class SentSecret:
    """`how`: environment or configuration (all of it, or the secrets `names` in it), value, one-time, stored (of an object)."""

    how: str
    names: tuple[str, ...]
    source: Mark
    mark: Mark  # the answer, in the handler's file
