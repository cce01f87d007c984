"""Calls in JavaScript: methods that take functions, promises, callbacks, `require`, constructors, wrappers of functions."""

from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow import script_builtin, sensitive, strings, tracked
from backend_audit.flow.calls import pieces
from backend_audit.flow.concepts import Concept, Operand, Site
from backend_audit.flow.frame import Args, argument
from backend_audit.flow.models import Callback
from backend_audit.flow.statements import Frame
from backend_audit.flow.summary import bind_arguments, substitute
from backend_audit.flow.values import (
    NOTHING,
    NUMBER,
    UNKNOWN,
    Value,
    changed,
    container,
    instance,
    join,
    join_all,
    ref,
)
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, Symbol

_EACH = frozenset("map forEach filter find findLast some every flatMap findIndex findLastIndex sort".split())
_LISTS = frozenset(("map", "flatMap", "filter"))
_MAX_CALLEES = 16  # functions that one call may mean; of more it is not known which
_MAX_DEPTH = 4
_MAX_CALLBACKS = 12  # calls of parameters that one call of a function is followed into


@dataclass(frozen=True, slots=True)
class Invocation(Concept):
    """A function that is a parameter is called: which one, its callers know."""

    function: Operand | None = None
    arguments: Operand | None = None

    def given(self) -> list[Value]:
        """The arguments, in order."""
        items = {} if self.arguments is None else self.arguments.value.items or {}
        last = max((key for key in items if isinstance(key, int)), default=-1)
        return [items.get(at, UNKNOWN) for at in range(last + 1)]


@dataclass(eq=False, slots=True, repr=False)
class Settler(Symbol):
    """The `resolve` of a promise: collects what the promise is settled with."""

    key: str
    value: Value = NOTHING


