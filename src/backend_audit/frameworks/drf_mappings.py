"""What a project's own REST router makes of a view set's methods: `routes = [Route(mapping={…})]`, `routes[0].mapping.update(…)`.

https://www.django-rest-framework.org/api-guide/routers/#custom-routers
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.frameworks.definitions import Definitions, Written
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol, ObjectSymbol, decorator_name

Pair = tuple[str, str]  # an HTTP method, and the name of the method of the view set that answers it
LISTED: tuple[Pair, ...] = (("GET", "list"), ("POST", "create"))
SINGLE: tuple[Pair, ...] = (("GET", "retrieve"), ("PUT", "update"), ("PATCH", "partial_update"), ("DELETE", "destroy"))
BULK: tuple[Pair, ...] = (("PUT", "bulk_update"), ("PATCH", "partial_bulk_update"), ("DELETE", "bulk_destroy"))
_BULK_ROUTER = "rest_framework_bulk.routes.BulkRouter"


class Mappings:
    """Reads the classes of routers; kept by class."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.engine: Engine = definitions.engine
        self._known: dict[str, tuple[tuple[Pair, ...], tuple[Pair, ...]]] = {}

    def of(self, router: ObjectSymbol) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
        """What the router maps: for the address of all objects, and for that of one."""
        call = router.node
        module = next((one for one in self.engine.project.modules.values() if one.path == router.key.partition(":")[0]), None)
        if not isinstance(call, ir.Call) or module is None:
            return LISTED, SINGLE
        value = self.definitions.value(Written(module, call.func))
        if _BULK_ROUTER in value.apis:
            return (*LISTED, *BULK), SINGLE
        for symbol in sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, ClassSymbol):
                if symbol.key not in self._known:
                    self._known[symbol.key] = self._of_class(symbol)
                return self._known[symbol.key]
        return LISTED, SINGLE

    def _of_class(self, symbol: ClassSymbol) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
        found: dict[bool, list[Pair]] = {False: list(LISTED), True: list(SINGLE)}
        stated = self.definitions.attribute(symbol, "routes")
        told = [] if stated is None else list(self._routes(stated))
        if told:
            found = {single: [pair for one, pairs in told for pair in pairs if one is single] for single in (False, True)}
        if _BULK_ROUTER in self.engine.external_bases(symbol):
            found[False] += BULK
        for one in reversed(self.engine.bases(symbol)[0]):
            for body in [one.node.body, *(method.node.body for method in one.methods.values())]:
                for single, pairs in self._updated(one.module, body):
                    found[single] += [pair for pair in pairs if pair not in found[single]]
        return tuple(found[False]), tuple(found[True])

    def _routes(self, stated: Written) -> Iterator[tuple[bool, list[Pair]]]:
        """`[Route(url=r"^{prefix}/{lookup}$", mapping={"get": "retrieve"}, …), …]`."""
        for item in stated.node.items if isinstance(stated.node, ir.Container) else []:
            if isinstance(item.value, ir.Call) and decorator_name(item.value) == "Route":
                named = {arg.name: arg.value for arg in item.value.args}
                positional = [arg.value for arg in item.value.args if arg.name is None]
                first, second, *_ = [*positional, None, None]
                url, mapping = named.get("url", first), named.get("mapping", second)
                if url is None or mapping is None:
                    continue
                single = any("{lookup}" in text for text in self.definitions.value(Written(stated.module, url)).texts())
                yield single, _pairs(self.definitions.value(Written(stated.module, mapping)))

    def _updated(self, module: ModuleSymbol, body: list[ir.Stmt]) -> Iterator[tuple[bool, list[Pair]]]:
        """`self.routes[0].mapping.update({"put": "bulk_update"})`: the first route is that of all objects, the third of one."""
        for node in ir.walk_scope(*body):
            if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or node.func.attr != "update":
                continue
            holder = node.func.value
            at = holder.value if isinstance(holder, ir.Attribute) and holder.attr == "mapping" else None
            numbered = isinstance(at, ir.Index) and isinstance(at.index, ir.Const) and written(at.value).endswith("routes")
            if (
                numbered
                and isinstance(at, ir.Index)
                and isinstance(at.index, ir.Const)
                and at.index.value in (0, 2)
                and node.args
            ):
                yield at.index.value == 2, _pairs(self.definitions.value(Written(module, node.args[0].value)))


def _pairs(mapping: Value) -> list[Pair]:
    items = mapping.items or {}
    return [(str(verb).upper(), text) for verb, value in items.items() for text in value.texts()[:1]]
