"""What happens to a caller who brings no credential: a run of a guard or handler in which every credential is missing.

Three outcomes of a function: it turns the caller away on every way (`DENIED`), it surely lets the caller through (`PASSES`), or
that depends on what is not known here. Tests on credentials decide branches; every other test is taken both ways.
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import provider
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.anonymous_body import Body
from backend_audit.routes.anonymous_run import Env, Run, Said
from backend_audit.routes.exempt import Asked
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.missing import ABSENT, PARTS, PARTS_READ, UNKNOWN, Missing, is_credential, truth
from backend_audit.routes.reach import forget
from backend_audit.routes.status import statuses

_MAX_DEPTH = 5
_REQUEST = re.compile(r"(?:^|\.)(?:g|req|request|ctx|session|self|this)(?:\.|$)|user|auth|token|cookie|header", re.IGNORECASE)
Answered = Callable[[FunctionSymbol, ir.Expr], frozenset[int]]  # the statuses that an expression of a function answers with
_OF_FRAMEWORK = ("*", 0)  # stands for what a framework fills in
_Key = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, int], ...]]  # function, what is said, what is given


class Anonymous:
    """Runs functions for a caller without credentials. `denies` says whether a raise or an answer turns a caller away."""

    body_type: type[Body] = Body  # what runs a function of the project's language

    def __init__(
        self,
        engine: Engine,
        facts: WebFacts,
        raises: Callable[[Frame, ir.Expr], bool],
        answers: Callable[[Frame, ir.Expr], bool],
        absent: Callable[[Value], bool],
        denies: Callable[[FunctionSymbol], bool],
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.raises = raises
        self.answers = answers
        self.absent = absent
        self.denies = denies
        self.answered: Answered = _no_answer
        self.fails: Callable[[Frame, ir.Expr], bool] = _never
        self.asked: Asked | None = None
        self.receiver: ClassSymbol | None = None  # of whose objects inherited methods run: theirs are the methods that they call
        self.settled: Env = {}  # what every function of the run finds, by how it is written: `resource.open_to_all`
        self._asked: dict[tuple[str, str, Asked, tuple[tuple[str, int], ...]], Run] = {}
        self._looking: dict[str, bool] = {}
        self._seeing: dict[str, bool] = {}
        self._known: dict[_Key, Run] = {}
        self._shared = self._known  # what was known before one route was asked for
        self._inherited: dict[str, dict[_Key, Run]] = {}  # by the key of the class whose objects run
        self.callees: dict[tuple[str, str, int, int], FunctionSymbol | None] = {}
        self.handed: dict[tuple[str, str], FunctionSymbol] = {}  # by function and name, what its maker was handed under it
        self._running: set[str] = set()
        self.setting: Callable[[str], Value | None] = _no_setting  # what Django's settings say by that name
        self.nobody_is_none = False  # who has not signed in is None to resolvers of GraphQL, and no object as in Django
        self.guarded: Callable[[FunctionSymbol], bool] | None = None  # whether decorators turn callers away before a function

    def forget(self, facts: WebFacts, keys: Collection[str]) -> None:
        """The project says `facts` now, and what is known of the functions with these `keys` may hold no longer."""
        self.facts = facts
        self.nobody_is_none = False
        for known in (self._looking, self._seeing):
            forget(known, keys)
        for runs in (self._known, *self._inherited.values()):
            for key in [one for one in runs if one[0] in keys]:
                del runs[key]
        for asked in [one for one in self._asked if one[0] in keys]:
            del self._asked[asked]
        for call in [one for one in self.callees if one[0] in keys]:
            del self.callees[call]

    def run(self, function: FunctionSymbol, given: Env | None = None, said: Said | None = None) -> Run:
        """The run of `function`; kept, since what calls what branches without end."""
        arguments = (_OF_FRAMEWORK,) if given is None else tuple(sorted((name, one.value) for name, one in given.items()))
        key = (function.key, tuple(sorted((said or {}).items())), arguments)
        if key in self._known:
            return self._known[key]
        shared = self.asked is not None and not self.settled and PARTS.isdisjoint((given or {}).values())
        if shared and not self.looks_at_route(function):
            return self._for_all(function, given, said)
        if function.key in self._running or len(self._running) > _MAX_DEPTH:
            return Run(passed=[UNKNOWN])
        self._running.add(function.key)
        found = self.body_type(self, function, said or {}).whole(
            {**self.parameters(function, filled=given is None), **(given or {})}
        )
        self._running.discard(function.key)
        self._known[key] = found
        return found

    def _for_all(self, function: FunctionSymbol, given: Env | None, said: Said | None) -> Run:
        """The run of a function that does not look at the route: the same for all of them."""
        asked, known = self.asked, self._known
        self.asked, self._known = None, self._shared
        found = self.run(function, given, said)
        self.asked, self._known = asked, known
        return found

    def turns_away(self, frame: Frame, status: ir.Expr | None) -> bool:
        """Whether an answer of that status turns a caller away."""
        return status is not None and bool(statuses(frame.eval(status)) & {401, 403})

    def called(self, function: FunctionSymbol, given: Env | None, said: Said) -> Run:
        """The run of a function that another calls: through what decorates it."""
        if function.node.decorators and self.guarded is not None and self.guarded(function):
            return Run(denied=True)
        return self.run(function, given, said)

    def decides(self, function: FunctionSymbol, test: ir.Expr, said: Said) -> bool | None:
        """How a test in `function` turns out for a caller without credentials; None where that is open."""
        return truth(self.body_type(self, function, said).eval(test, {}))

    @contextmanager
    def as_of(self, owner: ClassSymbol | None, function: FunctionSymbol) -> Iterator[None]:
        """Run an inherited method as one of `owner`'s objects runs it."""
        if owner is None or function.owner is owner:
            yield
            return
        before, known = self.receiver, self._known
        self.receiver, self._known = owner, self._inherited.setdefault(owner.key, {})
        try:
            yield
        finally:
            self.receiver, self._known = before, known

    @contextmanager
    def handing(self, handed: dict[tuple[str, str], FunctionSymbol]) -> Iterator[None]:
        """Run functions that call what was handed to those around them: `redirect_if(request.user)`."""
        before, known = self.handed, self._known
        self.handed, self._known = handed, {}
        try:
            yield
        finally:
            self.handed, self._known = before, known

    def run_for(self, function: FunctionSymbol, asked: Asked, given: Env | None = None) -> Run:
        """The run of a hook for one route: it may look at the request's path or endpoint, or at what is `given` of the view."""
        if not given and not self.looks_at_route(function):
            return self.run(function)
        receiver = "" if self.receiver is None else self.receiver.key
        key = (function.key, receiver, asked, tuple(sorted((name, one.value) for name, one in (given or {}).items())))
        found = self._asked.get(key)
        if found is None:
            before, self._known, self.asked, self.settled = self._known, {}, asked, given or {}
            self._shared = before
            found = self._asked[key] = self.run(function)
            self._known, self.asked, self.settled = before, None, {}
        return found

    def looks_at_route(self, function: FunctionSymbol, depth: int = 3) -> bool:
        """Whether a function, or what it calls, reads which route is asked for."""
        known = self._looking.get(function.key)
        if known is None:
            self._looking[function.key] = False
            known = any(isinstance(one, ir.Attribute) and one.attr in PARTS_READ for one in function.scope)
            called = self.engine.calls.get(function.key, {}).values() if depth else ()
            known = known or any(self.looks_at_route(one, depth - 1) for one in called)
            self._looking[function.key] = known
        return known

    def sees_request(self, function: FunctionSymbol, depth: int = 6) -> bool:
        """Whether a function, or what it calls, reads anything of the request, or turns callers away."""
        known = self._seeing.get(function.key)
        if known is None:
            self._seeing[function.key] = False
            own = "" if function.owner is None or not function.node.params else f"{function.node.params[0].name}."
            names = (one for one in ir.walk(*function.node.body) if isinstance(one, (ir.Name, ir.Attribute)))
            read = (f"{written(one)}.".removeprefix(own) for one in names)  # of an object that was made without a request
            known = self.denies(function) or any(_REQUEST.search(one) for one in read)
            called = self.engine.calls.get(function.key, {}).values() if depth else ()
            known = known or any(self.sees_request(one, depth - 1) for one in called)
            self._seeing[function.key] = known
        return known

    def parameters(self, function: FunctionSymbol, *, filled: bool) -> Env:
        """What is missing among a function's parameters: credentials that the framework would have filled in.

        `filled`: the framework calls it, which may find other parameters in the address: `camera: str | None = None`.
        """
        found: Env = {}
        for param in function.node.params:
            provides = provider(self.engine, function, param)
            if provides is not None:
                found[param.name] = self.provided(provides)
            elif _is_none(param.default) and filled and param.annotation is not None and not is_credential(param.name):
                found[param.name] = UNKNOWN
            elif _is_none(param.default) or _defaults_to_none(param.default):
                found[param.name] = ABSENT
        return found

    def provided(self, provider: Value) -> Missing:
        """What a provider gives for a caller without credentials."""
        if self.absent(provider):
            return ABSENT
        functions = of_kind(provider.refs, FunctionSymbol)
        if len(functions) != 1:
            return UNKNOWN
        passed = self.run(functions[0]).passed
        return passed[0] if passed and all(one is passed[0] for one in passed) else UNKNOWN


def _never(frame: Frame, node: ir.Expr) -> bool:  # noqa: ARG001 - until it is told which answers fail
    return False


def _no_setting(name: str) -> Value | None:  # noqa: ARG001 - until a project with settings is known
    return None


def _no_answer(function: FunctionSymbol, node: ir.Expr) -> frozenset[int]:  # noqa: ARG001 - for languages that return answers
    return frozenset()


def _is_none(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Const) and node.kind == "none"


def _defaults_to_none(node: ir.Expr | None) -> bool:
    """`Header(None)`, `Cookie(default=None)`: a parameter of the request that is not there."""
    return isinstance(node, ir.Call) and any(_is_none(arg.value) and arg.name in (None, "default") for arg in node.args[:1])
