"""Classes whose decorated methods are routes once an application adds them: Flask-AppBuilder's views and APIs.

https://flask-appbuilder.readthedocs.io/en/latest/views.html, https://flask-appbuilder.readthedocs.io/en/latest/rest_api.html
"""

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_APIS = frozenset({"flask_appbuilder.BaseApi"})


class Exposed:
    """Reads such classes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, symbol: ClassSymbol) -> tuple[str, dict[str, FunctionSymbol]]:
        """The prefix of a class's routes, and its methods by name, those of its bases included."""
        methods: dict[str, FunctionSymbol] = {}
        for one in reversed(self.engine.bases(symbol)[0]):
            methods |= one.methods
        return self.prefix(symbol), methods

    def prefix(self, symbol: ClassSymbol) -> str:
        """`route_base`, or what is made of the class's name and, for an API, its version."""
        given = self.text(symbol, "route_base")
        if given is not None:
            return given
        name = symbol.name.rpartition(".")[2].lower()
        models = self.engine.models
        bases = {base for path in self.engine.external_bases(symbol) for base in models.lineage(models.canonical(path))}
        if _APIS & bases:
            return f"/api/{self.text(symbol, 'version') or 'v1'}/{self.text(symbol, 'resource_name') or name}"
        return f"/{name}"

    def text(self, symbol: ClassSymbol, attr: str) -> str | None:
        """The text that the class, or the nearest of its bases, gives an attribute."""
        found = self.engine.class_attribute(symbol, attr).texts()
        return found[0] if found else None
