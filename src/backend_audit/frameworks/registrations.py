"""What is read off one registration and the routers above it: framework, handlers, paths, methods, the route as hooks see it."""

import re

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import RouteRegistration
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, Symbol
from backend_audit.routes.body import Body
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import contents
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.texts import texts_of
from backend_audit.routes.tree import Placed, Router
from backend_audit.routes.wrappers import called_parameters

_ALL_METHODS = frozenset({"*", "ANY"})
_FLASK = ("flask", "quart", "connexion")
_VALIDATOR = re.compile(r"valid|schema|celebrate|parse", re.IGNORECASE)


def framework_of(routers: tuple[Router, ...]) -> str:
    """The framework of the innermost router that a call made."""
    for router in reversed(routers):
        if router.creations:
            package = router.creations[0].site.api.partition(".")[0]
            return "flask" if package.startswith(_FLASK) else package
        if router.implicit:
            return router.implicit
        if router.prefix:
            return "flask"
    return ""


def functions_in(value: Value) -> list[Symbol]:
    """The functions and classes that a value is or holds, in the order of their keys: `{None: [f, g]}`."""
    found = {one.key: one for one in value.refs}
    for inner in contents(value) if value.kind else ():
        found |= {one.key: one for one in functions_in(inner)}
    return [found[key] for key in sorted(found)]


def asked(placed: Placed, path: str, handler: FunctionSymbol, owner: ClassSymbol | None, methods: tuple[str, ...]) -> Asked:
    """A route as hooks see it: its endpoint is the name given, or the handler's, after the names of the blueprints."""
    registration = placed.registration
    names = [_first(router.creations[0].name) for router in placed.routers if router.creations and not router.is_app]
    blueprint = ".".join(name for name in names if name)
    own = (
        _first(registration.endpoint) or _view_name(registration) or (handler.node.name if owner is None else owner.name.lower())
    )
    return Asked(path, f"{blueprint}.{own}" if blueprint else own, blueprint, methods)


def _view_name(registration: RouteRegistration) -> str:
    """The name in `Page.as_view("page")`."""
    node = None if registration.handler is None else registration.handler.node
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "as_view" and node.args:
        first = node.args[0].value
        return str(first.value) if isinstance(first, ir.Const) else ""
    return ""


def handlers(operand: Operand | None) -> list[FunctionSymbol | ClassSymbol]:
    """The functions and classes that a handler can be."""
    if operand is None:
        return []
    found = [one for one in operand.value.refs if isinstance(one, (FunctionSymbol, ClassSymbol))]
    return sorted(found, key=lambda one: one.key)


def put_around(symbols: list[FunctionSymbol | ClassSymbol]) -> list[FunctionSymbol]:
    """Those that decorators have put around another one, in a loop: `for decorator in decorators: view = decorator(view)`."""
    found = [one for one in symbols if isinstance(one, FunctionSymbol) and one.parent is not None and called_parameters(one)]
    return found if len(found) < len(symbols) else []


_APART = 2  # paths and handlers that may still each belong to each


def told_apart(paths: list[str], handlers: int) -> list[str]:
    """The paths of each of many handlers: of rows in a list whose halves came apart, which is whose is not known."""
    return ["/{}"] if min(len(paths), handlers) > _APART else paths


def paths_of(registration: RouteRegistration) -> list[str]:
    """The paths of a registration; of those that a setting decides between, the one without the prefix it may add."""
    if registration.path is None:
        return [""]
    value = registration.path.value
    found: list[str] = []
    for one in contents(value):
        texts = texts_of(one)
        found += [text for text in texts if not any(text != other and text.endswith(other) and other != "/" for other in texts)]
    return list(dict.fromkeys(found))


def methods_of(placed: Placed) -> tuple[str, ...]:
    """The methods of a registration, in upper case; empty for all."""
    registration = placed.registration
    if registration.methods is not None:
        stated = tuple(sorted({text.upper() for text in texts_of(registration.methods.value)}))
        if stated:
            return () if set(stated) & _ALL_METHODS else stated
    return tuple(registration.method.split())


def prefix(placed: Placed, framework: str) -> list[str]:
    """The prefixes above a registration, from the application down."""
    if placed.registration.absolute:
        return []
    found: list[str] = []
    for depth, router in enumerate(placed.routers):
        own = own_prefix(router)
        mounted = _first(placed.mounts[depth - 1].prefix) if depth else ""
        given = depth > 0 and placed.mounts[depth - 1].prefix is not None
        if framework in ("flask", "sanic"):
            found.append(mounted if given and mounted else own)  # `url_prefix` of the registration replaces the blueprint's
        else:
            found += [mounted, own]
    return [one for one in found if one]


def own_prefix(router: Router) -> str:
    """The prefix that a router was made with."""
    for creation in router.creations[:1]:
        given = _first(creation.prefix)
        return f"/{_first(creation.name)}" if not given and creation.named_prefix else router.at + given
    return router.prefix


def _first(operand: Operand | None) -> str:
    texts = [] if operand is None else texts_of(operand.value)
    return texts[0] if texts else ""


def joined(prefixes: list[str], path: str) -> str:
    """Prefixes and a path as one path."""
    text = "".join(one if one.startswith("/") or not one else f"/{one}" for one in [*(one.rstrip("/") for one in prefixes), path])
    return re.sub(r"/{2,}", "/", text) or "/"


def deduplicated(guards: list[Guard]) -> tuple[Guard, ...]:
    """The guards in order, each once."""
    found: dict[tuple[str, str, object], Guard] = {}
    for guard in guards:
        found.setdefault((guard.name, "" if guard.function is None else guard.function.key, guard.does), guard)
    return tuple(found.values())


def has_schema(response: Operand | None, handler: FunctionSymbol) -> bool:
    """Whether the answer is declared: by `response_model` or by the return annotation."""
    if response is not None:
        return not response.value.is_just(value=None)
    return handler.node.returns is not None


def is_described(placed: Placed) -> bool:
    """Whether the description of its application tells of a route: neither it, nor a router or mount above it, is left out."""
    creations = [one for router in placed.routers for one in router.creations]
    told = [placed.registration.in_schema, *(one.in_schema for one in creations), *(one.in_schema for one in placed.mounts)]
    if any(one is not None and one.value.is_just(value=False) for one in told):
        return False
    app = next((one for router in reversed(placed.routers) for one in router.creations if one.app), None)
    return app is None or app.schema_url is None or not app.schema_url.value.is_just(value=None)


def checked(guards: list[Guard]) -> Body:
    """What is known of the body of a route by the validators in front of it."""
    found = [one for one in guards if one.has(Does.VALIDATES) and (one.function is None or _VALIDATOR.search(one.name))]
    return Body(validated=True, schema=found[0].name) if found else Body()
