"""Django's settings: which modules hold them, and what a name means where they are layered by star imports.

https://docs.djangoproject.com/en/stable/topics/settings/
"""

from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.link.symbols import ModuleSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.texts import texts_of

_STARTERS = {"wsgi": 0, "asgi": 1, "manage": 2, "__main__": 3, "celery": 4}
_VARIABLE = "DJANGO_SETTINGS_MODULE"
_ASIDE = ("test", "ci", "local", "dev", "example", "doc")


@dataclass(frozen=True, slots=True)
class Site:
    """One Django site of the project: its root URL module and the settings that name it."""

    urls: ModuleSymbol
    settings: ModuleSymbol | None


class Settings:
    """The sites of a project."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def sites(self) -> list[Site]:
        """One for each root URL module, with the settings that production starts with where that is told."""
        return self._of(self._started()) or self._of(sorted(self._stating(), key=_aside))

    def _of(self, modules: list[ModuleSymbol]) -> list[Site]:
        found: dict[str, Site] = {}
        for module in modules:
            value = self.engine.module_attribute(module, "ROOT_URLCONF")
            for text in [] if value is None else texts_of(value):
                urls = self.module(module, text)
                if urls is not None:
                    found.setdefault(urls.key, Site(urls, module))
        return [found[key] for key in sorted(found)]

    def module(self, importer: ModuleSymbol, dotted: str) -> ModuleSymbol | None:
        """The module of the project that a dotted text names."""
        found = self.engine.project.find(importer, dotted, 0)
        if found is None:
            ending = "/" + dotted.replace(".", "/")
            near = [one for key, one in self.engine.project.modules.items() if f"/{key}".endswith(ending)]
            found = near[0] if len(near) == 1 else None
        return found if isinstance(found, ModuleSymbol) else None

    def value(self, site: Site, name: str) -> Value | None:
        """What a setting is."""
        return None if site.settings is None else self.engine.module_attribute(site.settings, name)

    def texts(self, site: Site, name: str) -> list[str]:
        """The texts of a setting that is a list of them."""
        return [text for one in contents(self.value(site, name)) for text in texts_of(one)]

    def _stating(self) -> list[ModuleSymbol]:
        modules = self.engine.project.modules.values()
        return [module for module in modules if "ROOT_URLCONF" in self.engine.environment(module)]

    def _started(self) -> list[ModuleSymbol]:
        """The settings modules that the starting scripts name, those of servers first."""
        found: list[tuple[int, str, ModuleSymbol]] = []
        for module in self.engine.project.modules.values():
            rank = _STARTERS.get(module.key.rpartition("/")[2])
            if rank is not None:
                for text in _named(module):
                    settings = self.module(module, text)
                    if settings is not None:
                        found.append((rank, module.key, settings))
        return [settings for _, _, settings in sorted(found, key=lambda one: one[:2])]


def _named(module: ModuleSymbol) -> list[str]:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`."""
    found: list[str] = []
    bodies = [module.node.body, *(function.node.body for function in module.every)]
    for node in (one for body in bodies for one in ir.walk_scope(*body)):
        if isinstance(node, ir.Call):
            texts = [arg.value.value for arg in node.args if isinstance(arg.value, ir.Const)]
            if _VARIABLE in texts:
                found += [text for text in texts if isinstance(text, str) and text != _VARIABLE]
        elif isinstance(node, ir.Assign) and isinstance(node.value, ir.Const) and isinstance(node.value.value, str):
            target = node.targets[0]
            if isinstance(target, ir.Index) and isinstance(target.index, ir.Const) and target.index.value == _VARIABLE:
                found.append(node.value.value)
    return found


def _aside(module: ModuleSymbol) -> tuple[bool, str]:
    """Settings for tests and developers come last."""
    return any(word in part for part in module.key.lower().split("/")[-2:] for word in _ASIDE), module.key
