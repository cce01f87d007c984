"""The engine for a project of JavaScript and TypeScript: modules as their exports, closures, `this`."""

from collections.abc import Collection, Iterator
from functools import cached_property

from backend_audit import ir
from backend_audit.flow import script_class_fields, script_declared, script_descriptions, script_passing, script_validators
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Concept
from backend_audit.flow.frame import FrameState
from backend_audit.flow.injection import ParameterHook
from backend_audit.flow.models import Models
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_asked import Asked
from backend_audit.flow.script_builtin import MUTATORS
from backend_audit.flow.script_frame import ScriptFrame
from backend_audit.flow.script_module_values import ScriptModules
from backend_audit.flow.script_objects import OwnedObjects, move_objects
from backend_audit.flow.script_registrars import Registrars
from backend_audit.flow.script_served import Served
from backend_audit.flow.script_settling import Passing
from backend_audit.flow.statements import Frame
from backend_audit.flow.syntax import self_writes
from backend_audit.flow.values import CLOSED_TYPES, UNKNOWN, Value, changed, ref
from backend_audit.link.project import Project
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, key_at

_EXPORTS = ("module.exports", "exports")
_ME, _DEFAULT = "this", "default"
_RULES = ("=", "[", "!")  # how results begin that are no types
_PRIMITIVE = frozenset("str bytes string number boolean bigint symbol object Object Function Date Buffer Array Promise".split())


