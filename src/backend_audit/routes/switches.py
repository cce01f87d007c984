"""Switches of guards: of library calls, as rows of models name them, and of the project's own, as they are called."""

from dataclasses import replace

from backend_audit import ir
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.anonymous import Anonymous
from backend_audit.routes.anonymous_run import Env, Outcome
from backend_audit.routes.missing import FALSE, TRUE
from backend_audit.routes.model import Does, Guard
from backend_audit.routes.wrappers import wrappers

TOLD_SO = "told to let everybody through"


def switched_on(call: ir.Call, spec: str) -> bool:
    """Whether the argument that `spec` means is written as True; `0.option=false`: a property of it as that."""
    at, _, option = spec.partition(".")
    if option:
        name, _, wanted = option.partition("=")
        holder = call.args[int(at)].value if int(at) < len(call.args) else None
        items = holder.items if isinstance(holder, ir.Container) else []
        told = [item.value for item in items if isinstance(item.key, ir.Const) and item.key.value == name]
        return any(isinstance(one, ir.Const) and one.value is (wanted == "true") for one in told)
    position, _, name = spec.partition(":")
    positional = [arg for arg in call.args if arg.name is None]
    given = [arg.value for arg in call.args if arg.name == name]
    if position and int(position) < len(positional):
        given.append(positional[int(position)].value)
    return any(isinstance(one, ir.Const) and one.value is True for one in given)


def as_told(anonymous: Anonymous, guard: Guard, call: ir.Call) -> Guard:
    """A guard of the project as a call switches it: `@login(optional=True)` lets everybody through."""
    told = _switched(call, guard.function) if guard.function is not None and guard.has(Does.AUTHENTICATES) else {}
    if guard.function is None or not told:
        return guard
    runs = [anonymous.run(one, told) for one in wrappers(anonymous.engine, guard.function)]
    passes = all(one.outcome() is Outcome.PASSES for one in runs)
    return replace(guard, does=frozenset((Does.IDENTIFIES,)), because=TOLD_SO) if passes else guard


def as_made(anonymous: Anonymous, guard: Guard, made: Value) -> Guard:
    """A guard that is an object of the project, by the switches that it was made with: `Depends(Login(enforce=False))`."""
    function = guard.function
    if function is None or not function.node.params or not guard.has(Does.AUTHENTICATES):
        return guard
    me = function.node.params[0].name
    told: Env = {
        f"{me}.{name}": TRUE if field.is_just(value=True) else FALSE
        for name, field in (made.items or {}).items()
        if field.is_just(value=True) or field.is_just(value=False)
    }
    if not told or anonymous.run(function, told).outcome() is not Outcome.PASSES:
        return guard
    return replace(guard, does=frozenset((Does.IDENTIFIES,)), because=TOLD_SO)


def _switched(call: ir.Call, function: FunctionSymbol) -> Env:
    """The switches of a guard of the project that a call sets otherwise than they are by default: `@login(optional=True)`."""
    params = function.node.params[1:] if function.binds_first else function.node.params
    named = {one.name: one for one in params}
    found: Env = {}
    for at, arg in enumerate(call.args):
        param = named.get(arg.name) if arg.name is not None else params[at] if at < len(params) and not arg.star else None
        given = arg.value.value if isinstance(arg.value, ir.Const) else None
        if param is not None and isinstance(given, bool) and isinstance(param.default, ir.Const) and param.default.value != given:
            found[param.name] = TRUE if given else FALSE
    return found
