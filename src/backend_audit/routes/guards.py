"""From what is attached to a route to guards: each classified by what it does, by known name, by behaviour, or by its name."""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import filling, provider
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import CredentialScheme, GuardMarker
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ObjectSymbol, Symbol
from backend_audit.routes.anonymous_run import Outcome
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.declared import DECLARED, Declarations
from backend_audit.routes.facts import WebFacts
from backend_audit.routes.forgery import asks_for_sign_alone
from backend_audit.routes.guard_names import asks_by_name, judged, opens_by_name, snake
from backend_audit.routes.keys import FORBIDS, asks_for_nothing_more
from backend_audit.routes.missing import is_called_like_caller
from backend_audit.routes.model import KNOWN, TURNS_AWAY, Does, Guard
from backend_audit.routes.scopes import of_annotation, of_decorator, of_marker
from backend_audit.routes.switches import TOLD_SO, as_made, as_told, switched_on
from backend_audit.routes.wrappers import makers, wrappers
from backend_audit.source import Mark

_HANDS_OUT = re.compile(r"(?:session|db|database|connection|conn|engine|cursor|transaction|uow|unit_of_work)(?:_dep)?$")
ASKING = frozenset((Does.AUTHENTICATES, Does.AUTHORIZES))
_IDLE = frozenset((Does.RUNS, Does.IDENTIFIES))

# how a guard of `Route.unapplied` came not to run; stands in its `via`
ASTRAY = "astray"  # on a router without routes
EARLY = "early"  # called where it is to be named
LATE = "late"  # added behind all that it could run before
UNREAD = "unread"  # in an attribute that nothing reads
MISSPELT = "misspelt"  # in one whose name is nearly the one that is read
UNASKED = "unasked"  # stated for a guard that is not among those of the route
SHADOWED = "shadowed"  # in a base that `dispatch` does not come to

RIGHTS_OF_KNOWN = "asks for a right of callers who have said who they are, and lets the others through"
ANSWERS_IN_VAIN = "answers, and hands the request on all the same"


