"""Shapes of code that are evidence without any library: error handlers of Express, loops that try again."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import written

_ERRORS = frozenset({"err", "error", "e", "ex", "exception"})
_ANSWERS = frozenset({"res", "reply", "response"})
_STATUS = frozenset({"status", "code", "sendStatus", "writeHead"})
_MEMOS = frozenset({"lru_cache", "cache"})
_VERSION = re.compile(r"(2|3\.\d)(\.\d+)?$")
_CACHE = re.compile(r"(^|_)cached?(_|$|[A-Z])|[a-z]Cached?($|[A-Z])", re.ASCII)
_PASSING = re.compile(r"state|nonce|login|log_in|auth|session|token|otp|challenge|csrf|pkce|code|attempt", re.IGNORECASE)
_TOKEN = re.compile(r"token|jwt|sign|session", re.IGNORECASE)
_HANDING = frozenset({"register", "add_middleware"})
_STOP = re.compile(r"stop|shut|clos|cancel|running|exit|quit|terminat|alive|active|enabled", re.IGNORECASE)
_CHANCE = re.compile(r"(^|\.)(random|uniform|randint|randrange|betavariate|randomInt|random_int|jitter)$", re.IGNORECASE)
_DELAYING = frozenset({"retryStrategy", "reconnectStrategy", "retryDelay", "calculateDelay", "backoffStrategy"})
_STEPS = 3  # of names for times
_WAITS = ("sleep", "delay", "wait", "setTimeout", "timeout", "pause")


def handles_errors(node: ir.Expr) -> bool:
    """Whether a function takes an error, a request, an answer and what comes next, as Express's error handlers do."""
    return isinstance(node, ir.Lambda) and len(node.function.params) == 4


def catches_all(node: ir.Function) -> bool:
    """Whether a middleware of Python answers whatever fails behind it: `try: return await call_next(request)`, and all caught."""
    names = {param.name for param in node.params}
    for one in ir.walk_scope(*node.body):
        if not isinstance(one, ir.Try):
            continue
        called = {written(each.func) for each in ir.walk_scope(*one.body) if isinstance(each, ir.Call)}
        broad = [each for each in one.handlers if each.type is None or written(each.type) in ("Exception", "BaseException")]
        goes_on = called & {"self.app", "self.get_response", "get_response"} or called & names & {"call_next", "call_after"}
        if goes_on and any(isinstance(each, ir.Return) and each.value is not None for part in broad for each in part.body):
            return True
    return False


def keeps_one_value(decorator: ir.Expr, node: ir.Function) -> bool:
    """Whether it only makes a function run once: `@lru_cache def settings()` is no cache, since there is nothing to look up."""
    call = decorator if isinstance(decorator, ir.Call) else None
    name = written(decorator if call is None else call.func).rpartition(".")[2]
    sized = call is None or all(arg.name in {None, "maxsize", "typed"} for arg in call.args)
    return name in _MEMOS and sized and not [one for one in node.params if one.name not in {"self", "cls"}]


def configured_plugin(body: list[ir.Stmt]) -> ir.Call | None:
    """A module that a loader of plugins calls with its own options, as if that call were written; None if it is none.

    `export const autoConfig = {…}; export default plugin`. https://github.com/fastify/fastify-autoload#override-autoload-options
    """
    given = {_exported(target): one.value for one in body if isinstance(one, ir.Assign) for target in one.targets}
    plugin, options = given.get("default"), given.get("autoConfig")
    if isinstance(options, ir.Lambda):
        made = [one.value for one in ir.walk_scope(*options.function.body) if isinstance(one, ir.Return)]
        options = made[0] if made else None
    if plugin is None or not isinstance(options, ir.Container):
        return None
    return ir.Call(plugin.at, plugin.end, plugin, [ir.Arg(options.at, options.end, options, None, 0)])


def handed_plugin(node: ir.Call) -> ir.Call | None:
    """A plugin that is handed over with its options, as if it were called with them: `app.register(helmet, {…})`."""
    func = node.func
    if not (isinstance(func, ir.Attribute) and func.attr in _HANDING and node.args):
        return None
    plugin = node.args[0].value
    return ir.Call(plugin.at, plugin.end, plugin, node.args[1:])


