"""Modules that a program finds by itself: `files.forEach((file) => require(file))`, of which each file is looked at alone."""

from backend_audit import ir
from backend_audit.flow import script_builtin, script_folders, script_listing, script_registrars, unrolled
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.script_callbacks import ScriptCallbacks
from backend_audit.flow.summary import bind_arguments
from backend_audit.flow.values import UNKNOWN, Value, changed, constant, container, instance, join_all
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_AUTOLOAD = frozenset(("@fastify/autoload", "fastify-autoload"))
_FEW = 16  # elements of a table that a registration is made of
_LOADERS = frozenset(("require", "import"))
# Also the type of what `createRequire` makes: https://nodejs.org/api/module.html#modulecreaterequirefilename
_REQUIRE = "require"
_BY_FILE = frozenset(("map", "flatMap", "filter", "forEach"))


class ScriptFiles(ScriptCallbacks):
    """Follows what is done with the files of a folder, one at a time."""

    def element(self, node: ir.Call, args: Args) -> Value:
        """`<p dangerouslySetInnerHTML={{ __html: text }} />`: rows of `react.element` say what its properties do."""
        for row in self.models.rows["call"].get("react.element", ()):
            self.emit(row, "react.element", node, {}, args)
        return UNKNOWN

    def loads(self, name: str) -> bool:
        """Whether a name is that of the function that loads modules: `require`, also one that is made by `createRequire`."""
        known = self.env.get(name)
        return name in _LOADERS if known is None else _REQUIRE in known.types

    def required(self, node: ir.Call) -> Value:
        """`require("x")` and `import("x")`."""
        args = self.arguments(node)
        first = argument(args, "0")
        names = () if first is None else first.value.texts()
        address = None if first is None or first.value.kind != "dict" else first.value.item("href")
        for row in self.models.rows["call"].get("require", ()):
            self.emit(row, "require", node, {}, args)
        if not names and address is None:
            params = () if first is None else [one for one in first.value.all_origins() if one.label == "param"]
            return script_folders.required_in(self.engine, self.module, node).with_origins(params)
        return self.engine.loading(self.module, node, names or (UNKNOWN if address is None else address).texts())

    def each(self, node: ir.Call, attr: str, receiver: Value, function: Operand) -> Value:
        """As `ScriptCallbacks.each`; of the files of a folder, each is handed over by itself."""
        files = script_listing.elements(receiver)
        if self.registering and attr == "map" and receiver.kind == "list" and receiver.elem is None and not receiver.open:
            files = self.one_by_one(receiver)
            if not receiver.items:
                return receiver
        if not files or attr not in _BY_FILE:
            return super().each(node, attr, receiver, function)
        if not self.registering:  # what functions may be handed is for them to know
            before = set(self.events)
            super().each(node, attr, container("list", None, script_builtin.values(receiver)), function)
            self.forget(before)
        at = 0

        def once(file: Value) -> Value:
            nonlocal at
            if not function.value.refs:
                return self.handed(node, function.value, [file])
            before, at = set(self.events), at + 1
            found = script_registrars.one_pass(self, node, function.value, [file, constant("int", at - 1)])
            unrolled.of_pass(self, before, at)
            return found

        return script_listing.each(attr, files, once)

    def reduced(self, node: ir.Call, receiver: Value, function: Operand, start: Operand | None) -> Value:
        files = script_listing.elements(receiver)
        if not files or start is None:
            return super().reduced(node, receiver, function, start)
        found = start.value
        for file in files:
            found = script_registrars.one_pass(self, node, function.value, [found, file])
        return found

    def chained(self, node: ir.Call, attr: str, receiver: Value, args: Args) -> Value:
        if attr == "then" and script_listing.elements(receiver) and args[0][1].value.refs:
            return script_registrars.one_pass(self, node, args[0][1].value, [receiver])
        return super().chained(node, attr, receiver, args)

    def run_once(self, node: ir.Call, function: Value, given: list[Value]) -> None:
        """Call a function with what is known here, not in terms of its parameters."""
        script_registrars.one_pass(self, node, function, given)

    def served(self, node: ir.Call, path: str, args: Args, result: Value) -> Value:
        """As `ScriptCallbacks.served`; @fastify/autoload hands the instance to what it finds in a folder."""
        before = set(self.events)
        loader, folder = argument(args, "0"), argument(args, "1.dir")
        modules = [] if loader is None else of_kind(loader.value.refs, ModuleSymbol)
        if path == "fastify.Instance.register" and modules:  # `register(import("./users.js"))`
            plugins = join_all(self.engine.module_attribute(one, "default") or UNKNOWN for one in modules)
            args = (("0", Operand(plugins, None)), *args[1:])
        found = super().served(node, path, args, result)
        if path == "fastify.Instance.register" and loader is not None and isinstance(loader.node, ir.Call):
            self.closed_over(node, loader.node, loader.value, args, before)
        if path != "fastify.Instance.register" or loader is None or folder is None or loader.value.apis.isdisjoint(_AUTOLOAD):
            return found
        options = argument(args, "1.options")
        given = [instance("fastify.Instance"), UNKNOWN if options is None else options.value]
        for module in self.engine.places.modules_below(folder.value.texts(), self.module):
            plugin = self.engine.module_attribute(module, "default")
            if plugin is not None and plugin.refs and not self.registering:
                self.handed(node, plugin, given)
        return found

    def closed_over(self, node: ir.Call, made: ir.Call, plugin: Value, args: Args, before: set[tuple[object, ...]]) -> None:
        """`register(crud("users"))`: a plugin that a function has made is run with what that was given."""
        for outer in list(self.engine.callees.get(id(made), {}).values()):
            inner = frozenset(one for one in plugin.refs if isinstance(one, FunctionSymbol) and one.parent is outer)
            if not inner or not outer.node.params or self.registering:
                continue
            options = argument(args, "1")
            instances = changed(instance("fastify.Instance"), refs=frozenset((self.engine.object_of(self.module, node),)))
            given = [instances, UNKNOWN if options is None else options.value]
            told = set(self.events)
            bound = bind_arguments(outer, None, self.arguments(made))
            self.engine.registrars.run_made(self, node, outer, bound, Value(refs=inner), given)
            if unrolled.registering(self, [key for key in self.events if key not in told]):
                lifted = [key for key in told if key not in before or (key[0] == outer.key and key[-1] == made.at)]
                for key in unrolled.registering(self, lifted):
                    del self.events[key]

    def one_by_one(self, value: Value) -> list[Value]:
        """What a loop takes one by one: the files of a folder, and what little the table of one of them says."""
        few = unrolled.elements(value) if self.registering else []
        return script_listing.elements(value) or (few if len(few) <= _FEW else [])

    def only_called(self, made: ir.Function) -> Value | None:
        """The function that another only calls: `(req, res) => route.run(req, res)` is another one for each file."""
        answer = made.body[0] if self.registering and len(made.body) == 1 else None
        call = answer.value if isinstance(answer, (ir.Return, ir.ExprStmt)) else None
        call = call.value if isinstance(call, ir.Await) else call
        if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or call.form:
            return None
        given = [arg.value.id if isinstance(arg.value, ir.Name) else "" for arg in call.args]
        if not given or given != [param.name for param in made.params][: len(given)]:
            return None
        found = self.eval(call.func)
        return found if len(found.refs) == 1 and not found.open and not found.apis else None

    def forget(self, before: set[tuple[object, ...]]) -> None:
        """Drop the registrations that were not there `before`: they are made anew, file by file."""
        for key in unrolled.registering(self, [one for one in self.events if one not in before]):
            del self.events[key]

    def file_by_file(self, node: ir.For, files: list[Value]) -> bool:
        """A loop over the files of a folder as its passes; where nothing comes of `.ts`, compiled ones are meant."""
        deciding, self.deciding = self.deciding, True
        registering, self.registering = self.registering, True
        before, around = set(self.events), self.env
        self._pass_through(node, files)
        compiled = script_listing.compiled(files)
        if compiled and not unrolled.registering(self, [key for key in self.events if key not in before]):
            after, self.env = self.env, around
            self._pass_through(node, compiled)
            if not unrolled.registering(self, [key for key in self.events if key not in before]):
                self.env = after
        self.deciding, self.registering = deciding, registering
        return True

    def _pass_through(self, node: ir.For, elements: list[Value]) -> None:
        declared = ir.Assign(node.at, node.end, [], "", None, None, node.declares or "")
        outer = self.env
        self.env = dict(outer)
        for number, element in enumerate(elements):
            before = set(self.events)
            self.breaks.append([])
            self.bind(node.target, element, declared)
            after = self.env if self.run(node.body) else None
            for env in self.breaks.pop():
                after = self.join_env(after, env)
            rest = outer if after is None else after
            self.env = {name: value for name, value in rest.items() if "." not in name or name in outer}
            unrolled.of_pass(self, before, number)
