"""From which release on the manifests take a library: `lxml==6.1.0`, `lxml>=5.2,<7`, `lxml = "^5.1"`, `"lodash": "^4.17.21"`."""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from backend_audit.inventory.signs import OF_NODE
from backend_audit.signs.manifests import listed, normal, of_requirements

Release = tuple[int, ...]
_BOUND = re.compile(r"(?:===?|>=|~=|(?<![<=!~>])>|\^|(?<![~=])~)\s*v?(\d+(?:\.\d+)*)")
_FROM = re.compile(r"^\s*(?:[\^~]|>=)?\s*v?(\d+(?:\.\d+)*)")
_REQUIREMENT = re.compile(r"^\s*[\"']?([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def releases(manifests: Mapping[str, str]) -> dict[str, Release]:
    """The oldest release of each library that some manifest allows; none of those that one leaves open."""
    found: dict[str, Release | None] = {}
    for path, text in sorted(manifests.items()):
        for name, bound in _bounds(path, text):
            before = found.get(name, bound)
            found[name] = None if before is None or bound is None else min(before, bound)
    return {name: release for name, release in found.items() if release is not None}


def is_since(wanted: Iterable[tuple[str, Release]], known: Mapping[str, Release]) -> bool:
    """Whether some of the libraries `wanted` are known, and each of these is at least of the release that stands with it."""
    found = [known[name] >= since for name, since in wanted if name in known]
    return bool(found) and all(found)


def _bounds(path: str, text: str) -> Iterator[tuple[str, Release | None]]:
    if path.endswith(".json"):
        yield from _of_package_json(path, text)
        return
    if path.endswith((".toml", "Pipfile")):
        try:
            lines: Iterable[str] = listed(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError):
            return
    else:
        lines = of_requirements(text)
    for line in lines:
        matched = _REQUIREMENT.match(line)
        if matched is not None:
            bounds = [tuple(map(int, one.split("."))) for one in _BOUND.findall(matched[2])]
            yield normal(matched[1]), max(bounds, default=None)


def _of_package_json(path: str, text: str) -> Iterator[tuple[str, Release | None]]:
    """What runs: tools of development are no part of it."""
    try:
        data = json.loads(text) if posixpath.basename(path) == "package.json" else None
    except (ValueError, RecursionError):
        return
    wanted = data.get("dependencies") if isinstance(data, dict) else None
    for name, said in wanted.items() if isinstance(wanted, dict) else ():
        matched = _FROM.match(said) if isinstance(said, str) else None
        yield f"{OF_NODE}{name}", None if matched is None else tuple(map(int, matched[1].split(".")))
