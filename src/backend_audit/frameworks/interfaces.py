"""Gradio's functions: what people enter into components is handed to them, in the order in which the components are named.

`gr.Interface(fn=run, inputs=["text", "slider"])`, `button.click(run, inputs=[box])`, `@box.submit(inputs=box)`. A text may be
anything; a number, a choice or a file that Gradio itself has stored is none of the client's own. Applications of many modules
keep their components in a table, `shared["name"] = gr.Textbox()`, and name them by its keys: `[shared["name"]]`, `held("name")`.
https://www.gradio.app/docs/gradio/interface, https://www.gradio.app/guides/blocks-and-event-listeners
"""

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLOSED_TYPES, Value
from backend_audit.flow.written import last_word
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

# What is called → the positions of the function and of its inputs.
_WHOLE = {"Interface": (0, 1), "ChatInterface": (0, -1), "on": (1, 2)}
_EVENTS = frozenset("click submit change input load select blur upload release tick then success".split())
_TEXTS = frozenset("textbox textarea text code markdown html chatbot multimodaltextbox json dataframe".split())
_CHAT = ("textbox",)

Filled = dict[str, frozenset[int]]  # function → the positions of the parameters that hold texts of people
_tables: "WeakKeyDictionary[Engine, Filled]" = WeakKeyDictionary()


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """The text that somebody enters for the parameter; None where no component fills it."""
    if frame.engine not in _tables:
        _tables[frame.engine] = _filled(frame.engine)
    positions = _tables[frame.engine].get(symbol.key, frozenset())
    closed = bool(value.types and not value.open) or bool(value.types & CLOSED_TYPES)
    if closed or at - (1 if symbol.binds_first else 0) not in positions:
        return None
    origin = Origin("untrusted", (symbol.key, f"entered {param.name}"), f"what somebody enters as `{param.name}`")
    return value.with_origins((origin.step(frame.mark(param, f"{param.name} is entered by somebody")),))


def _filled(engine: Engine) -> Filled:
    found: Filled = {}
    modules = [module for module in engine.project.modules.values() if "gradio" in classes.imported(module)]
    kept = _kept(modules)
    for module in modules:
        components = kept | _components(module)
        for symbol, inputs in _handed(engine, module):
            texts = {at for at, kind in enumerate(_kinds(inputs, components)) if kind in _TEXTS}
            found[symbol.key] = found.get(symbol.key, frozenset()) | texts
    return found


def _handed(engine: Engine, module: ModuleSymbol) -> Iterator[tuple[FunctionSymbol, ir.Expr | None]]:
    """The functions of a module's interfaces, each with the components that fill its parameters (None: a chat's text)."""
    for node in module.nodes.of(ir.Call):
        if (places := _places(node)) is not None:
            function, inputs = (_argument(node, at, name) for at, name in zip(places, ("fn", "inputs"), strict=True))
            for symbol in [] if function is None else _meant(engine, module, function):
                yield symbol, inputs
    for symbol in module.every:
        for decorator in symbol.node.decorators:
            if isinstance(decorator, ir.Call) and _places(decorator) is not None:
                inputs = _argument(decorator, 1, "inputs")
                if inputs is not None:
                    yield symbol, inputs


def _places(call: ir.Call) -> tuple[int, int] | None:
    name = last_word(call.func)
    return (0, 1) if name in _EVENTS and isinstance(call.func, ir.Attribute) else _WHOLE.get(name)


def _argument(call: ir.Call, at: int, name: str) -> ir.Expr | None:
    named = next((arg.value for arg in call.args if arg.name == name), None)
    given = [arg.value for arg in call.args if arg.name is None and not arg.star]
    return named if named is not None or not 0 <= at < len(given) else given[at]


def _meant(engine: Engine, module: ModuleSymbol, function: ir.Expr) -> Sequence[FunctionSymbol]:
    if not isinstance(function, (ir.Name, ir.Attribute)):
        return ()
    known = of_kind(engine.frame(module).eval(function).refs, FunctionSymbol)
    name = function.id if isinstance(function, ir.Name) else function.attr
    inner = [one for one in module.every if one.node.name == name and (one.parent is not None or one.owner is not None)]
    return known or (inner if len(inner) == 1 else ())


def _components(module: ModuleSymbol) -> dict[str, str]:
    """The variables that hold components, with the names of their classes."""
    return {
        node.targets[0].id: _class_of(node.value)
        for node in module.nodes.of(ir.Assign)
        if isinstance(node.targets[0], ir.Name) and isinstance(node.value, ir.Call)
    }


def _kept(modules: Sequence[ModuleSymbol]) -> dict[str, str]:
    """The keys under which tables hold components, in brackets, with the names of their classes; "" where they differ."""
    found: dict[str, str] = {}
    for module in modules:
        for node in module.nodes.of(ir.Assign):
            target = node.targets[0]
            if isinstance(target, ir.Index) and isinstance(node.value, ir.Call):
                key, kind = _key(target.index), _class_of(node.value)
                if key and found.setdefault(key, kind) != kind:
                    found[key] = ""
    return found


def _key(node: ir.Expr) -> str:
    return f"[{node.value}]" if isinstance(node, ir.Const) and isinstance(node.value, str) else ""


def _class_of(call: ir.Call) -> str:
    name = last_word(call.func)
    custom = any(arg.name == "allow_custom_value" and isinstance(arg.value, ir.Const) and arg.value.value for arg in call.args)
    return "text" if custom else name.lower()  # a choice to which one's own may be added


def _kinds(inputs: ir.Expr | None, components: dict[str, str]) -> Sequence[str]:
    if inputs is None:
        return _CHAT
    if isinstance(inputs, ir.Call) and inputs.args and all(_key(arg.value) in components for arg in inputs.args):
        return [components[_key(arg.value)] for arg in inputs.args]
    parts = [item.value for item in inputs.items] if isinstance(inputs, ir.Container) else [inputs]
    return [_kind(part, components) for part in parts]


def _kind(part: ir.Expr, components: dict[str, str]) -> str:
    if isinstance(part, ir.Const):
        return str(part.value).lower()
    if isinstance(part, ir.Call):
        return _class_of(part)
    if isinstance(part, ir.Index):
        return components.get(_key(part.index), "")
    return components.get(part.id, "") if isinstance(part, ir.Name) else ""
