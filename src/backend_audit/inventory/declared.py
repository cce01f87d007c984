"""What a team says of its own guards and routes (`[tool.backend-audit.guards]`)."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from backend_audit.inventory.paths import RoutePattern


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """Names of guards by what they do, and patterns of routes that need none in the code.

    A name without dots is the last part of a guard's name, one with dots the dotted path or its end; `*` stands for anything.
    """

    authenticates: tuple[str, ...] = ()
    authorizes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    validates: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    protected_by_gateway: tuple[str, ...] = ()

    def does(self, names: Iterable[str]) -> frozenset[str] | None:
        """What a guard with one of these (dotted) names does; None when nothing is said of it. Empty: it is no guard."""
        known = [name for name in names if name]
        if any(_is(pattern, name) for pattern in self.ignored for name in known):
            return frozenset()
        kinds = {
            "authenticates": self.authenticates,
            "authorizes": self.authorizes,
            "limits": self.limits,
            "validates": self.validates,
        }
        found = {kind for kind, patterns in kinds.items() if any(_is(one, name) for one in patterns for name in known)}
        return frozenset(found) or None

    def public_pattern(self, methods: tuple[str, ...], path: str) -> str:
        """The pattern that says that everybody may call such a route; "" when none does."""
        return _first(self.public, methods, path)

    def gateway_pattern(self, methods: tuple[str, ...], path: str) -> str:
        """The pattern that says that something before the application protects such a route; "" when none does."""
        return _first(self.protected_by_gateway, methods, path)


def _is(pattern: str, name: str) -> bool:
    if "." not in pattern:
        return fnmatchcase(name.rpartition(".")[2], pattern)
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"*.{pattern}")


def _first(patterns: Iterable[str], methods: tuple[str, ...], path: str) -> str:
    return next((one for one in patterns if RoutePattern.read(one).covers(methods, path)), "")
