"""What a request says of its sender, and code that believes it: `X-User-Id`, `X-Is-Admin`, the address in `X-Forwarded-For`.

Anybody can write these. Told of guards and handlers in which they are all that says who calls, or what a caller may.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.syntax import refuses
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.claim_reads import WHERE, HeaderReads, privilege
from backend_audit.routes.granted import granted
from backend_audit.routes.model import Claim, Does, Route
from backend_audit.routes.refusals import LOGIN
from backend_audit.source import Mark

_WHO = re.compile(
    r"^x-(?:(?:current|auth|authenticated|logged-?in)-)?(?:user|account|customer|employee|member|owner|actor|principal)"
    r"(?:-?(?:id|uid|uuid|name|email|key))?$|^x-uid$|^user-?id$"
)
_WHAT = re.compile(
    r"^x-(?:(?:user|account)-)?(?:is-?admin|admin|roles?|permissions?|superuser|staff|scopes?|groups?|privileges?)$|"
    r"^is-?admin$|^user-?role$"
)
_RIGHTS = ("what", "right")  # believed of callers that are known, too
_ALONE_IN_DOUBT = frozenset({"host", "referer"})  # tests that refuse foreign ones are a protection, not an admission
_CREDENTIAL = re.compile(
    r"token|signature|hmac|secret|jwt|request\.session|sessionid|cookie|authorization|bearer|api_?key|password|decode|verify|"
    r"current_user|request\.user|digest|certificate",
    re.IGNORECASE,
)
_DECIDING = (Does.AUTHENTICATES, Does.AUTHORIZES, Does.IDENTIFIES, Does.REJECTS)
_DENIALS = frozenset((401, 403, LOGIN))
_LOOKS_UP = frozenset("get get_or_404 filter filter_by where query get_user find_user get_by_id find_one load_user".split())
_NEAR = frozenset(("is_private", "is_loopback", "is_global", "is_link_local"))
_MESSAGE = 24  # a text longer than that is no name of a credential


class Claims:
    """Reads them off the functions that decide about a route's callers; kept, since a guard covers many routes."""

    def __init__(self, behaviours: Behaviours) -> None:
        self.behaviours = behaviours
        self._known: dict[str, tuple[Claim, ...]] = {}

    def of(self, route: Route) -> tuple[Claim, ...]:
        """What the guards of a route, and its handler, believe although nothing else tells who calls."""
        functions = [one.function for one in route.guards if one.function is not None and one.has(*_DECIDING)]
        functions += [] if route.handler is None or route.handler in functions else [route.handler]
        sure = any(one.has(Does.AUTHENTICATES) and not self._believes(one.function) for one in route.guards)
        found = [one for function in functions for one in self._in(function) if one.kind in _RIGHTS or not sure]
        return tuple(dict.fromkeys(found))

    def _believes(self, function: FunctionSymbol | None) -> bool:
        return function is not None and bool(self._in(function))

    def _in(self, function: FunctionSymbol) -> tuple[Claim, ...]:
        known = self._known.get(function.key)
        if known is None:
            found = [one for body in (function, *function.nested) for one in self._found(body)]
            known = self._known[function.key] = tuple(dict.fromkeys(found))
        return known

    def _found(self, function: FunctionSymbol) -> Iterator[Claim]:
        reads = HeaderReads(function)
        denies = bool(self.behaviours.own(function).denies & _DENIALS)
        if denies:
            yield from _privileges(function)
        if not reads.names and not reads.nodes:
            return
        yield from granted(function, reads)
        verified = any(one.verifies for one in self.behaviours.facts.reads.get(function.key, ()))
        alone = not verified and not any(_CREDENTIAL.search(text) for text in _words(function))
        for name, mark in reads.places():
            if _WHO.match(name) and alone and _identifies(function, reads, name):
                yield Claim("who", name, mark)
            elif _WHAT.match(name) and denies and alone and _tested(function, reads, name):
                yield Claim("what", name, mark)
        if denies:
            yield from _addresses(function, reads)


