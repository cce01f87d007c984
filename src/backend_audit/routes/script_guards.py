"""Guards of routes in JavaScript: middleware and hooks as values, classified by known name, by behaviour, or by name."""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol, Symbol
from backend_audit.routes import script_sessions, script_strategies
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.carriers import COOKIE, HEADER
from backend_audit.routes.declared import Declarations
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts, contents
from backend_audit.routes.guard_names import asks_by_name, asks_for_right, judged
from backend_audit.routes.guards import ANSWERS_IN_VAIN, ASKING, Guarding
from backend_audit.routes.keys import FORBIDS, asks_for_nothing_more
from backend_audit.routes.middleware import goes_on, hands_on
from backend_audit.routes.model import TURNS_AWAY, Does, Guard
from backend_audit.routes.scopes import of_step
from backend_audit.routes.script_asked import BEHIND, denier
from backend_audit.routes.script_helpers import (
    BY_HELPER,
    asked_first,
    asked_plainly,
    compares_password,
    keeps_caller,
    needs_nothing,
    only_defines,
    turns_all_away,
    unwrapped,
)
from backend_audit.routes.script_limits import counted
from backend_audit.routes.script_permissions import BY_RIGHT, ROLES, right_asked, with_rights
from backend_audit.routes.texts import mark_of
from backend_audit.routes.wrappers import around, called_parameters, wraps
from backend_audit.source import Mark

CHAINED = "a chain of express-validator"  # what it finds must be asked for
_ASKING = (Does.AUTHENTICATES, Does.AUTHORIZES)
_ASKED = frozenset(_ASKING)
_IDLE = frozenset((Does.RUNS, Does.IDENTIFIES))
ANONYMOUS = "<anonymous>"
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_HARMLESS = re.compile(
    r"upload|multer|cache|cors|limit|throttl|pars|json|log(?!in)|compress|static|^validat(?:e|or|ion)?$|validate(?:Body|Schema|Params|Query)|"
    r"schema|helmet|metric|trim|sanitiz|file|require$|^(?:single|array|fields|none|any)$",
    re.IGNORECASE,
)
_VALIDATES = re.compile(
    r"^validat(?:e|or|ion)?$|^validate(?:Request|Body|Schema|Params|Query|Input|Data)|schema$|^celebrate$", re.IGNORECASE
)
_BY_NAME = re.compile(
    r"^(?:is_)?valid(?:ated?)?_(?:request|session|user|token|api_?key|jwt|access)$|"
    r"^(?:ensure|require[sd]?|verify|check|validate|assert|must_be|needs?)_?(?:is_)?(?:a_)?(?:logged_?in|login|auth\w*|user|token|jwt|admin\w*|session|"
    r"api_?key|permissions?|access|roles?)$|^is_(?:logged_?in|auth\w*|admin\w*)$|^(?:auth|authenticate|authenticated|authori[sz]e|authguard|protect|"
    r"auth_middleware|authentication|jwt_auth|auth_required|login_required|only_admins?|admin_only)$"
)
_INSTANCE = "fastify.Instance."
_TOKEN_STRATEGY = re.compile(r"jwt|bearer|token|basic|key|header|cookie|digest|session|hmac|cert|api", re.IGNORECASE)


