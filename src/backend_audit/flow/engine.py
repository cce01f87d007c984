"""The engine: environments of modules, summaries of functions, fields of classes, computed on demand and kept.

Everything is asked for lazily and answered once; a question that comes back while it is being answered (a call cycle, a circular
import) gets what is known so far. A second round re-reads the functions whose parameters turned out, by their callers,
to be objects of known types.
"""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.finding import Problem, ProblemKind
from backend_audit.flow.bound import Bound
from backend_audit.flow.bounded import bounded, bounded_concept
from backend_audit.flow.frame import Env, FrameState
from backend_audit.flow.injection import injected
from backend_audit.flow.interrupting import Interrupted
from backend_audit.flow.moments import CallSite
from backend_audit.flow.origins import DATA, Origin
from backend_audit.flow.parts import ELEMENT, of_origin
from backend_audit.flow.renewal import Renewal
from backend_audit.flow.statements import Frame
from backend_audit.flow.summary import EMPTY, MAX_LIFTS, Summary, depends
from backend_audit.flow.syntax import constructed
from backend_audit.flow.types import annotation_value, promised
from backend_audit.flow.values import NONE, NOTHING, UNKNOWN, Key, Value, api, changed, container, join, ref
from backend_audit.flow.ways import common_to
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol, ObjectSymbol, object_key

_MAX_RUNNING = 400


