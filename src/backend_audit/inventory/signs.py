"""Signs: places where a project shows what it does (limits, caches, traces, …), by kind."""

import msgspec

from backend_audit.finding import Place

MOST_SIGNS = 12  # kept of one kind and one library: more say nothing new
OF_NODE = "npm:"  # before the names of Node's libraries in tables of both languages: each has an `extend`


class Sign(msgspec.Struct, frozen=True, order=True):
    """One place that is evidence. `kind` is what it is evidence of, `what` names the library or mechanism in words.

    `symbol` is the function or class around it, dotted; "" at module level and in files without code.
    """

    kind: str
    place: Place
    what: str = ""
    symbol: str = ""


class Dependency(msgspec.Struct, frozen=True, order=True):
    """A library that a manifest declares."""

    name: str
    place: Place


def limited(signs: list[Sign]) -> tuple[Sign, ...]:
    """The signs in order, without repetition, a handful of each kind and library in each file and in all."""
    counts: dict[tuple[str, str], int] = {}
    kept: list[Sign] = []
    for sign in sorted(set(signs)):
        key = (sign.kind, sign.what)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= MOST_SIGNS:
            kept.append(sign)
    return tuple(kept)


_BROWSER = frozenset("static public assets client frontend wwwroot browser webapp ui".split())
_SERVERS = frozenset("server servers backend".split())
_AS_IT_IS = frozenset("static public assets wwwroot".split())  # what lies there is sent as it is, and no browser runs TypeScript
_TYPESCRIPT = (".ts", ".mts", ".cts")
_PAGES = (".jsx", ".tsx")


def in_browser(path: str) -> bool:
    """Whether a file is for browsers, by where it lies: it is no part of the service. The innermost folder that tells counts."""
    *folders, name = path.lower().split("/")
    of_browsers = _BROWSER - _AS_IT_IS if name.endswith(_TYPESCRIPT) else _BROWSER
    telling = next((one for one in reversed(folders) if one in of_browsers or one in _SERVERS), "")
    return name.endswith(_PAGES) or (not name.endswith(".py") and telling in _BROWSER)
