"""Patterns of routes: `/status/*` (a star is one segment or a part of it), `GET /shop/**` (two are any number of segments)."""

import re
from dataclasses import dataclass
from functools import cache

_METHODS = re.compile(r"(?P<methods>[A-Za-z]+(?:,[A-Za-z]+)*)\s+(?P<path>\S+)")
_PART = re.compile(r"/\*\*(?=/|$)|\*\*|\*|/|[^*/]+")
_DECIDED = "<?>"
_MADE_BY_FRAMEWORKS = frozenset({"HEAD", "OPTIONS"})
_PARAMETER = re.compile(r"\(\?P<\w+>[^()]*(?:\([^()]*\)[^()]*)*\)|<[^<>]*>|\{[^{}]*\}|(?<=/):[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class RoutePattern:
    """A pattern of paths, and the methods that it is about (empty: all)."""

    methods: frozenset[str]
    path: str

    @classmethod
    def read(cls, text: str) -> "RoutePattern":
        """The pattern that `text` writes; `ValueError` when it is none."""
        found = _METHODS.fullmatch(text.strip())
        path = found["path"] if found else text.strip()
        if not path.startswith(("/", "**")) or " " in path:
            raise ValueError(f'must hold paths such as "/status/*" or "GET /shop/**", not "{text}"')
        return cls(frozenset(found["methods"].upper().split(",")) if found else frozenset(), path)

    def covers(self, methods: tuple[str, ...], path: str) -> bool:
        """Whether every way into a route with these methods (none: all) is meant."""
        if not _expression(self.path).fullmatch(rooted(path)):
            return False
        return not self.methods or (bool(methods) and set(methods) - _MADE_BY_FRAMEWORKS <= self.methods)


def is_variable(segment: str) -> bool:
    """Whether a segment of a path stands for any text, in whatever notation: `<int:pk>`, `{id}`, `:slug`, `(?P<pk>…)`.

    One that only begins with what settings decide (`<?>shop`) is the rest.
    """
    return (segment.removeprefix(_DECIDED) or segment).startswith(("<", "{", ":", "("))


def names_something(segment: str) -> bool:
    """Whether a segment stands for any text, and not for one of a few words that the pattern lists: `<any(read, set):what>`."""
    return is_variable(segment) and not segment.startswith("<any(")


def rooted(path: str) -> str:
    """A path as it is compared: from the root, without the slash at the end."""
    return "/" + path.strip("/")


def key_of(path: str) -> str:
    """A path in which the names and forms of parameters make no difference."""
    return rooted(_PARAMETER.sub("{}", path.removeprefix("^").removesuffix("$")))


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    written = []
    for part in _PART.findall(rooted(pattern) if pattern.startswith("/") else pattern):
        if part == "/**":
            written.append("(?:/.*)?")
        else:
            written.append({"**": ".*", "*": "[^/]*"}.get(part) or re.escape(part))
    return re.compile("".join(written))


INNER = frozenset(("admin", "staff", "internal", "manage", "superuser"))


def places(path: str) -> list[tuple[str, ...]]:
    """The addresses above `path`, from the shortest, that end in a variable part or an inner word: `/projects/<>`."""
    segments = ["<>" if is_variable(part) else part for part in path.split("/") if part]
    return [tuple(segments[:at]) for at in range(1, len(segments) + 1) if at > 1 and (segments[at - 1] in ("<>", *INNER))]
