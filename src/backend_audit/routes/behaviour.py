"""What a function can do to a caller: the statuses that it can answer or raise, and whether it looks who calls.

Read from the function itself, the functions nested in it (wrappers of decorators) and those that it calls.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import UNKNOWN, Value
from backend_audit.flow.web_concepts import CredentialScheme, Rejection
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.absent_parts import rights_of_context
from backend_audit.routes.acting import Statements, acting, leads_outside, runs_statement
from backend_audit.routes.anonymous import Anonymous
from backend_audit.routes.anonymous_run import Env, Outcome
from backend_audit.routes.asking_handlers import asks_for_signature
from backend_audit.routes.carriers import Carriers
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.known_guards import KnownGuards
from backend_audit.routes.missing import is_caller, is_credential, of_database
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.reach import forget, reached
from backend_audit.routes.refusals import LOGIN, by_name, denied_by
from backend_audit.routes.status import made_by_guard, set_on_answers, statuses
from backend_audit.routes.status_helpers import StatusHelpers
from backend_audit.routes.stored import stored_into

_FAILED = 400
_AWAY = frozenset((401, 403, LOGIN))
_DEPTH = 6
_TO_LOGIN = re.compile(r"redirect\w*(?:log|sign)_?in|(?:log|sign)_?in_redirect|(?:to|ask_for)_(?:log|sign)_?in$", re.IGNORECASE)
CREDENTIALS = frozenset(
    "user current_user session cookies headers authorization credentials auth META token access_token api_key apikey "
    "authz is_authenticated is_active is_superuser is_staff g identity principal claims jwt".split()
)
_HEADERS = frozenset({"headers", "META"})


@dataclass(slots=True)
class Behaviour:
    """`denies`: statuses by which callers are turned away (`LOGIN` for a redirect to a login page); `looks`: asks who calls.

    `acts`: a call in it is named like one that changes something; `surely`: one that leads out of the project.
    """

    denies: set[int] = field(default_factory=set)
    looks: bool = False
    acts: bool = False
    surely: bool = False


class Behaviours:
    """Behaviours of the functions of one project, computed on demand and kept."""

    anonymous_type: type[Anonymous] = Anonymous

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        self.engine = engine
        self.anonymous = self.anonymous_type(engine, facts, self.denying_raise, self.denying_answer, self._absent, self.denies)
        self.anonymous.fails = self.failing_answer
        self._carriers = Carriers(engine)
        self._helpers = StatusHelpers(engine)
        self._own: dict[str, Behaviour] = {}
        self._whole: dict[str, Behaviour] = {}
        self.known_guards = KnownGuards()
        self._learn(facts)

    def again(self, facts: WebFacts, keys: Collection[str]) -> None:
        """The project says `facts` now, and what is known of the functions with these `keys` may hold no longer."""
        for known in (self._own, self._whole):
            forget(known, keys)
        self.known_guards.forget(keys)
        self._helpers.forget(keys)
        self._carriers.forget(keys)
        self.anonymous.forget(facts, keys)
        self._learn(facts)

    def _learn(self, facts: WebFacts) -> None:
        """Take in what occurs in the project."""
        self.facts = facts
        self._sites = {id(one.site.node): one for found in facts.rejections.values() for one in found}
        names = {key: key.rpartition("@")[0].rpartition(".")[2].rpartition(":")[2] for key in facts.rejections}
        to_login = [key for key, name in names.items() if _TO_LOGIN.search(name)]
        self._to_login = {id(one.site.node) for key in to_login for one in facts.rejections[key] if one.login is not None}
        self._statements = Statements(facts)

    def of(self, function: FunctionSymbol, depth: int = _DEPTH) -> Behaviour:
        """The behaviour of `function` with what it calls."""
        known = self._whole.get(function.key)
        if known is not None:
            return known
        found = Behaviour()
        for own in (self.own(one) for level in reached(self.engine, function, depth, within=True) for one in level):
            found.denies |= own.denies
            found.looks = found.looks or own.looks
            found.acts = found.acts or own.acts
            found.surely = found.surely or own.surely
        self._whole[function.key] = found
        return found

    def looks_itself(self, function: FunctionSymbol) -> bool:
        """Whether a function, or one that it calls itself, looks who calls; it does as well if it refuses some by 401 or 403."""
        called = self.engine.calls.get(function.key, {}).values()
        return not self.own(function).denies.isdisjoint((401, 403)) or any(self.own(one).looks for one in (function, *called))

    def carrier(self, function: FunctionSymbol) -> str:
        """What the function knows callers by: "cookie", "header", or "" where neither shows."""
        return self._carriers.of(function)

    def towards(self, guard: Guard, route: Asked, otherwise: Does, given: Env | None = None) -> Guard:
        """What `guard` does to one route: only `otherwise` if it lets that very one through; `given`: what it finds there."""
        if guard.function is None or not guard.has(Does.AUTHENTICATES, Does.AUTHORIZES):
            return guard
        with self.anonymous.as_of(guard.owner, guard.function):
            if self.anonymous.run_for(guard.function, route, given).outcome() is not Outcome.PASSES:
                return guard
        return replace(guard, does=frozenset((otherwise,)), because="lets this route through")

    def denied(self, rejection: Rejection) -> frozenset[int]:
        """The statuses of a rejection; a redirect in a function that is called after the login page leads there."""
        site = id(rejection.site.node)
        return frozenset((LOGIN,)) if site in self._to_login or site in self.facts.led_away else denied_by(rejection)

    def own(self, function: FunctionSymbol) -> Behaviour:
        """The behaviour that the function's own lines show."""
        known = self._own.get(function.key)
        if known is None:
            known = Behaviour()
            for rejection in self.facts.rejections.get(function.key, ()):
                known.denies |= self.denied(rejection)
                known.looks = known.looks or rejection.demands
            known.looks = known.looks or bool(self.facts.reads.get(function.key))
            frame = self.engine.frame(function.module, function)
            harmless = _asks_no_credential(function)
            written_to = stored_into(function.node.body)
            known.denies |= set_on_answers(frame, function)
            self._acts(function, known)
            for node in function.scope:
                if isinstance(node, ir.Raise) and node.exc is not None:
                    known.denies |= self.raised(frame, node.exc)
                elif isinstance(node, ir.Return) and isinstance(node.value, ir.Container | ir.Call):
                    known.denies |= self._answered(frame, node.value)
                elif id(node) in written_to:
                    continue  # `session.permanent = True` looks at nobody
                elif isinstance(node, ir.Attribute):
                    tells = looks_at_caller(node.attr) and not (node.attr in _HEADERS and harmless) and not of_database(node)
                    known.looks = known.looks or tells
                elif (
                    rights_of_context(node)
                    or (isinstance(node, ir.Call) and asks_for_signature(node))
                    or (isinstance(node, ir.Name) and (node.id == "session" or is_caller(node.id)))
                ):
                    known.looks = True
            self._own[function.key] = known
        return known

    def _acts(self, function: FunctionSymbol, known: Behaviour) -> None:
        """Fill in whether its calls change anything; statements by what they say, functions of the project by what these do."""
        names = [written(one.func) for one in acting(function.node.body)]
        if any(map(runs_statement, names)) and self._statements.only_asks(function):
            names = [one for one in names if not runs_statement(one)]
        known.acts = bool(names)
        followed = {one.node.name for one in self.engine.calls.get(function.key, {}).values()}
        own = {function.node.name, *(one.node.name for one in function.nested)}  # by their bare names
        outside = [one for one in names if one not in own and one.rpartition(".")[2] not in followed and leads_outside(one)]
        known.surely = any(not runs_statement(one) or not self._statements.may_ask(function) for one in outside)

    def raised(self, frame: Frame, node: ir.Expr) -> frozenset[int]:
        """The statuses that raising `node` turns a caller away with, by what its class says or is called."""
        callee = node.func if isinstance(node, ir.Call) else node
        value = frame.eval(callee) if isinstance(callee, (ir.Name, ir.Attribute)) else UNKNOWN
        found: set[int] = set()
        for symbol in sorted(value.refs, key=lambda one: one.key):
            if isinstance(symbol, ClassSymbol):
                found |= _told(frame, node) or self.of_exception(symbol)
        if not found:
            names = {written(callee).rpartition(".")[2], *(path.rpartition(".")[2] for path in value.apis)}
            found = {status for name in names for status in by_name(name)}
        return frozenset(found)

    def of_exception(self, symbol: ClassSymbol) -> frozenset[int]:
        """The statuses of an exception class of the project: its `status_code` or `code`, its base's, or by its name."""
        for attr in ("status_code", "code", "status", "http_status", "http_status_code"):
            found = statuses(self.engine.class_attribute(symbol, attr))
            if found:
                return found
        init = self.engine.find_method(symbol, "__init__")
        if init is not None:
            passed = {status for one in self.facts.rejections.get(init.key, ()) for status in denied_by(one)}
            if passed:
                return frozenset(passed)
        names = [symbol.name.rpartition(".")[2], *(path.rpartition(".")[2] for path in self.engine.external_bases(symbol))]
        return next((found for name in names if (found := by_name(name))), frozenset())

    def denying_raise(self, frame: Frame, node: ir.Expr) -> bool:
        """Whether raising `node` says who are you, or you may not."""
        at = self._sites.get(id(node))
        found = self.denied(at) if at is not None else self.raised(frame, node)
        if not found and isinstance(node, ir.Name) and not node.id[:1].isupper():  # `raise credentials_exception`, made before
            found = frozenset(self.own(frame.function).denies) if frame.function is not None else frozenset()
        return bool(found & _AWAY)

    def denying_answer(self, frame: Frame, node: ir.Expr) -> bool:
        """Whether the answer `node` turns the caller away."""
        return bool(self._answered(frame, node) & _AWAY)

    def failing_answer(self, frame: Frame, node: ir.Expr) -> bool:
        """Whether the answer `node` gives the caller nothing for another reason: `Response({}, status=404)`."""
        found = self._answered(frame, node)
        return bool(found) and all(one >= _FAILED for one in found)

    def denies(self, function: FunctionSymbol) -> bool:
        """Whether a function may turn a caller away, or what it calls."""
        return bool(self.of(function).denies & {*_AWAY, 404})

    def _absent(self, provider: Value) -> bool:
        """Whether a provider is a credential scheme: it gives None to who brings no credential."""
        return any(isinstance(one, CredentialScheme) for _, made in self.facts.objects(provider) for one in made)

    def _answered(self, frame: Frame, node: ir.Expr) -> frozenset[int]:
        """The statuses of an answer: `return abort(401)`, `return body, 401`, `return Unauthorized("…")`."""
        at = self._sites.get(id(node))
        found = frozenset() if at is None else self.denied(at)
        if at is None and isinstance(node, ir.Container) and node.kind == "tuple":
            parts = (one.value for one in node.items[1:] if isinstance(one.value, (ir.Const, ir.Name, ir.Attribute)))
            return frozenset(status for one in parts for status in statuses(frame.eval(one)))
        return found or self._of_answer(frame, node) or self._helpers.told(frame, node)

    def _of_answer(self, frame: Frame, node: ir.Expr) -> frozenset[int]:
        """The statuses of an answer whose class is the project's own: `class Unauthorized(HttpResponse): status_code = 401`."""
        if isinstance(node, ir.Call) and made_by_guard(self.engine.models, frame, node.func):
            return frozenset((LOGIN,))
        if not isinstance(node, ir.Call) or not last_word(node.func)[:1].isupper():
            return frozenset()
        rows = self.engine.models.rows["call"]
        made = (one for one in frame.eval(node.func).refs if isinstance(one, ClassSymbol))
        based = ((one, base) for one in made for base in self.engine.external_bases(one))
        answers = (one for one, base in based if any(row.concept is Rejection for row in rows.get(base, ())))
        return frozenset(status for one in answers for status in self.of_exception(one))


def _told(frame: Frame, node: ir.Expr) -> set[int]:
    """The status that an exception of the project is given: `ApiError("no key", 401)`, `status_code=HTTPStatus.FORBIDDEN`.

    Or the code whose name says as much: `AppError(ErrorCode.INSUFFICIENT_PERMISSIONS)`.
    """
    given = (
        [arg.value for arg in node.args if isinstance(arg.value, (ir.Const, ir.Attribute))] if isinstance(node, ir.Call) else []
    )
    found = {one for each in given for one in statuses(frame.eval(each)) if one in (401, 403, 429)}
    codes = (each.attr for each in given if isinstance(each, ir.Attribute) and each.attr.isupper())
    return found or {one for code in codes for one in by_name(code)}


def looks_at_caller(attr: str) -> bool:
    """Whether an attribute of that name says who calls, or what shows it."""
    return attr in CREDENTIALS or is_caller(attr)


def _asks_no_credential(function: FunctionSymbol) -> bool:
    """Whether the headers that a function names are none that say who calls."""
    texts = [node.value for node in function.scope.of(ir.Const) if isinstance(node.value, str)]
    return bool(texts) and not any(is_credential(text) for text in texts)
