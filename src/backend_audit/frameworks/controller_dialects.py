"""Libraries whose decorators make routes of a class's methods: what their decorators are called, and what each of them means.

https://github.com/typestack/routing-controllers, https://tsoa-community.github.io/docs/, https://inversify.io/framework/,
https://github.com/inversify/inversify-express-utils, https://github.com/seanpmaxwell/overnight, https://tsed.dev/docs/
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import ClassSymbol, decorator_name

HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler")  # of Fastify, in front of handlers
_NAMES = ("Get", "Post", "Put", "Patch", "Delete", "Head", "Options")
_VERBS = {name: name.upper() for name in _NAMES} | {"All": ""}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The decorators of one library, by their names in its packages.

    `inline`: what follows the path in a decorator runs before the handler. `runs`: the methods of the classes that run before it.
    """

    framework: str
    packages: tuple[str, ...]
    controllers: frozenset[str]  # of a class: its first argument is the path
    verbs: Mapping[str, str]  # of a method → the HTTP method, "" for all
    free: frozenset[str] = frozenset()  # of a method: the HTTP method comes before the path
    before: frozenset[str] = frozenset()  # their arguments run before the handler
    asks: frozenset[str] = frozenset()  # they have a function of the project asked who calls
    asker: tuple[str, ...] = ()  # what that function is called where it is exported
    checker: str = ""  # the option of the server that holds it
    spares: frozenset[str] = frozenset()  # they take back what the class asks for
    caller: frozenset[str] = frozenset()  # of a parameter: nobody gets in where it is `required`
    everywhere: frozenset[str] = frozenset()  # of a class: middleware in front of all routes
    prefix: str = ""  # the option of the server that is in front of all paths
    runs: tuple[str, ...] = ()
    inline: bool = False
    hooks: frozenset[str] = frozenset()  # of a method: it runs before the others, at the point that the first argument names
    address: tuple[str, ...] = ("path",)  # the fields of an object that say the path

    def means(self, engine: Engine, owner: ClassSymbol, node: ir.Expr, names: Container[str]) -> bool:
        """Whether a decorator on `owner`, or in it, is one of the library's, of those names."""
        name = decorator_name(node)
        if name not in names:
            return False
        callee = node.func if isinstance(node, ir.Call) else node
        return not engine.frame(owner.module).eval(callee).apis.isdisjoint(f"{package}.{name}" for package in self.packages)


DIALECTS = (
    Dialect(
        framework="routing-controllers",
        packages=("routing-controllers",),
        controllers=frozenset(("Controller", "JsonController")),
        verbs=_VERBS,
        free=frozenset(("Method",)),
        before=frozenset(("UseBefore",)),
        asks=frozenset(("Authorized",)),
        checker="authorizationChecker",
        caller=frozenset(("CurrentUser",)),
        everywhere=frozenset(("Middleware",)),
        prefix="routePrefix",
        runs=("use",),
    ),
    Dialect(
        framework="tsoa",
        packages=("tsoa", "@tsoa/runtime"),
        controllers=frozenset(("Route",)),
        verbs=_VERBS,
        before=frozenset(("Middlewares",)),
        asks=frozenset(("Security",)),
        asker=("expressAuthentication", "koaAuthentication", "hapiAuthentication"),
        spares=frozenset(("NoSecurity",)),
    ),
    Dialect(
        framework="inversify",
        packages=("inversify-express-utils",),
        controllers=frozenset(("controller",)),
        verbs={f"http{name}": name.upper() for name in _NAMES} | {"all": ""},
        free=frozenset(("httpMethod",)),
        before=frozenset(("withMiddleware",)),
        prefix="rootPath",
        runs=("handler",),
        inline=True,
    ),
    Dialect(
        framework="inversify",
        packages=("@inversifyjs/http-core",),
        controllers=frozenset(("Controller",)),
        verbs=_VERBS,
        before=frozenset(("ApplyMiddleware", "UseGuard")),
        runs=("activate", "execute"),
    ),
    Dialect(
        framework="overnight",
        packages=("@overnightjs/core",),
        controllers=frozenset(("Controller",)),
        verbs=_VERBS,
        before=frozenset(("Middleware", "ClassMiddleware")),
    ),
    Dialect(
        framework="tsed",
        packages=("@tsed/common", "@tsed/di", "@tsed/schema", "@tsed/platform-middlewares", "@tsed/passport"),
        controllers=frozenset(("Controller",)),
        verbs=_VERBS,
        before=frozenset(("Use", "UseBefore", "UseBeforeEach", "UseAuth")),
        asks=frozenset(("Authorize", "Authenticate")),
        runs=("use",),
    ),
    Dialect(  # https://github.com/L2jLiga/fastify-decorators/tree/v4/docs
        framework="fastify",
        packages=("fastify-decorators",),
        controllers=frozenset(("Controller",)),
        verbs={name.upper(): name.upper() for name in _NAMES} | {"ALL": ""},
        hooks=frozenset(("Hook",)),
        address=("route", "url"),
    ),
    Dialect(  # https://eggjs.org/basics/controller, https://github.com/eggjs/tegg
        framework="egg",
        packages=("egg", "@eggjs/tegg", "@eggjs/controller-decorator"),
        controllers=frozenset(("HTTPController",)),
        verbs={},
        free=frozenset(("HTTPMethod",)),
        before=frozenset(("Middleware",)),
    ),
    Dialect(  # https://github.com/serhiisol/node-decorators/tree/main/express
        framework="express",
        packages=("@decorators/express",),
        controllers=frozenset(("Controller",)),
        verbs=_VERBS,
        runs=("use",),
        inline=True,
    ),
)
