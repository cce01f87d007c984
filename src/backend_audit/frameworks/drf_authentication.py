"""Authentication classes of REST views: which a view takes, and whether those that read a session refuse forged requests.

https://www.django-rest-framework.org/api-guide/authentication/#sessionauthentication
"""

from backend_audit import ir
from backend_audit.flow.ordering import of_kind
from backend_audit.frameworks.django_settings import Site
from backend_audit.frameworks.drf import Permissions
from backend_audit.frameworks.drf_choice import Listed
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.carriers import COOKIE
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_BY_SESSION = "rest_framework.authentication.SessionAuthentication"
_LOOKS = "enforce_csrf"


class Authentication:
    """The authentication classes of one project's views."""

    def __init__(self, permissions: Permissions) -> None:
        self.permissions = permissions
        self.definitions = permissions.definitions
        self.engine = permissions.engine
        self._defaults: dict[str, list[ClassSymbol]] = {}

    def of(self, owner: ClassSymbol, site: Site, given: Listed | None) -> list[ClassSymbol]:
        """The classes of the project that say who calls a view: those `given` with an action or listed, else the settings'."""
        attribute = self.definitions.attribute(owner, "authentication_classes") if given is None else given.written[0]
        if attribute is None:
            return self.defaults(site)
        values = [self.definitions.value(one) for one in self.permissions.choosing.elements(attribute)]
        return [
            symbol
            for value in values
            for symbol in sorted(value.refs, key=lambda each: each.key)
            if isinstance(symbol, ClassSymbol)
        ]

    def defaults(self, site: Site) -> list[ClassSymbol]:
        """`DEFAULT_AUTHENTICATION_CLASSES` of the settings, as far as the project has them."""
        known = self._defaults.get(site.urls.key)
        if known is None:
            known = self._defaults[site.urls.key] = []
            value = self.permissions.settings.value(site, "REST_FRAMEWORK")
            stated = None if value is None else value.item("DEFAULT_AUTHENTICATION_CLASSES")
            for text in [text for one in contents(stated) for text in one.texts()]:
                path, _, name = text.rpartition(".")
                module = None if site.settings is None else self.permissions.settings.module(site.settings, path)
                found = None if module is None else self.engine.module_attribute(module, name)
                known += [] if found is None else of_kind(found.refs, ClassSymbol)
        return known

    def unshielded(self, symbol: ClassSymbol) -> list[Guard]:
        """A class that reads the session and whose `enforce_csrf` refuses nothing."""
        if _BY_SESSION not in {self.engine.models.canonical(base) for base in self.engine.external_bases(symbol)}:
            return []
        method = self.engine.find_method(symbol, _LOOKS)
        if method is None or any(isinstance(node, (ir.Call, ir.Raise)) for node in method.scope):
            return []
        mark = Mark(method.module.path, method.node.at, method.node.name_end, f"`{symbol.name}.{_LOOKS}`")
        name = f"{symbol.name}.{_LOOKS}"
        return [Guard(name, frozenset((Does.UNSHIELDS,)), "authentication", mark, method, "refuses nothing", carrier=COOKIE)]
