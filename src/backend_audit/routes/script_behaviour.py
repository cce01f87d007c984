"""What a function of JavaScript can do to a caller: the statuses that it answers, hands to `next`, rejects with or throws."""

import re
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import first_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.acting import acts_by_name
from backend_audit.routes.anonymous_run import Env, Outcome
from backend_audit.routes.behaviour import Behaviour, Behaviours
from backend_audit.routes.claim_reads import header
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.missing import ABSENT, EMPTY, UNKNOWN
from backend_audit.routes.model import TURNS_AWAY, Does, Guard
from backend_audit.routes.refusals import denied_by
from backend_audit.routes.script_anonymous import ScriptAnonymous
from backend_audit.routes.script_configured import reads
from backend_audit.routes.script_errors import error_statuses
from backend_audit.routes.script_missing import HOLDERS, attribute, is_request
from backend_audit.routes.stored import stored_into

_ASKING = (Does.AUTHENTICATES, Does.AUTHORIZES)
_IDLE = frozenset((Does.RUNS, Does.IDENTIFIES))
_HANDS_ERROR = frozenset("next done reject cb callback _next".split())
_ANSWERS = frozenset(("res", "response", "resp", "reply"))
_SHAPES = re.compile(r"[a-z](?:Dto|DTO|Response|Error|Exception|Mapper|Serializer)$")  # `UserDto.create(row)` makes an answer
_STATUS_FIELDS = frozenset("status statusCode".split())
_OF_EVERYBODY = frozenset(  # headers that say nothing of who calls
    "user-agent accept accept-language accept-encoding host content-type content-length referer origin x-forwarded-for "
    "x-forwarded-proto x-forwarded-host x-real-ip x-requested-with cf-ipcountry if-none-match range".split()
)
_OF_EVERYBODY_OR_NONE = _OF_EVERYBODY | {""}


class ScriptBehaviours(Behaviours):
    """As `Behaviours`, for a project of JavaScript."""

    anonymous_type = ScriptAnonymous

    def __init__(self, engine: Engine, facts: WebFacts) -> None:
        super().__init__(engine, facts)
        if isinstance(self.anonymous, ScriptAnonymous):
            self.anonymous.answered = self.answered

    def _learn(self, facts: WebFacts) -> None:
        super()._learn(facts)
        self._denied: dict[tuple[int, int], frozenset[int]] = {}  # by a call and the function that it stands in
        for found in facts.rejections.values():
            for one in found:
                at = (id(one.site.node), id(one.site.function))
                self._denied[at] = self._denied.get(at, frozenset()) | denied_by(one)

    def towards(self, guard: Guard, route: Asked, otherwise: Does, given: Env | None = None) -> Guard:
        """As `Behaviours.towards`; what asks by the route's own configuration may turn callers away from this one alone."""
        if guard.function is None or guard.has(*_ASKING) or not route.told or not reads(guard.function):
            return super().towards(guard, route, otherwise, given)
        if self.anonymous.run_for(guard.function, route, given).outcome() is not Outcome.DENIED:
            return guard
        return replace(guard, does=guard.does - _IDLE | {Does.AUTHENTICATES}, because=TURNS_AWAY)

    def own(self, function: FunctionSymbol) -> Behaviour:
        known = self._own.get(function.key)
        if known is not None:
            return known
        known = self._own[function.key] = Behaviour()
        for rejection in self.facts.rejections.get(function.key, ()):
            known.denies |= denied_by(rejection)
        known.looks = bool(self.facts.reads.get(function.key))
        frame = self.engine.frame(function.module, function)
        written_to = stored_into(function.node.body)
        for node in function.scope:
            if isinstance(node, ir.Raise) and node.exc is not None:
                known.denies |= error_statuses(self.engine, frame, node.exc)
            elif isinstance(node, ir.Call):
                self._call(known, frame, node)
                known.looks = known.looks or header(node) not in _OF_EVERYBODY_OR_NONE
            elif isinstance(node, ir.Assign) and node.value is not None:
                known.looks = known.looks or any(map(_looks, _taken_apart(node)))
                if any(isinstance(one, ir.Attribute) and one.attr in _STATUS_FIELDS for one in node.targets):
                    known.denies |= error_statuses(self.engine, frame, node.value)
            elif isinstance(node, ir.Attribute) and id(node) not in written_to:
                known.looks = known.looks or _looks(node)
            elif isinstance(node, ir.Index) and not known.looks and id(node) not in written_to:
                known.looks = any(map(_looks, _members(frame, node)))
        return known

    def _call(self, known: Behaviour, frame: Frame, node: ir.Call) -> None:
        name = written(node.func).rpartition(".")[2]
        if name in _HANDS_ERROR and node.args:
            known.denies |= error_statuses(self.engine, frame, node.args[0].value)
        if acts_by_name(name) and not _SHAPES.search(first_word(node.func)):
            known.surely = True
            known.acts = known.acts or not _answers(node.func)

    def answered(self, function: FunctionSymbol, node: ir.Expr) -> frozenset[int]:
        """The statuses that an expression answers the caller with."""
        found: frozenset[int] = frozenset()
        for one in ir.walk_scope(node):
            if isinstance(one, ir.Call):
                found |= self._denied.get((id(one), id(function.node)), frozenset())
        return found


def _members(frame: Frame, node: ir.Index) -> list[ir.Attribute]:
    """What `req.headers["x-token"]` reads, as members; the name may be a constant's: `req.headers[TOKEN_HEADER]`."""
    names = list[str]()
    if isinstance(node.index, ir.Const):
        names = [node.index.value] if isinstance(node.index.value, str) else []
    elif isinstance(node.index, (ir.Name, ir.Attribute)) and isinstance(node.value, ir.Attribute):
        names = list(frame.eval(node.index).texts())
    return [ir.Attribute(node.at, node.end, node.value, one) for one in names]


def _taken_apart(node: ir.Assign) -> list[ir.Attribute]:
    """What `const { user: viewer } = ctx.state` reads, as members."""
    patterns = [one for one in node.targets if isinstance(one, ir.Container) and isinstance(node.value, (ir.Name, ir.Attribute))]
    keys = [item.key.value for one in patterns for item in one.items if isinstance(item.key, ir.Const)]
    return [ir.Attribute(node.at, node.end, node.value, str(one)) for one in keys if node.value is not None]


def _answers(callee: ir.Expr) -> bool:
    """`res.status(200).send`: what is sent there is the answer."""
    return first_word(callee) in _ANSWERS


def _looks(node: ir.Attribute) -> bool:
    """Whether reading an attribute asks who calls."""
    name = written(node.value)
    if name.rpartition(".")[2] == "headers" and node.attr.lower() in _OF_EVERYBODY:
        return False
    base = EMPTY if name.rpartition(".")[2] in ("session", "cookies", "signedCookies", "headers") else UNKNOWN
    if base is EMPTY or is_request(name) or name.rpartition(".")[2] in HOLDERS:
        return attribute(base, node.attr, name) is ABSENT
    return False