class Engine(Renewal):
    """Answers what names, fields and calls of one project mean. Deterministic: modules and functions in path order."""

    frame_type: type[Frame] = Frame  # what executes a body of the project's language

    def frame(self, module: ModuleSymbol, function: FunctionSymbol | None = None, env: Env | None = None) -> Frame:
        return self.frame_type(self, module, function, dict(self.environment(module)) if env is None else env)

    # --- functions --------------------------------------------------------------------------------------------------

    def summary(self, symbol: FunctionSymbol) -> Summary:
        """What calling the function gives and does, in terms of its parameters."""
        known = self._summaries.get(symbol.key)
        if known is not None:
            return known
        if symbol.key in self._running or len(self._running) > _MAX_RUNNING:
            return EMPTY
        if (found := self.closures.around_first(symbol)) is not None:
            return found
        self._running.add(symbol.key)
        self.environment(symbol.module)
        frame = self.frame(symbol.module, symbol, {})
        self.under_way[symbol.key] = frame
        self._closures[symbol.key] = frame.env
        self.bind_parameters(frame, symbol)
        frame.given = dict(frame.env)
        if self.contained(frame, symbol.node.body):
            frame.way_out(NONE, None)
        self._closures[symbol.key] = frame.env
        del self.under_way[symbol.key]
        self._running.discard(symbol.key)
        result = frame.returns if not symbol.node.is_generator else container("list", None, frame.yields)
        if result is NOTHING:
            result = UNKNOWN
        if symbol.node.returns is not None and not symbol.node.is_generator:
            result = promised(result, self.annotated(frame, symbol.node.returns))
        events = tuple(frame.events.values())
        lifting = tuple(bounded_concept(event) for event in [one for one in events if depends(one, symbol.key)][:MAX_LIFTS])
        ways = {name: common_to(cleared) for name, cleared in frame.ways.items()}
        fields = {key: bounded(value) for key, value in self.left_in_fields(frame, symbol).items()}
        grown = frozenset(key for key in fields if f"{self.me(symbol)}.{key}" in frame.grown)
        thrown = frame.thrown if any(one.label in DATA for one in frame.thrown.all_origins()) else NOTHING
        result = bounded(result)
        put = {place: bounded(value) for place, value in frame.put.items()}
        told = (ways["true"], ways["false"], ways["any"])
        summary = Summary(result, frame.yields, events, lifting, *told, fields, thrown, grown, put)
        self._summaries[symbol.key] = summary
        for nested in symbol.nested:
            self.summary(nested)
        if symbol.nested:
            self.closures.lift(symbol, summary)
        else:
            del self._closures[symbol.key]
        return summary

    def left_in_fields(self, frame: Frame, symbol: FunctionSymbol) -> dict[Key, Value]:
        """What a method leaves in the fields of its object."""
        made = symbol.node.kind in ("", "constructor") if symbol.has_receiver else symbol.node.name == "__init__"
        return constructed(frame, self.me(symbol)) if made and self.me(symbol) else self.left_behind(frame, symbol)

    def chosen(self, symbol: FunctionSymbol, bound: Bound, result: Value) -> Value:
        """Which of several functions, or objects, a factory gives for constant arguments: `authorizer(required=False)`."""
        found = self._with_constants(symbol, bound)
        return found if found is not None and (found.refs or (found.types and not found.open)) else result

    def computed(self, symbol: FunctionSymbol, bound: Bound, result: Value) -> Value:
        """What a function makes of constant arguments, its defaults among them, if nothing else is in it."""
        if not any(origin.label == "param" for origin in self.summary(symbol).result.all_origins()):
            return result
        found = self._with_constants(symbol, bound)
        known = found is not None and (found.is_literal() or (bool(found.shapes) and not found.all_origins()))
        return found if found is not None and known else result

    def _with_constants(self, symbol: FunctionSymbol, bound: Bound) -> Value | None:
        """What the function gives when it is run with its arguments, all of them being constants."""
        params = symbol.node.params
        if symbol.key in self._running or not params or any(at not in bound or not bound[at].consts for at in range(len(params))):
            return None
        key = (symbol.key, *(bound[at].consts for at in range(len(params))))
        if key not in self._constant_calls:
            frame = self.frame(symbol.module, symbol, {param.name: bound[at] for at, param in enumerate(params)})
            self.run_in(frame, symbol)
            self._constant_calls[key] = frame.returns
        return self._constant_calls[key]

    def run_in(self, frame: Frame, symbol: FunctionSymbol) -> None:
        """Run a function in a frame that was made for it, unless it is being run."""
        if symbol.key not in self._running:
            self._running.add(symbol.key)
            self.contained(frame, symbol.node.body)
            self._running.discard(symbol.key)

    def contained(self, frame: Frame, body: list[ir.Stmt]) -> bool:
        """Run a body, and say whether its end is reached; if it fails, what is known so far stands, and it is a problem."""
        where = f" in {frame.scope}" if frame.scope else ""
        return self.attempt(frame.module.path, f"following values{where}", lambda: frame.run(body))

    def attempt(self, path: str, what: str, work: Callable[[], bool]) -> bool:
        """What `work` gives; if it breaks, a problem of the file `path`, and false."""
        if self.interrupted is not None and self.interrupted():
            raise Interrupted
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the edge of one function's analysis, or one route's
            self.problems.append(Problem(path, 0, ProblemKind.CRASH, f"{what} failed with {type(error).__name__}"))
            return False

    def bind_parameters(self, frame: Frame, symbol: FunctionSymbol) -> None:
        facts = self._facts.get(symbol.key, {})
        for at, param in enumerate(symbol.node.params):
            origin = Origin("param", (symbol.key, at), param.name)
            value = Value(open=True, origins=frozenset((origin,)))
            if at == 0 and symbol.owner is not None and symbol.binds_first:
                own = self.instance_of(symbol.owner).with_origins((origin,))
                frame.env[param.name] = ref(symbol.owner) if symbol.decorated("classmethod") else own
                continue
            if param.kind in ("args", "kwargs"):
                each = Value(open=True, origins=frozenset((of_origin(origin, ELEMENT),)))
                value = Value(kind="tuple" if param.kind == "args" else "dict", elem=each, origins=value.origins)
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
            if at >= len(symbol.node.params):
                continue  # beyond the parameters
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

    def object_of(self, module: ModuleSymbol, node: ir.Call) -> ObjectSymbol:
        """The object that the call `node` makes."""
        return self._objects.setdefault(id(node), ObjectSymbol(object_key(module.path, node), node))

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
                found = join(found, self.instance_of(owner) if method is None else self.answered(method, value))
            elif target is not None:
                found = join(found, Value(types=frozenset((target,))))
            else:
                found = join(found, Value(types=frozenset((type_name,))))
        return value if found is NOTHING else changed(found, open=value.open, made=value.made).with_origins(value.origins)
