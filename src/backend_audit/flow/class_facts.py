"""Classes of the project: their lineage, methods and class attributes."""

from backend_audit import ir
from backend_audit.flow.concepts import Operand, Setting, Site
from backend_audit.flow.folders import FolderSymbol, module_value
from backend_audit.flow.frame import Env, FrameState
from backend_audit.flow.module_names import ModuleNames
from backend_audit.flow.ordering import in_order
from backend_audit.flow.syntax import is_configuration, is_settings
from backend_audit.flow.values import CLASS, NOTHING, UNKNOWN, Value, changed, constant, join, join_all, ref
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, ObjectSymbol, Symbol

_MAX_MRO = 40
_MAX_TARGETS = 4  # methods of one name that an unknown object's call is followed into
_COMMON = frozenset(name for kind in (str, bytes, list, dict, set, tuple, int, float, object) for name in dir(kind)) | frozenset(
    "run start stop close open read write send recv save delete create call execute fetch query filter all first one"
    " commit rollback connect process handle apply load dump loads dumps validate clean submit next result wait".split()
)
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"})


class ClassFacts(ModuleNames):
    """What classes have of themselves and of their bases."""

    def instance_of(self, symbol: ClassSymbol) -> Value:
        """An instance; its external bases are types too, so that their methods are found."""
        return Value(types=frozenset((CLASS + symbol.key,)))

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
                            self.emit_setting(frame, statement.targets[0], name, attributes[name], statement, "class")

    def setting(self, frame: FrameState, target: ir.Name, name: str, value: Value, node: ir.Assign) -> None:
        """A module constant of a settings module gets a value."""
        if name.isupper() and is_settings(frame.module.path):
            self.emit_setting(frame, target, name, value, node, "module")

    def emit_setting(self, frame: FrameState, target: ir.Name, name: str, value: Value, node: ir.Assign, framework: str) -> None:
        operand = Operand(value, node.value)
        site = Site(frame.module.path, node, f"{framework}.{name}", written(target), frame.scope, module=frame.module.node)
        concept = Setting(site=site, name=name, value=operand, framework=framework)
        frame.events[node.at, node.end, name, framework] = concept

    def bases(self, symbol: ClassSymbol) -> tuple[tuple[ClassSymbol, ...], tuple[str, ...]]:
        """All project classes in its lineage (itself first) and the external base classes, nearest first."""
        known = self._bases.get(symbol.key)
        if known is not None:
            return known
        self._bases[symbol.key] = ((symbol,), ())
        own, external = [symbol], []
        frame = self.frame(symbol.module)
        for base in symbol.node.bases:
            if base.name is not None:
                continue
            value = frame.eval(base.value.value if isinstance(base.value, ir.Index) else base.value)
            value = value if not base.star else join_all(value.inside())  # `class Query(*parts)`
            value = self._imported_before(symbol, base.value, value)
            for one in sorted(value.refs, key=lambda ref: ref.key):
                if isinstance(one, ClassSymbol) and one is not symbol:
                    inherited, outside = self.bases(one)
                    own = [*(two for two in own if two not in inherited), *inherited]  # a base comes after all its heirs
                    external += [two for two in outside if two not in external]
            external += [path for path in sorted(value.apis | value.types) if path not in external and path[:1] != CLASS]
        found = (tuple(own[:_MAX_MRO]), tuple(external))
        self._bases[symbol.key] = found
        if self._top_levels:
            self._early_bases.add(symbol.key)
        return found

    def _imported_before(self, symbol: ClassSymbol, node: ir.Expr, value: Value) -> Value:
        """A base as it was imported, where the module makes a class of the same name further down."""
        later = [one for one in value.refs if isinstance(one, ClassSymbol) and one.module is symbol.module]
        if not isinstance(node, ir.Name) or not any(one.node.at > symbol.node.at for one in later):
            return value
        imports = (one for one in symbol.module.node.body if isinstance(one, ir.Import) and one.at < symbol.node.at)
        for one in imports:
            alias = next((each for each in one.names if each.asname == node.id), None)
            if alias is not None and alias.name:
                target = self.project.find(symbol.module, one.module, one.level)
                found = self.module_attribute(target, alias.name) if isinstance(target, ModuleSymbol) else None
                if found is not None:
                    return found
                return value if one.level else Value(apis=frozenset((f"{one.module}.{alias.name}",)))
        return value

    def external_bases(self, symbol: ClassSymbol) -> tuple[str, ...]:
        return self.bases(symbol)[1]

    def made_type(self, base: str) -> str:
        """The type of what an external base class makes, as models name it."""
        return base

    def with_bases(self, value: Value) -> Value:
        """An object as checks see it: of the library's classes too that its class is built on."""
        owners = self.classes_of(value)
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

    def having(self, value: Value, method: FunctionSymbol) -> Value:
        """Of all that an object may be, what has the method."""
        if method.owner is None or not method.binds_first:
            return value
        found = frozenset(
            name
            for name in in_order(value.types)
            if (owner := self.class_of(name)) is not None and self.find_method(owner, method.node.name) is method
        )
        return changed(value, types=found) if found and found != value.types else value

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
        """What the class bodies of the project assign to `attr`, and functions to that attribute of the class."""
        for one in self.bases(symbol)[0]:
            attributes = self._attributes.get(one.key)
            if attributes is None:
                self.environment(one.module)
                attributes = self._attributes.get(one.key, {})
            own, added = attributes.get(attr), self._globals.get((one.key, attr))
            if own is not None or added is not None:
                return added if own is None else own if added is None else join(own, added)
        return None

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
