"""Which routes something covers that runs for a path: `app.use("/api", f)` all below it, `app.get("/a/:id", f)` that alone."""

import re
from dataclasses import dataclass

from backend_audit.routes.model import Guard

_PARAMETER = re.compile(r"\{:?\w*\}|:\w+(\([^)]*\))?[?*+]?|\*\w*|\([^)]*\)")
_EVERYTHING = frozenset(("", "/", "*", "/*", "(.*)", "/(.*)", "/*splat", "*splat", "/{*splat}", "/**"))


@dataclass(eq=False, slots=True)
class Before:
    """Guards that run before what comes later: for paths below `path` (`exact`: for that path alone), of `methods`.

    `param`: only for paths with a parameter of that name. `source`: the registration that it comes from.
    """

    path: str
    guards: tuple[Guard, ...]
    exact: bool = False
    methods: tuple[str, ...] = ()
    param: str = ""
    added: int = 0  # how many routes there were when it was added
    used: bool = False  # something that it covers came later

    def covers(self, path: str, methods: tuple[str, ...]) -> bool:
        """Whether a request for the route `path` comes by."""
        if self.methods and not (methods and set(methods) <= set(self.methods)):
            return False
        if self.param:
            return bool(re.search(rf":{re.escape(self.param)}\b", path))
        if self.path.startswith("/^") or self.path.startswith("^"):
            return matches(self.path, path)
        return _begins(self.path, path, whole=self.exact)


def everything(path: str) -> bool:
    """Whether a path stands for every path."""
    return path in _EVERYTHING


def matches(pattern: str, path: str) -> bool:
    """Whether a regular expression, as written in JavaScript, matches the route `path` with its parameters filled in."""
    body = pattern
    if pattern.startswith("/") and (cut := pattern.rfind("/")) > 0:
        body = pattern[1:cut]
    try:
        return re.search(body.replace("\\/", "/"), _PARAMETER.sub("1", path) or "/") is not None
    except re.error:
        return False


def _begins(pattern: str, path: str, *, whole: bool) -> bool:
    """Whether `path` is `pattern`, or lies below it, segment by segment; a parameter of the pattern stands for any segment."""
    if everything(pattern):
        return not whole or "*" in pattern or everything(path)
    wanted, given = _segments(pattern), _segments(path)
    for at, one in enumerate(wanted):
        if one.startswith(("*", "(.*")):
            return True
        if at >= len(given):
            return one.endswith("?")
        if one.lower() != given[at].lower() and not _PARAMETER.match(one):
            star = one.find("*")
            return star > 0 and given[at].startswith(one[:star])
    return not whole or len(wanted) == len(given)


def _segments(path: str) -> list[str]:
    return [one for one in path.split("/") if one]
