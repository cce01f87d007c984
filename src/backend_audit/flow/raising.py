"""What an exception tells: `raise ValueError("bad " + name)`, here or in what is called, to an `except ValueError as error`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.ordering import in_order
from backend_audit.flow.origins import DATA, united
from backend_audit.flow.values import NOTHING, Value, container

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions
    from backend_audit.flow.statements import Frame

_BETWEEN = ", "  # the names of several types
_EVERYTHING = frozenset(("Exception", "BaseException"))


def raised(frame: "Frame", exc: ir.Expr) -> Value:
    """The data that an exception is told, by the types that it may be of."""
    value = frame.eval(exc)
    given = [frame.eval(arg.value) for arg in exc.args] if isinstance(exc, ir.Call) else []
    told = united(one for each in given for one in each.derived().origins if one.label in DATA)
    return container("dict", {_BETWEEN.join(in_order(value.types)): Value(open=True, origins=told)}) if told else NOTHING


def caught(frame: "Frame", handler: ir.Handler, thrown: Value) -> Value:
    """The exception that a handler gets, with the data that was told to one which it may be."""
    found = frame.engine.caught(frame, handler)
    for types, told in (thrown.items or {}).items():
        if _may_be(frame, frozenset(filter(None, str(types).split(_BETWEEN))), found):
            found = found.with_origins(told.origins)
    return found


def _may_be(frame: "Frame", types: frozenset[str], wanted: Value) -> bool:
    """Whether an exception may be of a class that a handler names; of one that is out of sight it may."""
    if not wanted.types or not types or wanted.types & _EVERYTHING or types & wanted.types:
        return True
    engine, thrown = frame.engine, Value(types=types)
    above = {base.key for one in engine.classes_of(thrown) for base in engine.bases(one)[0]}
    outside = {name for one in engine.classes_of(thrown) for name in engine.external_bases(one)}
    return any(one.key in above for one in engine.classes_of(wanted)) or bool(outside & wanted.types)


def is_any(frame: "Expressions", types: ir.Expr) -> bool:
    """Whether every exception is of one of the types: `isinstance(error, Exception)`."""
    return not _EVERYTHING.isdisjoint(frame.engine.types_of(frame, types))