def _exported(target: ir.Expr) -> str:
    """The name under which an assignment at the top of a module exports: `default` for `module.exports`."""
    if isinstance(target, ir.Name):
        return target.id
    text = written(target) if isinstance(target, ir.Attribute) else ""
    return "default" if text == "module.exports" else text.removeprefix("module.exports.")


def polls(node: ir.While | ir.For) -> ir.Call | None:
    """The call by which a loop without end waits before it begins anew; None if it is no such loop.

    One that ends when what it looks at is there waits for one thing, and repeats no work: `if state == "done": break`.
    """
    endless = isinstance(node, ir.While) and isinstance(node.test, ir.Const) and bool(node.test.value)
    return _waiting(node.body) if endless and not any(_until(one) for one in node.body) else None


def _until(node: ir.Stmt) -> bool:
    """Whether a statement of a loop leaves it for good, unless the process is told to stop."""
    return isinstance(node, ir.If) and any(map(_leaves, node.body)) and not _STOP.search(written(node.test))


def describes_api(node: ir.Item) -> bool:
    """Whether an entry says the version of OpenAPI, as a description does that is written in code."""
    said = node.value.value if isinstance(node.value, ir.Const) else None
    names = isinstance(node.key, ir.Const) and node.key.value in ("openapi", "swagger")
    return names and isinstance(said, str) and bool(_VERSION.match(said))


def keeps_answers(target: ir.Expr) -> bool:
    """Whether an entry of a cache is assigned that the process keeps: `cachedStats[name] = …`; states of a log-in are none."""
    name = written(target.value).rpartition(".")[2] if isinstance(target, ir.Index) else ""
    return bool(_CACHE.search(name)) and not _PASSING.search(name)


def lets_any_origin(key: ir.Expr, value: ir.Expr) -> bool:
    """Whether a header is set that lets scripts of any origin read the answer."""
    named = isinstance(key, ir.Const) and str(key.value).lower() == "access-control-allow-origin"
    return named and isinstance(value, ir.Const) and value.value == "*"


def signs_tokens(node: ir.Function) -> ir.Call | None:
    """The call by which a function signs or checks a token of its own: a keyed hash beside parts written in base64url."""
    calls = [one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Call)]
    keyed = [one for one in calls if written(one.func).rpartition(".")[2] == "createHmac" or written(one.func) == "hmac.new"]
    if not keyed or not _TOKEN.search(node.name):
        return None
    words = [one.value for one in ir.walk_scope(*node.body) if isinstance(one, ir.Const)]
    parts = "base64url" in words or any(
        "base64url" in written(one.func).lower().replace("urlsafe_b64", "base64url") for one in calls
    )
    return keyed[0] if parts else None


def given_up(body: list[ir.Stmt]) -> Iterator[tuple[int, int]]:
    """Where what is called gives something that a `with` gives up when its block ends, unless that hands it on: `yield`."""
    for node in ir.walk(*body):
        if isinstance(node, ir.With) and not _hands_on(node):
            made = [one.context.value if isinstance(one.context, ir.Await) else one.context for one in node.items]
            yield from ((one.func.at, one.func.end) for one in made if isinstance(one, ir.Call))


def _hands_on(node: ir.With) -> bool:
    """Whether its block yields what it holds, or waits for who holds it: `yield client`, `yield`; not what it is sent by it."""
    names = {written(one.target) for one in node.items if one.target is not None}
    given = (one.value for one in ir.walk_scope(*node.body) if isinstance(one, ir.Yield))
    return any(one is None or any(written(each) in names for each in ir.walk(one)) for one in given)


