"""Calls: which function is meant, what it gives, which concept occurs, and what a caller's data makes of a callee's summary."""

from dataclasses import replace

from backend_audit import ir
from backend_audit.flow import (
    awaited,
    builtin,
    changing,
    chosen_functions,
    foreign,
    handed,
    handing_on,
    lacks,
    library_calls,
    lists,
    mappings,
    named_parts,
    numbers,
    putting,
    records,
    rendering,
    reqparse,
    sensitive,
    strings,
    tasks,
    tracked,
    urls,
)
from backend_audit.flow.arguments import Args, argument, pieces, texts_of
from backend_audit.flow.bound import Stepped
from backend_audit.flow.concepts import Operand, Site, TemplateRender
from backend_audit.flow.expressions import Expressions, LambdaSymbol
from backend_audit.flow.ordering import by_key, in_order
from backend_audit.flow.origins import Origin
from backend_audit.flow.partials import Partial, called, shifted
from backend_audit.flow.summary import bind_arguments, fields_left, handed_over_whole, lifted, substitute
from backend_audit.flow.values import CLOSED_TYPES, NOTHING, UNKNOWN, Key, Value, changed, container, instance, join, ref
from backend_audit.flow.written import dotted, last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

_UNKNOWN_RECEIVER = "?"


class Calls(Expressions):
    """Evaluates calls."""

    def call(self, node: ir.Call) -> Value:
        receiver: Value | None = None
        seen = self.as_tested(node)
        if seen is not None:
            return seen
        if isinstance(node.func, ir.Name) and node.func.id == "super" and self.function is not None and self.function.owner:
            return self.engine.above(self.function.owner)
        if isinstance(node.func, ir.Attribute):
            receiver = self.eval(node.func.value)
            known = self.env.get(key) if (key := dotted(node.func)) is not None else None
            callee = known if known is not None else self.read(receiver, node.func.attr, node.func)
        elif isinstance(node.func, ir.Call) and len(node.args) == 1:
            outer, self.decorated = self.decorated, (node.func, Operand(self.eval(node.args[0].value), node.args[0].value))
            callee = self.eval(node.func)  # `app.route("/")(view)` decorates as `@` does
            self.decorated = outer
        else:
            callee = self.eval(node.func)
        self.callees[id(node)] = callee
        args = self.arguments(node)
        filled = receiver is not None and receiver.items and receiver.open and not receiver.kind
        if filled and receiver is not None and isinstance(node.func, ir.Attribute):
            held = named_parts.held(receiver, node.func.attr, args)
            if held is not None:
                return held
            receiver = named_parts.but_for_what_was_put_in(receiver, node.func.attr, args)
        found = self.apply(node, callee, receiver, args)
        if isinstance(node.func, ir.Attribute) and receiver is not None and receiver.origins:
            found = named_parts.given_by(found, callee, receiver, node.func.attr, args)
        if isinstance(node.func, ir.Attribute) and receiver is not None:
            found = join(found, named_parts.looked_up(self, receiver, node.func.attr, args))
            self.mutate(node, node.func, receiver, args)
        name = last_word(node.func)
        return self.named(node, name, args, found)

    def arguments(self, node: ir.Call) -> Args:
        """Every argument under its position or name; what `*` and `**` hide under those marks, unless it is known."""
        found: list[tuple[str, Operand]] = []
        position = 0
        for arg in node.args:
            if arg.name is not None:
                before, self.target = self.target, arg.name
                found.append((arg.name, Operand(self.eval(arg.value), arg.value)))
                self.target = before
                continue
            value = self.eval(arg.value)
            if arg.star == 0:
                found.append((str(position), Operand(value, arg.value)))
                position += 1
            elif arg.star == 2 and value.kind == "dict":
                found += [(str(key), Operand(item, arg.value)) for key, item in (value.items or {}).items()]
                if value.elem is not None or value.open:
                    found.append(("**", Operand(value, arg.value)))
            elif arg.star == 2 and value.items and not value.kind and value.open:
                found += [(str(key), Operand(item, arg.value)) for key, item in value.items.items()]
                found.append(("**", Operand(changed(value, items=None), arg.value)))
            elif arg.star == 1 and value.kind and value.elem is None and not value.open:
                for item in (value.items or {}).values():
                    found.append((str(position), Operand(item, arg.value)))
                    position += 1
            else:
                found.append(("*" * arg.star, Operand(value, arg.value)))
        return tuple(found)

    def apply(self, node: ir.Call, callee: Value, receiver: Value | None, args: Args) -> Value:
        """What the call gives, over everything that the callee may be."""
        attr = node.func.attr if isinstance(node.func, ir.Attribute) else ""
        record = None if receiver is None else records.method(self, attr, receiver, args)
        if record is not None:
            return record
        found = NOTHING
        if receiver is not None and (receiver.kind or strings.is_text(receiver)):
            known = builtin.method(receiver, attr, *pieces(args, hidden=attr == "format"))
            if known is not None:
                found = known
        elif receiver is not None and not callee.refs and (held := mappings.of_mapping(receiver, attr)) is not None:
            return held
        for symbol in by_key(called(callee.refs)):
            if isinstance(symbol, FunctionSymbol):
                found = join(found, self.call_function(node, symbol, self.bound_to(node, symbol, receiver), args))
            elif isinstance(symbol, ClassSymbol):
                found = join(found, self.construct(node, symbol, args))
            elif isinstance(symbol, LambdaSymbol):
                found = join(found, self.call_lambda(symbol, args))
            elif isinstance(symbol, Partial):
                before, self.elsewhere = self.elsewhere, symbol.elsewhere or self.elsewhere
                given = (*symbol.args, *shifted(args, symbol.taken))
                found = join(found, self.apply(node, symbol.function, symbol.me, given))
                self.elsewhere = before
        if attr in tasks.SENDING and receiver is not None:
            tasks.queued(self, node, attr, receiver, args)
        for path in in_order(callee.apis):
            found = join(found, records.function(self, path, args) or self.call_api(node, path, receiver, args))
        for type_name in in_order(callee.types):
            found = join(found, self.call_instance(node, type_name, callee, receiver, args))
        if receiver is not None and not callee.refs and (callee.apis or found is NOTHING):
            guessed = self.guess(node, f"{_UNKNOWN_RECEIVER}.{attr}", callee, receiver, args)
            found = found if guessed is None else guessed
        if (
            receiver is not None
            and not callee.apis
            and not callee.refs
            and found is NOTHING
            and (receiver.open or receiver.types)
        ):
            for method in self.engine.methods_called(attr, sum(key.isdigit() for key, _ in args)):
                # What came from outside is no object of the project's: its fields are not the request's.
                found = join(found, self.call_function(node, method, receiver.without("untrusted"), args))
        if callee.origins and not callee.refs and self.function is not None and self.function.parent is not None:
            handing_on.note(self, callee, args)
            found = join(found, handing_on.answer(self, node, callee))
        if found is NOTHING:
            found = (self.of_text(receiver, attr, args) or receiver.derived()) if receiver is not None else UNKNOWN
        if attr in _LOOKUPS:
            wanted = argument(args, "2:type")  # `request.args.get("n", type=int)`
            if wanted is not None and wanted.value.apis and wanted.value.apis <= CLOSED_TYPES:
                found = Value(types=wanted.value.apis).with_origins(numbers.origins(found))
        if attr == "get_context_data" and not found.kind:
            found = container("dict", None, UNKNOWN)  # Django's own class-based views: a mapping
        found = found.cleared(urls.replaced(args)) if attr == "_replace" else found
        old = argument(args, "0") if attr == "replace" else None
        if old is not None:
            new = argument(args, "1")
            found = found.cleared(strings.cleared_by_replacing(old.value))
            found = found if new is None else lacks.replaced(found, old.value.texts(), new.value.texts())
        return found

    def bound_to(self, node: ir.Call, symbol: FunctionSymbol, receiver: Value | None) -> Value | None:
        """The object that a method is called on; one that was handed over (`event(order)`) brings its own."""
        if receiver is None and isinstance(node.func, ir.Name) and symbol.owner is not None and symbol.binds_first:
            return self.engine.instance_of(symbol.owner)
        return receiver if receiver is None or len(receiver.types) < 2 else self.engine.having(receiver, symbol)

    def guess(self, node: ir.Call, path: str, callee: Value, receiver: Value, args: Args) -> Value | None:
        """Rows for receivers of which nothing says what they are; what the call gives, where its name alone says it."""
        rows = self.models.rows["call"].get(path, ())
        target = self.models.result(path)
        if (not rows and target is None) or any(map(self.engine.knows, callee.apis)):
            return None
        base = node.func.value if isinstance(node.func, ir.Attribute) else node.func
        for row in foreign.fitting(rows, callee):
            self.emit(row, path, node, {"self": Operand(receiver, base)}, args)
        if any(row.concept.tracked for row in rows):
            return ref(self.engine.object_of(self.module, node))
        return None if target is None else self.transferred(node, path, receiver, args, instance(target))

    def named(self, node: ir.Call, name: str, args: Args, found: Value) -> Value:
        """Results that their name makes secret: `get_password()`, `os.getenv("API_KEY")`, `form.get("password")`."""
        stub = bool(found.texts()) and name.startswith(_GIVING)  # `get_password()` that returns a constant gives a password
        if not found.open and not found.types and not stub:
            return found
        texts = texts_of(args, "0") if name in _GETTERS else ()
        if texts and (found.open or "str" in found.types):
            return self.sensitive(texts[0], node, found)
        unknown = found.open or any(one.endswith("()") for one in found.types)  # what a function of no model gives
        kind = sensitive.given(name, self.target) if (unknown or stub) and name else None
        if kind is None or any(origin.label == "secret" for origin in found.origins):
            return found
        if kind == "token" and sensitive.reads(name, [last_word(one.value) for one in node.args]):
            return found  # `parse_token(token)` gives what it says
        public = any(key.startswith("public") for key, _ in args)  # `create_ssh_key(public_key=…)` makes that one known
        if public or sensitive.MADE_UP.search(written(node.func)):
            return found
        origin = Origin("secret", (f"{name}()",), kind).step(self.mark(node, f"{written(node)} gives a {kind}"))
        return changed(found, open=True).with_origins((origin,)) if stub else found.with_origins((origin,))

    # --- external functions -----------------------------------------------------------------------------------------

    def call_api(self, node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value:
        rows = self.models.rows["call"].get(path, ())
        given = {"self": Operand(self.engine.with_bases(receiver), node.func)} if rows and receiver is not None else {}
        for row in rows:
            if row.concept is TemplateRender:
                rendering.called(self, row, path, node, receiver, args)
            else:
                self.emit(row, path, node, given, args)
        tracked.initialized(self, node, path, receiver, args)
        self.forwarded(node, path, args)
        found = library_calls.given(self, node, path, receiver, args) or self.builtin_function(path, args)
        invoked = handed.invoked(self, node, path, args) if path in self.models.invokers else None
        if invoked is None and path in self.models.keepers and receiver is not None:
            invoked = changing.kept(self, node, self.models.keepers[path], receiver, args)
        target = handed.made(self, node, path, args)
        if invoked is not None:
            found = invoked
        elif target == "self":
            found = receiver if receiver is not None else UNKNOWN
        elif target is not None and target.startswith("="):
            passed = argument(args, target[1:])
            found = UNKNOWN if passed is None else passed.value
        elif target is not None:
            found = instance(target)
            if receiver is not None and receiver.apis and receiver.origins:  # `request.files.get("a")`: a part of what came in
                found = found.with_origins(one for one in receiver.origins if one.label == "untrusted")
            if path in rendering.LOADERS:
                found = changed(found, items=rendering.loaded(args))
        elif found is None:
            last = path.rsplit(".", 1)[-1]
            is_class = path in self.models.bases or (last[:1].isupper() and not last.isupper())
            found = instance(path if is_class else f"{path}()")
            if receiver is not None and not is_class and path not in self.models.transfers:  # a method that no model knows
                kept = changed(found, open=True).with_origins(receiver.derived().origins) if receiver.origins else found
                found = self.of_text(receiver, last, args) or kept
        if any(row.concept.tracked for row in rows) or path in self.models.access:
            found = changed(found, refs=found.refs | {self.engine.object_of(self.module, node)})
        if path in self.models.access and (first := argument(args, "0")) is not None and not first.value.kind:
            found = join(found, first.value)  # `login_required(view)` calls the view
        return self.served(node, path, args, self.transferred(node, path, receiver, args, found))

    def served(self, node: ir.Call, path: str, args: Args, result: Value) -> Value:
        """A library calls the function that it is given: what the call gives, `result` or what comes of that."""
        handed.served(self, node, path, args)
        return reqparse.closed(self, node, path, result)

    def hand(self, node: ir.Call, function: Value, receiver: Value | None, args: Args) -> Value:
        """What a function gives that was handed to a library, which calls it with these arguments."""
        return self.apply(node, function, receiver, args)

    def builtin_function(self, path: str, args: Args) -> Value | None:
        """What a call of the language's own function `path` gives; None if it is none."""
        if path.startswith("itertools.chain"):
            return lists.chained(path, args, builtin.iterated)
        if path.startswith("asyncio."):
            return awaited.function(path, args) or builtin.function(path, *pieces(args))
        return builtin.function(path, *pieces(args)) if path in builtin.FUNCTIONS else None

    def text_method(self, receiver: Value, name: str, args: Args) -> Value | None:
        """What a method gives that only texts have, on an object of which nothing else is known."""
        return builtin.text_method(receiver, name, *pieces(args))

    def of_text(self, receiver: Value, name: str, args: Args) -> Value | None:
        """What a method of texts gives on an object of which nothing is known; None for others, and where no data is in it."""
        found = self.text_method(receiver, name, args) if receiver.origins else None
        filled = self.filled_text(name, args) if found is None and not receiver.kind else None
        return found if filled is None else filled.with_origins(receiver.derived().origins)

    def filled_text(self, name: str, args: Args) -> Value | None:
        """What a text of which nothing is known holds after a method has put data into it."""
        return builtin.filled_text(name, *pieces(args))

    def forwarded(self, node: ir.Call, path: str, args: Args) -> None:
        """`app.add_middleware(CORSMiddleware, allow_origins=…)`: what the named argument would be called with."""
        spec = self.models.forwards.get(path)
        callee = argument(args, spec) if spec is not None else None
        if callee is None or spec is None:
            return
        skipped = spec.partition(":")
        rest = tuple(
            (str(int(key) - 1) if key.isdigit() else key, one) for key, one in args if key not in (skipped[0], skipped[2])
        )
        for target in sorted(callee.value.apis):
            for row in self.models.rows["call"].get(target, ()):
                self.emit(row, target, node, {}, rest, written_as=written(callee.node))

    def transferred(self, node: ir.Call, path: str, receiver: Value | None, args: Args, found: Value) -> Value:
        """Sources, sanitizers and propagators that `path` is."""
        source = self.models.sources["call"].get(path)
        if source is not None and (not source.unless or argument(args, source.unless) is None):
            origin = Origin(source.kind, (path, self.module.path, node.at), source.what or path, source.clears)
            found = changed(found, open=True) if not found.kind else found
            found = found.with_origins((origin.step(self.mark(node, f"{written(node)} comes from outside")),))
        if (transfer := self.models.transfers.get(path)) is None:
            return found
        found = records.filled(self, transfer.into, receiver, args) or found
        origins: list[Origin] = []
        made: bool | None = None
        for spec in transfer.froms:
            operand = Operand(receiver, None) if spec == "self" and receiver is not None else argument(args, spec)
            if operand is not None:
                carried = lacks.placed_in_path(operand.value) if "dots" in transfer.restores else operand.value.derived().origins
                gained = transfer.clears | transfer.marks | urls.quoted(path, args)
                if transfer.base and spec != transfer.base and argument(args, transfer.base) and urls.keeps_host(operand.value):
                    gained |= urls.URL
                origins += [one.clear(gained).restore(transfer.restores) for one in carried]
                made = operand.value.is_literal() and made is not False
        if transfer.into:  # of an object the fields say what is secret
            origins = [one for one in origins if one.label != "secret"]
        if transfer.clears and not made:  # data of unknown origin has none that could be cleared: this one stands for it
            origins.append(Origin("clean", (path,), path, transfer.clears))
        if not origins:
            return changed(found, made=True) if made and not found.open else found
        return found.with_origins(origins) if found.open else changed(found, open=True).with_origins(origins)

    def call_instance(self, node: ir.Call, type_name: str, callee: Value, receiver: Value | None, args: Args) -> Value:
        if (owner := self.engine.class_of(type_name)) is None:
            path = f"{type_name}.__call__"
            return self.call_api(node, path, receiver, args) if self.engine.knows(path) else NOTHING
        method = self.engine.find_method(owner, "__call__")
        me = changed(callee, types=frozenset((type_name,)))
        return NOTHING if method is None else self.call_function(node, method, me, args)

    # --- the project's own functions --------------------------------------------------------------------------------

    def call_function(self, node: ir.Call, symbol: FunctionSymbol, receiver: Value | None, args: Args) -> Value:
        receiver = changing.as_left(self, node, receiver)
        bound = bind_arguments(symbol, receiver, args)
        self.engine.note_call(symbol, bound, self, node)
        summary = self.engine.summary(symbol)
        stepped = Stepped(bound, self.mark(node, f"passed to {symbol.node.name}()")) if summary.lifting else None
        for number, event in enumerate(summary.lifting):
            found = None if stepped is None else lifted(event, symbol.key, stepped)
            if found is not None:
                if found.handed and handed_over_whole(event, found):
                    found = replace(found, site=self.outer_site(event.site, node, args))
                self.events[symbol.key, number, node.at] = found
                if isinstance(found, TemplateRender):
                    rendering.rendered(self, node, found)
        if summary.lifting:
            self.engine.registering.run_again(self, node, symbol, summary, bound)
        putting.received(self, node, symbol, summary, receiver, bound, args)
        if summary.thrown is not NOTHING:
            told = substitute(summary.thrown, symbol.key, bound)
            self.thrown = join(self.thrown, told.stepped(self.mark(node, f"{symbol.node.name}() throws it")))
        func = node.func if isinstance(node.func, ir.Attribute) else None
        if summary.fields and receiver is not None and func is not None and func.attr == symbol.node.name:  # no `module.Class(…)`
            bound = changing.changed_object(self, func.value, symbol, receiver, bound)
        chosen = chosen_functions.result(self.engine, symbol, bound)
        result = substitute(summary.result if chosen is None else chosen, symbol.key, bound)
        if len(result.refs) > 1 or len(result.types) > 1:
            result = self.engine.chosen(symbol, bound, result)
        if result.origins:
            result = named_parts.as_called(symbol.node.name, args, result)
            result = result.stepped(self.mark(node, f"{symbol.node.name}() returns it"))
        elif (result.open or result.types or result.shapes) and not symbol.node.is_generator:
            result = self.engine.computed(symbol, bound, result)
        self.engine.closures.write(symbol, bound, self.function)
        return self.engine.closures.of_call(symbol, bound, result)

    def call_lambda(self, symbol: LambdaSymbol, args: Args) -> Value:
        names = [param.name for param in symbol.node.params]
        given = {name: operand.value for at, name in enumerate(names) for key, operand in args if key in (str(at), name)}
        if symbol.frame is self:
            return self.enter_lambda(symbol.node, given)
        outer, symbol.frame.events = symbol.frame.events, {}  # it happens here, wherever it was written
        found = symbol.frame.enter_lambda(symbol.node, given)
        self.events.update(symbol.frame.events)
        symbol.frame.events = outer
        return found

    def outer_site(self, inner: Site, node: ir.Call, args: Args) -> Site:
        """The call of a wrapper as the place of what happens in it."""
        return self.site(node, inner.api, written(node.func), node, args, inner=inner.inner or inner)

    def construct(self, node: ir.Call, symbol: ClassSymbol, args: Args) -> Value:
        made = self.engine.instance_of(symbol)
        init = self.engine.find_method(symbol, "__init__")
        if init is not None:
            made = tracked.told_apart(self, node, symbol, made)
            self.call_function(node, init, made, args)
            summary = self.engine.summary(init)
            tracked.told(self, node, symbol, init, bind_arguments(init, made, args))
            if summary.fields:
                return changed(made, items=fields_left(summary, init.key, bind_arguments(init, made, args)))
        elif symbol.node.bases:
            for path in self.engine.external_bases(symbol):
                for row in self.models.rows["call"].get(path, ()):
                    self.emit(row, path, node, {}, args)
        made = tracked.told_apart(self, node, symbol, made)
        names = self.engine.field_names(symbol) if any(key.isdigit() for key, _ in args) else []
        fields: dict[Key, Value] = {}
        for key, operand in args:
            if key.isdigit() and int(key) < len(names):
                fields[names[int(key)]] = operand.value
            elif not key.isdigit() and "*" not in key:
                fields[key] = operand.value
        if fields and _TUPLES & set(self.engine.external_bases(symbol)):
            fields |= {at: fields[name] for at, name in enumerate(self.engine.field_names(symbol)) if name in fields}
        if not fields or init is not None:
            return made
        made = changed(made, items=fields, kind="")
        post = self.engine.find_method(symbol, "__post_init__") or self.engine.find_method(symbol, "__attrs_post_init__")
        if post is None:
            return made
        self.call_function(node, post, made, ())
        left = fields_left(self.engine.summary(post), post.key, bind_arguments(post, made, ()))
        return changed(made, items={**fields, **left})

    def mutate(self, node: ir.Call, func: ir.Attribute, receiver: Value, args: Args) -> None:
        """`xs.append(v)`, `config.update(DEBUG=True)`: the container changes in place."""
        putting.appended(self, func, args)
        if receiver.kind and func.attr in builtin.MUTATORS:
            after = builtin.mutated(receiver, func.attr, *pieces(args))
            if after is not None:
                after = after if func.attr == "clear" else after.with_origins(receiver.origins)
                self.update_item(func.value, after) if isinstance(func.value, ir.Index) else self.update_path(func.value, after)
        if named_parts.is_parser(receiver):
            option_set = func.attr == "set"
            after = named_parts.with_option(receiver, args) if option_set else named_parts.with_read(receiver, func.attr, args)
            if after is not None:
                self.update_path(func.value, after)
        if func.attr in ("update", "setdefault", "from_mapping"):
            changing.stored(self, node, func, receiver, args)

    def update_item(self, target: ir.Index, value: Value) -> None:
        """`groups[key].append(v)`: the container that holds the container changes too."""
        if (holder := self.eval(target.value)).kind:
            self.update_path(target.value, builtin.with_item(holder, self.eval(target.index), value).with_origins(holder.origins))

    def store_paths(self, base: Value) -> list[str]:
        """The API paths under which `store` rows of `base` stand."""
        found = set(base.apis)
        for type_name in in_order(base.types | frozenset(filter(None, map(self.models.result, base.apis)))):
            found.update(self.models.lineage(type_name))
        return sorted(found)


_TUPLES = frozenset({"collections.namedtuple", "typing.NamedTuple"})
_LOOKUPS = frozenset({"get", "getlist"})
_GIVING = ("get_", "load_", "fetch_", "read_", "generate_", "create_", "make_", "decrypt_")
_GETTERS = frozenset(
    {"get", "getenv", "pop", "getlist", "get_secret", "getpass", "config", "env", "str", "require", "setdefault", "param"}
)
