"""Classes whose methods answer: which method answers what, and what runs before it.

Flask's and aiohttp's views (`get`), Falcon's resources (`on_get`, `on_get_collection`), Tornado's handlers (`prepare`).
https://falcon.readthedocs.io/en/stable/api/routing.html, https://www.tornadoweb.org/en/stable/web.html
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import NOTHING, Value
from backend_audit.flow.web_concepts import RouteRegistration
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_run import Env
from backend_audit.routes.guards import Guarding
from backend_audit.routes.missing import ABSENT, FALSE, TRUE
from backend_audit.routes.model import Guard
from backend_audit.routes.texts import mark_of, texts_of
from backend_audit.routes.tree import Placed

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_SOCKET = "tornado.websocket.WebSocketHandler"
_RESOURCE = "resource"  # the name by which Falcon's hooks and middleware get the object that answers
_MAKES_HANDLER = "get_route_handler"
_AROUND = ("dispatch", "__call__", "process_request", "process_resource")


class ViewClasses:
    """Reads such classes."""

    def __init__(self, engine: Engine, guarding: Guarding) -> None:
        self.engine = engine
        self.guarding = guarding

    def answering(self, symbol: ClassSymbol, registration: RouteRegistration) -> Iterator[tuple[str, FunctionSymbol]]:
        """The HTTP methods that a class answers, each with its own."""
        suffixes = [f"_{text}" for text in texts_of(None if registration.suffix is None else registration.suffix.value)] or [""]
        for verb in VERBS:
            for suffix in suffixes:
                method = self.method(symbol, f"{registration.responders}{verb}{suffix}")
                if method is not None and verb not in ("head", "options"):
                    yield verb, method

    def method(self, symbol: ClassSymbol, name: str) -> FunctionSymbol | None:
        """The method of that name, `put = get` included."""
        found = self.engine.find_method(symbol, name)
        if found is None:
            value = self.engine.class_attribute(symbol, name)
            functions = sorted((one for one in value.refs if isinstance(one, FunctionSymbol)), key=lambda one: one.key)
            found = next(iter(functions), None)
        return found

    def socket(self, symbol: ClassSymbol) -> FunctionSymbol | None:
        """The method that takes the messages of a websocket, where the class is for one."""
        return self.engine.find_method(symbol, "on_message") if _SOCKET in self.engine.external_bases(symbol) else None

    def instances(self, operand: Operand | None) -> list[ClassSymbol]:
        """The project's classes whose objects an operand can be."""
        found = [] if operand is None else [self.engine.class_of(one) for one in sorted(operand.value.types)]
        return [one for one in found if one is not None]

    def around(self, value: Value) -> Iterator[tuple[ClassSymbol, FunctionSymbol]]:
        """The methods of an object of middleware that run before a handler."""
        for symbol in self.instances(Operand(value, None)):
            for name in _AROUND:
                method = self.engine.find_method(symbol, name)
                if method is not None:
                    yield symbol, method

    def routing(self, placed: Placed) -> Iterator[Guard]:
        """What the class of a router's own routes puts around their handlers: `APIRouter(route_class=Signed)`."""
        for creation in placed.routers[-1].creations[:1]:
            for symbol in () if creation.route_class is None else of_kind(creation.route_class.value.refs, ClassSymbol):
                method = self.engine.find_method(symbol, _MAKES_HANDLER)
                if method is not None:
                    yield self.guarding.classified(method, symbol.name, "router class", mark_of(creation, "made here"))

    def settled(self, function: FunctionSymbol | None, owner: ClassSymbol | None) -> Env:
        """What a hook finds in the attributes of the resource that is handed to it, where its class says it."""
        found: Env = {}
        names = set() if function is None else {param.name for param in function.node.params}
        if owner is None or function is None or _RESOURCE not in names:
            return found
        called = self.engine.calls.get(function.key, {})
        every = [function, *(called[key] for key in sorted(called))]
        for node in [node for one in every for node in one.scope]:
            attr, default = _asked_of_resource(node)
            if attr:
                value = self.engine.class_attribute(owner, attr)
                one = value.constant()
                if one is not None:
                    found[f"{_RESOURCE}.{attr}"] = TRUE if one.value else ABSENT if one.value is None else FALSE
                elif isinstance(default, ir.Const) and value.apis <= {f"object.{attr}"} and not (value.refs or value.kind):
                    found[f"{_RESOURCE}.{attr}"] = TRUE if default.value else FALSE
        return found

    def guards(self, owner: ClassSymbol, name: str, framework: str) -> Iterator[Value | Guard]:
        """What stands before the method called `name`: lists of decorators as values, the rest as guards."""
        for attr in ("decorators", "method_decorators"):
            value = self.engine.class_attribute(owner, attr)
            if value.kind == "dict":
                value = (value.items or {}).get(name, NOTHING)
            if value.kind:
                yield value
        for before in ("dispatch_request", "prepare") if framework == "tornado" else ("dispatch_request",):
            method = self.engine.find_method(owner, before)
            if method is not None and name != before:
                yield from self.guarding.decorators(method, method.node.decorators)
                yield self.guarding.classified(method, before, "class", None)

    def decorated(self, owner: ClassSymbol, registering: list[ir.Expr]) -> Iterator[Guard]:
        """The guards that decorators of the class are, its bases' included."""
        for one in self.engine.bases(owner)[0]:
            nodes = [node for node in one.node.decorators if not any(node is other for other in registering)]
            yield from self.guarding.decorators(one, nodes)


def _asked_of_resource(node: ir.Node) -> tuple[str, ir.Expr | None]:
    """The attribute in `resource.open_to_all` or `getattr(resource, "open_to_all", False)`, and what stands for a missing one."""
    if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) and node.value.id == _RESOURCE:
        return node.attr, None
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "getattr" and len(node.args) > 1:
        first, second = node.args[0].value, node.args[1].value
        if isinstance(first, ir.Name) and first.id == _RESOURCE and isinstance(second, ir.Const):
            return str(second.value), node.args[2].value if len(node.args) > 2 else None
    return "", None
