"""What answers tell of how a service is configured, and codes that only the owner of a mailbox should get.

https://docs.python.org/3/library/os.html#os.environ, https://nodejs.org/api/process.html#processenv,
https://flask.palletsprojects.com/en/stable/config/, https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.engine import Engine
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.schemas import Schemas
from backend_audit.frameworks.sent import Part, Sent, asks_debug
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Route
from backend_audit.routes.sent import SentSecret
from backend_audit.source import Mark

_ENVIRONMENT = frozenset(("os.environ", "os.environb", "process.env"))
_READS = frozenset(("os.getenv", "os.environ.get", "os.environ.pop"))
_CONFIGURATION = frozenset(
    ("flask.Flask.config", "quart.Quart.config", "flask.Config", "quart.Config", "django.conf.settings", "sanic.Sanic.config")
)
_SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings")
_DUMPS = frozenset("dict model_dump json model_dump_json to_dict as_dict items copy toObject".split())
_CHOOSES = frozenset(("include", "exclude"))
# Keys that are made for a page: whoever loads it has them.
_FOR_PAGES = re.compile(
    r"public|publish|anon|maps?(_|$)|mapbox|firebase|captcha|turnstile|posthog|amplitude|segment|analytics|pusher|sentry|algolia|"
    r"site_?key|client_?(id|key)|browser|frontend|widget|giphy|tinymce|mixpanel|vapid|tracking|telemetry|(^|_)(vite|react_app|next)(_|$)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"forg[eo]t|reset|recover|otp|verif|confirm|passwordless|magic|send_?(code|mail|email|sms)|lost", re.IGNORECASE
)
_FORGOTTEN = re.compile(
    r"forg[eo]t|lost_?pass|recover|request_?(pass\w*_?)?reset|(send|request)_?\w*(link|code|reset)", re.IGNORECASE
)
_ONE_TIME = re.compile(
    r"^(?!.*(expir|sent|at$|valid|used|url_?name|type))"
    r"(\w*(reset|recovery|verif\w*|confirm\w*|activation|temp|one_?time|magic)_?(pass\w*_?)?(token|code|pin|key|link|url)|otp|otp_?code|mfa_?code)$",
    re.IGNORECASE,
)
_REQUESTS = frozenset("req request ctx body payload form data config settings env process".split())
_WEAK = frozenset("token code pin link url reset_url reseturl resetlink plaintoken".split())
_LOOKS_UP = re.compile(r"^(?:find|get|query|filter|where|first|one|select|lean|exec|populate|limit|load|fetch|scalar)")
_RANDOM = re.compile(
    r"rand|secrets\.|token_(hex|urlsafe|bytes)|uuid|nanoid|\bsign\b|encode|generate|make_token|create_?\w*token", re.IGNORECASE
)


class SentSecrets:
    """Reads what the handlers of routes send; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.schemas = Schemas(engine)
        self.sent = Sent(engine)
        self._known: dict[str, tuple[SentSecret, ...]] = {}

    def of(self, route: Route) -> tuple[SentSecret, ...]:
        """What a route sends of the configuration, and of what it should only mail."""
        handler = route.handler
        if handler is None or route.kind != "http":
            return ()
        key = f"{handler.key} {route.path}"
        if key not in self._known:
            self._known[key] = tuple(self._of(route, self.sent.parts(handler)))
        return self._known[key]

    def _of(self, route: Route, parts: list[Part]) -> Iterator[SentSecret]:
        for part in parts:
            if route.handler is not None and _in_debugging(route.handler, part.place):
                continue
            found = self._configured(part) or self._one_time(route, part) or self._stored(part)
            if found is not None:
                how, names = found
                handler = part.function if route.handler is None else route.handler
                place = Mark(handler.module.path, part.place.at, part.place.end, "is sent to the client here")
                source = Mark(part.function.module.path, part.node.at, part.node.end, f"`{written(part.node)}`")
                yield SentSecret(how, names, source, place)

    def _configured(self, part: Part) -> tuple[str, tuple[str, ...]] | None:
        """What a part tells of the configuration: all of it, or the secrets in it."""
        node = _dumped(part.node)
        if node is None or self._is_local(part, node):
            return None
        asked = self._asked(part, node)
        if asked:
            return ("value", (asked,)) if _is_kept(asked) else None
        value = self.engine.frame(part.function.module).eval(node)
        if value.apis & _ENVIRONMENT:
            return "environment", (written(node),)
        if (value.apis | value.types) & _CONFIGURATION:
            return "configuration", (written(node),)
        names = [*_variables(value, part.key or last_word(node)), *self._settings(value)]
        return ("configuration" if value.kind or value.types else "value", tuple(dict.fromkeys(names))) if names else None

    def _asked(self, part: Part, node: ir.Expr) -> str:
        """The name of the variable that is read: `os.environ["KEY"]`, `os.getenv("KEY")`, `app.config["KEY"]`."""
        base, key = (node.func, node.args[0].value) if isinstance(node, ir.Call) and node.args else (None, None)
        if isinstance(node, ir.Index):
            base, key = node.value, node.index
        if base is None or not isinstance(key, ir.Const) or not isinstance(key.value, str):
            return ""
        found = self.engine.frame(part.function.module).eval(base)
        known = found.apis & (_READS | _ENVIRONMENT) or (found.apis | found.types) & _CONFIGURATION
        return key.value if known or (found.apis & {"flask.Config.get", "flask.Flask.config.get"}) else ""

    def _settings(self, value: Value) -> Iterator[str]:
        """The secrets of a settings object."""
        for owner in self.engine.classes_of(value):
            if isinstance(owner, ClassSymbol) and any(base.startswith(_SETTINGS) for base in self.schemas.external(owner)):
                for one in self.schemas.fields(owner):
                    if not one.masked and _is_kept(one.name):
                        yield one.path

    def _is_local(self, part: Part, node: ir.Expr) -> bool:
        """Whether an expression begins with what the function itself has: that is no part of the program's configuration."""
        name = written(node).split(".")[0].split("[")[0].split("(")[0]
        own = {param.name for param in part.function.node.params}
        return name in own or any(name in one.names for one in self.sent.bindings.of(part.function))

    def _one_time(self, route: Route, part: Part) -> tuple[str, tuple[str, ...]] | None:
        """A code that the program has made for the owner of an address, told to whoever asks."""
        asked = f"{route.path} {route.name}"
        name = last_word(part.node) or part.key
        if not _ASKING.search(asked) or isinstance(part.node, (ir.Const, ir.Unary, ir.Compare, ir.Comprehension)):
            return None
        strong = _ONE_TIME.match(name) or (part.key and _ONE_TIME.match(part.key))
        weak = _FORGOTTEN.search(asked) and (name.lower() in _WEAK or part.key.lower() in _WEAK)
        if not (strong or weak) or self._is_given(part):
            return None
        made = self._is_made(part)
        return ("one-time", (part.key or name,)) if made or (strong and isinstance(part.node, ir.Attribute)) else None

    def _stored(self, part: Part) -> tuple[str, tuple[str, ...]] | None:
        """A password of an object, or its hash, that is written into the answer by its name."""
        node = part.node
        if not isinstance(node, ir.Attribute) or self._is_given(part) or not isinstance(node.value, (ir.Name, ir.Index)):
            return None
        base = node.value if isinstance(node.value, ir.Name) else None
        if base is not None and base.id in {param.name for param in part.function.node.params} | {"self", "this"}:
            return None
        kept = sensitive.is_password_hash(node.attr) or sensitive.classify(node.attr) in ("password", "private key")
        return ("stored", (node.attr,)) if kept and self._is_object(part, base) else None

    def _is_object(self, part: Part, base: ir.Name | None) -> bool:
        """Whether a variable was not made of the request, or of the configuration, here."""
        values = [] if base is None else self.sent.bindings.values(part.function, base.id, part.node.at)[-1:]
        made = [one for value in values for one in ir.walk_scope(_receiver(value))]
        asked = {one.id.lower() for one in made if isinstance(one, ir.Name)}
        bound = bool(values) or (base is not None and base.id not in self.engine.environment(part.function.module))
        return bound and asked.isdisjoint(_REQUESTS) and not any(word.endswith(("config", "settings")) for word in asked)

    def _is_made(self, part: Part) -> bool:
        """Whether the program has just made the value by chance, or signed it."""
        return any(isinstance(one, ir.Call) and _RANDOM.search(written(one.func)) for one in ir.walk_scope(part.node))

    def _is_given(self, part: Part) -> bool:
        """Whether a value is what the request has brought."""
        first = written(part.node).split(".")[0].split("[")[0]
        return first in ("req", "request", "ctx", "body", "payload", "data") or (
            first in {param.name for param in part.function.node.params} and not isinstance(part.node, ir.Attribute)
        )


