"""Parameters of handlers in JavaScript that no registration in sight says the types of.

A controller's method is often registered where values cannot be followed: in a loop over files, in a list of routes. Two
parameters called `req` and `res` are a handler's by every convention of Express.
"""

from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import Value, changed
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks import script_parameters
from backend_audit.link.project import Project
from backend_audit.link.script_imports import loads_any
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol

_REQUESTS = frozenset(("req", "request"))
_RESPONSES = frozenset(("res", "response", "reply"))
_INSTANCES = frozenset(
    ("fastify", "instance", "fastifyInstance")
)  # what plugins of Fastify are called with, by its documentation
_APPS = frozenset(("app", "server", "api", "f"))
_PLUGIN, _SERVERS = "register", frozenset(("server", "srv", "plugin"))  # https://hapi.dev/tutorials/plugins
_HAPI = frozenset("@hapi/hapi @hapi/glue hapi glue @hapi/basic @hapi/cookie @hapi/jwt @hapi/inert @hapi/vision".split())
_EXPRESS = frozenset(("app", "router", "expressApp", "apiRouter"))
_VERBS = frozenset(("get", "post", "put", "patch", "delete", "all", "use"))
_OF_KOA = ["ctx", "next"]  # what middleware of Koa is called with, by its documentation
_FEW = 4
_OPTIONS = frozenset(("opts", "options", "_opts", "_options", "done", "_"))
_of: "WeakKeyDictionary[Project, bool]" = WeakKeyDictionary()  # whether a project is a server of hapi


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value:
    """What is known of a parameter; `value` unchanged where that is nothing."""
    filled = script_parameters.parameter(frame, symbol, at, param, value)
    if filled is not None:
        return filled
    names = [one.name for one in symbol.node.params]
    if at <= 1 and not value.types and (held := _handed_within(symbol, param)):
        application = Value(open=True, types=frozenset(("express.Application",)), origins=value.origins)
        return changed(value, items={**(value.items or {}), held: application})
    first = next((number for number, name in enumerate(names[:2]) if name in _REQUESTS), None)
    if value.types or value.refs:
        return value
    if at == 0 and symbol.node.name == _PLUGIN and names[0] in _SERVERS and _of_hapi(frame.engine.project):
        return changed(value, types=frozenset(("@hapi/hapi.Instance",)))
    if at == 0 and (names[0] in _INSTANCES or (names[0] in _APPS and names[1:2] and names[1] in _OPTIONS)):
        return changed(value, types=frozenset(("fastify.Instance",)))
    if at == 0 and names[0] in _EXPRESS and len(symbol.node.params) <= _FEW:
        return changed(value, types=frozenset(("express.Application",)))
    if at == 0 and names == _OF_KOA and symbol.owner is None and (symbol.node.is_async or symbol.node.is_generator):
        return changed(value, types=frozenset(("koa.Context",)))
    if first is None or len(names) <= first + 1 or names[first + 1] not in _RESPONSES:
        return value
    framework = "fastify" if names[first + 1] == "reply" else "express"
    if at == first:
        return changed(value, types=frozenset((f"{framework}.Request",)))
    kind = "Reply" if framework == "fastify" else "Response"
    return changed(value, types=frozenset((f"{framework}.{kind}",))) if at == first + 1 else value


def _of_hapi(project: Project) -> bool:
    if project not in _of:
        _of[project] = isinstance(project, ScriptProject) and loads_any(project, _HAPI)
    return _of[project]


def _handed_within(symbol: FunctionSymbol, param: ir.Param) -> str:
    """The application in an object that a hook is handed, by what the hook does with it: `({ app }) => app.get("/", …)`."""
    if param.pattern is not None:
        items = param.pattern.items if isinstance(param.pattern, ir.Container) else []
        named = {last_word(one.value): str(one.key.value) for one in items if isinstance(one.key, ir.Const)}
        held = {name: key for name, key in named.items() if key in _EXPRESS}
    else:
        held = {f"{param.name}.{key}": key for key in _EXPRESS}
    funcs = [one.func for one in symbol.scope.of(ir.Call) if _registers(one)] if held else []
    found = (held.get(written(func.value)) for func in funcs if isinstance(func, ir.Attribute))
    return next((key for key in found if key), "")


def _registers(node: ir.Call) -> bool:
    """Whether a call is written as those that register a route: a path, and a function behind it."""
    path = node.args[0].value if len(node.args) > 1 else None
    told = isinstance(path, ir.Const) and isinstance(path.value, str) and path.value[:1] in ("/", "*")
    verb = isinstance(node.func, ir.Attribute) and node.func.attr in _VERBS
    return told and verb and isinstance(node.args[-1].value, (ir.Lambda, ir.Name, ir.Attribute))
