"""Classes whose decorated methods are routes once an application adds them: Flask-AppBuilder's views and APIs.

https://flask-appbuilder.readthedocs.io/en/latest/views.html, https://flask-appbuilder.readthedocs.io/en/latest/rest_api.html
"""

from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.facts import contents
from backend_audit.routes.texts import texts_of

_INDEX = "flask_appbuilder.IndexView"
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
        return self.prefix(symbol), {name: method for name, method in methods.items() if self.serves(symbol, name)}

    def serves(self, symbol: ClassSymbol, name: str) -> bool:
        """Whether the method called `name` gets a route: `include_route_methods` lists them, `exclude_route_methods` others."""
        listed, left_out = (self.engine.class_attribute(symbol, f"{how}_route_methods") for how in ("include", "exclude"))
        known = bool(listed.kind) and not listed.open and all(one.texts() for one in contents(listed))
        return (not known or name in texts_of(listed)) and name not in (texts_of(left_out) if left_out.kind else ())

    def prefix(self, symbol: ClassSymbol) -> str:
        """`route_base`, or what is made of the class's name and, for an API, its version."""
        given = self.text(symbol, "route_base")
        if given is not None:
            return given
        name = symbol.name.rpartition(".")[2].lower()
        if _INDEX in self.engine.external_bases(symbol):
            return ""
        models = self.engine.models
        bases = {base for path in self.engine.external_bases(symbol) for base in models.lineage(models.canonical(path))}
        if _APIS & bases:
            return f"/api/{self.text(symbol, 'version') or 'v1'}/{self.text(symbol, 'resource_name') or name}"
        return f"/{name}"

    def text(self, symbol: ClassSymbol, attr: str) -> str | None:
        """The text that the class, or the nearest of its bases, gives an attribute."""
        found = self.engine.class_attribute(symbol, attr).texts()
        return found[0] if found else None