class ScriptEngine(ScriptModules):
    """As `Engine`; what differs is what names mean across modules and functions."""

    frame_type, mutators = ScriptFrame, MUTATORS
    _field_owners: dict[int, ClassSymbol] | None = None

    def __init__(self, project: Project, models: Models, parameter: ParameterHook | None = None) -> None:
        super().__init__(project, models, parameter)
        self._declared_here: dict[int, bool] = {}
        self._stated_types: dict[tuple[str, str], frozenset[str]] = {}
        self._type_names: set[str] | None = None
        self._checked: dict[str, script_validators.Checked] = {}  # of the requests that a function handles, by its key
        self._taking: set[str] = set()  # the keys of functions that handlers hand their requests on to
        self._passed_on: set[tuple[str, str]] = set()  # which handler hands its request on to which function
        self.let_through: dict[str, dict[int, script_passing.Facts]] = {}  # of middleware, by its key and where it goes on
        self.passed_first: dict[
            tuple[str, str], dict[tuple[str, str], Value]
        ] = {}  # by module and router: what its own lets through
        self.owned = OwnedObjects(self)
        self.served = Served(self._stale)
        self.registrars, self.asked = Registrars(), Asked()
        self.entering: dict[int, tuple[str, ...]] = {}  # what functions hand their requests to, by their nodes' identity

    @cached_property
    def asks_description(self) -> bool:
        """Whether every request is held against a description of the API before its handler runs."""
        return script_descriptions.asks_description(self.project.modules.values())

    def forget_module(self, module: ModuleSymbol, keys: Collection[str]) -> None:
        super().forget_module(module, keys)
        for key in keys & self.let_through.keys():
            del self.let_through[key]
        for router in [one for one in self.passed_first if one[0] == module.path]:
            del self.passed_first[router]

    def move_objects(self, calls: Collection[tuple[ir.Call, ir.Call]], path: str) -> None:
        super().move_objects(calls, path)
        nodes = {id(old): new for old, new in calls}
        keys = {key_at(path, what, old): key_at(path, what, new) for old, new in calls for what in ("object", "call")}
        self.owned.move(nodes, keys)
        move_objects(self.made_in_calls, nodes, keys)

    # --- modules ----------------------------------------------------------------------------------------------------

    def validated(self, owner: ClassSymbol, attr: str) -> frozenset[str]:
        """As `Engine.validated`; a field of a class that decorators check is as harmless as what they let through."""
        return script_class_fields.cleared_by(self.bases(owner)[0], attr) | super().validated(owner, attr)

    # --- classes ----------------------------------------------------------------------------------------------------

    def instance_attribute(  # type: ignore[override]
        self, owner: ClassSymbol, attr: str, node: ir.Attribute, frame: Frame, base: Value | None = None
    ) -> Value:
        found = super().instance_attribute(owner, attr, node, frame, base)
        untold = found.open and not (found.types or found.refs or found.apis or found.kind or found.shapes or found.consts)
        if untold and (stated := self._stated(owner, attr)):
            found = changed(found, types=stated)
        return self.owned.of(found, owner)

    def _stated(self, owner: ClassSymbol, attr: str) -> frozenset[str]:
        """The class of the project that a field is declared to hold, whoever fills it: a container that hands out services."""
        known = self._stated_types.get((owner.key, attr))
        if known is None:
            stated = script_class_fields.declared(self.bases(owner)[0], attr)
            types = frozenset[str]() if stated is None else self.annotated(self.frame(stated[0].module), stated[1]).types
            known = frozenset(name for name in types if self.class_of(name) is not None)
            self._stated_types[owner.key, attr] = known
        return known

    def _writing(self, symbol: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
        known = self._writers.get(symbol.key)
        if known is None:
            known = {}
            for method in symbol.methods.values():
                for attr in dict.fromkeys(self_writes(method.node.body, _ME)):
                    known.setdefault(attr, []).append(method)
            self._writers[symbol.key] = known
        return known

    def find_method(self, symbol: ClassSymbol, name: str) -> FunctionSymbol | None:
        """As `ClassFacts.find_method`; a method that an interface asks for, where classes of the project have it."""
        found = super().find_method(symbol, name)
        return found if found is None or not self.overrides.is_unanswered(found) else None

    def field_owner(self, function: FunctionSymbol) -> ClassSymbol | None:
        """The class whose field is this arrow function: `this` in it is the object."""
        if self._field_owners is None:
            self._field_owners = script_class_fields.arrow_owners(self._classes.values())
        return self._field_owners.get(id(function.node))

    def external_field(self, path: str, attr: str, reader: FunctionSymbol | None) -> Value | None:
        """As `Engine.external_field`; what the library itself puts there is not the project's to say."""
        if self.knows(self.models.canonical(f"{path}.{attr}")):
            return None
        return super().external_field(path, attr, reader)

    def annotated(self, frame: FrameState, annotation: ir.Expr) -> Value:
        """As `Engine.annotated`; a type of a module that is out of sight says nothing, so that callers may tell more."""
        found = super().annotated(frame, annotation)
        if not found.types or found.kind or all(map(self.is_type, found.types)):
            return found
        return changed(found, types=frozenset(filter(self.is_type, found.types)), open=True)

    def is_type(self, name: str) -> bool:
        """Whether models, the project or the language know a type of this name."""
        self._type_names = self._type_names or self.models.type_names() | CLOSED_TYPES | _PRIMITIVE
        return name in self._type_names or self.class_of(name) is not None

    def made_type(self, base: str) -> str:
        """As `Engine.made_type`; a module may be the class that it exports: `class Server extends Koa`."""
        made = self.models.results.get(base, base)
        return made if made != base and made[:1] not in _RULES and made != "self" and self.is_type(made) else base

    def declares(self, symbol: FunctionSymbol, param: ir.Param) -> bool:
        if param.annotation is None:
            return False
        known = self._declared_here.get(id(param))
        if known is None:
            found = self.annotated(self.frame(symbol.module), param.annotation)
            known = self._declared_here[id(param)] = bool(found.types or found.kind or found.made)
        return known

    # --- functions --------------------------------------------------------------------------------------------------

    def note_checked(self, symbol: FunctionSymbol, found: script_validators.Checked, *, handed: bool = False) -> None:
        """Middleware has checked a handler's requests; of one that serves several routes, what was checked for all.

        `handed`: another handler hands its request on to it, which says nothing of one that is registered itself.
        """
        before = self._checked.get(symbol.key)
        if handed:
            self._taking.add(symbol.key)
        elif symbol.key in self._taking:
            self._taking.discard(symbol.key)
            before = None
        self._checked[symbol.key] = found if before is None else script_validators.in_both(before, found)
        if found or before:
            self._stale.add(symbol.key)

    def note_call(
        self, symbol: FunctionSymbol, bound: Bound, frame: FrameState | None = None, node: ir.Call | None = None
    ) -> None:
        """As `Engine.note_call`; a callback that only this call waits for is no fact of the function."""
        passing = [at for at, value in bound.items() if value.refs and any(isinstance(one, Passing) for one in value.refs)]
        told = {at: value for at, value in bound.items() if at not in passing} if passing else bound
        super().note_call(symbol, told, frame, node)

    def hand_on_checked(self, function: FunctionSymbol, symbol: FunctionSymbol, node: ir.Call) -> None:
        """`(req, res) => orders.list(req, res)`: whom a handler hands its request as it is, gets it as checked."""
        found = self._checked.get(function.key)
        registered = symbol.key in self._checked and symbol.key not in self._taking
        if found is None or registered or (function.key, symbol.key) in self._passed_on:
            return
        names = [param.name for param in function.node.params]
        given = [arg.value.id for arg in node.args if isinstance(arg.value, ir.Name)]
        if given and len(given) == len(node.args) and given == names[: len(given)]:
            self._passed_on.add((function.key, symbol.key))
            self.note_checked(symbol, found, handed=True)

    def occurrences(self, runs: Collection[str] | None = None) -> Iterator[tuple[str, FunctionSymbol | None, Concept]]:
        """As `Engine.occurrences`; what happens in a handler whose requests are checked, only its own run knows."""
        known = {id(one.node) for one in self.project.functions() if self._checked.get(one.key)}
        for run, function, event in super().occurrences(runs):
            inside = event.site.function
            of_handler = inside is None or id(inside) not in known or (function is not None and function.node is inside)
            if of_handler and not self.registrars.is_retold(function, event):
                yield run, function, event

    def bind_parameters(self, frame: Frame, symbol: FunctionSymbol) -> None:
        super().bind_parameters(frame, symbol)
        node = symbol.node
        if symbol.has_receiver and symbol.owner is not None:
            origin = Origin("param", (symbol.key, len(node.params) - 1), _ME)
            own = self.instance_of(symbol.owner).with_origins((origin,))
            frame.env[_ME] = ref(symbol.owner) if node.is_static else own
        found = self._checked.get(symbol.key)
        if found and node.params and isinstance(frame, ScriptFrame):
            script_validators.bound(frame, node.params, found)
        for param in node.params:
            if param.pattern is not None:
                declared = ir.Assign(param.at, param.end, [], "", None, None, "let")
                frame.bind(param.pattern, frame.env.get(param.name, UNKNOWN), declared)
                script_declared.note(frame, param)
