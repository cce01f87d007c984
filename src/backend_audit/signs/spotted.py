"""What the walks over code give: signs by offsets, before anybody knows their lines."""

from typing import NamedTuple

from backend_audit.source import Mark


class Spotted(NamedTuple):
    """A sign whose place is a mark; as `inventory.signs.Sign` otherwise."""

    kind: str
    what: str
    mark: Mark
    symbol: str
