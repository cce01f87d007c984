"""Which callers the body of a handler turns away: all that bring no credential, or only some, for reasons of its own.

`if note.private and not user: abort(401)` asks some callers who they are; `if not OPEN: abort(403)` asks nobody.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import provider
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.absent_parts import is_open
from backend_audit.routes.behaviour import Behaviours, looks_at_caller
from backend_audit.routes.status import WHATEVER, status_of

ALL, SOME, NOBODY = "all", "some", "nobody"
_KEY = re.compile(r"(?:access_?|auth_?|api_?|session_?|bearer_?)?(?:token|key|jwt)|authorization", re.IGNORECASE)
_NAMES = frozenset({"current_user", "session"})
_SWITCH = re.compile(r"(?:^|[._])(?:settings?|config|conf|env|environ)\b|enabled|disabled|(?:^|\.)[A-Z][A-Z0-9_]+$")


class Denials:
    """Reads them off handlers."""

    def __init__(self, engine: Engine, behaviours: Behaviours) -> None:
        self.engine = engine
        self.behaviours = behaviours

    def of(self, handler: FunctionSymbol) -> str:
        """`ALL`, `SOME` or `NOBODY`, by the tests that a denial lies under."""
        frame = self.engine.frame(handler.module, handler)
        asked = self._asked(handler)
        denies = self._denying(handler, frame)
        found = [self._judged(tests, asked, calls=calls) for tests, calls in _denials(handler.node.body, denies, ())]
        return ALL if ALL in found else SOME if SOME in found else NOBODY

    def _asked(self, handler: FunctionSymbol) -> frozenset[str]:
        """The names of a handler that hold credentials, who calls, or something made of them."""
        found = {param.name for param in handler.node.params if provider(self.engine, handler, param) is not None}
        found |= _NAMES
        for _ in range(3):
            before = len(found)
            for node in handler.scope:
                if isinstance(node, (ir.Assign, ir.Walrus)) and node.value is not None and _asks(node.value, found):
                    targets = node.targets if isinstance(node, ir.Assign) else [node.target]
                    found |= {one for target in targets for one in _named(target)}
            if len(found) == before:
                break
        return frozenset(found)

    def _denying(self, handler: FunctionSymbol, frame: Frame) -> Callable[[ir.Node], str]:
        """Says of a node whether it turns the caller away ("here"), or calls what may ("called")."""
        called = {one.node.name for one in self.engine.calls.get(handler.key, {}).values() if self.behaviours.denies(one)}

        def denying(node: ir.Node) -> str:
            if isinstance(node, ir.Assign):  # `request.response.status = 403`
                held = status_of(node) in {WHATEVER, *(param.name for param in handler.node.params)}
                return "here" if held and self.behaviours.anonymous.turns_away(frame, node.value) else ""
            if isinstance(node, ir.Raise):
                return "here" if node.exc is not None and self.behaviours.denying_raise(frame, node.exc) else ""
            if isinstance(node, ir.Return):
                given = node.value.value if isinstance(node.value, ir.Await) else node.value
                return "here" if given is not None and self.behaviours.denying_answer(frame, given) else ""
            if isinstance(node, ir.Call):
                if id(node) in self.behaviours.facts.demands:
                    return "called"
                if self.behaviours.denying_answer(frame, node) and frame.never_returns(node):
                    return "here"
                name = node.func.attr if isinstance(node.func, ir.Attribute) else getattr(node.func, "id", "")
                return "called" if name in called else ""
            return ""

        return denying

    @staticmethod
    def _judged(tests: tuple[ir.Expr, ...], asked: frozenset[str], *, calls: bool) -> str:
        """What a denial under `tests` means; one that is called looks at the caller itself."""
        mentions = [_asks(one, asked) for one in tests]
        if calls:
            return ALL if all(mentions) else SOME
        if not any(mentions):
            return NOBODY if tests else ALL
        return ALL if all(mentions) else SOME


def _named(target: ir.Expr) -> Iterator[str]:
    """The variables that an assignment gives; an object that is given an attribute holds more than that."""
    items = [one.value for one in target.items] if isinstance(target, ir.Container) else [target]
    yield from (one.id for one in items if isinstance(one, ir.Name))


def _asks(node: ir.Node, names: "frozenset[str] | set[str]") -> bool:
    harmless = {id(holder) for one in ir.walk_scope(node) if (holder := _of_anybody(one)) is not None}
    return any(
        (isinstance(one, ir.Name) and one.id in names)
        or (isinstance(one, ir.Attribute) and looks_at_caller(one.attr) and id(one) not in harmless)
        or (isinstance(one, ir.Const) and isinstance(one.value, str) and bool(_KEY.fullmatch(one.value)))
        for one in ir.walk_scope(node)
    )


def _of_anybody(node: ir.Node) -> ir.Expr | None:
    """The headers that no credential is read off: `request.headers.get("Accept-Language")`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        return node.func.value if is_open(node.func.value, node.args[0].value) else None
    return node.value if isinstance(node, ir.Index) and is_open(node.value, node.index) else None


def _denials(
    body: list[ir.Stmt], denies: Callable[[ir.Node], str], tests: tuple[ir.Expr, ...]
) -> Iterator[tuple[tuple[ir.Expr, ...], bool]]:
    """The tests around each denial in a body, and whether it is called."""
    for node in body:
        if isinstance(node, ir.If):
            yield from _own([node.test], denies, tests)
            yield from _denials(node.body, denies, (*tests, *_conditions(node.test)))
            yield from _denials(node.orelse, denies, (*tests, node.test))
        elif isinstance(node, ir.Try):
            for inner in (node.body, *(one.body for one in node.handlers), node.orelse, node.final):
                yield from _denials(inner, denies, tests)
        elif isinstance(node, (ir.With, ir.For, ir.While)):
            yield from _denials(node.body, denies, tests)
        elif not isinstance(node, (ir.Function, ir.Class)):
            yield from _own([node], denies, tests)


def _conditions(test: ir.Expr) -> Iterator[ir.Expr]:
    """What must all hold for a test to be true, but for switches of the program: `AUTH_ON and not user` asks all callers."""
    if isinstance(test, ir.Logical) and test.op == "and":
        sides = [*_conditions(test.left), *_conditions(test.right)]
        yield from [one for one in sides if not _SWITCH.search(written(one))] or sides
    else:
        yield test


def _own(
    roots: Sequence[ir.Node], denies: Callable[[ir.Node], str], tests: tuple[ir.Expr, ...]
) -> Iterator[tuple[tuple[ir.Expr, ...], bool]]:
    for node in ir.walk_scope(*roots):
        if how := denies(node):
            yield tests, how == "called"
