"""What the names of modules mean: their top levels, imports, star imports, and what functions assign to them."""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.flow.engine_state import ALL, EngineState, Importer
from backend_audit.flow.folders import module_value
from backend_audit.flow.frame import Env, FrameState
from backend_audit.flow.ordering import in_order, of_kind
from backend_audit.flow.values import CLASS, NONE, UNKNOWN, Value, api, instance, join, join_all, ref
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol


class ModuleNames(EngineState):
    """Runs the top levels of modules when somebody asks for a name of theirs."""

    def run_modules(self) -> None:
        """Run every module; those that saw another one before it had run are read again when all have."""
        for module in self.project.modules.values():
            self.environment(module)
        early, self._early = set(self._early), []
        for module in self.project.modules.values():  # one by one: together they would meet the same circle again
            if module.key in early and self._environments.pop(module.key, None) is not None:
                self._stars.pop(module.key, None)
                self.environment(module)

    def environment(self, module: ModuleSymbol) -> Env:
        """The module's names after its top level has run."""
        known = self._environments.get(module.key)
        if known is not None:
            return known
        under_way = self._top_levels.get(module.key)
        if under_way is not None:
            return under_way.env
        frame = self.frame(module, None, self.prepared(module))
        self._top_levels[module.key] = frame
        self.contained(frame, module.node.body)
        del self._top_levels[module.key]
        self._environments[module.key] = frame.env
        while self._early_bases:
            self._bases.pop(self._early_bases.pop(), None)
        self._made_later(module, frame.env)
        for function in module.every:  # what the top level called has seen only the names above the call
            self._summaries.pop(function.key, None)
        self._module_events[module.key] = tuple(frame.events.values())
        return frame.env

    def _made_later(self, module: ModuleSymbol, names: Env) -> None:
        """`manager = None`, and a function that makes it: `global manager; manager = Manager()`."""
        empty = {name for name, value in names.items() if value.consts == NONE.consts and not value.open}
        for function in module.every if empty else ():
            scopes = (one for one in function.node.body if isinstance(one, ir.Scope) and one.kind == "global")
            stated = empty.intersection(name for one in scopes for name in one.names)
            for node in ir.walk(*function.node.body) if stated else ():
                if isinstance(node, ir.Assign) and isinstance(node.value, ir.Call):
                    for target in node.targets:
                        if isinstance(target, ir.Name) and target.id in stated:
                            names[target.id] = join(names[target.id], self._made_by(module, node.value.func))

    def _made_by(self, module: ModuleSymbol, callee: ir.Expr) -> Value:
        """An object of the class that `callee` names at the module's top level."""
        value = self.frame(module).eval(callee)
        own = [instance(CLASS + one.key) for one in of_kind(value.refs, ClassSymbol)]
        external = [self.models.result(path) or path for path in in_order(value.apis)]
        return join_all([*own, *(instance(path) for path in external if path.rpartition(".")[2][:1].isupper())])

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

    def set_global(self, module: ModuleSymbol | ClassSymbol, name: str, value: Value) -> None:
        """A function assigns to a name of the module (or class), or changes its container; those that have read it are stale."""
        key = (module.key, name)
        value = self.settled(value)
        before = self._globals.get(key)
        self._globals[key] = value if before is None else join(before, value)
        if before is None or not value.all_origins() <= before.all_origins():
            self._stale.update(self._readers.get(key, ()))

    def container_read(self, module: ModuleSymbol | ClassSymbol, name: str, reader: FunctionSymbol) -> None:
        """A function reads a container of the module, a name, or an attribute of a class, which others may fill later."""
        self._readers.setdefault((module.key, name), set()).add(reader.key)

    def star_value(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name that may come from a star import."""
        return self.handed_on(module, name, lambda: self._from_star(module, name))

    def handed_on(self, module: ModuleSymbol, name: str, look: Callable[[], Value | None]) -> Value | None:
        """What `look` finds for a name that a module hands on from others; nothing where these hand it on from that one."""
        if (module.key, name) in self._looked_for:
            return None
        self._looked_for.add((module.key, name))
        try:
            return look()
        finally:
            self._looked_for.discard((module.key, name))

    def _from_star(self, module: ModuleSymbol, name: str) -> Value | None:
        for target in self._stars.get(module.key, ()):
            if isinstance(target, ModuleSymbol):
                found = self.module_attribute(target, name)
                if found is not None:
                    return found
            elif self.knows(f"{target}.{name}"):
                return api(self.models.canonical(f"{target}.{name}"))
        return None

    def note_import(self, module: ModuleSymbol, target: ModuleSymbol, name: str = ALL) -> None:
        """A name of `module` is what `name` is in `target`."""
        self._importers.setdefault(target.key, {}).setdefault(module.key, Importer(module)).names.add(name)

    def import_star(self, frame: FrameState, node: ir.Import) -> None:
        target = self.project.find(frame.module, node.module, node.level)
        if isinstance(target, ModuleSymbol) and target is not frame.module:
            self.note_import(frame.module, target)
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
                self.note_import(module, target, alias.name)
                found = self.module_attribute(target, alias.name)
                if found is not None:
                    return found
            inside = self.project.at(f"{target.key}/{alias.name}" if target.key else alias.name)
            if inside is not None and target.is_package:
                return module_value(inside)
            if target.key in self._top_levels:
                self._early.append(module.key)
            return UNKNOWN
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
        if module.key in self._top_levels and (module.key, name) not in self._imported_later:
            later = self._handed_on(module, name)
            if later is not None:
                return later
        star = self.star_value(module, name)
        if star is not None:
            return star
        inside = self.project.at(f"{module.key}/{name}") if module.is_package else None
        return None if inside is None else module_value(inside)

    def _handed_on(self, module: ModuleSymbol, name: str) -> Value | None:
        """A name that the module imports further down: in a circle of imports it has not run that far, and here it will have."""
        for node in module.node.body:
            if not isinstance(node, ir.Import):
                continue
            for alias in node.names:
                if alias.name is not None and (alias.asname or alias.name) == name:
                    self._imported_later.add((module.key, name))
                    found = self.imported(module, node, alias)
                    self._imported_later.discard((module.key, name))
                    return found
        return None
