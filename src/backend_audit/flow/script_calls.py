"""Calls in JavaScript: builtin methods, `require`, constructors, wrappers of functions, libraries."""

from backend_audit import ir
from backend_audit.flow import (
    putting,
    script_ajv,
    script_builtin,
    script_contracts,
    script_events,
    script_functions,
    script_indirect,
    script_inline,
    script_kinds,
    script_listing,
    script_matched,
    script_members,
    script_objects,
    script_passing,
    script_paths,
    script_reading,
    script_replaced,
    script_schemas,
    script_sequences,
    script_typebox,
    sensitive,
    strings,
    tracked,
)
from backend_audit.flow.arguments import Args, argument, pieces
from backend_audit.flow.partials import Partial
from backend_audit.flow.script_asked import GIVEN
from backend_audit.flow.script_callbacks import MAX_CALLEES
from backend_audit.flow.script_files import ScriptFiles
from backend_audit.flow.script_sequences import Promisified
from backend_audit.flow.script_settling import Settler
from backend_audit.flow.summary import bind_arguments, fields_left, substitute
from backend_audit.flow.values import NOTHING, TEXT, UNKNOWN, Value, changed, join, join_all, ref
from backend_audit.flow.written import dotted, last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, Symbol

_EACH = frozenset("map forEach filter find findLast some every flatMap findIndex findLastIndex sort".split())
_OF_LISTS = frozenset(("push", "unshift"))


