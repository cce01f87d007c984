"""Checks of a caller whose promise is tested: `if (!post.isOwnedBy(user)) throw …` without `await` turns nobody away.

A promise is true, whatever it will be: https://typescript-eslint.io/rules/no-misused-promises/
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route
from backend_audit.routes.script_caller import VERDICT, CallerReads, Callers, refuses
from backend_audit.routes.script_promises import Promises
from backend_audit.routes.unended import Unended
from backend_audit.source import Mark

_FEW = 2  # calls by a name that are awaited, which tell that it gives a promise
_CHAINED = frozenset(("then", "catch", "finally"))
_REQUESTS = frozenset(("req", "request", "ctx", "c"))
_CHECK = re.compile(
    r"^(?:check|ensure|require|verify|assert|validate|enforce|authori[sz]e)\w*"
    r"(?:access|auth|permissions?|owner(?:ship)?|roles?|admin|member(?:ship)?|rights?|allowed)\w*$",
    re.IGNORECASE,
)
_EMPTY = frozenset(("none", "undefined"))


@dataclass(frozen=True, slots=True)
class _Tested:
    """What a test depends on, and whether the branch is taken where it is not true."""

    node: ir.Expr
    negated: bool


class UnawaitedChecks:
    """Finds them in the guards and handlers of routes and in what these call, each once."""

    def __init__(self, engine: Engine, callers: Callers) -> None:
        self.engine = engine
        self.callers = callers
        self._promises = Promises(engine)
        self._read: set[str] = set()
        self._named: dict[str, list[FunctionSymbol]] = {}
        self._awaited: Counter[str] = Counter()
        self._plain: Counter[str] = Counter()
        for function in engine.project.functions():
            self._named.setdefault(function.node.name, []).append(function)
            self._count(function)

    def _count(self, function: FunctionSymbol) -> None:
        """How often methods of each name are called, with `await` and without."""
        awaited = set[int]()
        for node in function.scope.of(ir.Await):
            if isinstance(node.value, ir.Call):
                self._awaited[last_word(node.value.func)] += 1
                awaited.add(id(node.value))
        calls = (one for one in function.scope.of(ir.Call) if id(one) not in awaited)
        self._plain.update(last_word(one.func) for one in calls)

    def of(self, route: Route) -> Iterator[Unended]:
        """Those that no route before had."""
        functions = [one.function for one in route.guards if one.function is not None]
        functions += [] if route.handler is None else [route.handler]
        functions += [one for each in functions for _, one in sorted(self.engine.calls.get(each.key, {}).items())]
        for function in functions:
            for one in (function, *function.nested):
                if one.key not in self._read:
                    self._read.add(one.key)
                    yield from self._in(one)

    def _in(self, function: FunctionSymbol) -> Iterator[Unended]:
        reads = self.callers.of(function)
        for node in function.scope:
            if (
                isinstance(node, ir.ExprStmt)
                and isinstance(node.value, ir.Call)
                and self._is_dropped(function, reads, node.value)
            ):
                mark = Mark(function.module.path, node.value.at, node.value.end, written(node.value.func))
                yield Unended(mark, "", dropped=True)
            if isinstance(node, ir.If):
                for tested in _parts(node.test, negated=False):
                    body = node.body if tested.negated else node.orelse
                    call = self._promise(function, tested.node) if refuses(body) else None
                    if call is not None and self._asks(reads, call):
                        yield Unended(Mark(function.module.path, tested.node.at, tested.node.end, written(call.func)), "")

    def _is_dropped(self, function: FunctionSymbol, reads: CallerReads, call: ir.Call) -> bool:
        """Whether a check stands alone whose promise the other calls in its file wait for: `checkAccess(req, "update");`."""
        name = last_word(call.func)
        hands = reads.mentions(call) or any(written(arg.value) in _REQUESTS for arg in call.args)
        if not _CHECK.search(name) or not hands or not self._promises.callees(call):
            return False
        waited = 0
        for one in self.engine.project.functions():
            if one.module is function.module:
                waited += sum(last_word(each.func) == name for each in _waited_for(one))
        return waited >= _FEW

    def _asks(self, reads: CallerReads, call: ir.Call) -> bool:
        """Whether a call says something of the caller, by what it is handed or called."""
        return reads.mentions(call) or VERDICT.search(last_word(call.func)) is not None

    def _promise(self, function: FunctionSymbol, node: ir.Expr) -> ir.Call | None:
        """The call whose promise a test looks at, itself or kept in a variable that nothing waits for."""
        if isinstance(node, ir.Call):
            return node if self._gives_promise(node) else None
        if not isinstance(node, ir.Name):
            return None
        nodes = list(ir.walk(*function.node.body))
        assigned = [one for one in nodes if isinstance(one, ir.Assign) and one.at < node.at and not one.op]
        last = next((one for one in reversed(assigned) if any(written(to) == node.id for to in one.targets)), None)
        value = last.value if last is not None and last.declares and len(last.targets) == 1 else None
        waits = any(
            (isinstance(one, ir.Await) and written(one.value) == node.id)
            or (isinstance(one, ir.Attribute) and one.attr in _CHAINED and written(one.value) == node.id)
            for one in nodes
        )
        handed = any(isinstance(one, ir.Call) and any(written(arg.value) == node.id for arg in one.args) for one in nodes)
        kept = value if isinstance(value, ir.Call) and not waits and not handed else None
        return kept if kept is not None and self._gives_promise(kept) else None

    def _gives_promise(self, call: ir.Call) -> bool:
        """Whether a call surely gives a promise: of the project's own functions, or of a library's by how others call it."""
        if call.form == "new" or any(isinstance(arg.value, ir.Lambda) for arg in call.args):
            return False  # an answer to a callback, or what goes through a list
        found = self._promises.callees(call)
        name = last_word(call.func)
        if not found and isinstance(call.func, ir.Attribute):
            found = self._named.get(name, [])
        if found:
            return all(one.node.is_async and not one.node.is_generator for one in found)
        return isinstance(call.func, ir.Attribute) and self._awaited[name] >= _FEW and self._plain[name] <= 1


def _waited_for(function: FunctionSymbol) -> Iterator[ir.Call]:
    """The calls of a function whose promises something waits for: `await check()`, `check().then(…)`."""
    for node in function.scope:
        given = node.value if isinstance(node, ir.Await) else None
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _CHAINED:
            given = node.func.value
        if isinstance(given, ir.Call):
            yield given


def _parts(test: ir.Expr, *, negated: bool) -> Iterator[_Tested]:
    """What decides a test alone or with others: `!a || !b` of `if (!a || !b)`."""
    if isinstance(test, ir.Unary) and test.op == "not":
        yield from _parts(test.operand, negated=not negated)
    elif isinstance(test, ir.Logical):
        yield from _parts(test.left, negated=negated)
        yield from _parts(test.right, negated=negated)
    elif isinstance(test, ir.Compare) and len(test.rights) == 1 and test.ops[0] in ("==", "!="):
        right = test.rights[0]
        empty = isinstance(right, ir.Const) and (right.kind in _EMPTY or right.value is False)
        if empty:
            yield _Tested(test.left, negated is (test.ops[0] == "!="))
    else:
        yield _Tested(test, negated)
