"""Advice in the words of the language that the code is written in."""

from backend_audit.flow.concepts import Site
from backend_audit.routes.model import Route
from backend_audit.source import SCRIPTS, Language


def in_python(site: Site) -> bool:
    """Whether the code stands in a Python file."""
    return site.module is None or site.module.language is Language.PYTHON


def advice(site: Site, python: str, node: str) -> str:
    """The one of two texts that fits the file."""
    return python if in_python(site) else node


def advice_at(route: Route, python: str, node: str) -> str:
    """The one that fits the file of a route's handler."""
    return node if route.handler is not None and route.handler.module.node.language in SCRIPTS else python
