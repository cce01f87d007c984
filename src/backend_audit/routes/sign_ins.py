"""Who can sign in at all, as the function says that turns a session into a user: of some services, only administrators."""

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.administrators import ADMINISTRATORS

_LOADERS = frozenset({"user_loader"})  # https://flask-login.readthedocs.io/en/latest/#how-it-works


def only_administrators(engine: Engine) -> bool:
    """Whether every user that a session can stand for is an administrator: `return db.session.get(AdminAccount, user_id)`."""
    loaders = [one for one in engine.project.functions() if any(map(_loads, one.node.decorators))]
    named = [name for one in loaders for name in _classes(one)]
    return bool(named) and all(not ADMINISTRATORS.isdisjoint(words(name)) for name in named)


def _loads(decorator: ir.Expr) -> bool:
    return written(decorator).rpartition(".")[2] in _LOADERS


def _classes(function: FunctionSymbol) -> list[str]:
    """The names of the classes in what a function returns, and in what the variables hold that it returns."""
    nodes = list(function.scope)
    given = [one.value for one in nodes if isinstance(one, (ir.Return, ir.Assign)) and one.value is not None]
    names = [one.id for value in given for one in ir.walk_scope(value) if isinstance(one, ir.Name)]
    return [name for name in names if name[:1].isupper() and not name.isupper()]
