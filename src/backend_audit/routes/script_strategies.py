"""Strategies of Passport that let callers without credentials through: those of the project by `this.pass()`, passport-anonymous.

https://www.passportjs.org/concepts/authentication/strategies/, https://github.com/jaredhanson/passport-strategy#augmented-methods,
https://github.com/jaredhanson/passport-anonymous
"""

from dataclasses import replace
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol
from backend_audit.routes.model import Does, Guard

_ASKS = "authenticate"
_NAMING = frozenset((_ASKS, "authorize", "AuthGuard"))
_ANYBODY = "anonymous"
_SESSION = "session"  # of Passport itself: https://www.passportjs.org/tutorials/password/session/
_PASSES = "this.pass"
_BECAUSE = "its strategy lets callers without credentials through"
_known: "WeakKeyDictionary[Engine, frozenset[str]]" = WeakKeyDictionary()


def settled(engine: Engine, node: ir.Expr | None, guards: list[Guard]) -> list[Guard]:
    """The guards of `passport.authenticate("jwt")`, by what its strategies do."""
    names = _strategies(node)
    if not names or not any(guard.has(Does.AUTHENTICATES) for guard in guards):
        return guards
    if names == [_SESSION]:  # `passport.session()` by another name
        return [replace(one, does=frozenset((Does.RUNS,)), because=_BECAUSE) for one in guards]
    if _ANYBODY not in names and _SESSION not in names and not set(names) <= _passing(engine):
        return guards
    idle = frozenset((Does.IDENTIFIES,))
    return [replace(one, does=idle, because=_BECAUSE) if one.has(Does.AUTHENTICATES) else one for one in guards]


def named(node: ir.Expr | None) -> list[str]:
    """The one strategy of Passport that a call names: `passport.authenticate("jwt")`, `AuthGuard("local")`."""
    if not isinstance(node, ir.Call) or written(node.func).rpartition(".")[2] not in _NAMING or not node.args:
        return []
    first = node.args[0].value
    return [first.value] if isinstance(first, ir.Const) and isinstance(first.value, str) else []


def _strategies(node: ir.Expr | None) -> list[str]:
    """The names of strategies that a call asks: `authenticate("jwt")`, `authenticate(["jwt", "anonymous"])`."""
    if not isinstance(node, ir.Call) or written(node.func).rpartition(".")[2] != _ASKS or not node.args:
        return []
    first = node.args[0].value
    given = [item.value for item in first.items] if isinstance(first, ir.Container) else [first]
    return [one.value for one in given if isinstance(one, ir.Const) and isinstance(one.value, str)]


def _passing(engine: Engine) -> frozenset[str]:
    """The names under which strategies are used that call `this.pass()`."""
    if engine not in _known:
        modules = list(engine.project.modules.values())
        classes = {name for module in modules for name, one in module.classes.items() if _passes(one)}
        found = {name for module in modules for name in _used(module.node, classes)} if classes else set[str]()
        _known[engine] = frozenset(found)
    return _known[engine]


def _passes(owner: ClassSymbol) -> bool:
    if not any(written(base.value).endswith("Strategy") for base in owner.node.bases):
        return False
    return any(isinstance(one, ir.Call) and written(one.func) == _PASSES for one in ir.walk(*owner.node.body))


def _used(module: ir.Module, classes: set[str]) -> list[str]:
    """`passport.use("jwt", new JwtStrategy(…))`: the names of those of `classes`."""
    found: list[str] = []
    for node in ir.walk(*module.body):
        if isinstance(node, ir.Call) and len(node.args) == 2 and written(node.func).rpartition(".")[2] == "use":
            name, made = node.args[0].value, node.args[1].value
            is_made = isinstance(made, ir.Call) and written(made.func).rpartition(".")[2] in classes
            if is_made and isinstance(name, ir.Const) and isinstance(name.value, str):
                found.append(name.value)
    return found
