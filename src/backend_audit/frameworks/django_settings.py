"""Django's settings: which modules hold them, and what a name means where they are layered by star imports or by classes.

https://docs.djangoproject.com/en/stable/topics/settings/, https://django-configurations.readthedocs.io/
"""

from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value, changed
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.texts import texts_of

_STARTERS = {"wsgi": 0, "asgi": 1, "manage": 2, "__main__": 3, "celery": 4}
_VARIABLE = "DJANGO_SETTINGS_MODULE"
_ASIDE = ("test", "ci", "local", "dev", "example", "doc")
_NOT_RUN = ("test", "integration", "local", "dev", "build", "doc", "base", "common")  # classes that no server is started with
_IN_PRODUCTION = "prod"
_CLASSES = "configurations"
_SETTINGS = "django.conf.settings."


@dataclass(frozen=True, slots=True)
class Site:
    """One Django site of the project: its root URL module and the settings that name it.

    `configuration`: the class of that module that holds them, where classes do (django-configurations).
    """

    urls: ModuleSymbol
    settings: ModuleSymbol | None
    configuration: ClassSymbol | None = None


class Settings:
    """The sites of a project."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sites: list[Site] | None = None

    def sites(self) -> list[Site]:
        """One for each root URL module, with the settings that production starts with where that is told."""
        if self._sites is None:
            self._sites = self._of(self._started()) or self._of(sorted(self._stating(), key=_aside))
        return self._sites

    def _of(self, modules: list[ModuleSymbol]) -> list[Site]:
        found: dict[str, Site] = {}
        for module in modules:
            configuration = self._configuration(module)
            for text in texts_of(self._stated(module, configuration, "ROOT_URLCONF")):
                urls = self.module(module, text)
                if urls is not None:
                    found.setdefault(urls.key, Site(urls, module, configuration))
        return [found[key] for key in sorted(found)]

    def _stated(self, module: ModuleSymbol, configuration: ClassSymbol | None, name: str) -> Value | None:
        found = self.engine.module_attribute(module, name)
        if found is not None or configuration is None:
            return found
        method = self.engine.find_method(configuration, name)
        if method is not None:  # a property
            return self.engine.answered(method, self.engine.instance_of(configuration))
        return self.engine.class_attribute(configuration, name)

    def _configuration(self, module: ModuleSymbol) -> ClassSymbol | None:
        """The class of a settings module that a server in production is started with."""
        found = [one for one in module.classes.values() if _holds_settings(self.engine.external_bases(one))]
        return min(found, key=_by_use, default=None)

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
        return None if site.settings is None else self._stated(site.settings, site.configuration, name)

    def filled(self, value: Value) -> Value:
        """A text with what the settings say in its gaps: `f"api/{settings.API_VERSION}/"`."""
        return changed(value, shapes=tuple(shape.mapped(self._meant) for shape in value.shapes)) if value.shapes else value

    def _meant(self, value: Value) -> Value:
        names = [path.removeprefix(_SETTINGS) for path in value.apis if path.startswith(_SETTINGS)]
        known = (self.value(site, names[0]) for site in self.sites()) if len(names) == 1 else ()
        return next((one for one in known if one is not None and one.constants()), value)

    def texts(self, site: Site, name: str) -> list[str]:
        """The texts of a setting that is a list of them."""
        return [text for one in contents(self.value(site, name)) for text in texts_of(one)]

    def _stating(self) -> list[ModuleSymbol]:
        modules = self.engine.project.modules.values()
        return [one for one in modules if "ROOT_URLCONF" in self.engine.environment(one) or self._configuration(one) is not None]

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


def _holds_settings(bases: tuple[str, ...]) -> bool:
    return any(base.startswith(f"{_CLASSES}.") and base.endswith("Configuration") for base in bases)


def _by_use(configuration: ClassSymbol) -> tuple[bool, bool, str]:
    name = configuration.name.lower()
    return not name.startswith(_IN_PRODUCTION), any(word in name for word in _NOT_RUN), name


def _aside(module: ModuleSymbol) -> tuple[bool, str]:
    """Settings for tests and developers come last."""
    return any(word in part for part in module.key.lower().split("/")[-2:] for word in _ASIDE), module.key
