"""What modules of JavaScript and TypeScript give each other: exports, re-exports, what `require` and `import()` load."""

from functools import cached_property

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import Env
from backend_audit.flow.script_objects import OF
from backend_audit.flow.script_places import ROOT, Places
from backend_audit.flow.values import UNKNOWN, Value, api, changed, container, join_all, ref
from backend_audit.link.script_modules import api_path
from backend_audit.link.script_symbols import other_names
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol, ObjectSymbol, Symbol, object_key

_EXPORTS = ("module.exports", "exports")
_DEFAULT = "default"


class ScriptModules(Engine):
    """As `Engine`; a module is what it exports."""

    _early: list[str]
    made_for: tuple[FunctionSymbol, str] | None = None  # the function that is run for one of its calls, and which one that is

    @cached_property
    def loads(self) -> dict[int, list[ModuleSymbol]]:
        """What calls have loaded whose names are computed, by the call's identity."""
        return {}

    @cached_property
    def places(self) -> Places:
        """The folders of the project."""
        return Places(self.project)

    def prepared(self, module: ModuleSymbol) -> Env:  # noqa: ARG002 - the same for every module
        """What a module finds when it begins to run."""
        return {"exports": container("dict"), "module.exports": container("dict")}

    def required(self, module: ModuleSymbol, specifier: str) -> Value:
        """What `require(specifier)` gives in `module`."""
        target = self.loaded(module, specifier)
        if target is None:
            return UNKNOWN if specifier.startswith((".", "/", "#")) else api(self.models.canonical(api_path(specifier)))
        if not isinstance(target, ModuleSymbol):
            return UNKNOWN
        self.note_import(module, target)
        return ref(target) if target.is_its_exports else self.exports(target)

    def object_of(self, module: ModuleSymbol, node: ir.Call) -> ObjectSymbol:
        """As `Engine.object_of`; what a function makes that is run for one of its calls is told apart by that."""
        if self.made_for is None or module is not self.made_for[0].module:
            return super().object_of(module, node)
        function, call = self.made_for
        if not function.node.at <= node.at < function.node.end:
            return super().object_of(module, node)
        key = f"{object_key(module.path, node)}{OF}{call}"
        return self.made_in_calls.setdefault(key, ObjectSymbol(key, node))

    @cached_property
    def made_in_calls(self) -> dict[str, ObjectSymbol]:
        """What functions make that are run for one of their calls, by key."""
        return {}

    def loaded(self, module: ModuleSymbol, specifier: str) -> ModuleSymbol | str | None:
        """The module that a name or a whole path means in another."""
        names = self.places.specifiers(module, specifier)
        found = (self.project.find(module, name, 0) for name in names)
        return next((one for one in found if one is not None), None)

    def loading(self, module: ModuleSymbol, node: ir.Call, names: tuple[str, ...]) -> Value:
        """What `require(…)` gives for what may be several names: those of modules in sight, if there are any."""
        computed = not isinstance(node.args[0].value, ir.Const)
        told = [*names, *(f"{ROOT}/{name}" for name in names if computed and name[:1] not in "./")]
        found = {name: target for name in told if isinstance(target := self.loaded(module, name), ModuleSymbol)}
        if found and computed:
            known = self.loads.setdefault(id(node), [])
            known += [target for target in found.values() if target not in known]
        return join_all(self.required(module, name) for name in (found or names))

    def imported(self, module: ModuleSymbol, node: ir.Import, alias: ir.Alias) -> Value:
        return self.part_of(module, node.module, alias.name)

    def part_of(self, module: ModuleSymbol, specifier: str, name: str | None) -> Value:
        """The export `name` of a module as `module` names it; None for all of it."""
        whole = self.required(module, specifier)
        if name is None or whole is UNKNOWN:
            return whole
        target = self.project.find(module, specifier, 0)
        if isinstance(target, ModuleSymbol):
            early = len(self._early)
            found = self.module_attribute(target, name) if target is not module else None
            if (found is None and target.key in self._top_levels) or len(self._early) > early:
                self._early.append(module.key)  # a circle of imports: it, or one that it hands on from, has not run that far
            return UNKNOWN if found is None else found
        path = api_path(specifier)
        return api(self.models.canonical(path if name == _DEFAULT else f"{path}.{name}"))

    def module_attribute(self, module: ModuleSymbol, name: str) -> Value | None:
        if name in module.exported:
            specifier, inside = module.exported[name]
            return self.part_of(module, specifier, inside) if specifier else self.own(module, inside or name)
        if module.reexported and name != _DEFAULT:
            found = self.handed_on(module, name, lambda: self._from_all(module, name))
            if found is not None:
                return found
        if module.exported and not module.replaced:
            return None
        whole = self.exports(module)
        if name == _DEFAULT:
            return whole
        if whole.items is not None and name in whole.items:
            return whole.items[name]
        environment = self.environment(module)
        return environment.get(f"module.exports.{name}") or environment.get(f"exports.{name}")

    def _from_all(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name of the modules of which all is handed on."""
        for specifier in module.reexported:
            target = self.project.find(module, specifier, 0)
            if isinstance(target, ModuleSymbol) and target is not module:
                found = self.module_attribute(target, name)
                if found is not None:
                    return found
            elif target is None and not specifier.startswith("."):
                return api(self.models.canonical(f"{api_path(specifier)}.{name}"))
        return None

    def own(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name of a module's top level as others see it, which in a circle of imports has not run that far."""
        found = self.global_value(module, name)
        if found is None and (name in module.classes or name in module.functions):
            found = ref(module.classes[name] if name in module.classes else module.functions[name])
        return found

    def exports(self, module: ModuleSymbol) -> Value:
        """What `module.exports` is when the module has run."""
        environment = self.environment(module)
        whole, parts = environment.get("module.exports", UNKNOWN), environment.get("exports", UNKNOWN)
        if whole.kind == "dict" and parts.kind == "dict" and not whole.items and whole.elem is None:
            whole = parts
        for name in other_names(module.node.body):
            alias = environment.get(name, UNKNOWN)
            if whole.kind == "dict" and alias.kind == "dict":
                whole = changed(whole, items={**(whole.items or {}), **(alias.items or {})})
        return whole

    def star_value(self, module: ModuleSymbol, name: str) -> Value | None:  # noqa: ARG002 - names of star exports are not names here
        return None

    def symbol_attribute(self, symbol: Symbol, attr: str) -> Value:
        if isinstance(symbol, FunctionSymbol) and symbol.owner is None and symbol.parent is None:
            environment = self.environment(symbol.module)
            names = [symbol.node.name, *(name for name in _EXPORTS if symbol in environment.get(name, UNKNOWN).refs)]
            return next((found for name in names if (found := environment.get(f"{name}.{attr}")) is not None), UNKNOWN)
        return super().symbol_attribute(symbol, attr)
