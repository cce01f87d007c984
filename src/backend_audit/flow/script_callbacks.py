"""Functions as values in JavaScript: what is handed to others and called there, promises among it."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import (
    script_builtin,
    script_collections,
    script_filtered,
    script_functions,
    script_handed,
    script_kinds,
    script_objects,
    script_registrars,
    script_trials,
    script_validators,
    unrolled,
)  # fmt: skip
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.models import Callback
from backend_audit.flow.moments import Loop
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.partials import Partial, shifted
from backend_audit.flow.script_asked import GIVEN
from backend_audit.flow.script_invoked import Invocation, called_first, invocation
from backend_audit.flow.script_objects import STRIPPED
from backend_audit.flow.script_sequences import Promisified
from backend_audit.flow.script_settling import Settler, deferred
from backend_audit.flow.statements import Frame
from backend_audit.flow.values import NOTHING, NUMBER, UNKNOWN, Value, changed, container, instance, join, join_all, ref
from backend_audit.flow.web_concepts import RouteChain
from backend_audit.flow.written import written
from backend_audit.link.script_imports import is_loaded
from backend_audit.link.symbols import FunctionSymbol, key_at

if TYPE_CHECKING:
    from backend_audit.flow.script_engine import ScriptEngine

_SHARING = frozenset(("fastify-plugin()",))  # what such a plugin is called with is not a scope of its own
_CHECKED = frozenset("express.Request fastify.Request koa.Context hono.Context @hapi/hapi.Request ts-rest.Input".split())
_LISTS = frozenset(("map", "flatMap", "filter"))
MAX_CALLEES = 16  # functions that one call may mean; of more it is not known which
_MAX_DEPTH = 4
_MAX_CALLBACKS = 12  # calls of parameters that one call of a function is followed into
_MAX_FOLLOWED = 64  # … with all that these call in turn: functions made of functions (parsers, `compose`) multiply at each level

_STRIPPED = frozenset((STRIPPED,))


class ScriptCallbacks(Frame):
    """Calls functions that are values."""

    engine: "ScriptEngine"
    handing = 0  # calls under way of functions that were handed over
    followed = 0  # calls of parameters that the call under way was followed into, at any depth
    level = -1  # of the block under way, 0 for the body of the function or module
    registering = False  # only what is registered is asked for, not what happens in handlers

    @abstractmethod
    def call_library(self, node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value:
        """What a function of a library gives."""

    def handed(self, node: ir.Call, function: Value, given: list[Value], me: Value | None = None) -> Value:
        """Call a function value with these arguments."""
        args = tuple((str(at), Operand(value, None)) for at, value in enumerate(given))
        self.handing += 1
        found = self.apply_to(node, function, me, args)
        self.handing -= 1
        return found

    def hand(self, node: ir.Call, function: Value, receiver: Value | None, args: Args) -> Value:
        self.handing += 1
        found = self.apply_to(node, function, receiver, args, whole=True)
        self.handing -= 1
        return found

    def outer_site(self, inner: Site, node: ir.Call, args: Args) -> Site:
        """What happens in a callback, happens there."""
        return inner if self.handing else super().outer_site(inner, node, args)

    def apply_to(self, node: ir.Call, function: Value, receiver: Value | None, args: Args, *, whole: bool = False) -> Value:
        """Call all that a value is; a library's function gets only the first argument unless `whole`: `.map(parseInt)`."""
        found = NOTHING
        for symbol in sorted(function.refs, key=lambda one: one.key) if len(function.refs) <= MAX_CALLEES else ():
            self.engine.asked.around = (function.items or {}).get(GIVEN, UNKNOWN)
            if isinstance(symbol, FunctionSymbol):
                found = join(found, self.call_function(node, symbol, receiver, args))
            elif isinstance(symbol, Settler):
                symbol.take([operand.value for _, operand in args])
            elif isinstance(symbol, Promisified):
                found = join(found, symbol.call(self, node, receiver, args))
            elif isinstance(symbol, Partial):
                given = (*symbol.args, *shifted(args, len(symbol.args)))
                found = join(found, self.apply_to(node, symbol.function, symbol.me, given, whole=True))
        for path in sorted(function.apis) if len(function.apis) <= MAX_CALLEES else ():
            if self.engine.knows(path) or script_functions.is_known(path):
                found = join(found, self.call_library(node, path, receiver, args if whole else args[:1]))
        return UNKNOWN if found is NOTHING else found

    def each(self, node: ir.Call, attr: str, receiver: Value, function: Operand) -> Value:
        held = self.each_of(receiver, function.node or node)
        element = script_collections.element(receiver) if held is None else held
        key = script_builtin.keys(receiver) if receiver.kind == "dict" else NUMBER
        before = set(self.events)
        self.enter(self.passes(node, element, function))
        found = self.handed(node, function.value, [element, key, receiver] if attr != "sort" else [element, element])
        self.loops.pop()
        added = unrolled.registering(self, [key for key in self.events if key not in before])
        passes = unrolled.elements(receiver) if added else []
        unrolled.again(
            self, added, passes, lambda one: script_registrars.one_pass(self, node, function.value, [one, key, receiver])
        )
        if attr == "filter" and receiver.items and receiver.elem is None and receiver.is_literal():
            return receiver  # at most all of the constants that are listed
        element = script_filtered.kept(self, node, element, function)
        if attr in _LISTS:
            return container("list", None, element if attr == "filter" else found)
        return element if attr in ("find", "findLast") else receiver if attr == "sort" else UNKNOWN

    def of_collection(self, node: ir.Call, path: str, args: Args) -> Value | None:
        """A library's function that calls one for each element of a collection."""
        collection, function = argument(args, "0"), argument(args, "1")
        if path in script_collections.LIMITED:
            function = argument(args, "2")
        if collection is None or function is None or not function.value.refs:
            return None
        if path in script_collections.REDUCERS:
            return self.reduced(node, collection.value, function, argument(args, "2"))
        method = "forEach" if path in script_collections.LIMITED else script_collections.METHODS.get(path)
        return None if method is None else self.each(node, method, script_collections.named(collection.value), function)

    def passes(self, node: ir.Call, element: Value, function: Operand) -> Loop:
        """`xs.map(f)` as a loop over `xs`."""
        over = node.func.value if isinstance(node.func, ir.Attribute) else node.func
        return Loop(node, over, function.node or node.func, element)

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
            given = [UNKNOWN if attr == "catch" or at == 1 else receiver]
            run = script_registrars.one_pass if given[0].apis and is_loaded(node.func) else type(self).handed
            results.append(run(self, node, operand.value, given))
        return join(receiver, results[0]) if attr == "catch" else join_all(results)

    def if_(self, node: ir.If) -> bool:
        """As `Frame.if_`; a check that spares tests alone is made."""
        made = self.assumed(node.test, True, node.body) if not node.orelse and script_trials.holds(node.test) else None
        return super().if_(node) if made is None else self.settle(made)

    def note_method(self, node: ir.Call, attr: str, receiver: Value, args: Args) -> None:
        """What the call of a method that is none of the project's tells of its receiver, or of a handler."""
        script_kinds.asked(self, node, receiver, argument(args, "0"))
        script_validators.stated(self, attr, args)

    def note_invocation(self, node: ir.Call, callee: Value, args: Args) -> None:
        """A parameter is called: callers know which function it is."""
        site = Site(self.module.path, node, "", written(node.func), self.scope, node, args, None, self.module.node)
        self.events[node.at, node.end, "invocation"] = invocation(site, Operand(callee, node.func), args)

    def call_function(self, node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args) -> Value:
        self.engine.callees.setdefault(id(node), {})[symbol.key], around = symbol, self.engine.asked.taken()
        if self.function is not None:
            self.engine.hand_on_checked(self.function, symbol, node)
        result = super().call_function(node, symbol, receiver, args)
        if (given := self.engine.asked.result(self, node, symbol, receiver, args, around)) is not None:
            result = given
        if result.origins and self.engine.owned.strips(symbol):
            result = result.cleared(_STRIPPED)
        result = self.engine.registrars.run_again(self, node, symbol, receiver, args, result)
        here, self.followed = 0, self.followed if self.depth else 0
        for number, event in enumerate(self.engine.summary(symbol).lifting):
            if receiver is not None and isinstance(event, RouteChain) and (symbol.key, number, node.at) in self.events:
                key = (symbol.key, number, node.at)
                self.events[key] = self.engine.owned.received(self.events[key], receiver)
            if not isinstance(event, Invocation) or self.registering or self.depth > _MAX_DEPTH or here == _MAX_CALLBACKS:
                continue
            lifted = self.events.get((symbol.key, number, node.at))
            if not isinstance(lifted, Invocation) or lifted.function is None:
                continue
            if not any(origin.label == "param" for origin in lifted.function.value.origins):
                del self.events[symbol.key, number, node.at]  # no caller can tell more
            function = called_first(lifted, told=event.told)
            if function.refs and self.followed < _MAX_FOLLOWED:
                here += 1
                self.followed += 1
                self.depth += 1
                self.handed(node, function, lifted.given())
                self.depth -= 1
        return result

    def promised(self, node: ir.Call, path: str, args: Args) -> Value | None:
        """`new Promise((resolve, reject) => …)` is what it resolves with."""
        key = key_at(self.module.path, "promise", node)
        if path != "Promise" or node.form != "new":
            return deferred(path, key)
        settler = Settler(key)
        executor = argument(args, "0")
        if executor is not None:
            self.handed(node, executor.value, [ref(settler), UNKNOWN])
        return UNKNOWN if settler.value is NOTHING else settler.value

    def callback_of(self, path: str, args: Args) -> Callback | None:
        """What is known of a library's function that calls others; of one that waits for events, by the event's name."""
        first = argument(args, "0")
        names = () if first is None else first.value.texts()
        known = [self.models.callbacks.get(f"{path}('{name}')") for name in names[:1]]
        return next((one for one in known if one is not None), self.models.callbacks.get(path))

    def served(self, node: ir.Call, path: str, args: Args, result: Value) -> Value:
        """The library calls the functions that it is given, some with what a promise of the same call would have."""
        callback = self.callback_of(path, args)
        if callback is None or self.registering:
            return result
        given_back = NOTHING
        types = [self.given_back(node, path, one, result, args) for one in callback.gives]
        for value in script_handed.called(callback.function, args, self.opened):
            if types and value.types & _SHARING and isinstance(node.func, ir.Attribute):
                types = [self.eval(node.func.value), *types[1:]]
            for symbol in sorted(script_handed.functions(value), key=lambda one: one.key):
                if types and types[0].types & _CHECKED:
                    found = script_validators.checked(self, node, symbol)
                    for one in (symbol, *of_kind(script_objects.wrapped(value).refs, FunctionSymbol)):
                        self.engine.note_checked(one, found)
                if callback.returns:
                    self.engine.served.returns_to(symbol, callback.returns)
                own = len(symbol.node.params) - symbol.has_receiver
                given = [UNKNOWN, *types] if callback.error_first and own > len(types) else types
                me = instance(self.models.canonical(callback.me)) if callback.me else None
                given_back = join(given_back, self.handed(node, ref(symbol), given, me))
        return result if given_back is NOTHING or not callback.result else given_back

    def attributed(self, path: str, args: Args) -> None:
        """A call gives all objects of a type an attribute: `app.decorate("store", new Store())`."""
        found = self.models.attributions.get(path)
        name = None if found is None else argument(args, found.name)
        held = None if found is None else argument(args, found.value)
        if found is None or name is None or held is None:
            return
        value = held.value
        if value.constants() is None and value is not UNKNOWN:  # `null` says that there will be something
            for text in name.value.texts():
                self.engine.set_external(found.of, text, value)

    def opened(self, value: Value) -> Value:
        """What functions give that stand where a library takes an object as well: `fields: () => ({…})`."""
        functions = of_kind(value.refs, FunctionSymbol)[:MAX_CALLEES]
        return join_all([value, *(self.engine.summary(one).result for one in functions)])

    def given_back(self, node: ir.Call, path: str, what: str, result: Value, args: Args) -> Value:
        """An argument of a callback as its row says it: a type, `=` for the call's result, `!…` for data from outside.

        `=1`: an argument of the call.

        `!kind:…`: of another kind than that of a request. `!…~1.inputSchema`: as the schema given there lets it through, or in a
        call before it in the chain (`~.input`); `!…+parsed`: with that mark; `!…@input`: in an object, under that name.

        `+…`: an object of the type that this very call makes.
        """
        if what.startswith("+"):
            return changed(instance(self.models.canonical(what[1:])), refs=frozenset((self.engine.object_of(self.module, node),)))
        if what == "=":
            return result
        if what.startswith("="):
            passed = argument(args, what[1:])
            return UNKNOWN if passed is None else passed.value
        if what.startswith("!"):
            return script_handed.from_outside(self, node, path, what[1:], args)
        return instance(self.models.canonical(what)) if what else UNKNOWN
