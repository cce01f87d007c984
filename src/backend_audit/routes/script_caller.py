"""What a function of Node knows of its caller, and what it does with that: read from names.

`const { permissions } = req.user; if (!permissions.includes("post:destroy")) return res.sendStatus(403);`
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.middleware import is_error
from backend_audit.routes.script_left import IS_CALLER, NO_CALLER, bound_in, is_else, kept_in, taken_apart
from backend_audit.routes.script_missing import is_request
from backend_audit.routes.script_unread import reads_client, shuts_out, takes_request

CALLER = re.compile(
    r"^(?:user|currentUser|userId|user_id|uid|auth|authContext|authUser|viewer|actor|account|accountId|session|identity|principal|member|tenant|tenantId|token|decoded|"
    r"payload|jwt|apiKey|customer|loggedInUser|userData|authInfo|isAdmin|role|roles|permissions|locals|state)$"
)
_LEFT_BY_GUARDS = frozenset(("res", "response", "reply", "locals", "state"))
FINDS_CALLER = re.compile(r"user|session|auth|account|caller|member|identity|principal|viewer", re.IGNORECASE)
_OF_CALLER = re.compile(r"user|auth|session|account|caller|principal|identity|viewer", re.IGNORECASE)  # decorators of parameters
_RIGHT = re.compile(
    r"admin|role|owner|perm|^can(?=[A-Z_]|$)|^(?:is|has)[A-Z_](?!uth)|staff|moderator|root$|scope|access|allow|polic|rights?$",
    re.IGNORECASE,
)
RECORDS = re.compile(  # who did it is written down
    r"\b(?:log|logger|console|audit|notify|track|history|activity|emit|metrics?|telemetry|analytics)(?![a-z])|"
    r"(?<=[a-z])(?:Log|Logger|Audit|Notify|Notification|Track|History|Activity|Telemetry)(?![a-z])|^(?:Telemetry|Logger)\b"
)
_OWN_MAKERS = re.compile(r"^(?:create|insert|save)[A-Z]")  # `createMembers({ userId, teamId })`, which can look whose the team is
_MAKES = re.compile(
    r"^(?:create|insert|bulkCreate|save|push|log|track|emit|send|json|render|status|reply|code|end|write)", re.IGNORECASE
)
_ANSWERS = re.compile(r"^(?:res|response|reply)\.")
_WRITTEN_KEYS = frozenset("data $set set values create update defaults".split())
CHECKS = re.compile(
    r"^(?:check|ensure|verify|require|assert|enforce|validate|authori[sz]e|can|must|throwIf|throwUnless|guard|forbid)"
)
_REFUSALS = re.compile(r"forbid|unauthori[sz]ed|deny|denied|notAllowed|notFound|^reject$|^throw$", re.IGNORECASE)
_NEXT = frozenset(("next", "done"))
_STATUS = re.compile(r"(?:^|\.)status(?:Code)?$")
VERDICT = re.compile(
    r"perm|allow|^can(?=[A-Z_]|$)|authori|admin|owner|access|role|rights?$|^includes$|^some$|^find$|^is[A-Z]|^has[A-Z]|^check",
    re.IGNORECASE,
)
_ERROR = 400
_ROUNDS = 3


class CallerReads:
    """One function, those in it included. `knows`: whether a call finds out who calls, as far as its function can be read.

    `told`: attributes of the request in which middleware has put what the client says, and nothing that is known of the caller.
    """

    def __init__(
        self, function: FunctionSymbol, knows: Callable[[ir.Call], bool | None], told: frozenset[str] = frozenset()
    ) -> None:
        self.knows = knows
        self.told = told
        self.who: set[str] = set()  # variables that are the caller, or a part of it
        self.derived: set[str] = set()  # variables that something about the caller decides
        self.nodes = list(ir.walk(*function.node.body))
        self._noted = {
            id(inner)
            for node in self.nodes
            if isinstance(node, ir.Call) and RECORDS.search(written(node.func)) and not CHECKS.match(last_word(node.func))
            for inner in ir.walk_scope(*(arg.value for arg in node.args))
        }
        self._noted |= {id(inner) for one in self.nodes for inner in kept_in(one)}
        self.who.update(one.name for one in function.node.params if _is_caller_parameter(one))
        self.who.update(name for one in function.node.params for key, name in taken_apart(one.pattern) if CALLER.match(key))
        assigned = [one for one in self.nodes if isinstance(one, ir.Assign) and one.value is not None]
        self._kept = {id(one.value.value if isinstance(one.value, ir.Await) else one.value) for one in assigned}
        for _ in range(_ROUNDS):
            before = len(self.who) + len(self.derived)
            for one in assigned:
                self._bind(one)
            if before == len(self.who) + len(self.derived):
                break

    def _bind(self, node: ir.Assign) -> None:
        value = node.value.value if isinstance(node.value, ir.Await) else node.value
        if value is None or (isinstance(value, ir.Call) and _MAKES.match(last_word(value.func))):
            return
        names = {name for target in node.targets for name in bound_in(target) if not NO_CALLER.match(name)}
        if self.is_caller(value):
            self.who |= names
        elif is_request(written(value)):  # `const { user, params } = req`
            self.who |= {name for name in names if self._calls_caller(name)}
        elif isinstance(value, ir.Call) and takes_request(value) and (found := {one for one in names if IS_CALLER.match(one)}):
            self.who |= found  # `const { auth, body } = await parseRequest(request)`
        elif not isinstance(value, ir.Lambda) and self.mentions(value):
            self.derived |= names

    def is_caller(self, node: ir.Expr) -> bool:
        """Whether an expression is the caller, or a part of it: `req.user.id`, `ctx.state.userId`, `getUser(req)`."""
        while isinstance(node, (ir.Attribute, ir.Index)) and not is_else(node):
            if isinstance(node, ir.Attribute) and self._calls_caller(node.attr) and _of_request(node.value):
                return True
            node = node.value
        if isinstance(node, ir.Logical):  # `user?.id ?? null`
            return self.is_caller(node.left)
        if isinstance(node, ir.Call):
            return self._finds_out(node) and bool(FINDS_CALLER.search(last_word(node.func)))
        return isinstance(node, ir.Name) and node.id in self.who

    def mentions(self, *nodes: ir.Node) -> bool:
        """Whether an expression holds the caller, or what the caller decides."""
        return any(self._is_mention(node) for node in ir.walk_scope(*nodes) if id(node) not in self._noted)

    def _is_mention(self, node: ir.Node) -> bool:
        if isinstance(node, ir.Name):
            return node.id in self.who or node.id in self.derived
        if isinstance(node, ir.Attribute):
            return self._calls_caller(node.attr) and _of_request(node.value)
        return isinstance(node, ir.Call) and self._finds_out(node)

    def _calls_caller(self, name: str) -> bool:
        return name not in self.told and CALLER.match(name) is not None

    def _finds_out(self, node: ir.Call) -> bool:
        """Whether a call that is handed the request is known, or called like one, to find out who calls."""
        if not takes_request(node):
            return False
        known = self.knows(node)
        return bool(FINDS_CALLER.search(last_word(node.func))) if known is None else known

    # --- what is done with it ---------------------------------------------------------------------------------------

    def right(self) -> ir.Expr | None:
        """The first of these."""
        return next(self.rights(), None)

    def rights(self) -> Iterator[ir.Expr]:
        """The tests of the caller, beyond whether there is one, on which the function turns away; and the calls that would."""
        for node in self.nodes:
            if isinstance(node, ir.If) and self.asks(node.test) and (refuses(node.body) or refuses(node.orelse)):
                yield node.test
            elif isinstance(node, ir.Conditional) and self.asks(node.test) and (refuses([node.then]) or refuses([node.orelse])):
                yield node.test  # `return campaign ? next() : res.sendStatus(403)`
            elif isinstance(node, ir.ExprStmt):
                call = node.value.value if isinstance(node.value, ir.Await) else node.value
                if isinstance(call, ir.Call) and CHECKS.match(last_word(call.func)) and self._handed(call):
                    yield call

    def tests(self) -> bool:
        """Whether something depends on a test of the caller."""
        for node in self.nodes:
            if id(node) in self._noted:
                continue
            if isinstance(node, (ir.If, ir.Conditional, ir.While)) and self.asks(node.test):
                return True
            if isinstance(node, ir.If) and shuts_out(node, self.knows):
                return True
            if isinstance(node, ir.Logical) and self.asks(node.left) and not isinstance(node.right, ir.Const):
                return True
            if isinstance(node, ir.Compare) and self.asks(node):
                return True
        return False

    def hands(self) -> bool:
        """Whether the caller is handed to what looks up or checks."""
        return next(self.handing(), None) is not None

    def handing(self) -> Iterator[ir.Call]:
        """The calls that do; an answer that nobody reads is none."""
        unread = self._noted | self._unread()
        return (one for one in self.nodes if isinstance(one, ir.Call) and id(one) not in unread and self._handed(one))

    def names_caller(self) -> bool:
        """Whether it mentions the caller, but to write down who it was, or to keep it where nothing reads it."""
        unread = {id(inner) for one in self._idle() for inner in ir.walk_scope(one)}
        return any(id(node) not in self._noted and id(node) not in unread and self._is_mention(node) for node in self.nodes)

    def idle_verdict(self) -> ir.Assign | None:
        """`const allowed = user.can("edit", post);`, and nothing reads `allowed`."""
        for one in self._idle():
            call = one.value.value if isinstance(one.value, ir.Await) else one.value
            name = last_word(one.targets[0])
            asked = isinstance(call, ir.Compare) or (isinstance(call, ir.Call) and bool(VERDICT.search(last_word(call.func))))
            if asked and VERDICT.search(name) and call is not None and self.mentions(call):
                return one
        return None

    def _idle(self) -> list[ir.Assign]:
        """The declarations of one variable that nothing reads."""
        names = Counter(node.id for node in self.nodes if isinstance(node, ir.Name))
        declared = (one for one in self.nodes if isinstance(one, ir.Assign) and one.declares and len(one.targets) == 1)
        return [one for one in declared if isinstance(one.targets[0], ir.Name) and names[one.targets[0].id] == 1]

    def _unread(self) -> set[int]:
        """The calls whose result is kept in a variable that nothing reads."""
        return {id(one.value.value if isinstance(one.value, ir.Await) else one.value) for one in self._idle()}

    def asks(self, test: ir.Expr) -> bool:
        """Whether a test asks of the caller more than whether there is one."""
        if isinstance(test, ir.Unary) and test.op == "not":
            return self.asks(test.operand)
        if isinstance(test, ir.Logical):
            return self.asks(test.left) or self.asks(test.right)
        if isinstance(test, ir.Compare):
            empty = all(isinstance(one, ir.Const) and one.kind in ("none", "undefined") for one in test.rights)
            return self.asks(test.left) if empty else self.mentions(test)
        if isinstance(test, (ir.Attribute, ir.Index)) and self.is_caller(test):
            return bool(_RIGHT.search(last_word(test)))
        if isinstance(test, ir.Name):
            return test.id in self.derived or (test.id in self.who and bool(_RIGHT.search(test.id)))
        given = [one.value.function for one in test.args if isinstance(one.value, ir.Lambda)] if isinstance(test, ir.Call) else []
        if any(self.mentions(*one.body) for one in given):  # `orders.some((one) => one.owner !== user.id)`
            return True
        return self.mentions(test) and not self.is_caller(test)

    def _handed(self, node: ir.Call) -> bool:
        """Whether a call holds the caller against something; what is only told or stored is not."""
        name = last_word(node.func)
        if isinstance(node.func, ir.Attribute) and node.args and self.is_caller(node.func.value):
            return True  # `req.user.can("edit", post)`, `currentUser.$relatedQuery("flows")`
        made = _MAKES.match(name) and not (isinstance(node.func, ir.Name) and _OWN_MAKERS.match(name))
        if made or RECORDS.search(written(node.func)) or _ANSWERS.match(written(node.func)):
            return False
        args = [arg.value for arg in node.args]
        if takes_request(node):  # a helper that answers, or one that is asked for something
            reads = self.knows(node) is None and reads_client(name) and not CHECKS.match(name)
            return id(node) not in self._kept or not (reads or self.knows(node) is False or self.is_caller(node))
        if name.startswith("findByIdAnd") or (name.startswith(("update", "findOneAnd")) and len(args) > 1):
            args = args[:1]
        return any(self.mentions(part) for one in args for part in _conditions(one))


class Callers:
    """The readings of one project's functions, each made once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, CallerReads] = {}
        self._asks: dict[str, bool | None] = {}

    def of(self, function: FunctionSymbol) -> CallerReads:
        """What a function knows of its caller."""
        known = self._known.get(function.key)
        if known is None:
            known = self._known[function.key] = CallerReads(function, self.knows)
        return known

    def asks(self, function: FunctionSymbol) -> bool:
        """Whether a function, or one in it, asks who calls (but to note it), or hands the request to what cannot be read."""
        if function.key not in self._asks:
            self._asks[function.key] = None  # while it is read: a circle adds nothing
            reads = self.of(function)
            handed = (one for one in reads.nodes if isinstance(one, ir.Call) and takes_request(one))
            self._asks[function.key] = reads.mentions(*function.node.body) or any(self.knows(one) is None for one in handed)
        return bool(self._asks[function.key])

    def knows(self, node: ir.Call) -> bool | None:
        """Whether a call finds out who calls; None where what it calls is not known."""
        found = self.engine.callees.get(id(node), {})
        return self.asks(next(iter(found.values()))) if len(found) == 1 else None