def _receiver(node: ir.Expr) -> ir.Expr:
    """What is asked, without what it is asked for: `User` of `await User.findById(req.params.id)`; else all of it."""
    call = node.value if isinstance(node, ir.Await) else node
    while isinstance(call, ir.Call) and isinstance(call.func, ir.Attribute) and _LOOKS_UP.search(call.func.attr):
        call = call.func.value.value if isinstance(call.func.value, ir.Await) else call.func.value
    return call


def _in_debugging(handler: FunctionSymbol, place: ir.Expr) -> bool:
    """Whether a test of a debug switch stands around."""
    tests = (one for one in handler.scope.of(ir.If) if asks_debug(one.test))
    return any(inner.at <= place.at < inner.end for one in tests for inner in (*one.body, *one.orelse))


def _dumped(node: ir.Expr) -> ir.Expr | None:
    """The object of which all is sent: `settings` of `settings.model_dump()`; None where some of it is chosen."""
    if isinstance(node, ir.Comprehension) and node.kind == "dict":
        return _gone_through(node)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _DUMPS:
        return None if any(arg.name in _CHOOSES for arg in node.args) else node.func.value
    if isinstance(node, ir.Attribute) and node.attr == "__dict__":
        return node.value
    return node if isinstance(node, (ir.Name, ir.Attribute, ir.Index, ir.Call)) else None


