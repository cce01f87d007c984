"""Views that a call registers, and no decorator: `app.add_url_rule("/orders/<id>", view_func=order)`, `api.add_api_route`.

https://flask.palletsprojects.com/en/stable/api/#flask.Flask.add_url_rule, https://sanic.dev/en/guide/basics/routing.html,
https://fastapi.tiangolo.com/reference/apirouter/, https://bottlepy.org/docs/dev/api.html#bottle.Bottle.route
"""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.ordering import of_kind
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol


class Called(NamedTuple):
    """How a call registers a function: the type of what it is called on, and the call; `fails`: for when a request fails."""

    owners: frozenset[str]
    call: ir.Call
    fails: bool


class _Method(NamedTuple):
    package: str
    owner: str
    at: int  # the position of the function
    names: tuple[str, ...]  # what it is called where it is given by name


_METHODS = {
    "add_url_rule": (_Method("flask", "flask.Flask", 2, ("view_func",)), _Method("quart", "quart.Quart", 2, ("view_func",))),
    "register_error_handler": (_Method("flask", "flask.Flask", 1, ("f",)), _Method("quart", "quart.Quart", 1, ("f",))),
    "add_api_route": (_Method("fastapi", "fastapi.FastAPI", 1, ("endpoint",)),),
    "add_route": (_Method("sanic", "sanic.Sanic", 0, ("handler",)),),
    "route": (_Method("bottle", "bottle.Bottle", 2, ("callback",)),),
}
_ERRORS = frozenset(("register_error_handler",))
_PACKAGES = frozenset(method.package for methods in _METHODS.values() for method in methods)
_tables: "WeakKeyDictionary[Engine, dict[str, Called]]" = WeakKeyDictionary()


def called(engine: Engine, symbol: FunctionSymbol) -> Called | None:
    """The call that registers the function; None if no call of the project does."""
    if symbol.node.decorators:
        return None
    if engine not in _tables:
        _tables[engine] = {}  # evaluating names may ask for what is being read
        _tables[engine] = dict(_found(engine))
    return _tables[engine].get(symbol.key)


def _found(engine: Engine) -> Iterator[tuple[str, Called]]:
    for module in engine.project.modules.values():
        packages = classes.imported(module) & _PACKAGES
        for node in ir.walk(*module.node.body) if packages else ():
            if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute):
                continue
            method = next((one for one in _METHODS.get(node.func.attr, ()) if one.package in packages), None)
            given = None if method is None else _function(node, method)
            for one in _meant(engine, module, given) if given is not None else ():
                owners = frozenset(() if method is None else (method.owner,))
                yield one.key, Called(owners, node, node.func.attr in _ERRORS)


def _function(call: ir.Call, method: _Method) -> ir.Expr | None:
    placed = [arg.value for arg in call.args if not arg.name]
    named = next((arg.value for arg in call.args if arg.name in method.names), None)
    return named if named is not None else placed[method.at] if len(placed) > method.at else None


def _meant(engine: Engine, module: ModuleSymbol, given: ir.Expr) -> Iterator[FunctionSymbol]:
    """The functions that are given: a name of the module, or a method of the class around (`self.index`)."""
    if isinstance(given, ir.Attribute) and isinstance(given.value, ir.Name) and given.value.id in ("self", "cls"):
        for owner in module.classes.values():
            method = owner.methods.get(given.attr) if owner.node.at <= given.at < owner.node.end else None
            if method is not None:
                yield method
    elif isinstance(given, (ir.Name, ir.Attribute)):
        yield from of_kind(engine.frame(module).eval(given).refs, FunctionSymbol)
