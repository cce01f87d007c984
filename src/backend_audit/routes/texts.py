"""The texts that a path can be, and where a concept or a handler stands."""

import re

from backend_audit.flow.concepts import Concept
from backend_audit.flow.values import Shape, Value
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.facts import contents
from backend_audit.source import Mark

MAX_TEXTS = 64
_VERBS = "http.HTTPMethod."  # texts by their own names


def texts_of(value: Value | None, hole: str = "{}") -> list[str]:
    """The texts that a path can be, holes written as `hole`; of a list, each of its texts."""
    if value is None:
        return []
    if value.kind:
        return [text for one in contents(value) for text in texts_of(one, hole)]
    verbs = sorted(path.removesuffix(".value").removeprefix(_VERBS) for path in value.apis if path.startswith(_VERBS))
    return _surest([*value.texts(), *verbs, *(text for shape in value.shapes for text in _filled(shape, hole))], hole)


def _surest(texts: list[str], hole: str) -> list[str]:
    """`texts` without those that say less of what another one says: `/{}/x` beside `/v2/x`, of a setting with a default."""
    if len(texts) < 2 or not hole:
        return texts
    vague = [one for one in texts if hole in one]
    patterns = {one: re.compile(".+".join(map(re.escape, one.split(hole))), re.DOTALL) for one in vague}
    return [
        one
        for one in texts
        if one not in patterns
        or not any(other.count(hole) < one.count(hole) and patterns[one].fullmatch(other) for other in texts)
    ]


def _filled(shape: Shape, hole: str) -> list[str]:
    """The texts of a built string, each of the constants that a gap can be in its place."""
    found = [""]
    for part in shape.parts:
        texts = [part] if isinstance(part, str) else list(part.value.texts()) if not part.value.open else []
        found = [f"{before}{text}" for before in found for text in texts or [hole]]
        if len(found) > MAX_TEXTS:
            return [shape.text(hole)]
    return found


def mark_of(concept: Concept, note: str) -> Mark:
    """The place of a concept."""
    return Mark(concept.site.path, concept.site.node.at, concept.site.node.end, note)


def definition(function: FunctionSymbol) -> Mark:
    """The place of a handler."""
    return Mark(function.module.path, function.node.at, function.node.name_end, f"handler {function.node.name}")