def _gone_through(node: ir.Comprehension) -> ir.Expr | None:
    """`{k: str(v) for k, v in config.items()}`, with nothing left out."""
    clause = node.clauses[0]
    over, target = clause.iter, clause.target
    if len(node.clauses) > 1 or clause.conditions or not isinstance(over, ir.Call) or not isinstance(over.func, ir.Attribute):
        return None
    if over.func.attr != "items" or not isinstance(target, ir.Container):
        return None
    held = target.items[-1].value
    used = list(ir.walk_scope(node.value))
    whole = isinstance(held, ir.Name) and any(isinstance(one, ir.Name) and one.id == held.id for one in used)
    return over.func.value if whole and not any(isinstance(one, (ir.Conditional, ir.Compare)) for one in used) else None


def _variables(value: Value, name: str, depth: int = 4) -> Iterator[str]:
    """The secret variables of the environment that a value is, or holds."""
    for api in sorted(value.apis):
        if api.startswith(sensitive.SETTINGS) and (_is_kept(api.rpartition(".")[2]) or _is_kept(name)):
            yield name or api.rpartition(".")[2]
    for key, inner in (value.items or {}).items() if depth and value.kind == "dict" else ():
        yield from _variables(inner, str(key), depth - 1)


def _is_kept(name: str) -> bool:
    """Whether a variable called so holds what a client must not know."""
    secret = sensitive.classify(name) not in (None, "session id") or sensitive.is_connection_string(name)
    return secret and not _FOR_PAGES.search(name)