class Guarding:
    """Reads guards off decorators, dependencies and hooks."""

    def __init__(self, engine: Engine, facts: WebFacts, behaviours: Behaviours, declarations: Declarations) -> None:
        self.declarations = declarations
        self.engine = engine
        self.facts = facts
        self.behaviours = behaviours

    def of_value(self, value: Value, via: str, mark: Mark | None, depth: int = 6) -> list[Guard]:
        """The guards that a value attached to a route stands for: markers, functions, classes, instances, schemes."""
        found: list[Guard] = []
        for made_by, made in self.facts.objects(value):
            found += self.accessing(made_by, value, via, mark)
            for concept in made[:1]:
                if isinstance(concept, GuardMarker) and concept.function is not None:
                    asked = of_marker(concept)
                    inner = self.of_value(concept.function.value, via, mark, depth)
                    found += [*(replace(one, scopes=asked) for one in inner[:1]), *inner[1:]] if asked else inner
                elif isinstance(concept, CredentialScheme):
                    found.append(scheme_guard(concept, via, mark))
        for symbol in sorted(value.refs, key=lambda one: one.key):
            found += self.of_symbol(symbol, via, mark, depth)
        for owner in filter(None, map(self.engine.class_of, sorted(value.types))):
            method = self.engine.find_method(owner, "__call__")
            if method is not None:
                inner = self._called(method, owner.name.rpartition(".")[2], via, mark, depth)
                found += [as_made(self.behaviours.anonymous, one, value) for one in inner]
        for path in sorted(value.apis):
            if (known := self.known(path, via, mark)) is not None:
                found.append(known)
            elif via != "decorator" and (named := self.named(path.rpartition(".")[2], via, mark)).has(Does.AUTHENTICATES):
                found.append(named)
        return found

    def of_symbol(self, symbol: Symbol, via: str, mark: Mark | None, depth: int = 6) -> list[Guard]:
        """The guard that a function or class of the project is, with those that it depends on."""
        if isinstance(symbol, FunctionSymbol):
            return self._called(symbol, symbol.node.name, via, mark, depth)
        if isinstance(symbol, ClassSymbol):
            method = self.engine.find_method(symbol, "__init__")
            return [] if method is None else self._called(method, symbol.name.rpartition(".")[2], via, mark, depth)
        return []

    def _called(self, function: FunctionSymbol, name: str, via: str, mark: Mark | None, depth: int) -> list[Guard]:
        inner = [] if depth <= 0 else self.dependencies(function, depth - 1)
        return [self.classified(function, name, via, mark, looks=self._handed_caller(function, inner)), *inner]

    def _handed_caller(self, function: FunctionSymbol, inner: list[Guard]) -> bool:
        """Whether a dependency of a guard's own (`inner`) gives it who calls: `user = Depends(optional_user)`."""
        if any(one.has(Does.IDENTIFIES, Does.AUTHENTICATES) for one in inner):
            return True
        called = any(is_called_like_caller(param.name) for param in function.node.params)
        return called and any(one.function is not None and self.behaviours.of(one.function).looks for one in inner)

    def classified(
        self, function: FunctionSymbol, name: str, via: str, mark: Mark | None, *, run: bool = True, looks: bool = False
    ) -> Guard:
        """The guard that running `function` before a handler is; `run`: what it does to callers without credentials counts."""
        behaviour = self.behaviours.of(function)
        does, because = judged(name, behaviour.denies, looks=behaviour.looks or (looks and bool(behaviour.denies)))
        if function.node.is_generator and _HANDS_OUT.search(snake(name)):
            does = frozenset((Does.REJECTS,)) if does & ASKING else does
        if does == {Does.AUTHENTICATES} and asks_for_sign_alone(self.engine, self.behaviours, function):
            does, because = frozenset((Does.RUNS,)), "asks for a sign that no other site could send"
        if does == ASKING and because == FORBIDS and asks_for_nothing_more(self.engine, function):
            does = frozenset((Does.AUTHENTICATES,))
        if run and Does.AUTHENTICATES in does and self.lets_through(function):
            because = RIGHTS_OF_KNOWN if Does.AUTHORIZES in does else "lets callers without credentials through"
            does = frozenset((Does.IDENTIFIES,))
        if does <= _IDLE and opens_by_name(name):
            does, because = frozenset((Does.OPENS,)), "its name"
        carrier = self.behaviours.carrier(function) if does & ASKING else ""
        return Guard(name, does, via, mark, function, because, carrier=carrier)

    def lets_through(self, function: FunctionSymbol) -> bool:
        """Whether a caller without credentials surely passes: of a decorator, through the wrapper that it makes."""
        made = wrappers(self.engine, function)
        return all(self.behaviours.anonymous.run(one).outcome() is Outcome.PASSES for one in made)

    def known(self, path: str, via: str, mark: Mark | None, call: ir.Call | None = None) -> Guard | None:
        """The guard that the team or a model row says an API path is, as `call` calls it."""
        if (does := self.declarations.of_api(path)) is not None:
            return Guard(path.rpartition(".")[2], does, via, mark, None, DECLARED)
        access = self.engine.models.access.get(self.engine.models.canonical(path))
        if access is None:
            return None
        name = path.removesuffix(".__call__").rpartition(".")[2]
        if access.optional and call is not None and switched_on(call, access.optional):
            idle = Does.IDENTIFIES if "authenticates" in access.does else Does.RUNS
            return Guard(name, frozenset((idle,)), via, mark, None, TOLD_SO)
        does = frozenset(Does(one) for one in access.does)
        if access.rights and call is not None and switched_on(call, access.rights):
            does |= {Does.AUTHORIZES}
        return Guard(name, does, via, mark, None, KNOWN, carrier=access.carrier)

    def of_objects(self, value: Value, via: str) -> list[Guard]:
        """The guards of libraries that were called to make `value`: `login_required(view)`."""
        return [guard for made_by, _ in self.facts.objects(value) for guard in self.accessing(made_by, value, via, None)]

    def accessing(self, symbol: ObjectSymbol, value: Value, via: str, mark: Mark | None) -> list[Guard]:
        """The guard that the result of a library's guard factory is: `jwt_required(optional=True)`."""
        paths = sorted({one.removesuffix("()") for one in value.types})  # what a class is made of has no brackets
        return [guard for path in paths if (guard := self.known(path, via, mark, symbol.node)) is not None]

    def named(self, name: str, via: str, mark: Mark | None) -> Guard:
        """A guard of which only the name is known."""
        if asks_by_name(name):
            return Guard(name, frozenset((Does.AUTHENTICATES,)), via, mark, None, "its name")
        if opens_by_name(name):
            return Guard(name, frozenset((Does.OPENS,)), via, mark, None, "its name")
        return Guard(name, frozenset((Does.RUNS,)), via, mark, None, "")

    def dependencies(self, function: FunctionSymbol, depth: int = 6) -> list[Guard]:
        """The guards that a function's own parameters bring: `user = Depends(current_user)`."""
        found: list[Guard] = []
        for param in function.node.params:
            value = provider(self.engine, function, param)
            if value is not None:
                mark = Mark(function.module.path, param.at, param.end, f"parameter {param.name}")
                inner = self.of_value(value, "dependency", mark, depth)
                asked = self._asked_of(param)
                found += [*(replace(one, scopes=asked) for one in inner[:1]), *inner[1:]] if asked else inner
        return found

    def of_attributes(self, function: FunctionSymbol, depth: int = 6) -> list[Guard]:
        """Those that the class of a method brings, whose objects a framework fills: `user: User = Depends(current_user)`."""
        found: list[Guard] = []
        seen: set[str] = set()
        owner = function.owner if function.binds_first else None
        for one in [] if owner is None else self.engine.bases(owner)[0]:
            for node in one.node.body:
                name = written(node.targets[0]) if isinstance(node, ir.Assign) and len(node.targets) == 1 else ""
                if isinstance(node, ir.Assign) and name not in seen:  # the nearest class's
                    seen.add(name)
                    attribute = ir.Param(node.at, node.end, name, "keyword", node.annotation, node.value)
                    value = filling(self.engine, one.module, attribute)
                    mark = Mark(one.module.path, node.at, node.end, f"attribute {name}")
                    found += [] if value is None else self.of_value(value, "dependency", mark, depth)
        return found

    def _asked_of(self, param: ir.Param) -> tuple[str, ...]:
        """The scopes and roles that a parameter's marker names."""
        made = [] if param.default is None else self.facts.made.get(id(param.default), [])
        marker = next((one for one in made if isinstance(one, GuardMarker)), None)
        return of_annotation(param.annotation) if marker is None else of_marker(marker)

    def decorators(self, symbol: FunctionSymbol | ClassSymbol, nodes: list[ir.Expr]) -> Iterator[Guard]:
        """The guards that decorators are; `nodes` in the order in which they run (the outermost first)."""
        module = symbol.module
        function = symbol if isinstance(symbol, FunctionSymbol) else None
        frame = self.engine.frame(module, function)
        for node in nodes:
            callee = node.func if isinstance(node, ir.Call) else node
            mark = Mark(module.path, node.at, node.end, written(callee))
            value = frame.eval(callee)
            call = node if isinstance(node, ir.Call) else None
            found = [guard for path in sorted(value.apis) if (guard := self.known(path, "decorator", mark, call)) is not None]
            found = found or self.decorating(value, mark)
            marked = [] if call is None else [one for one in self.facts.made.get(id(call), []) if isinstance(one, GuardMarker)]
            if marked and call is not None:
                found = self.of_value(frame.eval(call), "decorator", mark)
            elif call is not None and not any(guard.does - _IDLE for guard in found):
                made = self.decorating(frame.eval(call), mark)
                found = [replace(one, name=written(callee).rpartition(".")[2]) for one in made] or found
            for guard in found or [self.named(written(callee), "decorator", mark)]:
                one = guard if call is None else as_told(self.behaviours.anonymous, guard, call)
                yield replace(one, scopes=of_decorator(call, one.name)) if one.has(*ASKING) and not one.scopes else one

    def decorating(self, value: Value, mark: Mark | None) -> list[Guard]:
        """The guards that a decorator's value stands for; of a class, what its objects do when they are called."""
        found: list[Guard] = []
        for symbol in sorted(value.refs, key=lambda one: one.key):
            if not isinstance(symbol, ClassSymbol):
                continue
            method = self.engine.find_method(symbol, "__call__")
            if method is not None:
                found.append(self.classified(method, symbol.name.rpartition(".")[2], "decorator", mark))
        return found or [self._as_made(one, mark) for one in self.of_value(value, "decorator", mark)]

    def _as_made(self, guard: Guard, mark: Mark | None) -> Guard:
        """A decorator that turns nobody away itself, as what its own decorators make of it: `@guard_of def managers(user)`."""
        of = [] if guard.function is None or guard.does - _IDLE else makers(self.engine, guard.function)
        return next((one for each in of if (one := self.classified(each, guard.name, guard.via, mark)).has(*ASKING)), guard)


def scheme_guard(scheme: CredentialScheme, via: str, mark: Mark | None) -> Guard:
    """A credential scheme turns away who brings no credential, unless it is told not to."""
    off = scheme.rejects is not None and scheme.rejects.value.is_just(value=False)
    rejects = scheme.default_rejects and not off
    does = Does.AUTHENTICATES if rejects else Does.IDENTIFIES
    name = scheme.name or scheme.site.api.rpartition(".")[2]
    because = TURNS_AWAY if rejects else "reads a credential"
    return Guard(name, frozenset((does,)), via, mark, None, because, carrier=scheme.carrier)