def _identifies(function: FunctionSymbol, reads: HeaderReads, name: str) -> bool:
    """Whether a header's value looks somebody up, or is what the function gives back or keeps as the caller."""
    for node in function.scope:
        if isinstance(node, ir.Return):
            found = node.value is not None and reads.of(node.value) == name
        elif isinstance(node, ir.Assign):
            target = node.targets[0]
            kept = isinstance(target, ir.Attribute) and "user" in target.attr
            found = kept and node.value is not None and reads.mentions(node.value, name)
        else:
            looks_up = isinstance(node, ir.Call) and written(node.func).rpartition(".")[2] in _LOOKS_UP
            looks_up = looks_up and id(node) not in reads.nodes
            found = looks_up and isinstance(node, ir.Call) and any(reads.mentions(arg.value, name) for arg in node.args)
        if found:
            return True
    return False


def _tested(function: FunctionSymbol, reads: HeaderReads, name: str) -> bool:
    return any(isinstance(node, (ir.If, ir.Conditional)) and reads.mentions(node.test, name) for node in function.scope)


def _addresses(function: FunctionSymbol, reads: HeaderReads) -> Iterator[Claim]:
    """Tests that let in who claims to come from somewhere: `if host in ("127.0.0.1:80",) or …: return view()`."""
    for node in function.scope:
        for one, alternative in _operands(node.test) if isinstance(node, ir.If) else ():
            name = _address_asked(one, reads)
            if name in WHERE and (alternative or name not in _ALONE_IN_DOUBT):
                yield Claim("where", name, Mark(function.module.path, one.at, one.end, f"`{name}` decides who is let in"))


def _address_asked(test: ir.Expr, reads: HeaderReads) -> str:
    """The header that a test holds against addresses: `ip == "10.0.0.1"`, `ip.startswith("10.")`, `ip_address(ip).is_private`."""
    if isinstance(test, ir.Compare) and test.ops[0] in ("in", "not in", "==", "!="):
        return reads.of(test.left) or reads.of(test.rights[0])
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and test.func.attr == "startswith":
        return reads.of(test.func.value)
    if isinstance(test, ir.Attribute) and test.attr in _NEAR and isinstance(test.value, ir.Call) and test.value.args:
        return reads.of(test.value.args[0].value)
    return ""


def _privileges(function: FunctionSymbol) -> Iterator[Claim]:
    """`if not request.json.get("is_admin"): abort(403)`: the client says itself what it may."""
    for node in function.scope.of(ir.If):
        if _negated(node.test) and refuses(node.body):
            found = next((one for one in ir.walk_scope(node.test) if privilege(one)), None)
            if found is not None:
                name = privilege(found)
                yield Claim("what", name, Mark(function.module.path, found.at, found.end, f"`{name}` is what the client sent"))


def _negated(test: ir.Expr) -> bool:
    if isinstance(test, ir.Unary):
        return test.op == "not"
    return isinstance(test, ir.Compare) and test.ops[0] in ("!=", "not in", "is not")


def _operands(test: ir.Expr, *, alternative: bool = False) -> Iterator[tuple[ir.Expr, bool]]:
    """The parts of a test that `or` joins, and whether there are others."""
    if isinstance(test, ir.Logical) and test.op == "or":
        for side in (test.left, test.right):
            yield from _operands(side, alternative=True)
    elif isinstance(test, ir.Unary):
        yield from _operands(test.operand, alternative=alternative)
    else:
        yield test, alternative


def _words(function: FunctionSymbol) -> Iterator[str]:
    """What a function names and the short texts in it: they tell whether it looks at another credential."""
    for node in function.scope:
        if isinstance(node, (ir.Name, ir.Attribute)):
            yield written(node)
        elif isinstance(node, ir.Const) and isinstance(node.value, str) and len(node.value) < _MESSAGE:
            yield node.value
    yield from (param.name for param in function.node.params)
