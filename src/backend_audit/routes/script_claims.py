"""What Node's guards and handlers believe of a request although its sender could have written anything there."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import is_privilege
from backend_audit.routes.granted import granted_by
from backend_audit.routes.middleware import hands_on, next_of
from backend_audit.routes.missing import is_credential
from backend_audit.routes.model import Claim, Does, Route
from backend_audit.routes.script_behaviour import ScriptBehaviours
from backend_audit.routes.script_client_reads import ClientReads, Read
from backend_audit.routes.script_promises import own_statements
from backend_audit.source import Mark

_DENIALS = frozenset((401, 403))
_DECIDING = (Does.AUTHENTICATES, Does.AUTHORIZES, Does.IDENTIFIES, Does.REJECTS, Does.RUNS)
_LOGGED_IN = re.compile(r"^(?:is_?)?(?:logged_?in|auth(?:enticated|orized)?)$", re.IGNORECASE)
_WHO = re.compile(
    r"^(?:x-)?(?:(?:current|auth|authenticated|logged-?in)[-_]?)?(?:user|account|customer|member|employee)[-_]?(?:id|name|email)?$|"
    r"^x-uid$|^uid$|^username$",
    re.IGNORECASE,
)
_IDENTITY = re.compile(r"user|account|role|login|admin|owner|tenant|email|member|customer|id$", re.IGNORECASE)
_PROTECTS = re.compile(r"csrf|xsrf|state|nonce|token|lang|locale|etag|signature|hash", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"token|signature|hmac|secret|jwt|authorization|bearer|api_?key|passw|decode|verify|compare|session|digest|certificate|"
    r"isAuthenticated|passport|signed",
    re.IGNORECASE,
)
_LETS_IN = re.compile(r"^(?:log_?in|sign_?in|grant(?:access|admin|role)?|impersonate|(?:make|set)_?admin)$", re.IGNORECASE)
_ENDS = frozenset(("process.exit", "process.abort"))
_PLAIN_HEADERS = re.compile(r"^x-(?!forwarded|requested|real|http-method)")


class ScriptClaims:
    """Reads them off the functions that run for a route; kept, since a guard covers many routes."""

    def __init__(self, behaviours: ScriptBehaviours) -> None:
        self.behaviours = behaviours
        self._known: dict[str, tuple[Claim, ...]] = {}

    def of(self, route: Route) -> tuple[Claim, ...]:
        """What the guards of a route, and its handler, believe."""
        functions = [one.function for one in route.guards if one.function is not None and one.has(*_DECIDING)]
        functions += [] if route.handler is None or route.handler in functions else [route.handler]
        sure = any(
            one.has(Does.AUTHENTICATES)
            and (one.function is None or not self._in(one.function))
            and one.function is not route.handler
            for one in route.guards
        )
        found = [one for function in functions for one in self._in(function) if one.kind != "who" or not sure]
        return tuple(dict.fromkeys([*found, *granted_by(route.handler)]))

    def _in(self, function: FunctionSymbol) -> tuple[Claim, ...]:
        known = self._known.get(function.key)
        if known is None:
            known = self._known[function.key] = tuple(dict.fromkeys(self._found(function)))
        return known

    def _found(self, function: FunctionSymbol) -> Iterator[Claim]:
        reads = ClientReads(function)
        denies = bool(self.behaviours.own(function).denies & _DENIALS)
        trusted = any(_CREDENTIALS.search(word) for word in _words(function))
        for node in own_statements(function.node.body):
            test = node.test if isinstance(node, ir.If) else None
            read = None if test is None else reads.alone(test)
            if isinstance(node, ir.If) and test is not None and read is not None:
                kind = self._decided(function, node, read, denies=denies, trusted=trusted)
                if kind:
                    yield _claim(function, kind, read, test)
        yield from _compared(function, reads)

    def _decided(self, function: FunctionSymbol, node: ir.If, read: Read, *, denies: bool, trusted: bool) -> str:
        """What an `if` lets one part of the request decide: what (the caller may), who (it is), skip (the check), act; ""."""
        holder, name = read
        negated = isinstance(node.test, ir.Unary) or (isinstance(node.test, ir.Compare) and node.test.ops[0] == "!=")
        if negated and self._turns_away(function, node.body):
            said = is_privilege(name.removeprefix("x-").replace("-", "_")) or (holder == "cookies" and _LOGGED_IN.match(name))
            if said and not (trusted and holder == "headers"):
                return "what"
            return "who" if holder in ("cookies", "headers") and _WHO.match(name) and not trusted else ""
        if negated or is_credential(name) or (holder == "headers" and not _PLAIN_HEADERS.match(name)) or holder == "params":
            return "act" if not negated and not trusted and _acts(node.body) else ""
        if denies and hands_on(function) and _goes_on(function, node.body):
            return "skip"
        return "act" if not trusted and _acts(node.body) else ""

    def _turns_away(self, function: FunctionSymbol, body: Sequence[ir.Stmt]) -> bool:
        """Whether a branch answers 401 or 403, or throws or hands on an error that is answered so."""
        for one in own_statements(body):
            value = one.value if isinstance(one, (ir.ExprStmt, ir.Return)) else None
            if value is not None and self.behaviours.answered(function, value) & _DENIALS:
                return True
        return False


def _goes_on(function: FunctionSymbol, body: Sequence[ir.Stmt]) -> bool:
    """`return next();` and nothing else."""
    value = body[0].value if len(body) == 1 and isinstance(body[0], (ir.Return, ir.ExprStmt)) else None
    return isinstance(value, ir.Call) and not value.args and written(value.func) == next_of(function)


def _acts(body: Sequence[ir.Stmt]) -> bool:
    """Whether a branch logs somebody in, gives rights, or ends the process, by nothing but a call's name."""
    for one in body:  # what stands below another test, that decides too
        call = one.value if isinstance(one, (ir.ExprStmt, ir.Return)) else None
        call = call.value if isinstance(call, ir.Await) else call
        if isinstance(call, ir.Call):
            name = written(call.func)
            if name in _ENDS or _LETS_IN.match(name.rpartition(".")[2]):
                return True
    return False


def _compared(function: FunctionSymbol, reads: ClientReads) -> Iterator[Claim]:
    """`req.cookies.userId === req.params.userId`: the client writes both sides."""
    for node in function.scope:
        if not isinstance(node, ir.Compare) or node.ops[0] not in ("==", "!=") or len(node.rights) != 1:
            continue
        sides = [reads.of(node.left), reads.of(node.rights[0])]
        named = [one for one in sides if one is not None and _IDENTITY.search(one[1]) and not _PROTECTS.search(one[1])]
        holders = {one[0] for one in named}
        if len(named) == len(sides) and len(holders) == len(sides) and holders & {"cookies", "headers"}:
            first = next(one for one in named if one[0] in ("cookies", "headers"))
            other = next(one for one in named if one is not first)
            yield _claim(function, "same", (f"{other[0]}.{other[1]}", f"{first[0]}.{first[1]}"), node)


def _claim(function: FunctionSymbol, kind: str, read: Read, node: ir.Expr) -> Claim:
    holder, name = read
    note = f"`{name}` is what the client sent"
    told = f"{name}` and `{holder}" if kind == "same" else name if holder == "headers" else f"{holder}.{name}"
    return Claim(kind, told, Mark(function.module.path, node.at, node.end, note))


def _words(function: FunctionSymbol) -> Iterator[str]:
    for node in function.scope:
        if isinstance(node, ir.Name):
            yield node.id
        elif isinstance(node, ir.Attribute):
            yield node.attr
