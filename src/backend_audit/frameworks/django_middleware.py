"""Django's middleware that asks who calls: `LoginRequiredMiddleware`, and the project's own with the paths that it exempts.

https://docs.djangoproject.com/en/stable/topics/http/middleware/
"""

import re

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.frameworks.django_guards import Deciding, Said
from backend_audit.frameworks.django_settings import Settings, Site
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.texts import texts_of
from backend_audit.routes.wrappers import leaves
from backend_audit.source import Mark

_HOOKS = ("process_request", "process_view", "__call__")
_OF_STATE = re.compile(r"maintenance|read_?only|construction|offline", re.IGNORECASE)  # whoever calls, and only for a while
_WORD = re.compile(r"[a-z]{2}")
_BY_COOKIE = frozenset(
    {"django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"}
)
_ELSEWHERE = Asked("/_", "_", "-")
_ASKS = (Does.AUTHENTICATES, Does.AUTHORIZES)


class Middleware:
    """The middleware of a site."""

    def __init__(self, deciding: Deciding, settings: Settings) -> None:
        self.deciding = deciding
        self.engine = deciding.engine
        self.settings = settings
        self._hooks: dict[str, list[tuple[str, FunctionSymbol | None]]] = {}
        self._judged: dict[tuple[str, str], Guard] = {}
        self._unshielded: dict[str, list[Guard]] = {}
        self._exempt: dict[str, frozenset[str]] = {}

    def guards(self, site: Site, asked: Asked, names: tuple[str, ...], said: Said, *, opened: bool) -> list[Guard]:
        """What covers a route before its view; `names`: what the route is called in `reverse`."""
        found: list[Guard] = []
        for text, hook in self.hooks(site):
            if hook is None:
                guard = self.deciding.guarding.known(text, "middleware", None)
                if guard is not None and not opened:
                    found.append(guard)
                continue
            name = text.rpartition(".")[2]
            if _OF_STATE.search(name) or not self.deciding.behaviours.of(hook, 3).looks:
                continue
            key = (hook.key, said.get("request.method", ""))
            if key not in self._judged:
                self._judged[key] = self.deciding.runs(hook, name, "middleware", None, said)
            guard = self._judged[key]
            if guard.has(*_ASKS) and self.covers(hook, site, asked, names):
                found.append(guard)
        return found

    def covers(self, hook: FunctionSymbol, site: Site, asked: Asked, names: tuple[str, ...]) -> bool:
        """Whether a middleware asks who calls for one route, by what it does with the address, or by the texts in it."""
        anonymous = self.deciding.behaviours.anonymous
        if anonymous.looks_at_route(hook):
            run = anonymous.run_for(hook, asked)
            outcome = run.outcome()
            if outcome is not Outcome.UNKNOWN:
                return outcome is Outcome.DENIED
            elsewhere = anonymous.run_for(hook, _ELSEWHERE)  # where only some addresses are asked for, this is one of them
            if run.denied and elsewhere.outcome() is Outcome.PASSES:
                return True
        return not self.exempts(hook, site, asked.path, names)

    def unshielded(self, site: Site) -> list[Guard]:
        """Told of a site whose sessions live in cookies, and whose middleware turns no forged request away."""
        known = self._unshielded.get(site.urls.key)
        if known is None:
            listed = self.settings.value(site, "MIDDLEWARE")
            whole = listed is not None and bool(listed.kind) and not listed.open and all(one.texts() for one in contents(listed))
            texts = self.settings.texts(site, "MIDDLEWARE") if whole else []
            missing = any(text in _BY_COOKIE for text in texts) and not any("csrf" in text.lower() for text in texts)
            covered = any(hook is not None and self._is_shield(hook) for _, hook in self.hooks(site)) if missing else True
            mark = None if covered else self._mark(site)
            found = [] if mark is None else [Guard("MIDDLEWARE", frozenset((Does.UNSHIELDS,)), "settings", mark)]
            known = self._unshielded[site.urls.key] = found
        return known

    def _is_shield(self, hook: FunctionSymbol) -> bool:
        """Whether a middleware of the project is Django's own against forged requests, made anew."""
        bases = () if hook.owner is None else self.engine.external_bases(hook.owner)
        return any(base.endswith(".CsrfViewMiddleware") for base in bases)

    def _mark(self, site: Site) -> Mark | None:
        """Where the settings list the middleware: in their own module, or in the one that they are built on."""
        modules = self.engine.project.modules.values()
        layered = [one for one in modules if one is not site.settings and "settings" in one.key]
        for module in [*([] if site.settings is None else [site.settings]), *layered]:
            node = self.deciding.definitions.names(module).get("MIDDLEWARE")
            if node is not None and not isinstance(node, ir.Import):
                return Mark(module.path, node.at, node.at + 1, "the middleware")
        return None

    def hooks(self, site: Site) -> list[tuple[str, FunctionSymbol | None]]:
        """The middleware by its dotted name, with the function of the project that runs; None for a library's."""
        known = self._hooks.get(site.urls.key)
        if known is None:
            known = self._hooks[site.urls.key] = []
            for name in ("MIDDLEWARE", "MIDDLEWARE_CLASSES"):
                for text in self.settings.texts(site, name):
                    known += [(text, hook) for hook in self._of(text, site)]
        return known

    def _of(self, text: str, site: Site) -> list[FunctionSymbol | None]:
        path, _, name = text.rpartition(".")
        module = None if site.settings is None else self.settings.module(site.settings, path)
        value = None if module is None else self.engine.module_attribute(module, name)
        found: list[FunctionSymbol | None] = []
        for symbol in [] if value is None else sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, ClassSymbol):
                hooks = (self.engine.find_method(symbol, hook) for hook in _HOOKS)
                found += [one for one in hooks if one is not None]
                found += [None] if not found else []
            elif isinstance(symbol, FunctionSymbol):
                found += leaves(symbol)
        return found if value is not None else [None]

    def exempts(self, hook: FunctionSymbol, site: Site, path: str, names: tuple[str, ...]) -> bool:
        """Whether a route is among the addresses that the middleware lets pass, by the texts that it compares with."""
        texts = self._exempt.get(hook.key)
        if texts is None:
            texts = self._exempt[hook.key] = frozenset(self._texts(hook, site))
        address = path.strip("/")
        for text in texts:
            plain = text.strip("^$/")
            if text in names or (plain and (address == plain or address.startswith(plain + "/"))):
                return True
            if any(char in text for char in "^$\\*+") and _matches(text, address):
                return True
        return False

    def _texts(self, hook: FunctionSymbol, site: Site) -> list[str]:
        found: list[str] = []
        body = hook.owner.node.body if hook.owner is not None else hook.node.body
        functions = hook.owner.methods.values() if hook.owner is not None else ()
        every = [*ir.walk_scope(*body), *(node for one in functions for node in one.scope)]
        constants: list[ir.Stmt] = [
            node
            for node in hook.module.node.body
            if isinstance(node, ir.Assign) and isinstance(node.targets[0], ir.Name) and node.targets[0].id.isupper()
        ]
        every += ir.walk_scope(*constants)
        for node in every:
            if isinstance(node, ir.Const) and isinstance(node.value, str) and _WORD.search(node.value) and " " not in node.value:
                found.append(node.value)
            elif isinstance(node, ir.Attribute) and written(node.value) == "settings" and node.attr.isupper():
                value = self.settings.value(site, node.attr)
                found += [text for one in contents(value) for text in texts_of(one)]
        return found


def _matches(pattern: str, address: str) -> bool:
    try:
        return re.match(pattern.removeprefix("/"), address) is not None
    except re.error:
        return False
