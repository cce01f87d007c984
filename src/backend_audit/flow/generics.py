"""Library classes with type arguments: `FastAPIUsers[User, int](…)` makes what `FastAPIUsers(…)` makes."""

from backend_audit.flow.values import UNKNOWN, Constant, Value


def with_arguments(base: Value, at: Constant | None) -> Value:
    """What is known of a library's name in brackets: a class stays one. `at`: what stands in them, where it is a constant."""
    classes = frozenset(path for path in base.apis if path.rpartition(".")[2][:1].isupper())
    return Value(apis=classes) if classes and at is None else UNKNOWN
