"""Objects of a project that a text names: `api.add_router("/orders/", "shop.orders.router")`.

https://django-ninja.dev/guides/routers/
"""

from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.link.symbols import ModuleSymbol


class NamedObjects:
    """Finds them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, path: str, dotted: str) -> Value | None:
        """What `package.module.name` is, read in the file `path`."""
        module, _, name = dotted.rpartition(".")
        if not module or not dotted.replace(".", "").isidentifier():
            return None
        importer = next((one for one in self.engine.project.modules.values() if one.path == path), None)
        found = None if importer is None else self.engine.project.find(importer, module, 0)
        return self.engine.module_attribute(found, name) if isinstance(found, ModuleSymbol) else None
