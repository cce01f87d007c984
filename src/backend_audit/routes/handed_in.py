"""What a guard's wrapper hands to the handler that it decorates: `return view(user, *args, **kwargs)`."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.wrappers import called_parameters, leaves

_DENYING = frozenset((401, 403))
_WRAPPED = ("kwargs", "kw", "args")


def handed_in(engine: Engine, behaviours: Behaviours, function: FunctionSymbol) -> frozenset[str]:
    """The parameters that decorators which turn callers away fill with what they found themselves."""
    found: set[str] = set()
    names = [one.name for one in function.node.params]
    for node in reversed(function.node.decorators):  # the innermost one's come first
        own = [one for each in _decorating(engine, behaviours, function, node) for one in _handed(each)]
        places = {at for at, _ in own if isinstance(at, int)}
        found |= {at for at, mine in own if isinstance(at, str) and mine}
        found |= {names[at] for at, mine in own if isinstance(at, int) and mine and at < len(names)}
        names = names[max(places, default=-1) + 1 :]
    return frozenset(found & {one.name for one in function.node.params})


def _decorating(engine: Engine, behaviours: Behaviours, function: FunctionSymbol, node: ir.Expr) -> list[FunctionSymbol]:
    """The wrappers that a decorator puts around a function, where it turns callers away."""
    value = engine.frame(function.module).eval(node.func if isinstance(node, ir.Call) else node)
    owners = (engine.class_of(one) for one in sorted(value.types))
    called = (engine.find_method(one, "__call__") for one in owners if one is not None)
    made = [*of_kind(value.refs, FunctionSymbol), *(one for one in called if one is not None)]
    return [leaf for one in made if behaviours.of(one).denies & _DENYING for leaf in leaves(one) if leaf.parent is not None]


def _handed(wrapper: FunctionSymbol) -> Iterator[tuple[int | str, bool]]:
    """Position or name of what a wrapper calls the decorated function with, and whether it is the wrapper's own finding."""
    functions = called_parameters(wrapper)
    given = {one.name for one in wrapper.node.params} | {*_WRAPPED}
    for node in wrapper.scope:
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in functions:
            for at, arg in enumerate(node.args):
                if arg.star:
                    continue
                yield (at if arg.name is None else arg.name), _is_own(arg.value, given)
        elif isinstance(node, ir.Assign) and node.value is not None and isinstance(node.targets[0], ir.Index):
            holder, key = node.targets[0].value, node.targets[0].index
            if isinstance(holder, ir.Name) and holder.id in given and isinstance(key, ir.Const) and isinstance(key.value, str):
                yield key.value, _is_own(node.value, given)


def _is_own(node: ir.Expr, given: set[str]) -> bool:
    """Whether an expression says nothing of what the wrapper was called with."""
    names = [one.id for one in ir.walk_scope(node) if isinstance(one, ir.Name)]
    return bool(names) and given.isdisjoint(names)
