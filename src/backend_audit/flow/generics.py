"""Classes with type arguments: `FastAPIUsers[User, int](…)` makes what `FastAPIUsers(…)` makes; so does one of the project."""

from backend_audit import ir
from backend_audit.flow.values import UNKNOWN, Constant, Value
from backend_audit.link.symbols import ClassSymbol


def with_arguments(base: Value, at: Constant | None) -> Value:
    """What is known of a class in brackets: it stays one. `at`: what stands in them, where it is a constant."""
    if at is not None:
        return UNKNOWN
    classes = frozenset(path for path in base.apis if path.rpartition(".")[2][:1].isupper())
    own = frozenset(one for one in base.refs if isinstance(one, ClassSymbol) and _takes_types(one))
    return Value(apis=classes, refs=own) if classes or own else UNKNOWN


def _takes_types(symbol: ClassSymbol) -> bool:
    """Whether a class has parameters for types: `class Users(Base[T])`."""
    return any(isinstance(one.value, ir.Index) for one in symbol.node.bases)
