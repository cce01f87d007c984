"""Descriptions of an API that lie in the repository: the operations that an OpenAPI (or Swagger 2) file promises.

https://spec.openapis.org/oas/v3.1.0, https://swagger.io/specification/v2/
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from backend_audit.inventory.paths import key_of
from backend_audit.source import LineIndex, Mark

_NAMED = re.compile(r"(?:^|[-_.])(?:openapi|swagger|api|apis|apispec|spec)(?:[-_.]|$)", re.IGNORECASE)
_FOLDER = re.compile(r"(?:^|/)(?:openapi|swagger|api-?docs?|api-?spec)/", re.IGNORECASE)
_SET_ASIDE = re.compile(r"(?:^|[-_.])(?:backup|bak|old|orig|copy)(?:[-_.]|$)", re.IGNORECASE)
_SAYS_SO = re.compile(r"\b(?:openapi|swagger)[\"']?\s*:\s*[\"']?[23]")
_VARIABLE = re.compile(r"^\{\w+\}")  # `{server}/api/v1`: it stands for scheme and host
_METHODS = frozenset("get put post delete options head patch trace".split())
_MAX_CHARACTERS = 3_000_000
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` in full, with `{}` for each parameter; `secured`: a caller has to say who it is, as far as the file says that."""

    method: str
    path: str
    shown: str
    secured: bool
    mark: Mark


@dataclass(frozen=True, slots=True)
class Description:
    """One file: its operations in their order."""

    path: str
    operations: tuple[Operation, ...]


def is_description(path: str) -> bool:
    """Whether a file may describe the API or be a part of what does, by its name or its folder's."""
    name = posixpath.basename(path)
    ends = name.lower().endswith((".json", ".yaml", ".yml"))
    return ends and not _SET_ASIDE.search(name) and bool(_NAMED.search(name) or _FOLDER.search(path))


def described(path: str, texts: Mapping[str, str]) -> Description | None:
    """The operations of one file of `texts`, some of which others hold (`$ref`); None for one that is no description."""
    text = texts[path]
    if not _SAYS_SO.search(text):
        return None
    top = _entries(_composed(text))
    if "paths" not in top or not {"openapi", "swagger"} & set(top):
        return None
    bases = _bases(top)
    everywhere = _demands(top["security"][1]) if "security" in top else False
    starts = LineIndex.of(text).starts
    found: list[Operation] = []
    for shown, (key, given) in _entries(top["paths"][1]).items():
        item = _meant(path, given, top, texts)
        at = starts[key.start_mark.line] + key.start_mark.column
        mark = Mark(path, at, at + len(shown), f"{shown} is described here")
        for method, (_, operation) in _entries(item).items():
            if method in _METHODS:
                own = _entries(operation)
                secured = _demands(own["security"][1]) if "security" in own else everywhere
                found += [Operation(method.upper(), key_of(base + shown).lower(), shown, secured, mark) for base in bases]
    return Description(path, tuple(found))


def _composed(text: str) -> yaml.Node | None:
    """The tree of a text; None for one that cannot be read."""
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        return yaml.compose(text, _Loader)
    except (yaml.YAMLError, RecursionError):
        return None


def _meant(path: str, node: yaml.Node, top: dict[str, tuple[yaml.Node, yaml.Node]], texts: Mapping[str, str]) -> yaml.Node | None:
    """A path's operations, or what its reference means: `$ref: ./paths/user.yaml`, `#/components/pathItems/user`.

    https://spec.openapis.org/oas/v3.1.0#path-item-object
    """
    reference = _entries(node).get("$ref")
    if reference is None:
        return node
    file, _, pointer = str(reference[1].value).partition("#")
    found: yaml.Node | None = None
    if file:
        found = _composed(texts.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), file)), ""))
        held = _entries(found)
    else:
        held = top
    for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
        found = held.get(step.replace("~1", "/").replace("~0", "~"), (node, None))[1]
        held = _entries(found)
    return found


def _entries(node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key and value nodes of a mapping by the key's text."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _bases(top: dict[str, tuple[yaml.Node, yaml.Node]]) -> list[str]:
    """The paths that all operations stand below: of Swagger 2 `basePath`, of OpenAPI 3 the servers' paths."""
    if "basePath" in top:
        return [str(top["basePath"][1].value).rstrip("/")]
    servers = top["servers"][1] if "servers" in top else None
    found: list[str] = []
    for one in servers.value if isinstance(servers, yaml.SequenceNode) else []:
        url = _entries(one).get("url")
        if url is not None:
            base = urlsplit(_VARIABLE.sub("", str(url[1].value))).path.rstrip("/")
            found += [base] if base not in found else []
    return found or [""]


def _demands(node: yaml.Node) -> bool:
    """Whether a list of security requirements holds nothing but such that demand something."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return False
    return all(isinstance(one, yaml.MappingNode) and bool(one.value) for one in node.value)
