"""Views that answer everybody and show nothing to who has not signed in: `if user.is_anonymous: return Note.objects.none()`.

https://docs.djangoproject.com/en/stable/ref/models/querysets/#none
"""

from collections.abc import Callable

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.missing import asks_for_login
from backend_audit.routes.model import Does, Guard
from backend_audit.source import Mark

_MAKES = frozenset(("post", "create"))  # what is new is in no query set
_Decides = Callable[[FunctionSymbol, ir.Expr], bool | None]


def withheld(engine: Engine, view: ClassSymbol, handler: FunctionSymbol | None, action: str, decides: _Decides) -> list[Guard]:
    """The `get_queryset` of a view as a guard of what its library answers from it."""
    method = None if handler is not None or action in _MAKES else engine.find_method(view, "get_queryset")
    if method is None or not any(_gives_nothing(method, one, decides) for one in method.node.body):
        return []
    mark = Mark(method.module.path, method.node.at, method.node.name_end, "get_queryset")
    because = "gives nothing to who has not signed in"
    return [Guard("get_queryset", frozenset((Does.AUTHENTICATES,)), "body", mark, method, because, carrier="")]


def _gives_nothing(method: FunctionSymbol, statement: ir.Stmt, decides: _Decides) -> bool:
    if not isinstance(statement, ir.If) or not asks_for_login(statement.test):
        return False
    decided = decides(method, statement.test)
    taken = statement.body if decided else statement.orelse if decided is False else []
    last = taken[-1] if taken else None
    given = last.value if isinstance(last, ir.Return) else None
    if isinstance(given, ir.Container):
        return not given.items
    return isinstance(given, ir.Call) and isinstance(given.func, ir.Attribute) and written(given.func).endswith(".none")