def waits_between_attempts(node: ir.While | ir.For) -> ir.Call | None:
    """The call by which a loop waits before it tries again what failed; None if it is no such loop.

    It waits where the error is caught, or anywhere in the loop if success is what ends that.
    """
    tries = [one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Try) and one.handlers]
    caught = [one for each in tries for handler in each.handlers for one in handler.body]
    ends = any(_leaves(one) for each in tries for one in ir.walk_scope(*each.body))
    return _waiting(caught) or (_waiting(node.body) if ends else None)


def grows(wait: ir.Call, loop: ir.While | ir.For) -> bool:
    """Whether it waits longer each time, by how the time is written: `base * 2 ** attempt`, `DELAYS[attempt]`."""
    said = list(_said(wait, loop))
    return any(isinstance(one, ir.Binary) and one.op in {"*", "**"} for one in said) or any(
        (isinstance(one, ir.Index) and isinstance(one.index, ir.Name)) or (isinstance(one, ir.Call) and _last(one) == "pow")
        for one in said
    )


def waits_by_chance(loop: ir.While | ir.For) -> ir.Call | None:
    """A call by which a loop waits a time that chance has a part in: `delay + Math.random() * 100`."""
    for wait in _waits_in(loop.body):
        if any(isinstance(one, ir.Call) and _CHANCE.search(written(one.func)) for one in _said(wait, loop)):
            return wait
    return None


def delays_by_chance(node: ir.Item) -> bool:
    """Whether an option is a function that says how long to wait, and chance has a part in it: `retryStrategy: (n) => …`."""
    named = isinstance(node.key, ir.Const) and str(node.key.value) in _DELAYING
    inner = node.value.function.body if isinstance(node.value, ir.Lambda) else ()
    return named and any(isinstance(one, ir.Call) and _CHANCE.search(written(one.func)) for one in ir.walk(*inner))


def _said(wait: ir.Call, loop: ir.While | ir.For) -> Iterator[ir.Node]:
    """How the time is written that a call waits, also where the loop has given it a name before."""
    given = [one for arg in wait.args for one in ir.walk_scope(arg.value)]
    assigned = [one for one in ir.walk_scope(*loop.body) if isinstance(one, ir.Assign) and one.value is not None]
    names: set[str] = set()
    for _ in range(_STEPS):
        yield from given
        names = {one.id for one in given if isinstance(one, ir.Name)} - names
        named = [one.value for one in assigned if any(isinstance(each, ir.Name) and each.id in names for each in one.targets)]
        given = [one for value in named if value is not None for one in ir.walk_scope(value)]


def answers_error(node: ir.Try) -> ir.Call | None:
    """The call that gives an answer the status of an error where one is caught: `res.status(500)`, `answerError(error, res)`."""
    for one in ir.walk(*(each for handler in node.handlers for each in handler.body)):
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Name) and _ERRORS & {*_named(one)} and _ANSWERS & {*_named(one)}:
            return one
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and one.func.attr in _STATUS and one.args:
            status = one.args[0].value
            if isinstance(status, ir.Const) and isinstance(status.value, int) and 400 <= status.value < 600:
                return one
    return None


def _named(node: ir.Call) -> list[str]:
    """The variables that a call is given."""
    return [arg.value.id for arg in node.args if isinstance(arg.value, ir.Name)]


def _leaves(node: ir.Node) -> bool:
    return isinstance(node, ir.Return) or (isinstance(node, ir.Jump) and node.kind == "break")


def _waiting(body: list[ir.Stmt]) -> ir.Call | None:
    """The first call that waits, be it in a promise that is awaited: `await new Promise((r) => setTimeout(r, 100))`."""
    return next(_waits_in(body), None)


def _waits_in(body: list[ir.Stmt]) -> Iterator[ir.Call]:
    """The calls that wait."""
    awaited = [one for one in ir.walk_scope(*body) if isinstance(one, ir.Await)]
    within = (one for each in awaited for one in ir.walk(each))
    calls = (one for one in (*ir.walk_scope(*body), *within) if isinstance(one, ir.Call))
    yield from (one for one in calls if _last(one) in _WAITS and written(one.func) != "AbortSignal.timeout")  # ends what waits


def _last(node: ir.Call) -> str:
    return written(node.func).rpartition(".")[2]