class ScriptCalls(ScriptFiles):
    """Evaluates calls."""

    def call(self, node: ir.Call) -> Value:
        func, receiver = node.func, None
        seen = self.as_tested(node)
        if seen is not None:
            return seen
        if isinstance(func, ir.Name) and self.loads(func.id):
            return self.required(node)
        if isinstance(func, ir.Name) and func.id == "super":
            return self.above_constructed(node)
        if isinstance(func, ir.Attribute):
            receiver = self.eval(func.value)
            known = self.env.get(key) if (key := dotted(func)) is not None else None
            callee = known if known is not None else self.read(receiver, func.attr, func)
        else:
            callee = self.eval(func)
            held = self.eval(func.value) if isinstance(func, ir.Index) and callee.apis else UNKNOWN
            receiver = held if held.types else None  # `app[method](path, handler)`
        args = self.arguments(node)
        if isinstance(func, ir.Index) and not callee.apis and not callee.refs:
            script_objects.named_later(self, node, self.eval(func.value), self.eval(func.index), args)
        if node.form == "element":
            return self.element(node, args)
        found = self.apply(node, callee, receiver, args)
        script_members.called(self, node, callee, receiver if isinstance(func, ir.Attribute) else None)
        if isinstance(func, ir.Attribute) and receiver is not None:
            if func.attr == "get" and len(args) == 1:
                found = script_members.chosen(self, receiver, args[0][1].value, found, own=True)
            if receiver.origins and not callee.refs:
                first = argument(args, "0")
                asked = first.value.texts() if first is not None else ()
                if not sensitive.gives_away(func.attr, asked[0] if asked else ""):
                    found = found.without("secret")
            self.mutate(node, func, receiver, args)
        if "Object.assign" in callee.apis and node.args:
            self.update_path(node.args[0].value, found)
        name = last_word(func)
        return self.named(node, name, args, found)

    def above_constructed(self, node: ir.Call) -> Value:
        owner = self.owner()
        args = self.arguments(node)
        if owner is None:
            return UNKNOWN
        for above in self.engine.bases(owner)[0][1:]:
            if "constructor" in above.methods:
                made, maker = self.lookup("this"), above.methods["constructor"]
                found = self.call_function(node, maker, made, args)
                for key, value in fields_left(self.engine.summary(maker), maker.key, bind_arguments(maker, made, args)).items():
                    self.assign_path(f"this.{key}", value)
                return found
        for path in self.engine.external_bases(owner):
            for row in self.models.rows["call"].get(path, ()):
                self.emit(row, path, node, {}, args)
            self.served(node, path, args, UNKNOWN)
        return UNKNOWN

    def owner(self) -> ClassSymbol | None:
        """The class in whose method the code stands, arrows in it included."""
        function = self.function
        while function is not None and function.owner is None and function.node.kind == "arrow":
            function = function.parent
        return None if function is None else function.owner

    def object_class(self) -> ClassSymbol | None:
        """The class that `this` is an object of, in the arrow function of one of its fields."""
        function = self.function
        while function is not None and function.node.kind == "arrow":
            owner = self.engine.field_owner(function)
            if owner is not None:
                return owner
            function = function.parent
        return None

    def apply(self, node: ir.Call, callee: Value, receiver: Value | None, args: Args) -> Value:
        attr = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        if receiver is not None:
            if not callee.refs:
                self.note_method(node, attr, receiver, args)
            script_matched.matched(self, node, attr, callee, receiver, args)
            known = self.builtin_method(node, attr, callee, receiver, args)
            if known is not None:
                return known
        found = NOTHING
        for symbol in sorted(callee.refs, key=lambda one: one.key) if len(callee.refs) <= MAX_CALLEES else ():
            self.engine.asked.around = (callee.items or {}).get(GIVEN, UNKNOWN)
            if isinstance(symbol, FunctionSymbol):
                found = join(found, self.wrapped(self.call_symbol(node, symbol, receiver, args), symbol, args))
            elif isinstance(symbol, ClassSymbol):
                found = join(found, self.construct(node, symbol, args))
            elif isinstance(symbol, (Partial, Promisified)):
                found = join(found, self.apply_to(node, ref(symbol), receiver, args, whole=True))
            elif isinstance(symbol, Settler):
                symbol.take([operand.value for _, operand in args])
        if any(origin.label == "param" for origin in callee.origins):
            self.note_invocation(node, callee, args)
        if receiver is None:
            script_passing.note(self, node)
        for path in sorted(callee.apis):
            found = join(found, self.call_library(node, path, receiver, args))
        for type_name in sorted(callee.types):
            found = join(found, self.call_instance(node, type_name, callee, receiver, args))
        if receiver is not None and not callee.refs and (callee.apis or found is NOTHING):
            self.guess(node, f"?.{attr}", callee, receiver, args)
        if receiver is not None and not callee.apis and not callee.refs and found is NOTHING:
            for method in self.engine.methods_called(attr, sum(key.isdigit() for key, _ in args)):
                found = join(found, self.wrapped(self.call_function(node, method, receiver, args), method, args))
        if found is NOTHING:
            return UNKNOWN if receiver is None or not receiver.origins else receiver.derived()
        return found

    def call_symbol(self, node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args) -> Value:
        if node.form != "new":
            return self.call_function(node, symbol, receiver, args)
        made = UNKNOWN
        self.call_function(node, symbol, made, args)
        bound = bind_arguments(symbol, made, args)
        fields = self.engine.summary(symbol).fields
        return changed(made, items={key: substitute(value, symbol.key, bound) for key, value in fields.items()} or None)

    def wrapped(self, result: Value, symbol: Symbol | None, args: Args) -> Value:
        """A function that is given functions and gives one (`asyncHandler(f)`) gives one that calls them."""
        given = frozenset(one for _, operand in args for one in operand.value.refs if isinstance(one, FunctionSymbol))
        if not given:
            held = self.engine.owned.calling(symbol, args) if isinstance(symbol, FunctionSymbol) and symbol.nested else None
            inner = held is not None and any(isinstance(one, FunctionSymbol) and one.parent is symbol for one in result.refs)
            return changed(result, items={script_objects.WRAPPED: held}) if inner and held is not None else result
        inner = any(isinstance(one, FunctionSymbol) and one.parent is symbol for one in result.refs)
        return changed(result, refs=result.refs | given) if inner or symbol is None else result

    # --- builtin methods --------------------------------------------------------------------------------------------

    def builtin_method(self, node: ir.Call, attr: str, callee: Value, receiver: Value, args: Args) -> Value | None:
        """Methods of functions, promises, arrays and texts; None if it is none of those."""
        first = argument(args, "0")
        functions = first is not None and self.is_function(first.value)
        if attr in ("call", "apply", "bind") and (receiver.refs or any(map(self.engine.knows, receiver.apis))):
            return script_indirect.method(self, node, attr, receiver, args)
        if attr == "bind" and len(args) == 1 and any(one.label == "param" for one in receiver.origins):
            return receiver  # a function that callers know
        if callee.refs:
            return None
        if attr in ("then", "catch", "finally") and functions and first is not None:
            return self.chained(node, attr, receiver, args)
        if first is not None and functions and not any(map(self.engine.knows, callee.apis)):
            if attr in _EACH:
                return self.each(node, attr, receiver, first)
            if attr in ("reduce", "reduceRight"):
                return self.reduced(node, receiver, first, argument(args, "1"))
        if attr == "exec" and first is not None and any(one.kind == "regex" for one in receiver.consts):
            return script_builtin.text_method(first.value, "match", [(receiver, "")])
        if receiver.kind:
            told = script_listing.asked(receiver, attr)
            return script_builtin.container_method(receiver, attr, pieces(args)[0]) if told is None else told
        if attr == "toString" and not args and script_kinds.is_untold(self, receiver, callee):
            return TEXT.with_origins(receiver.derived().origins)
        if attr == "concat" and args and not receiver.types and not any(map(self.engine.knows, receiver.apis)):
            return script_builtin.text_method(receiver, attr, pieces(args)[0])
        likely = script_builtin.likely_of_text(attr) and self.is_data(receiver)
        is_text = likely or strings.is_text(receiver) or script_replaced.is_text(self, attr, receiver, args)
        return script_replaced.method(self, node, attr, receiver, args) if is_text else None

    def is_function(self, value: Value) -> bool:
        """Whether it is something that can be called."""
        known = any(self.engine.knows(path) or script_functions.is_known(path) for path in value.apis)
        return known or any(isinstance(one, (FunctionSymbol, Settler, Partial, Promisified)) for one in value.refs)

    def spread(self, args: Args) -> list[strings.Piece]:
        """The arguments in order, with any of what a spread list holds."""
        values = script_builtin.values
        return [
            (values(operand.value) if key == "*" else operand.value, written(operand.node))
            for key, operand in args
            if key.isdigit() or key == "*"
        ]

    def is_data(self, value: Value) -> bool:
        """Whether a value comes from somewhere and is nothing else that is known: `req.url` is known to come in, no more."""
        things = [path for path in value.apis if path not in self.models.sources["read"] or path in self.models.results]
        known = bool(value.refs) or any(map(self.engine.knows, things)) or any(map(self.engine.class_of, value.types))
        return bool(value.origins) and not known and not value.types & self.models.bases.keys()

    def call_instance(self, node: ir.Call, type_name: str, callee: Value, receiver: Value | None, args: Args) -> Value:
        """As `Calls.call_instance`; what a function makes may be one of its own kind: `axios.create()(options)`."""
        tables = (self.models.rows["call"], self.models.transfers)
        told = type_name != "Function" and any(type_name in table for table in tables)  # `resolve: Function` makes none
        if self.engine.class_of(type_name) is None and (told or not self.engine.knows(f"{type_name}.__call__")):
            known = (one for one in self.models.lineage(type_name) if any(one in table for table in tables))
            kind = next(known, "Function")  # of an instance with defaults of its own, that is the client
            if kind != "Function" and not script_objects.makes_routers(self.models, kind):
                return self.call_library(node, kind, receiver if kind == type_name else callee, args)
        return super().call_instance(node, type_name, callee, receiver, args)

    def call_library(self, node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value:
        made = self.promised(node, path, args) or script_indirect.called(self, node, path, args)
        if (made := made or script_sequences.called(self, node, path, args)) is not None:
            return made
        described = script_schemas.called(self, node, path, receiver, args, given := pieces(args)[0])
        if described is not None or (described := script_typebox.made(path, given) or script_ajv.made(path, given)) is not None:
            return described
        contracted = script_contracts.called(path, [value for value, _ in given])
        if contracted is not None:
            self.served(node, path, args, contracted)
            return contracted
        known = script_paths.function(path, self.spread(args)) or script_listing.called(self, node, path, args)
        if (known := known or script_reading.called(self, node, path, args)) is not None:
            return known
        script_events.called(self, node, path, args)
        self.attributed(path, args)
        found = self.of_collection(node, path, args)
        made = self.call_api(node, path, receiver, args) if found is None or path in self.models.rows["call"] else found
        found = script_inline.filled(self, node, path, args) or found or made
        return found if self.engine.knows(path) else self.wrapped(found, None, args)

    def builtin_function(self, path: str, args: Args) -> Value | None:
        guard, transfer = self.models.guards.get(path), self.models.transfers.get(path)
        if guard is not None and not guard.returns:
            return script_builtin.BOOL
        if transfer is not None and transfer.clears and path.rpartition(".")[2][:1].islower():
            return TEXT  # what escapes a text gives one
        return script_functions.function(path, pieces(args)[0])

    def text_method(self, receiver: Value, name: str, args: Args) -> Value | None:
        known = script_builtin.only_of_text(name) and not receiver.kind
        return script_builtin.text_method(receiver, name, pieces(args)[0]) if known else None

    def filled_text(self, name: str, args: Args) -> Value | None:
        return super().filled_text("replace", args) if name in ("replace", "replaceAll") else None

    def construct(self, node: ir.Call, symbol: ClassSymbol, args: Args) -> Value:
        made = self.engine.instance_of(symbol)
        maker = self.engine.find_method(symbol, "constructor")
        if maker is None:
            made = super().construct(node, symbol, args)
            for path in self.engine.external_bases(symbol):
                self.served(node, path, args, made)
            return made
        self.call_function(node, maker, made, args)
        mine = fields_left(self.engine.summary(maker), maker.key, bind_arguments(maker, made, args))
        kept = {key: self.engine.owned.of(one, symbol) for key, one in mine.items()}
        return changed(tracked.told_apart(self, node, symbol, made), items=kept or None)

    def mutate(self, node: ir.Call, func: ir.Attribute, receiver: Value, args: Args) -> None:  # noqa: ARG002 - as in `Calls`
        putting.appended(self, func, args)
        after = script_builtin.mutated(receiver, func.attr, pieces(args)[0])
        if after is not None:
            self.update_path(func.value, after)
        elif func.attr in ("push", "unshift", "append", "write", "set") and dotted(func.value) is not None and not receiver.refs:
            added = frozenset(origin for _, operand in args for origin in operand.value.derived().origins)
            if added and receiver.open and not receiver.types and not receiver.apis:
                held = join_all(operand.value for _, operand in args)
                listed = changed(receiver, open=False, kind="list", elem=join(receiver.derived(), held))
                known = listed if func.attr in _OF_LISTS and not receiver.kind else receiver
                self.update_path(func.value, known.with_origins(added))
