"""From which release on the manifests take a Python library: `lxml==6.1.0`, `lxml>=5.2,<7`, `lxml = "^5.1"`."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from backend_audit.signs.manifests import listed, normal, of_requirements

Release = tuple[int, ...]
_BOUND = re.compile(r"(?:===?|>=|~=|(?<![<=!~>])>|\^|(?<![~=])~)\s*v?(\d+(?:\.\d+)*)")
_REQUIREMENT = re.compile(r"^\s*[\"']?([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def releases(manifests: Mapping[str, str]) -> dict[str, Release]:
    """The oldest release of each library that some manifest allows; none of those that one leaves open."""
    found: dict[str, Release | None] = {}
    for path, text in sorted(manifests.items()):
        for name, bound in _bounds(path, text):
            before = found.get(name, bound)
            found[name] = None if before is None or bound is None else min(before, bound)
    return {name: release for name, release in found.items() if release is not None}


def _bounds(path: str, text: str) -> Iterator[tuple[str, Release | None]]:
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
