"""The engine: environments of modules, summaries of functions, fields of classes, computed on demand and kept.

Everything is asked for lazily and answered once; a question that comes back while it is being answered (a call cycle, a circular
import) gets what is known so far. A second round re-reads the functions whose parameters turned out, by their callers,
to be objects of known types.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.finding import Problem, ProblemKind
from backend_audit.flow import guards
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Concept, Operand, Setting, Site
from backend_audit.flow.expressions import Expressions
from backend_audit.flow.folders import FolderSymbol, module_value
from backend_audit.flow.frame import Env, FrameState
from backend_audit.flow.injection import AttributeHook, GivenHook, ParameterHook, ReturnHook, injected
from backend_audit.flow.models import Models
from backend_audit.flow.moments import CallSite, Loop
from backend_audit.flow.overrides import Overrides
from backend_audit.flow.statements import Frame
from backend_audit.flow.summary import EMPTY, MAX_LIFTS, Summary, delivered, depends
from backend_audit.flow.syntax import constructed, is_configuration, is_settings, self_writes, validates
from backend_audit.flow.types import annotation_value, holds_to_pattern
from backend_audit.flow.values import (
    MADE,
    NONE,
    NOTHING,
    UNKNOWN,
    Key,
    Origin,
    Value,
    api,
    changed,
    constant,
    container,
    join,
    join_all,
    ref,
)
from backend_audit.flow.written import written
from backend_audit.link.project import Project
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, ObjectSymbol, Symbol, object_key

_MAX_MRO = 40
_MAX_TARGETS = 4  # methods of one name that an unknown object's call is followed into
_COMMON = frozenset(name for kind in (str, bytes, list, dict, set, tuple, int, float, object) for name in dir(kind)) | frozenset(
    "run start stop close open read write send recv save delete create call execute fetch query filter all first one"
    " commit rollback connect process handle apply load dump loads dumps validate clean submit next result wait".split()
)
_CLASS = "@"  # begins the type name of a class of the project


class Engine:
    """Answers what names, fields and calls of one project mean. Deterministic: modules and functions in path order."""

    frame_type: type[Frame] = Frame  # what executes a body of the project's language

    def __init__(
        self,
        project: Project,
        models: Models,
        parameter: "ParameterHook | None" = None,
        returned: "ReturnHook | None" = None,
        given: "GivenHook | None" = None,
        attribute: "AttributeHook | None" = None,
    ) -> None:
        self.project = project
        self._parameter = parameter
        self.returned = returned
        self.given = given
        self.attribute = attribute
        self.models = models
        self._environments: dict[str, Env] = {}
        self._top_levels: dict[str, Frame] = {}  # modules under way
        self._module_events: dict[str, tuple[Concept, ...]] = {}
        self._globals: dict[tuple[str, str], Value] = {}
        self._stars: dict[str, list[ModuleSymbol | str]] = {}
        self._summaries: dict[str, Summary] = {}
        self._running: set[str] = set()
        self._constant_calls: dict[tuple[object, ...], Value] = {}
        self.under_way: dict[str, Frame] = {}  # the runs of functions that are not finished
        self._closures: dict[str, Env] = {}
        self._classes: dict[str, ClassSymbol] = {}
        self._attributes: dict[str, dict[str, Value]] = {}
        self._fields: dict[str, dict[str, Value]] = {}
        self._facts: dict[str, dict[int, Value]] = {}
        self._stale: set[str] = set()
        self._bases: dict[str, tuple[tuple[ClassSymbol, ...], tuple[str, ...]]] = {}
        self._class_frames: dict[str, FrameState] = {}
        self._known: dict[str, bool] = {}
        for symbol in project.symbols.values():
            if isinstance(symbol, ClassSymbol):
                self._classes[_CLASS + symbol.key] = symbol
        self._writers: dict[str, dict[str, list[FunctionSymbol]]] = {}
        self._by_name: dict[str, list[FunctionSymbol]] | None = None
        self._annotations: dict[str, dict[str, ir.Assign]] = {}
        self._validated: dict[tuple[str, str], frozenset[str]] = {}
        self._external: dict[tuple[str, str], Value] = {}
        self._readers: dict[tuple[str, str], set[str]] = {}
        self.calls: dict[str, dict[str, FunctionSymbol]] = {}  # caller → the functions that it calls, by key
        self.sites: dict[str, dict[tuple[int, str], CallSite]] = {}  # caller → its calls of the project's functions
        self.loops: dict[int, tuple[FunctionSymbol, Loop]] = {}  # those that were run through, by what they bind
        self.callees: dict[int, dict[str, FunctionSymbol]] = {}  # by the identity of a call, where order is asked for
        self._objects: dict[int, ObjectSymbol] = {}
        self._parametric: set[tuple[str, str]] = set()  # fields that hold what some call passed in
        self.overrides = Overrides(self)
        self.problems: list[Problem] = []

    # --- the whole project ------------------------------------------------------------------------------------------

    def go_through(self) -> None:
        """Run every module and function of the project, and those again that came to know more.

        A function does whose parameters have turned out to be known objects, or whose callees now do more with what it passes.
        """
        self._round(self.project.functions())
        for _ in range(_ROUNDS):
            stale, self._stale = self._stale, set()
            functions = [one for one in self.project.functions() if one.key in stale]
            if not functions:
                return
            before = {one.key: self._summaries.pop(one.key, EMPTY) for one in functions}
            self._round(iter(functions))
            grown = {key for key, one in before.items() if len(self._summaries.get(key, EMPTY).lifting) > len(one.lifting)}
            self._stale.update(caller for caller, callees in self.calls.items() if not grown.isdisjoint(callees))

    def concepts(self) -> Iterator[Concept]:
        """Every concept that occurs in the project, in path order, those that callers' data completed included."""
        self.go_through()
        for _, event in self.occurrences():
            yield event

    def occurrences(self) -> Iterator[tuple[FunctionSymbol | None, Concept]]:
        """The concepts of a project that was gone through, each with the function in whose run it occurs."""
        for module in self.project.modules.values():
            for event in self._module_events.get(module.key, ()):
                yield None, delivered(event, self.has_callers)
            for function in module.every:
                for event in self._summaries.get(function.key, EMPTY).events:
                    yield function, delivered(event, self.has_callers)

    def _round(self, functions: Iterator[FunctionSymbol]) -> None:
        for module in self.project.modules.values():
            self.environment(module)
        for function in functions:
            self.summary(function)

    def has_callers(self, function_key: str) -> bool:
        """Whether the project itself calls this function: then its callers decide about its parameters."""
        return function_key in self._facts

    # --- modules ----------------------------------------------------------------------------------------------------

    def environment(self, module: ModuleSymbol) -> Env:
        """The module's names after its top level has run."""
        known = self._environments.get(module.key)
        if known is not None:
            return known
        under_way = self._top_levels.get(module.key)
        if under_way is not None:
            return under_way.env
        frame = self.frame_type(self, module, None, self.prepared(module))
        self._top_levels[module.key] = frame
        self._contained(frame, module.node.body)
        del self._top_levels[module.key]
        self._environments[module.key] = frame.env
        for function in module.every:  # what the top level called has seen only the names above the call
            self._summaries.pop(function.key, None)
        self._module_events[module.key] = tuple(frame.events.values())
        return frame.env

    def prepared(self, module: ModuleSymbol) -> Env:  # noqa: ARG002 - for those whose modules differ
        """The names that a module finds when it begins to run."""
        return {}

    def required(self, module: ModuleSymbol, specifier: str) -> Value:  # noqa: ARG002 - as above
        """What loading the module of that name by a call gives."""
        return UNKNOWN

    def global_value(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name of the module's top level, with what functions assign to it by `global`."""
        found = self.environment(module).get(name)
        added = self._globals.get((module.key, name))
        if found is None or added is None:
            return found if added is None else added
        return join(found, added)

    def set_global(self, module: ModuleSymbol, name: str, value: Value) -> None:
        """A function assigns to a name of the module, or changes its container; those that have read it before are stale."""
        key = (module.key, name)
        value = self.settled(value)
        before = self._globals.get(key)
        self._globals[key] = value if before is None else join(before, value)
        if before is None or not value.all_origins() <= before.all_origins():
            self._stale.update(self._readers.get(key, ()))

    def container_read(self, module: ModuleSymbol, name: str, reader: FunctionSymbol) -> None:
        """A function reads a container of the module, which others may fill later."""
        self._readers.setdefault((module.key, name), set()).add(reader.key)

    def star_value(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name that may come from a star import."""
        for target in self._stars.get(module.key, ()):
            if isinstance(target, ModuleSymbol):
                found = self.module_attribute(target, name)
                if found is not None:
                    return found
            elif self.knows(f"{target}.{name}"):
                return api(self.models.canonical(f"{target}.{name}"))
        return None

    def import_star(self, frame: FrameState, node: ir.Import) -> None:
        target = self.project.find(frame.module, node.module, node.level)
        if isinstance(target, ModuleSymbol) and target is not frame.module:
            self.environment(target)
        known = target if isinstance(target, ModuleSymbol) else node.module if target is None and not node.level else None
        if known is not None:
            self._stars.setdefault(frame.module.key, []).append(known)

    def imported(self, module: ModuleSymbol, node: ir.Import, alias: ir.Alias) -> Value:
        """What one name of an import statement is."""
        if alias.name is None:
            head = node.module.partition(".")[0]
            dotted_name = head if alias.asname == head else node.module
            target = self.project.find(module, dotted_name, 0)
            return api(dotted_name) if target is None else module_value(target)
        target = self.project.find(module, node.module, node.level)
        if target is None:
            return api(self.models.canonical(f"{self.project.absolute(module, node.module, node.level)}.{alias.name}"))
        if isinstance(target, ModuleSymbol):
            if target is not module:
                found = self.module_attribute(target, alias.name)
                if found is not None:
                    return found
            inside = self.project.at(f"{target.key}/{alias.name}" if target.key else alias.name)
            return UNKNOWN if inside is None or not target.is_package else module_value(inside)
        inside = self.project.at(f"{target}/{alias.name}")
        return UNKNOWN if inside is None else module_value(inside)

    def module_attribute(self, module: ModuleSymbol, name: str) -> Value | None:
        """`module.name` from outside."""
        environment = self.environment(module)
        if name in environment:
            return self.global_value(module, name)
        if name in module.functions:  # a circular import: the module has not run that far
            return ref(module.functions[name])
        if name in module.classes:
            return ref(module.classes[name])
        star = self.star_value(module, name)
        if star is not None:
            return star
        inside = self.project.at(f"{module.key}/{name}") if module.is_package else None
        return None if inside is None else module_value(inside)

    def object_of(self, module: ModuleSymbol, node: ir.Call) -> ObjectSymbol:
        """The object that the call `node` makes."""
        return self._objects.setdefault(id(node), ObjectSymbol(object_key(module.path, node), node))

    def symbol_attribute(self, symbol: Symbol, attr: str) -> Value:
        """`symbol.attr` for a module, class or function of the project."""
        if isinstance(symbol, ObjectSymbol):
            return NOTHING  # its type says what its attributes are
        if isinstance(symbol, ModuleSymbol):
            found = self.module_attribute(symbol, attr)
            return UNKNOWN if found is None else found
        if isinstance(symbol, ClassSymbol):
            method = self.find_method(symbol, attr)
            if method is not None:
                return ref(method)
            return self.class_attribute(symbol, attr)
        if isinstance(symbol, FolderSymbol):
            inside = self.project.at(f"{symbol.key}/{attr}")
            return UNKNOWN if inside is None else module_value(inside)
        return UNKNOWN

    # --- classes ----------------------------------------------------------------------------------------------------

    def class_of(self, type_name: str) -> ClassSymbol | None:
        return self._classes.get(type_name) if type_name[:1] == _CLASS else None

    def instance_of(self, symbol: ClassSymbol) -> Value:
        """An instance; its external bases are types too, so that their methods are found."""
        return Value(types=frozenset((_CLASS + symbol.key,)))

    def define_class(self, frame: FrameState, symbol: Symbol, attributes: Env) -> None:
        """The class body has run: `attributes` are its names."""
        if isinstance(symbol, ClassSymbol):
            self._attributes[symbol.key] = attributes
            self._class_frames[symbol.key] = frame
            if is_configuration(symbol.name):
                for statement in symbol.node.body:
                    if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                        name = statement.targets[0].id
                        if name.isupper() and name in attributes:
                            self._emit_setting(frame, statement.targets[0], name, attributes[name], statement, "class")

    def bases(self, symbol: ClassSymbol) -> tuple[tuple[ClassSymbol, ...], tuple[str, ...]]:
        """All project classes in its lineage (itself first) and the external base classes, nearest first."""
        known = self._bases.get(symbol.key)
        if known is not None:
            return known
        self._bases[symbol.key] = ((symbol,), ())
        own, external = [symbol], []
        frame = self.frame_type(self, symbol.module, None, dict(self.environment(symbol.module)))
        for base in symbol.node.bases:
            if base.name is not None:
                continue
            value = frame.eval(base.value.value if isinstance(base.value, ir.Index) else base.value)
            for one in sorted(value.refs, key=lambda ref: ref.key):
                if isinstance(one, ClassSymbol) and one is not symbol:
                    inherited, outside = self.bases(one)
                    own = [*(two for two in own if two not in inherited), *inherited]  # a base comes after all its heirs
                    external += [two for two in outside if two not in external]
            external += [path for path in sorted(value.apis | value.types) if path not in external and path[:1] != _CLASS]
        found = (tuple(own[:_MAX_MRO]), tuple(external))
        self._bases[symbol.key] = found
        return found

    def external_bases(self, symbol: ClassSymbol) -> tuple[str, ...]:
        return self.bases(symbol)[1]

    def with_bases(self, value: Value) -> Value:
        """An object as checks see it: of the library's classes too that its class is built on."""
        owners = [owner for name in value.types if (owner := self.class_of(name)) is not None]
        if not owners:
            return value
        return changed(value, types=value.types.union(*(self.external_bases(owner) for owner in owners)))

    def methods_called(self, name: str, positional: int) -> list[FunctionSymbol]:
        """The project's methods that a call of `name` on an object of unknown class can mean, if these are few.

        Names that builtin types and models know are left out: the object may as well be one of those.
        """
        if self._by_name is None:
            self._by_name = {}
            for function in self.project.functions():
                if function.owner is not None and function.binds_first:
                    self._by_name.setdefault(function.node.name, []).append(function)
            for known in {path.rsplit(".", 1)[-1] for path in self.models.method_names()} | _COMMON:
                self._by_name.pop(known, None)
        found = [one for one in self._by_name.get(name, ()) if len(one.node.params) > positional]
        return found if len(found) <= _MAX_TARGETS else []

    def find_method(self, symbol: ClassSymbol, name: str) -> FunctionSymbol | None:
        return next((one.methods[name] for one in self.bases(symbol)[0] if name in one.methods), None)

    def above(self, owner: ClassSymbol) -> Value:
        """What `super()` is in a method of `owner`: an object as its nearest base sees it."""
        project, external = self.bases(owner)
        return self.instance_of(project[1]) if len(project) > 1 else Value(types=frozenset(external[:1]), open=not external)

    def _is_enum(self, symbol: ClassSymbol) -> bool:
        return not _ENUMS.isdisjoint(self.external_bases(symbol))

    def _members(self, symbol: ClassSymbol) -> Value | None:
        """The values of an enumeration's members; None where they are not all written there."""
        self._own_attribute(symbol, "")  # runs the class body
        values = [
            value
            for one in self.bases(symbol)[0]
            for name, value in self._attributes.get(one.key, {}).items()
            if not name.startswith("_") and not value.refs
        ]
        return join_all(values) if values and all(value.constants() for value in values) else None

    def class_attribute(self, symbol: ClassSymbol, attr: str) -> Value:
        found = self._own_attribute(symbol, attr)
        external = self.external_bases(symbol)
        if found is not None and found.consts and self._is_enum(symbol):
            return changed(found, items={"value": found, "name": constant("str", attr)})
        if found is None and external:
            found = Value(apis=frozenset(self.models.canonical(f"{path}.{attr}") for path in external))
        return UNKNOWN if found is None else found

    def _own_attribute(self, symbol: ClassSymbol, attr: str) -> Value | None:
        """What the class bodies of the project assign to `attr`."""
        for one in self.bases(symbol)[0]:
            attributes = self._attributes.get(one.key)
            if attributes is None:
                self.environment(one.module)
                attributes = self._attributes.get(one.key, {})
            if attr in attributes:
                return attributes[attr]
        return None

    def instance_attribute(self, owner: ClassSymbol, attr: str, node: ir.Attribute, frame: "Expressions") -> Value:
        """`self.attr`: a method, what methods assign to it, a class attribute, or an external base's attribute."""
        given = None if self.attribute is None else self.attribute(frame, owner, attr, node)
        if given is not None:
            return given
        method = self.find_method(owner, attr)
        if method is not None:
            meant = self.overrides.of(method)
            if method.decorated("property", "cached_property", "hybrid_property"):
                return join_all(self.summary(one).result if one.key not in self._running else UNKNOWN for one in meant)
            return Value(refs=frozenset(meant))
        found = self.field(owner, attr)
        if found is None and attr == "value" and self._is_enum(owner):
            found = self._members(owner)
        if found is not None:
            return found
        own = self.overrides.default(owner, attr, self._own_attribute(owner, attr))
        declared = self._declared(owner, attr)
        if own is not None:
            if declared is not None and (declared.types or declared.made) and not declared.open and not own.is_literal():
                return declared  # `isbn: int = Field(ge=1)`: the default says how it is validated, the annotation what it is
            return own if declared is None or not own.is_literal() else join(own, declared)
        if declared is not None:
            return declared
        external = self.external_bases(owner)
        return join_all(frame.read_type(path, attr, node) for path in external) if external else UNKNOWN

    def _declared(self, owner: ClassSymbol, attr: str) -> Value | None:
        """The value that an annotation in a class body promises (`name: str` of a dataclass or model)."""
        for one in self.bases(owner)[0]:
            statement = self._annotated_fields(one).get(attr)
            if statement is not None and statement.annotation is not None:
                frame = self.frame_type(self, one.module, None, self.environment(one.module))
                if holds_to_pattern(statement.value, statement.annotation):
                    return MADE
                value = self.annotated(frame, statement.annotation)
                enum = any((known := self.class_of(name)) is not None and self._is_enum(known) for name in value.types)
                return changed(value, open=False, made=True) if enum else value
        return None

    def _annotated_fields(self, symbol: ClassSymbol) -> dict[str, ir.Assign]:
        """The annotated assignments of a class body by name, the first of each."""
        known = self._annotations.get(symbol.key)
        if known is None:
            known = {}
            for statement in symbol.node.body:
                target = statement.targets[0] if isinstance(statement, ir.Assign) and statement.annotation is not None else None
                if isinstance(statement, ir.Assign) and isinstance(target, ir.Name):
                    known.setdefault(target.id, statement)
            self._annotations[symbol.key] = known
        return known

    def field_names(self, symbol: ClassSymbol) -> list[str]:
        """The fields of a class whose constructor follows from its annotations (dataclass, NamedTuple, attrs), in their order."""
        names: dict[str, None] = {}
        for one in reversed(self.bases(symbol)[0]):
            for name, statement in self._annotated_fields(one).items():
                if not written(statement.annotation).startswith(("ClassVar", "typing.ClassVar")):
                    names[name] = None
        return list(names)

    def validated(self, owner: ClassSymbol, attr: str) -> frozenset[str]:
        """The contexts in which a field is harmless since a validator of its class has let it through.

        https://docs.pydantic.dev/latest/concepts/validators/: the field's name is the decorator's argument, the value the
        parameter after the class.
        """
        known = self._validated.get((owner.key, attr))
        if known is None:
            known = frozenset()
            for one in self.bases(owner)[0]:
                for method in one.methods.values():
                    if validates(method, attr) and method.key not in self._running:
                        known |= self.summary(method).after.get(1, frozenset())
            self._validated[owner.key, attr] = known
        return known

    def field(self, owner: ClassSymbol, attr: str) -> Value | None:
        """What the methods of the class (and its bases) assign to `self.attr`."""
        found: Value | None = None
        for one in self.bases(owner)[0]:
            for method in self._writing(one).get(attr, ()):
                if method.key not in self._running:
                    self.summary(method)
            value = self._fields.get(one.key, {}).get(attr)
            if value is not None:
                found = value if found is None else join(found, value)
        return found

    def _writing(self, symbol: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
        known = self._writers.get(symbol.key)
        if known is None:
            known = {}
            for method in symbol.methods.values():
                if method.node.params:
                    for attr in self_writes(method.node.body, method.node.params[0].name):
                        writers = known.setdefault(attr, [])
                        if method not in writers:
                            writers.append(method)
            self._writers[symbol.key] = known
        return known

    def external_field(self, path: str, attr: str, reader: FunctionSymbol | None) -> Value | None:
        """What the project puts into an attribute of an object of a library (`flask.g.user`, `request.state.session`)."""
        if reader is not None:
            self._readers.setdefault((path, attr), set()).add(reader.key)
        return self._external.get((path, attr))

    def set_external(self, path: str, attr: str, value: Value) -> None:
        """An attribute of a library's object is assigned; functions that have read it before are stale."""
        key = (path, attr)
        value = self.settled(value)
        before = self._external.get(key)
        self._external[key] = value if before is None else join(before, value)
        if before is None:
            self._stale.update(self._readers.get(key, ()))

    def is_parametric(self, owner: ClassSymbol, attr: str) -> bool:
        """Whether the field holds what a caller passed in, so that each object has a value of its own."""
        return any((one.key, attr) in self._parametric for one in self.bases(owner)[0])

    def set_field(self, owner: ClassSymbol, attr: str, value: Value) -> None:
        fields = self._fields.setdefault(owner.key, {})
        if any(origin.label == "param" for origin in value.all_origins()):
            self._parametric.add((owner.key, attr))
        value = self.settled(value)
        fields[attr] = join(fields[attr], value) if attr in fields else value

    def settled(self, value: Value) -> Value:
        """`value` outside of the call that made it: parameters become what their callers are known to pass."""
        params = [origin for origin in value.all_origins() if origin.label == "param"]
        if not params:
            return value

        def known(origin: Origin) -> tuple[Origin, ...]:
            return () if origin.label == "param" else (origin,)

        from backend_audit.flow.values import transform  # noqa: PLC0415

        return transform(value, known)

    # --- functions --------------------------------------------------------------------------------------------------

    def summary(self, symbol: FunctionSymbol) -> Summary:
        """What calling the function gives and does, in terms of its parameters."""
        known = self._summaries.get(symbol.key)
        if known is not None:
            return known
        if symbol.key in self._running or len(self._running) > _MAX_RUNNING:
            return EMPTY
        self._running.add(symbol.key)
        self.environment(symbol.module)
        frame = self.frame_type(self, symbol.module, symbol, {})
        self.under_way[symbol.key] = frame
        self._closures[symbol.key] = frame.env
        self._bind_parameters(frame, symbol)
        frame.given = dict(frame.env)
        if self._contained(frame, symbol.node.body):
            frame.way_out(NONE, None)
        self._closures[symbol.key] = frame.env
        del self.under_way[symbol.key]
        self._running.discard(symbol.key)
        result = frame.returns if not symbol.node.is_generator else container("list", None, frame.yields)
        if result is NOTHING:
            result = UNKNOWN
        if symbol.node.returns is not None and not symbol.node.is_generator:
            result = self._promised(result, self.annotated(frame, symbol.node.returns))
        events = tuple(frame.events.values())
        lifting = tuple(event for event in events if depends(event, symbol.key))[:MAX_LIFTS]
        ways = {name: guards.common_to(cleared) for name, cleared in frame.ways.items()}
        fields = self.left_in_fields(frame, symbol)
        summary = Summary(result, frame.yields, events, lifting, ways["true"], ways["false"], ways["any"], fields)
        self._summaries[symbol.key] = summary
        for nested in symbol.nested:
            self.summary(nested)
        if not symbol.nested:
            del self._closures[symbol.key]
        return summary

    def left_in_fields(self, frame: Frame, symbol: FunctionSymbol) -> dict[Key, Value]:
        """What a constructor leaves in the fields of its object."""
        return constructed(frame, symbol.node.params[0].name) if symbol.node.name == "__init__" and symbol.node.params else {}

    def chosen(self, symbol: FunctionSymbol, bound: Bound, result: Value) -> Value:
        """Which of several functions a factory gives for constant arguments: `authorizer(required=False)`."""
        found = self._with_constants(symbol, bound)
        return found if found is not None and found.refs else result

    def computed(self, symbol: FunctionSymbol, bound: Bound, result: Value) -> Value:
        """What a function makes of constant arguments, its defaults among them, if nothing else is in it."""
        if not any(origin.label == "param" for origin in self.summary(symbol).result.all_origins()):
            return result
        found = self._with_constants(symbol, bound)
        return found if found is not None and found.is_literal() else result

    def _with_constants(self, symbol: FunctionSymbol, bound: Bound) -> Value | None:
        """What the function gives when it is run with its arguments, all of them being constants."""
        params = symbol.node.params
        if symbol.key in self._running or not params or any(at not in bound or not bound[at].consts for at in range(len(params))):
            return None
        key = (symbol.key, *(bound[at].consts for at in range(len(params))))
        if key not in self._constant_calls:
            self._running.add(symbol.key)
            frame = self.frame_type(self, symbol.module, symbol, {param.name: bound[at] for at, param in enumerate(params)})
            self._contained(frame, symbol.node.body)
            self._running.discard(symbol.key)
            self._constant_calls[key] = frame.returns
        return self._constant_calls[key]

    @staticmethod
    def _promised(result: Value, declared: Value) -> Value:
        """The annotation says what a result is of which nothing is known, or only what unknown function made it."""
        if not declared.types or result.shapes or result.consts or result.kind:
            return result
        if result.open and not result.types:
            return changed(result, types=declared.types)
        made_elsewhere = result.types and all(name.endswith("()") for name in result.types)
        return changed(result, open=True, types=declared.types) if made_elsewhere and "str" not in declared.types else result

    def _contained(self, frame: Frame, body: list[ir.Stmt]) -> bool:
        """Run a body, and say whether its end is reached; if it fails, what is known so far stands, and it is a problem."""
        try:
            return frame.run(body)
        except Exception as error:  # noqa: BLE001 - the edge of one function's analysis
            where = f" in {frame.scope}" if frame.scope else ""
            message = f"following values{where} failed with {type(error).__name__}"
            self.problems.append(Problem(frame.module.path, 0, ProblemKind.CRASH, message))
            return False

    def closure(self, symbol: FunctionSymbol) -> Env | None:
        """The local names of an enclosing function, as far as it has run."""
        return self._closures.get(symbol.key)

    def _bind_parameters(self, frame: Frame, symbol: FunctionSymbol) -> None:
        facts = self._facts.get(symbol.key, {})
        for at, param in enumerate(symbol.node.params):
            origin = Origin("param", (symbol.key, at), param.name)
            value = Value(open=True, origins=frozenset((origin,)))
            if at == 0 and symbol.owner is not None and symbol.binds_first:
                own = self.instance_of(symbol.owner).with_origins((origin,))
                frame.env[param.name] = ref(symbol.owner) if symbol.decorated("classmethod") else own
                continue
            if param.kind == "kwargs":
                value = Value(kind="dict", elem=value, origins=value.origins)
            elif param.kind == "args":
                each = Value(open=True, origins=frozenset((Origin("param", (symbol.key, at, "[]"), param.name),)))
                value = Value(kind="tuple", elem=each, origins=value.origins)
            else:
                declared = UNKNOWN if param.annotation is None else self.annotated(frame, param.annotation)
                value = changed(
                    value, open=declared.open, types=declared.types, items=declared.items, elem=declared.elem, kind=declared.kind
                )
                known = facts.get(at)
                if known is not None and not declared.types:
                    value = changed(value, types=known.types, refs=known.refs, apis=known.apis)
                elif known is not None and known.refs:
                    value = changed(value, refs=known.refs, types=value.types | known.types)
                if declared.made:  # one of the constants of a Literal
                    frame.env[param.name] = declared
                    continue
                filled = injected(self, frame, param)
                if filled is not None:
                    frame.env[param.name] = filled
                    continue
            frame.env[param.name] = value if self._parameter is None else self._parameter(frame, symbol, at, param, value)

    def note_call(
        self, symbol: FunctionSymbol, bound: Bound, frame: FrameState | None = None, node: ir.Call | None = None
    ) -> None:
        """Remember of which types the arguments of a call are; a summary made without knowing them is stale."""
        if frame is not None and frame.function is not None and node is not None:
            caller = frame.function
            self.calls.setdefault(caller.key, {})[symbol.key] = symbol
            self.sites.setdefault(caller.key, {})[node.at, symbol.key] = CallSite(caller, symbol, node, frame.moment(node))
        facts = self._facts.setdefault(symbol.key, {})
        for at, value in bound.items():
            param = symbol.node.params[at]
            if not (value.types or value.refs or value.apis) or param.kind in ("args", "kwargs"):
                continue
            if self.declares(symbol, param):  # it says the type, but not which of the objects that are told apart
                objects = frozenset(one for one in value.refs if isinstance(one, ObjectSymbol))
                if not objects:
                    continue
                value = Value(refs=objects, types=value.types)  # noqa: PLW2901
            types = frozenset(one for one in value.types if one not in ("str", "int", "float", "bool"))
            fact = Value(open=True, types=types, refs=value.refs, apis=frozenset(one for one in value.apis if "." in one))
            before = facts.get(at)
            after = fact if before is None else join(before, fact)
            if before is None or (after.types, after.refs, after.apis) != (before.types, before.refs, before.apis):
                facts[at] = after
                if symbol.key in self._summaries and (types or fact.refs or fact.apis):
                    self._stale.add(symbol.key)

    def declares(self, symbol: FunctionSymbol, param: ir.Param) -> bool:  # noqa: ARG002 - for those where annotations may be empty
        """Whether the annotation of a parameter says of which type it is."""
        return param.annotation is not None

    # --- helpers of frames ------------------------------------------------------------------------------------------

    def knows(self, path: str) -> bool:
        """Whether any model says something about this API path."""
        known = self._known.get(path)
        if known is None:
            models = self.models
            known = (
                path in models.results or path in models.transfers or path in models.bases or path in models.forwards
                or path in models.callbacks or path in models.parts or path in models.access
                or any(path in table for table in models.rows.values())
                or any(path in table for table in models.sources.values())
            )  # fmt: skip
            self._known[path] = known
        return known

    def annotated(self, frame: FrameState, annotation: ir.Expr) -> Value:
        return annotation_value(frame, annotation)

    def type_expression(self, frame: FrameState, node: ir.Expr) -> Value:
        """What a name in type position means: of the module, never a local variable's secret."""
        if isinstance(node, ir.Name):
            found = self.global_value(frame.module, node.id)
            if found is None:
                found = frame.env.get(node.id) or self.star_value(frame.module, node.id) or api(node.id)
            return found
        if isinstance(node, ir.Attribute):
            base = self.type_expression(frame, node.value)
            found = NOTHING
            for symbol in sorted(base.refs, key=lambda one: one.key):
                found = join(found, self.symbol_attribute(symbol, node.attr))
            for path in sorted(base.apis):
                found = join(found, api(self.models.canonical(f"{path}.{node.attr}")))
            return found
        return UNKNOWN

    def types_of(self, frame: FrameState, node: ir.Expr) -> frozenset[str]:
        """The types that the second argument of `isinstance` names."""
        if isinstance(node, ir.Container):
            parts = [self.types_of(frame, item.value) for item in node.items]
            return frozenset().union(*parts) if parts else frozenset()
        return annotation_value(frame, node).types

    def caught(self, frame: FrameState, handler: ir.Handler) -> Value:
        """The exception that a handler's name is bound to."""
        if handler.type is None:
            return UNKNOWN
        value = changed(annotation_value(frame, handler.type), open=True)
        names = tuple(sorted(self.types_of(frame, handler.type)))
        origin = Origin("error", (*names, f"{frame.module.path}:{handler.at}"), written(handler.type))
        return value.with_origins((origin.step(frame.mark(handler.type, f"`{handler.name}` is caught here")),))

    def entered(self, value: Value) -> Value:
        """What `with value as x` binds: a generator's yield for context managers, else the object (or what a model says)."""
        if value.kind == "list" and value.elem is not None and value.items is None:
            return value.elem  # a function with @contextmanager: its summary gives what it yields
        found = NOTHING
        for type_name in sorted(value.types):
            owner = self.class_of(type_name)
            target = self.models.result(f"{type_name}.__enter__")
            if owner is not None:
                method = self.find_method(owner, "__enter__") or self.find_method(owner, "__aenter__")
                found = join(found, self.instance_of(owner) if method is None else self.settled(self.summary(method).result))
            elif target is not None:
                found = join(found, Value(types=frozenset((target,))))
            else:
                found = join(found, Value(types=frozenset((type_name,))))
        return value if found is NOTHING else changed(found, open=value.open, made=value.made).with_origins(value.origins)

    def setting(self, frame: FrameState, target: ir.Name, name: str, value: Value, node: ir.Assign) -> None:
        """A module constant of a settings module gets a value."""
        if name.isupper() and is_settings(frame.module.path):
            self._emit_setting(frame, target, name, value, node, "module")

    def _emit_setting(self, frame: FrameState, target: ir.Name, name: str, value: Value, node: ir.Assign, framework: str) -> None:
        operand = Operand(value, node.value)
        site = Site(frame.module.path, node, f"{framework}.{name}", written(target), frame.scope, module=frame.module.node)
        concept = Setting(site=site, name=name, value=operand, framework=framework)
        frame.events[node.at, node.end, name, framework] = concept


_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})
_MAX_RUNNING = 400
_ROUNDS = 3  # more only serve chains of callbacks handed on and on