def _conditions(node: ir.Expr) -> Iterator[ir.Expr]:
    """An argument without what it says is to be stored: `where` of `{ where, data }`."""
    if isinstance(node, ir.Container) and node.kind == "dict":
        yield from (one.value for one in node.items if not (isinstance(one.key, ir.Const) and one.key.value in _WRITTEN_KEYS))
    elif not isinstance(node, ir.Lambda):
        yield node


def _is_caller_parameter(param: ir.Param) -> bool:
    """`@CurrentUser() user: User`."""
    return any(_OF_CALLER.search(last_word(one.func if isinstance(one, ir.Call) else one)) for one in param.decorators)


def _of_request(node: ir.Expr) -> bool:
    text = written(node)
    return is_request(text) or text.rpartition(".")[2] in _LEFT_BY_GUARDS


def refuses(body: Sequence[ir.Node]) -> bool:
    """Whether a branch turns the caller away."""
    for node in ir.walk_scope(*body):
        if isinstance(node, ir.Raise):
            return True
        if isinstance(node, ir.Call):
            name = last_word(node.func)
            if is_error(node) or _REFUSALS.search(name) or (name in _NEXT and node.args):
                return True
        if isinstance(node, ir.Assign) and any(_STATUS.search(written(one)) for one in node.targets):
            code = node.value.value if isinstance(node.value, ir.Const) else None
            if isinstance(code, int) and code >= _ERROR:
                return True
    return False
