"""How often a REST view may be called: its throttles, those of an action, and those of the settings.

https://www.django-rest-framework.org/api-guide/throttling/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.frameworks.definitions import Written
from backend_audit.frameworks.django_settings import Site
from backend_audit.frameworks.drf import Permissions
from backend_audit.frameworks.drf_choice import Listed
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_SCOPED = "ScopedRateThrottle"  # limits nothing where the view names no scope
_SCOPE = "throttle_scope"
_CLASSES = "throttle_classes"


class Throttles:
    """The throttles of one project's views."""

    def __init__(self, permissions: Permissions) -> None:
        self.permissions = permissions
        self.definitions = permissions.definitions
        self.engine: Engine = permissions.engine

    def of(self, owner: ClassSymbol, site: Site, given: Listed | None, *, scoped: bool) -> list[Guard]:
        """What limits a view; `given`: the classes that an action names, `scoped`: it names a scope."""
        stated = self.definitions.attribute(owner, _CLASSES) if given is None else given.written[0]
        scoped = scoped or self._names_scope(owner)
        if stated is None:
            return [_guard(name, None) for name in self._defaults(site) if scoped or not _is_scoped(name)][:1]
        found: list[Guard] = []
        for one in self.permissions.choosing.elements(stated):
            names = list(self._names(one))
            if names and (scoped or not any(map(_is_scoped, names))):
                mark = Mark(one.module.path, one.node.at, one.node.end, "throttle")
                found.append(_guard(names[0], mark))
        return found

    def _names(self, one: Written) -> Iterator[str]:
        """What a throttle is called, and what the classes are called that it is built on."""
        value = self.definitions.value(one)
        for symbol in sorted(value.refs, key=lambda each: each.key):
            if isinstance(symbol, ClassSymbol):
                yield symbol.name
                yield from (base.rpartition(".")[2] for base in self.engine.external_bases(symbol))
        yield from sorted(path.rpartition(".")[2] for path in value.apis)

    def _names_scope(self, owner: ClassSymbol) -> bool:
        stated = self.definitions.attribute(owner, _SCOPE)
        return stated is not None and not (isinstance(stated.node, ir.Const) and not stated.node.value)

    def _defaults(self, site: Site) -> list[str]:
        """`DEFAULT_THROTTLE_CLASSES` of the settings."""
        value = self.permissions.settings.value(site, "REST_FRAMEWORK")
        stated = None if value is None else value.item("DEFAULT_THROTTLE_CLASSES")
        return [text.rpartition(".")[2] for one in contents(stated) for text in one.texts()]


def _is_scoped(name: str) -> bool:
    return name.endswith(_SCOPED)


def _guard(name: str, mark: Mark | None) -> Guard:
    return Guard(name, frozenset((Does.LIMITS,)), "class" if mark is not None else "settings", mark, None, "throttle")
