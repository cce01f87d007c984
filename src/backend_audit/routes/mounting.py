"""What is the same on two mounts or hooks of routers, and how much of a mount's place is known."""

from typing import TYPE_CHECKING

from backend_audit.flow.concepts import Operand
from backend_audit.flow.web_concepts import RouteHook, RouterMount
from backend_audit.link.symbols import Symbol
from backend_audit.routes.texts import MAX_TEXTS, texts_of

if TYPE_CHECKING:
    from backend_audit.routes.tree import Router

Place = tuple[str, tuple[str, ...] | None, int]


def same_hook(one: RouteHook, other: RouteHook) -> bool:
    """Whether two hooks are one that is told twice."""
    return one.site.node is other.site.node and _refs(one.function) == _refs(other.function)


def same_child(one: RouterMount, other: RouterMount) -> bool:
    """Whether two mounts put the same somewhere."""
    return _refs(one.child) == _refs(other.child)


def place(mount: RouterMount, child: "Router") -> Place:
    """What a mount puts where: `super().register_blueprint(blueprint)` in a method says the same as the call of that method."""
    prefix = None if mount.prefix is None else tuple(texts_of(mount.prefix.value))
    return child.key, prefix, 0 if mount.guards is None else id(mount.guards.node)


def _refs(operand: Operand | None) -> frozenset[Symbol]:
    return frozenset() if operand is None else operand.value.refs


def unknown_parts(mount: RouterMount) -> int:
    """How many parts of a mount's prefix are not known; more than any text has where nothing is."""
    if mount.prefix is None:
        return 0
    texts = texts_of(mount.prefix.value)
    return min((text.count("{}") for text in texts), default=MAX_TEXTS)