class ScriptGuarding(Guarding):
    """Reads guards off the steps of chains."""

    def __init__(self, engine: Engine, facts: WebFacts, behaviours: Behaviours, declarations: Declarations) -> None:
        super().__init__(engine, facts, behaviours, declarations)
        self.decorated: dict[str, Value] = {}  # by the names under which a server's instance holds them

    def of_library(self, value: Value, chain: RouteChain) -> list[Guard]:
        """The guards that a plugin of a library is known to bring when it is registered."""
        mark = mark_of(chain, "registered here")
        paths = sorted(value.apis | value.types)
        known = [self.known(path.removesuffix("()"), "plugin", mark, chain.site.call) for path in paths]
        options = contents(chain.arguments.value)[1:] if chain.arguments is not None else []
        open_to_others = bool(options) and script_sessions.unrestricted(options[0])
        return [guard for guard in known if guard is not None and (open_to_others or not guard.has(Does.UNSHIELDS))]

    def known(self, path: str, via: str, mark: Mark | None, call: ir.Call | None = None) -> Guard | None:
        """As `Guarding.known`; a session whose cookie other sites' requests do not carry, or may not, is none."""
        found = super().known(path, via, mark, call)
        if found is not None and found.has(Does.UNSHIELDS) and via != "plugin":
            return found if script_sessions.leaves_open(path, call, self.facts) else None
        return found

    def of_value(self, value: Value, via: str, mark: Mark | None, depth: int = 6) -> list[Guard]:
        """As `Guarding.of_value`; what an instance was decorated with stands for the decoration."""
        names = {path.removeprefix(_INSTANCE) for path in value.apis if path.startswith(_INSTANCE)}
        for name in sorted(names & self.decorated.keys()):
            found = super().of_value(self.decorated[name], via, mark, depth)
            return [replace(one, name=name) for one in found] if len(found) == 1 else found
        found = super().of_value(unwrapped(value, self.behaviours.own), via, mark, depth)
        if len(found) == 1 and found[0].name == ANONYMOUS:
            found = [replace(found[0], name=next(self.names_of(value), ANONYMOUS))]
        chained = [one for one in value.apis | value.types if one.startswith("express-validator.")]  # `body("mail").isEmail()`
        if chained and not any(one.has(Does.VALIDATES) for one in found):
            found.append(Guard("express-validator", frozenset((Does.VALIDATES,)), via, mark, None, CHAINED))
        return found

    def names_of(self, value: Value) -> Iterator[str]:
        """The names under which an instance holds a function that has none."""
        yield from (name for name in sorted(self.decorated) if value.refs and self.decorated[name].refs == value.refs)

    def of_step(self, value: Value, node: ir.Expr | None, chain: RouteChain, via: str) -> list[Guard]:
        """The guards that a step of a chain is."""
        mark = mark_of(chain, "runs before")
        if node is not None:
            mark = Mark(chain.site.path, node.at, node.end, written(node))
        found = self.of_value(value, via, mark) or self.of_decoration(value, via, mark)
        if node is not None and script_sessions.shields_by_name(called(node)):
            return script_sessions.shielding(found, called(node), via, mark)
        if not found and node is not None and not (value.refs or value.kind or value.consts or value.made):
            found = self.unread(called(node), via, mark)
        elif node is not None and len(found) == 1:
            found = [with_rights(replace(found[0], name=called(node) or found[0].name), node)]
        found = script_strategies.settled(self.engine, node, found)
        return [replace(one, scopes=one.scopes or of_step(node)) if one.has(*_ASKING) else one for one in found]

    def of_decoration(self, value: Value, via: str, mark: Mark | None) -> list[Guard]:
        """The guards that what an instance was decorated with makes: `app.needsPermission("device:edit")`."""
        names = {path.removeprefix(_INSTANCE).removesuffix("()") for path in value.types if path.startswith(_INSTANCE)}
        kept = [self.decorated[name] for name in sorted(names & self.decorated.keys())]
        makers = [one for value in kept for one in of_kind(value.refs, FunctionSymbol)]
        return [guard for one in makers for guard in self.of_value(self.engine.summary(one).result, via, mark)]

    def of_symbol(self, symbol: Symbol, via: str, mark: Mark | None, depth: int = 6) -> list[Guard]:  # noqa: ARG002 - as above
        """The guard that a function of the project is, called after what holds it if it has no name of its own."""
        if not isinstance(symbol, FunctionSymbol):
            return []
        names = [one for one in symbol.name.split(".") if one != ANONYMOUS]
        return [self.classified(symbol, names[-1] if names else ANONYMOUS, via, mark)]

    def accessing(self, symbol: ObjectSymbol, value: Value, via: str, mark: Mark | None) -> list[Guard]:
        """As `Guarding.accessing`; one that is told to sign callers in asks for no credential that they have by then."""
        found = super().accessing(symbol, value, via, mark)
        texts = script_strategies.named(symbol.node)
        signs_in = any(not _TOKEN_STRATEGY.search(one) for one in texts)
        if signs_in:
            return [replace(one, does=frozenset((Does.RUNS,)), because="signs callers in") for one in found]
        return [replace(one, carrier=HEADER) if texts and not one.carrier else one for one in found]

    def classified(
        self, function: FunctionSymbol, name: str, via: str, mark: Mark | None, *, run: bool = True, looks: bool = False
    ) -> Guard:
        guard = super().classified(function, name, via, mark, run=run, looks=looks)
        if guard.carrier == COOKIE and not script_sessions.reads_session(function):
            guard = replace(guard, carrier="")  # whoever has put `req.user` there may know it by a token
        if script_sessions.hands_to_shield(function) or (guard.has(Does.REJECTS) and script_sessions.looks_at_sender(function)):
            guard = replace(guard, does=guard.does | {Does.SHIELDS})
        if guard.does == {Does.IDENTIFIES} and only_defines(function):
            return replace(guard, does=frozenset((Does.RUNS,)), because="")
        if self.behaviours.anonymous.run(function).both:
            return replace(guard, does=frozenset((Does.RUNS,)), because=ANSWERS_IN_VAIN)
        if guard.has(*_ASKING) and not self.asks(function, name):
            return replace(guard, does=guard.does - _ASKED | {Does.REJECTS})
        if not guard.has(*_ASKING) and self.behaviours.anonymous.run(function).outcome() is Outcome.DENIED:
            asked = _ASKED if asks_for_right(name) else {Does.AUTHENTICATES}
            return replace(guard, does=guard.does - _IDLE | asked, because=TURNS_AWAY)
        known = guard.does == {Does.RUNS} and self.behaviours.of(function).looks and keeps_caller(function)
        if known and self.lets_through(function):
            return replace(guard, does=frozenset((Does.IDENTIFIES,)), because="keeps who calls, and lets everybody through")
        return guard

    def of_method(self, owner: ClassSymbol, function: FunctionSymbol, via: str, mark: Mark | None) -> Guard:
        """The guard that a method is, its own or inherited, of an object of `owner`."""
        with self.behaviours.anonymous.as_of(owner, function):
            found = self.classified(function, owner.name, via, mark)
            idle = function.owner is not owner and self.lets_through(function)
        if idle and not any(self.behaviours.own(one).denies for one in (function, *owner.methods.values())):
            found = replace(found, does=frozenset((Does.RUNS,)))  # it is another class whose method turns callers away
        return found if function.owner is owner else replace(found, owner=owner)

    def asks(self, function: FunctionSymbol, name: str) -> bool:
        """Whether a function that can answer 401 or 403 does so for want of a credential."""
        looks = self.behaviours.of(function).looks or bool(judged(name, frozenset(), looks=True)[0] & {Does.IDENTIFIES})
        return looks or self.behaviours.anonymous.run(function).outcome() is Outcome.DENIED

    def of_wrappers(self, handler: Value, node: ir.Expr | None, chain: RouteChain) -> list[Guard]:
        """The guards that wrappers of a handler are: `secured(handler)`, which asks who calls before it calls that."""
        found: list[Guard] = []
        for one in around(handler):
            mark = mark_of(chain, "wraps") if node is None else Mark(chain.site.path, node.at, node.end, written(node))
            denied = self.behaviours.anonymous.run(one).outcome()
            for guard in self.of_symbol(one, "wrapper", mark):
                kept = guard.does - _IDLE
                if denied is Outcome.PASSES or not (denied is Outcome.DENIED or self.asks_itself(one) or self.asks_ahead(one)):
                    kept -= _ASKED
                found += [replace(guard, does=kept)] if kept else []
        return found

    def asks_ahead(self, wrapper: FunctionSymbol) -> bool:
        """Whether a wrapper leaves it to a helper to turn callers away, before it calls what it wraps."""
        helpers = asked_plainly(self.engine, wrapper, frozenset(called_parameters(wrapper)))
        found = [self.behaviours.of(one, 4) for one in helpers]
        return any(one.looks and not one.denies.isdisjoint((_UNAUTHORIZED, _FORBIDDEN)) for one in found)

    def asks_itself(self, function: FunctionSymbol) -> bool:
        """Whether a function's own lines look at a credential and answer 401, or a helper's that it asks before all."""
        own = [self.behaviours.own(one) for one in (function, *function.nested)]
        if any(one.looks for one in own) and any(_UNAUTHORIZED in one.denies for one in own):
            return True
        return self.helper_asked(function) is not None

    def helper_asked(self, function: FunctionSymbol, depth: int = 2) -> FunctionSymbol | None:
        """The helper that a function asks before all, and which looks at a credential and turns callers away without one."""
        for one in (*asked_first(self.engine, function), *asked_plainly(self.engine, function)):
            own, run = self.behaviours.own(one), self.behaviours.anonymous.run
            around = needs_nothing(one) and _FORBIDDEN in own.denies  # it finds who calls for itself
            asks = around or own.looks or run(one).outcome() is Outcome.DENIED
            if asks and (around or _UNAUTHORIZED in own.denies) and not compares_password(one):  # it signs callers in
                return one
            if depth and one is not function and (found := self.helper_asked(one, depth - 1)) is not None:
                return found
        return None

    def turned_away_by(self, handler: FunctionSymbol) -> FunctionSymbol | None:
        """The function behind a handler to which the request always comes, and which fails without a credential in it."""
        own, run = self.behaviours.own, self.behaviours.anonymous.run
        return denier(self.engine, handler, lambda one: own(one).looks and run(one).denied)

    def lets_through(self, function: FunctionSymbol) -> bool:
        """Whether a caller without credentials surely passes."""
        return self.behaviours.anonymous.run(function).outcome() is Outcome.PASSES

    def unread(self, name: str, via: str, mark: Mark | None) -> list[Guard]:
        """The guard that something is of which nothing but its name is known."""
        does = judged(name, frozenset((_FORBIDDEN,)), looks=False)[0]  # were it to turn callers away, for what would it
        if does & _ASKED and Does.AUTHORIZES in does and ROLES.search(name):
            return [Guard(name, frozenset((Does.AUTHENTICATES, Does.AUTHORIZES)), via, mark, None, "its name")]
        if _asks(name):
            return [Guard(name, frozenset((Does.AUTHENTICATES,)), via, mark, None, "its name")]
        if _VALIDATES.search(name):
            return [Guard(name, frozenset((Does.VALIDATES,)), via, mark, None, "its name")]
        if via != "route" or not name or _HARMLESS.search(name):
            return []
        return [Guard(name, frozenset((Does.DEPENDS,)), via, mark, None, f"is behind `{name}`, which cannot be read")]

    def exempted(self, guards: list[Guard], route: Asked) -> list[Guard]:
        """`guards`, those being none that let this very route through: `if (req.path === "/login") return next()`."""
        return [one if one.via == "body" else self.behaviours.towards(one, route, Does.OPENS) for one in guards]

    def in_body(self, handler: FunctionSymbol) -> list[Guard]:
        """The handler itself, where it turns callers away that have not said who they are, or call too often."""
        found, limit = self.asking_in_body(handler), counted(self.engine, self.facts, self.behaviours.own, handler)
        return found if limit is None or any(one.has(Does.LIMITS) for one in found) else [*found, limit]

    def asking_in_body(self, handler: FunctionSymbol) -> list[Guard]:
        """The handler itself, where it turns callers away that have not said who they are."""
        if turns_all_away(handler, self.behaviours.own(handler)):
            return []
        behaviour = self.behaviours.of(handler, 4)
        does, because = judged(handler.node.name, behaviour.denies, looks=behaviour.looks)
        if does == ASKING and because == FORBIDS and asks_for_nothing_more(self.engine, handler):
            does = frozenset((Does.AUTHENTICATES,))
        outcome = self.behaviours.anonymous.run(handler).outcome()
        helper = None if outcome is Outcome.PASSES else self.helper_asked(handler)
        if outcome is Outcome.DENIED or (helper is not None and needs_nothing(helper)):
            does, because = does | {Does.AUTHENTICATES}, because or TURNS_AWAY
        surely = outcome is Outcome.DENIED or (outcome is not Outcome.PASSES and self.asks_itself(handler))
        name, because = (handler.node.name, because) if helper is None else (helper.node.name, BY_HELPER)
        if not surely and (asked := self.turned_away_by(handler)) is not None:
            name, does, surely, because = asked.node.name, does | {Does.AUTHENTICATES}, True, BEHIND
        if not does & _ASKED or not surely:
            call = right_asked(self.engine, handler)
            return [] if call is None else [Guard(written(call.func).rpartition(".")[2], _ASKED, "body", None, None, BY_RIGHT)]
        mark = Mark(handler.module.path, handler.node.at, handler.node.name_end, handler.node.name)
        return [Guard(name, does - _IDLE, "body", mark, handler, because, carrier=script_sessions.of(handler, self.behaviours))]

    def passes_on(self, value: Value) -> bool:
        """Whether something is middleware: it can hand the request on to what comes after it."""
        functions = of_kind(value.refs, FunctionSymbol)
        if not functions:
            return bool(self.of_objects(value, "route"))
        return all(map(hands_on, functions)) or any(wraps(one, functions) and goes_on(one) for one in functions)

    def answers_always(self, function: FunctionSymbol) -> bool:
        """Whether a function never hands the request on."""
        return not hands_on(function)


def called(node: ir.Expr) -> str:
    """How a step is called where it is written: `auth` for `guards.auth("admin")`, `check` for `this.check.bind(this)`."""
    callee = node.func if isinstance(node, ir.Call) else node
    if isinstance(callee, ir.Attribute) and callee.attr == "bind":
        callee = callee.value
    return written(callee).rpartition(".")[2] if isinstance(callee, (ir.Name, ir.Attribute)) else ""


def _asks(name: str) -> bool:
    """Whether something of which only the name is known says that it asks who calls."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if plain in ("require", "import"):
        return False
    return bool(_BY_NAME.search(plain)) or asks_by_name(plain)