class ScriptCalls(Frame):
    """Evaluates calls."""

    def call(self, node: ir.Call) -> Value:
        func, receiver = node.func, None
        if isinstance(func, ir.Name) and func.id in ("require", "import") and func.id not in self.env:
            return self.required(node)
        if isinstance(func, ir.Name) and func.id == "super":
            return self.above_constructed(node)
        if isinstance(func, ir.Attribute):
            receiver = self.eval(func.value)
            known = self.env.get(key) if (key := dotted(func)) is not None else None
            callee = known if known is not None else self.read(receiver, func.attr, func)
        else:
            callee = self.eval(func)
        args = self.arguments(node)
        if node.form == "element":
            return UNKNOWN
        found = self.apply(node, callee, receiver, args)
        if isinstance(func, ir.Attribute) and receiver is not None:
            if receiver.origins and not callee.refs:
                first = argument(args, "0")
                asked = first.value.texts() if first is not None else ()
                if not sensitive.gives_away(func.attr, asked[0] if asked else ""):
                    found = found.without("secret")
            self.mutate(node, func, receiver, args)
        if "Object.assign" in callee.apis and node.args:
            self.update_path(node.args[0].value, found)
        name = func.attr if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""
        return self.named(node, name, args, found)

    def required(self, node: ir.Call) -> Value:
        """`require("x")` and `import("x")`."""
        args = self.arguments(node)
        first = argument(args, "0")
        names = () if first is None else first.value.texts()
        return join_all(self.engine.required(self.module, name) for name in names) if names else UNKNOWN

    def above_constructed(self, node: ir.Call) -> Value:
        owner = self.owner()
        args = self.arguments(node)
        if owner is None:
            return UNKNOWN
        for above in self.engine.bases(owner)[0][1:]:
            if "constructor" in above.methods:
                return self.call_function(node, above.methods["constructor"], self.lookup("this"), args)
        return UNKNOWN

    def owner(self) -> ClassSymbol | None:
        """The class in whose method the code stands, arrows in it included."""
        function = self.function
        while function is not None and function.owner is None and function.node.kind == "arrow":
            function = function.parent
        return None if function is None else function.owner

    def apply(self, node: ir.Call, callee: Value, receiver: Value | None, args: Args) -> Value:
        attr = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        if receiver is not None:
            known = self.builtin_method(node, attr, callee, receiver, args)
            if known is not None:
                return known
        found = NOTHING
        for symbol in sorted(callee.refs, key=lambda one: one.key) if len(callee.refs) <= _MAX_CALLEES else ():
            if isinstance(symbol, FunctionSymbol):
                found = join(found, self.wrapped(self.call_symbol(node, symbol, receiver, args), symbol, args))
            elif isinstance(symbol, ClassSymbol):
                found = join(found, self.construct(node, symbol, args))
            elif isinstance(symbol, Settler):
                settled = argument(args, "0")
                symbol.value = join(symbol.value, script_builtin.UNDEFINED if settled is None else settled.value)
        if not callee.refs and any(origin.label == "param" for origin in callee.origins):
            self.note_invocation(node, callee, args)
        for path in sorted(callee.apis):
            found = join(found, self.call_library(node, path, receiver, args))
        for type_name in sorted(callee.types):
            found = join(found, self.call_instance(node, type_name, receiver, args))
        if receiver is not None and not callee.refs and (callee.apis or found is NOTHING):
            self.guess(node, f"?.{attr}", callee, receiver, args)
        if receiver is not None and not callee.apis and not callee.refs and found is NOTHING:
            for method in self.engine.methods_called(attr, sum(key.isdigit() for key, _ in args)):
                found = join(found, self.call_function(node, method, receiver, args))
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
            return result
        inner = any(isinstance(one, FunctionSymbol) and one.parent is symbol for one in result.refs)
        return changed(result, refs=result.refs | given) if inner or symbol is None else result

    # --- builtin methods --------------------------------------------------------------------------------------------

    def builtin_method(self, node: ir.Call, attr: str, callee: Value, receiver: Value, args: Args) -> Value | None:
        """Methods of functions, promises, arrays and texts; None if it is none of those."""
        first = argument(args, "0")
        functions = first is not None and any(isinstance(one, (FunctionSymbol, Settler)) for one in first.value.refs)
        if attr in ("call", "apply", "bind") and receiver.refs:
            return self.indirect(node, attr, receiver, args)
        if callee.refs:
            return None
        if attr in ("then", "catch", "finally") and functions and first is not None:
            return self.chained(node, attr, receiver, args)
        if first is not None and functions and not any(map(self.engine.knows, callee.apis)):
            if attr in _EACH:
                return self.each(node, attr, receiver, first)
            if attr in ("reduce", "reduceRight"):
                return self.reduced(node, receiver, first, argument(args, "1"))
        if receiver.kind:
            return script_builtin.container_method(receiver, attr, pieces(args)[0])
        if strings.is_text(receiver):
            return script_builtin.text_method(receiver, attr, pieces(args)[0])
        return None

    def handed(self, node: ir.Call, function: Value, given: list[Value]) -> Value:
        """Call a function value with these arguments."""
        args = tuple((str(at), Operand(value, None)) for at, value in enumerate(given))
        return self.apply_to(node, function, None, args)

    def apply_to(self, node: ir.Call, function: Value, receiver: Value | None, args: Args) -> Value:
        found = NOTHING
        for symbol in sorted(function.refs, key=lambda one: one.key) if len(function.refs) <= _MAX_CALLEES else ():
            if isinstance(symbol, FunctionSymbol):
                found = join(found, self.call_function(node, symbol, receiver, args))
            elif isinstance(symbol, Settler):
                symbol.value = join(symbol.value, args[0][1].value if args else script_builtin.UNDEFINED)
        return UNKNOWN if found is NOTHING else found

    def each(self, node: ir.Call, attr: str, receiver: Value, function: Operand) -> Value:
        element = script_builtin.values(receiver)
        found = self.handed(node, function.value, [element, NUMBER, receiver] if attr != "sort" else [element, element])
        if attr in _LISTS:
            return container("list", None, element if attr == "filter" else found)
        return element if attr in ("find", "findLast") else receiver if attr == "sort" else UNKNOWN

    def reduced(self, node: ir.Call, receiver: Value, function: Operand, start: Operand | None) -> Value:
        element = script_builtin.values(receiver)
        before = element if start is None else start.value
        once = self.handed(node, function.value, [before, element, NUMBER])
        return join(before, join(once, self.handed(node, function.value, [once, element, NUMBER])))

    def chained(self, node: ir.Call, attr: str, receiver: Value, args: Args) -> Value:
        """`.then(f, g)`: a promise is the value that it will have."""
        if attr == "finally":
            self.handed(node, args[0][1].value, [])
            return receiver
        results = []
        for at, (_, operand) in enumerate(args[:2]):
            fails = attr == "catch" or at == 1
            results.append(self.handed(node, operand.value, [UNKNOWN if fails else receiver]))
        return join(receiver, results[0]) if attr == "catch" else join_all(results)

    def indirect(self, node: ir.Call, attr: str, receiver: Value, args: Args) -> Value:
        """`f.call(me, x)`, `f.apply(me, xs)`, `f.bind(me)`."""
        if attr == "bind":
            return receiver
        me = args[0][1].value if args else None
        rest = args[1:]
        if attr == "apply":
            listed = rest[0][1].value.items if rest else None
            rest = tuple(
                (str(int(key) + 1), Operand(value, None)) for key, value in (listed or {}).items() if isinstance(key, int)
            )
        shifted = tuple((str(int(key) - 1) if key.isdigit() else key, operand) for key, operand in rest)
        return self.apply_to(node, receiver, me, shifted)

    # --- functions that are called elsewhere ------------------------------------------------------------------------

    def note_invocation(self, node: ir.Call, callee: Value, args: Args) -> None:
        """A parameter is called: callers know which function it is."""
        given = container("list", {int(key): operand.value for key, operand in args if key.isdigit()})
        site = Site(self.module.path, node, "", written(node.func), self.scope, node, args, None, self.module.node)
        event = Invocation(site=site, function=Operand(callee, node.func), arguments=Operand(given, None))
        self.events[node.at, node.end, "invocation"] = event

    def call_function(self, node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args) -> Value:
        result = super().call_function(node, symbol, receiver, args)
        followed = 0
        for number, event in enumerate(self.engine.summary(symbol).lifting):
            if not isinstance(event, Invocation) or self.depth > _MAX_DEPTH or followed == _MAX_CALLBACKS:
                continue
            lifted = self.events.get((symbol.key, number, node.at))
            if not isinstance(lifted, Invocation) or lifted.function is None:
                continue
            if not any(origin.label == "param" for origin in lifted.function.value.origins):
                del self.events[symbol.key, number, node.at]  # no caller can tell more
            if lifted.function.value.refs:
                followed += 1
                self.depth += 1
                self.handed(node, lifted.function.value, lifted.given())
                self.depth -= 1
        return result

    # --- libraries --------------------------------------------------------------------------------------------------

    def call_library(self, node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value:
        if path == "Promise" and node.form == "new":
            return self.promised(node, args)
        callback = self.models.callbacks.get(path)
        if callback is not None:
            self.called_back(node, callback, args)
        found = self.call_api(node, path, receiver, args)
        return found if self.engine.knows(path) or callback is not None else self.wrapped(found, None, args)

    def promised(self, node: ir.Call, args: Args) -> Value:
        """`new Promise((resolve, reject) => …)` is what it resolves with."""
        settler = Settler(f"{self.module.path}:promise@{node.at}")
        executor = argument(args, "0")
        if executor is not None:
            self.handed(node, executor.value, [ref(settler), UNKNOWN])
        return UNKNOWN if settler.value is NOTHING else settler.value

    def called_back(self, node: ir.Call, callback: Callback, args: Args) -> None:
        """The library calls the functions that it is given."""
        types = [instance(self.models.canonical(one)) if one else UNKNOWN for one in callback.gives]
        first = int(callback.function.rstrip("*"))
        for key, operand in args:
            if not key.isdigit() or int(key) < first or (int(key) > first and not callback.function.endswith("*")):
                continue
            for symbol in sorted(_functions(operand.value), key=lambda one: one.key):
                own = len(symbol.node.params) - symbol.has_receiver
                given = [UNKNOWN, *types] if callback.error_first and own > len(types) else types
                self.handed(node, ref(symbol), given)

    def builtin_function(self, path: str, args: Args) -> Value | None:
        return script_builtin.function(path, pieces(args)[0])

    def text_method(self, receiver: Value, name: str, args: Args) -> Value | None:
        known = script_builtin.only_of_text(name) and not receiver.kind
        return script_builtin.text_method(receiver, name, pieces(args)[0]) if known else None

    def construct(self, node: ir.Call, symbol: ClassSymbol, args: Args) -> Value:
        made = self.engine.instance_of(symbol)
        maker = self.engine.find_method(symbol, "constructor")
        if maker is None:
            return super().construct(node, symbol, args)
        self.call_function(node, maker, made, args)
        fields = self.engine.summary(maker).fields
        bound = bind_arguments(maker, made, args)
        mine = {key: substitute(value, maker.key, bound) for key, value in fields.items()}
        kept = {key: value for key, value in mine.items() if value.all_origins() or not value.open}
        return changed(tracked.told_apart(self, node, symbol, made), items=kept or None)

    def mutate(self, node: ir.Call, func: ir.Attribute, receiver: Value, args: Args) -> None:  # noqa: ARG002 - as in `Calls`
        after = script_builtin.mutated(receiver, func.attr, pieces(args)[0])
        if after is not None:
            self.update_path(func.value, after)
        elif func.attr in ("push", "unshift", "append", "write", "set") and dotted(func.value) is not None and not receiver.refs:
            added = frozenset(origin for _, operand in args for origin in operand.value.derived().origins)
            if added and receiver.open and not receiver.types and not receiver.apis:
                self.update_path(func.value, receiver.with_origins(added))


def _functions(value: Value) -> list[FunctionSymbol]:
    """The functions that a value is, or holds as a list."""
    inside = [value, *(value.items or {}).values(), *([] if value.elem is None else [value.elem])] if value.kind else [value]
    return [symbol for one in inside for symbol in one.refs if isinstance(symbol, FunctionSymbol)]
