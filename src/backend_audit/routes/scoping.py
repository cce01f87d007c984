"""Objects that a handler looks up by an id of the request, and whether it ever holds them against the caller.

Read from names: which variables hold ids of the request, which hold the caller or something of the caller's. A handler that tests
the caller, or hands the caller to whatever it looks things up or checks with, is taken to know what it does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import provider
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.authored import Authored
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.claim_reads import outside_class, root_class
from backend_audit.routes.guard_names import asks_by_name
from backend_audit.routes.handed_in import handed_in
from backend_audit.routes.kept import kept_by_guards
from backend_audit.routes.mentions import IDS, Mentions
from backend_audit.routes.model import Lookup, Route
from backend_audit.routes.odd_lookups import OddLookups
from backend_audit.routes.plain_fields import holds_users, is_address, is_plain
from backend_audit.routes.readings import OWNER, Reading, called, calls_of, handed, hands_request
from backend_audit.routes.tenants import TenantGuards
from backend_audit.routes.told_parts import told_of
from backend_audit.routes.unasked_permissions import unasked
from backend_audit.routes.whole_querysets import WholeQuerysets
from backend_audit.source import Mark

_PROBES = frozenset(("exists", "aexists"))  # only whether there is one comes to light
LOOKUPS = frozenset(
    "get get_by get_or_404 aget get_object_or_404 aget_object_or_404 get_one get_or_none find_one find_by_id get_by_id filter "
    "filter_by where query fetch_one first_or_404 one_or_404 get_or_abort".split()
)
_KEYED = frozenset("filter filter_by get create get_or_create update_or_create exclude get_object_or_404".split())
_IN_PATH = re.compile(r"[{<:](?:\w+:)?(\w+)|\?P<(\w+)>")
_USERS = re.compile(r"(?:User|Account|Member|Profile|Person|Customer|Employee)s?$")
_ABOVE_USERS = re.compile(r"^(?:organi[sz]ation|org|tenant|workspace|company|domain)(?:_(?:id|pk|uuid))?$")
_MEMBERS = re.compile(r"^(?:users|members|owners|collaborators|memberships)$")
_OWNED_BASE = re.compile(r"Owner|Owned|Tenant")
_CALLED_SO = re.compile(r"^(?:current_)?(?:user|account|identity|principal|caller|me)$|^current_")
_MAX_DEPTH = 3


class Scoping:
    """Finds the lookups of one project's routes that no caller is held against."""

    def __init__(self, engine: Engine, behaviours: Behaviours) -> None:
        self.engine = engine
        self.behaviours = behaviours
        self.mentions = Mentions(frozenset(kept_by_guards(engine, behaviours)))
        self.odd = OddLookups(engine)
        self.tenants = TenantGuards(engine)
        self.whole = WholeQuerysets(engine, self.mentions)
        self.authored = Authored(list(engine.project.functions()))
        self._readings: dict[str, Reading] = {}
        self._used: dict[str, str] | None = None  # class outside of the project → a field of its owner
        self._by_name: dict[str, list[ClassSymbol]] = {}
        for symbol in engine.project.symbols.values():
            if isinstance(symbol, ClassSymbol):
                self._by_name.setdefault(symbol.name.rpartition(".")[2].lower(), []).append(symbol)

    def fill(self, route: Route) -> None:
        """Note the lookups of a route, or that the caller is held against something on the way."""
        handler = route.handler
        if handler is None or (handler.owner is not None and handler.owner is not route.owner):
            taken = self.whole.of(route)
            owned = "" if taken is None else self.owner_field(taken[0])
            route.lookups = () if taken is None or not (owned or taken[1].odd) else (replace(taken[1], owned=owned),)
        handler = handler or self._fetching(route.owner)
        if handler is not None:
            self._fill(route, handler)
            route.lookups = (*self.odd.reached(handler), *unasked(self, route, handler), *route.lookups)

    def _fetching(self, view: ClassSymbol | None) -> FunctionSymbol | None:
        """What fetches the object of a view whose methods are a library's, where none of its own asks for the caller."""
        fetching = None if view is None else self.engine.find_method(view, "get_object")
        own = () if view is None or fetching is None else view.methods.values()
        return None if any(self.reading(one).tests(frozenset()) for one in own if one is not fetching) else fetching

    def _fill(self, route: Route, handler: FunctionSymbol) -> None:
        ids = self.ids_of(route, handler)
        found: list[Lookup] = []
        if self.held_before(route, ids):
            route.consults = True
            return
        reading, signed_in = self.reading(handler), self.known_callers(handler)
        read = {name for one in (reading, *map(self.reading, handler.nested)) for name in one.names}
        route.caller_unused = bool(signed_in) and not signed_in & read
        tenants = self.tenants.names(route, ids)
        if self._follow(route, handler, frozenset(ids) - tenants, self.caller_names(handler) | tenants, found, _MAX_DEPTH):
            route.consults = True
            return
        route.lookups = tuple(found)
        route.scoped = route.owner is not None and self.whole.narrows(route.owner, reading.calls)
        route.consults = route.scoped and not found

    def ids_of(self, route: Route, handler: FunctionSymbol) -> set[str]:
        """The names under which a handler takes ids of the request: parts of the address, parameters."""
        ids = {name for pair in _IN_PATH.findall(route.path) for name in pair if name}
        return ids | {one.name for one in handler.node.params if IDS.search(one.name) and self._from_request(handler, one)}

    def known_callers(self, handler: FunctionSymbol) -> frozenset[str]:
        """The parameters and variables that hold who calls."""
        frame = self.engine.frame(handler.module, handler)
        return self.caller_names(handler) | self._signed_in(frame, self.reading(handler))

    def held_before(self, route: Route, ids: set[str]) -> bool:
        """Whether a guard takes an id of the request too, and holds the caller against something."""
        for guard in route.guards:
            function = guard.function
            if function is None or function is route.handler:
                continue
            if told_of(self.behaviours, route, function, ids):
                return True
            mine = ids & {param.name for param in function.node.params}
            reads = mine or any(self.mentions.of(one).asks_id for one in function.node.body)  # `view.kwargs["pk"]`
            if reads and self._follow(route, function, frozenset(mine), self.caller_names(function), [], 1):
                return True
        return False

    def _from_request(self, handler: FunctionSymbol, param: ir.Param) -> bool:
        return param.kind != "kwargs" and provider(self.engine, handler, param) is None

    def caller_names(self, function: FunctionSymbol) -> frozenset[str]:
        """Parameters that hold who calls: filled by a dependency or decorator that looks, or called so."""
        found = {*handed_in(self.engine, self.behaviours, function)}
        for param in function.node.params:
            provides = provider(self.engine, function, param)
            if self._asks(provides) or _CALLED_SO.search(param.name):
                found.add(param.name)
        return frozenset(found)

    def _asks(self, provider: Value | None) -> bool:
        """Whether a provider of a parameter looks who calls, by what it does or, from outside of the project, by its name."""
        if provider is None:
            return False
        owners = [one for name in sorted(provider.types) if (one := self.engine.class_of(name)) is not None]
        called = (self.engine.find_method(one, "__call__") for one in owners)  # `Depends(Verifier(["write"]))`
        found = [*of_kind(provider.refs, FunctionSymbol), *(one for one in called if one is not None)]
        behaviours = [self.behaviours.of(one) for one in found]
        if any(one.looks or one.denies & {401, 403} for one in behaviours):
            return True
        return any(asks_by_name(path.rpartition(".")[2]) for path in provider.apis)

    def _follow(
        self,
        route: Route,
        function: FunctionSymbol,
        ids: frozenset[str],
        callers: frozenset[str],
        found: list[Lookup],
        depth: int,
    ) -> bool:
        """Collect the lookups by `ids` in a function and those that it hands them to; true where the caller is asked for."""
        reading = self.reading(function)
        frame = self.engine.frame(function.module, function)
        ids, callers = reading.ids(ids), reading.callers(callers | self._signed_in(frame, reading))
        if reading.tests(callers) or any(self.reading(one).tests(callers) for one in function.nested):
            return True
        probed = {id(one.func.value) for one in reading.calls if isinstance(one.func, ir.Attribute) and one.func.attr in _PROBES}
        for node in reading.calls:
            lookup = None if id(node) in probed else self.lookup(frame, reading, node, ids)
            if lookup is not None:
                found.append(lookup)
                continue
            target = self.target(route, frame, node) if depth > 0 else None
            asking = target is not None and hands_request(node) and self.reading(target).asks_caller
            if target is not None and asking and (reading.is_tested(node) or self.reading(target).refuses()):
                return True
            if target is not None:
                names = {param for param, arg in handed(target, node) if self.mentions.ids(arg, ids)}
                whose = {param for param, arg in handed(target, node) if self.mentions.caller(arg, callers)}
                if (names or whose) and self._follow(route, target, frozenset(names), frozenset(whose), found, depth - 1):
                    return True
        return False

    def _signed_in(self, frame: Frame, reading: Reading) -> frozenset[str]:
        """Variables that hold what a function of the project gives, which turns away who has not signed in."""
        found: set[str] = set()
        for name, call in reading.made.items():
            if isinstance(call.func, (ir.Name, ir.Attribute)):
                functions = of_kind(frame.eval(call.func).refs, FunctionSymbol)
                known = [self.behaviours.own(one) for one in functions]
                if any(one.looks and 401 in one.denies for one in known):
                    found.add(name)
        return frozenset(found)

    def reading(self, function: FunctionSymbol) -> Reading:
        """The function's body as it was read once."""
        known = self._readings.get(function.key)
        if known is None:
            known = self._readings[function.key] = Reading(function, self.mentions)
        return known

    def target(self, route: Route | None, frame: Frame, node: ir.Call) -> FunctionSymbol | None:
        """The one function of the project that a call in a handler means."""
        if isinstance(node.func, ir.Attribute) and isinstance(node.func.value, ir.Name) and node.func.value.id == "self":
            owner = (None if route is None else route.owner) or (None if frame.function is None else frame.function.owner)
            return None if owner is None else self.engine.find_method(owner, node.func.attr)
        if not isinstance(node.func, (ir.Name, ir.Attribute)):
            return None
        found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
        return found[0] if len(found) == 1 else self._method(frame, node.func) or self._imported_inside(frame, node.func)

    def _imported_inside(self, frame: Frame, func: ir.Expr) -> FunctionSymbol | None:
        """The one function of that name which the function calls: it may be imported in its body."""
        calls = {} if frame.function is None else self.engine.calls.get(frame.function.key, {})
        named = [one for one in calls.values() if isinstance(func, ir.Name) and one.node.name == func.id]
        return named[0] if len(named) == 1 else None

    def _method(self, frame: Frame, func: ir.Expr) -> FunctionSymbol | None:
        """The method of an object that the function makes: `form = OrderForm(…)`, `form.save(request)`."""
        if not isinstance(func, ir.Attribute) or not isinstance(func.value, ir.Name) or frame.function is None:
            return None
        made = self.reading(frame.function).made.get(func.value.id)
        classes = [] if made is None else [one for one in frame.eval(made.func).refs if isinstance(one, ClassSymbol)]
        return self.engine.find_method(classes[0], func.attr) if len(classes) == 1 else None

    def lookup(self, frame: Frame, reading: Reading, node: ir.Call, ids: frozenset[str]) -> Lookup | None:
        """The lookup that a call is: `Model.objects.get(pk=pk)`, `session.query(Model).filter(Model.id == id)`."""
        name = called(node)
        if name not in LOOKUPS and isinstance(node.func, ir.Name):  # imported under another name
            name = next((path.rpartition(".")[2] for path in sorted(frame.eval(node.func).apis)), name)
        if name not in LOOKUPS:
            return None
        keys = reading.keys(node, ids)
        mark = Mark(frame.module.path, node.at, node.end, "looks it up")
        if not keys:
            asked = reading.tenants(node, ids)
            model = next(self.models(frame, node), None) if asked else None
            return (
                None if model is None else Lookup(mark, model.node.name, written(asked[0]), "", written(node.func), tenant=True)
            )
        models = list(self.models(frame, node))
        for model in models:
            if owned := self.owner_field(model):
                shared = frame.function is not None and self.authored.for_all(frame.function, node, model.node.name, owned)
                return Lookup(mark, model.node.name, written(keys[0]), "" if shared else owned, written(node.func))
        unknown = "" if models else outside_class(frame, node)
        owned = self.used_owner(unknown) if unknown else ""
        return Lookup(mark, unknown, written(keys[0]), owned, written(node.func)) if unknown else None

    def used_owner(self, model: str) -> str:
        """The field that says whose an object of a class outside of the project is, by the keywords that queries use for it."""
        if self._used is None:
            self._used = {}
            for function in self.engine.project.functions():
                for node in calls_of(function):
                    fields = [arg.name.partition("__")[0] for arg in node.args if arg.name] if called(node) in _KEYED else []
                    owner = next((one for one in fields if OWNER.match(one)), "")
                    first = root_class(node) if owner else None
                    value = None if first is None else self.engine.environment(function.module).get(first.id)
                    for path in () if value is None else sorted(value.apis):
                        self._used.setdefault(path.rpartition(".")[2], owner)
        return "" if _USERS.search(model) else self._used.get(model, "")

    def models(self, frame: Frame, node: ir.Call) -> Iterator[ClassSymbol]:
        """The classes of the project that a call names, in its receiver and its arguments."""
        for one in ir.walk_scope(node):
            if isinstance(one, (ir.Name, ir.Attribute)) and written(one).rpartition(".")[2][:1].isupper():
                for symbol in sorted(frame.eval(one).refs, key=lambda ref: ref.key):
                    if isinstance(symbol, ClassSymbol):
                        yield symbol

    def owner_field(self, model: ClassSymbol, depth: int = 1) -> str:
        """The field of a model that says whose an object is: its own, or that of what it belongs to; "" if there is none."""
        fields = list(self.fields(model))
        own = _ABOVE_USERS if _USERS.search(model.node.name) else OWNER  # a user belongs to none but a tenant
        for name, field in fields:
            if (own.match(name) and not is_address(name, field)) or (_MEMBERS.match(name) and holds_users(field)):
                return name
        for base in self.engine.external_bases(model):  # a class of the project that is not scanned
            if _OWNED_BASE.search(base.rpartition(".")[2]):
                return base.rpartition(".")[2]
        for name, field in fields if depth else ():
            if isinstance(field.value, ir.Call) and is_plain(field.value):
                continue  # a text that is called like a class
            for parent in self._by_name.get(name.removesuffix("_id").replace("_", "").lower(), ()):
                if parent is not model and (through := self.owner_field(parent, depth - 1)):
                    return f"{name}.{through}"
        return ""

    def fields(self, model: ClassSymbol) -> Iterator[tuple[str, ir.Assign]]:
        """The fields that a model's body declares, its project bases' too."""
        for one in self.engine.bases(model)[0]:
            for statement in one.node.body:
                if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                    declared = statement.annotation is not None or isinstance(statement.value, ir.Call)
                    if declared:
                        yield statement.targets[0].id, statement
