"""A failed transaction that is neither rolled back nor handed on: the session stays broken, the writes half done."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._context import script_file
from backend_audit.checks._script_transactions import Forgotten, forgotten
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.source import SCRIPTS

RULE = "missing-rollback"

_DATABASE_ERRORS = _errors.names_of(
    "SQLAlchemyError,DBAPIError,IntegrityError,OperationalError,DatabaseError,DataError,InternalError,ProgrammingError,"
    "StatementError,InterfaceError,PsycopgError,UniqueViolation"
)
# A file of JavaScript without these begins no transaction by hand.
_WORDS = ("ransaction", "BEGIN", "begin(", "begin;", "begin`", 'begin"', "begin'")
_HOLDERS = ("session", "db", "conn", "connection", "cnx", "con", "database", "transaction", "tx", "trans", "cursor")

_ROUTES = frozenset("route get post put patch delete api_route".split())
_VERBS = frozenset("get post put patch delete".split())


@check(RULE)
def missing_rollback(node: ir.Try, view: FileView) -> Iterator[Alert]:
    """Handlers around a `commit()` after which nothing rolls back."""
    commit = _commit(node.body, view)
    if commit is None or _ends_transaction([*node.final, *node.orelse]):
        return
    receiver = " ".join(view.source(commit).split())
    if _is_managed(commit, view):
        return
    for handler in node.handlers:
        names = [name.rpartition(".")[2] for name in _errors.caught(handler, view)]
        if not _errors.is_broad(handler, view) and not any(name in _DATABASE_ERRORS for name in names):
            continue
        if _ends_transaction(handler.body) or _errors.raises(handler.body) or _ends_transaction(_errors.following(node, view)):
            continue
        at, end = _errors.head_span(handler)
        yield Alert(
            at=at,
            end=end,
            message=f"When `{receiver}.commit()` or a write before it fails, this handler goes on without "
            f"`{receiver}.rollback()`: the transaction stays open and the next use of `{receiver}` fails or commits half of it.",
            fix=f"Call `{receiver}.rollback()` first in the handler, or let a `with` block end the transaction.",
            confidence=Confidence.LOW
            if _ends_the_program(node, view) or _ends_the_request(node, handler, commit, view)
            else Confidence.MEDIUM,
        )


@check(RULE, *SCRIPTS)
def transaction_left_open(node: ir.Function, view: FileView) -> Iterator[Alert]:
    """`const t = await sequelize.transaction()` and no `t.rollback()` on the way of a failure."""
    if not any(word in view.text for word in _WORDS):
        return
    for one in forgotten(node):
        holder = one.begun.holder
        begin, handler = one.begun.call.func, one.handler
        at, end = (begin.at, begin.end) if handler is None else (handler.at, handler.at + len("catch"))
        who = "nothing takes the failure" if one.handler is None else "this handler goes on without a rollback"
        yield Alert(
            at=at,
            end=end,
            message=f"When something fails before the transaction on `{holder}` is committed, {who}: it stays open, keeps its "
            "locks, and a pool hands its connection to the next request in that state.",
            fix=f"Roll back in a `catch` around it, then release (`await {holder}.rollback()`, or the statement `ROLLBACK`), or "
            "let the library do both: hand the work to its `transaction(async (tx) => …)`.",
            confidence=_confidence(one, view),
        )


def _confidence(one: Forgotten, view: FileView) -> Confidence:
    """A caller that owns the connection may roll back; a tool ends, and its connection with it."""
    inner = one.handler is not None and not _errors.raises(one.handler.body)
    tool = script_file(view.module.path) or "migration" in view.module.path
    return Confidence.MEDIUM if (one.begun.own or inner) and not tool else Confidence.LOW


def _ends_the_program(node: ir.Try, view: FileView) -> bool:
    """Whether nothing follows in a command, whose session ends with its process."""
    function = view.function()
    commands = [] if function is None else [view.source(one) for one in function.decorators]
    return any("command" in one for one in commands) and not _errors.following(node, view)


def _ends_the_request(node: ir.Try, handler: ir.Handler, session: ir.Expr, view: FileView) -> bool:
    """Whether nothing follows in a route's handler, and its session ends with the request: Flask-SQLAlchemy's, a dependency's."""
    function = view.function()
    if function is None or view.enclosing(ir.For, ir.While) is not None or not _answers(function, view):
        return False
    after = [] if isinstance(handler.body[-1], ir.Return) else _errors.following(node, view)
    if any(not isinstance(one, ir.Return) for one in after):
        return False
    if isinstance(session, ir.Name):
        if any(one.name == session.id for one in function.params):
            return True  # no part of a request is one
        if session.id in view.imports and any(_is_route(one, "route") for one in function.decorators):
            return True  # a scoped session, as Flask's documentation has it: removed when the request ends
        session = _bound(session.id, view.module.body) or session
    return isinstance(session, ir.Attribute) and session.attr == "session"


def _answers(function: ir.Function, view: FileView) -> bool:
    """Whether a function is a route's handler, or a method of a resource: `@ns.route("/<int:id>") class Item(Resource)`."""
    owner = view.enclosing(ir.Class)
    of_class = (
        isinstance(owner, ir.Class) and function.name in _VERBS and any(_is_route(one, "route") for one in owner.decorators)
    )
    return of_class or any(map(_is_route, function.decorators))


def _is_route(decorator: ir.Expr, *how: str) -> bool:
    """`@app.route("/")`, `@router.post("/orders")`."""
    named = decorator.func.attr if isinstance(decorator, ir.Call) and isinstance(decorator.func, ir.Attribute) else ""
    return named in (how or _ROUTES)


def _bound(name: str, body: list[ir.Stmt]) -> ir.Expr | None:
    """What the module gives a name: `db_session = shop.model.db.session`."""
    given = (one for one in ir.walk_scope(*body) if isinstance(one, ir.Assign))
    return next((one.value for one in given for target in one.targets if isinstance(target, ir.Name) and target.id == name), None)


def _commit(body: list[ir.Stmt], view: FileView) -> ir.Expr | None:
    """The receiver of the first `commit()` in `body`."""
    blocks = [node for node in ir.walk_scope(*body) if isinstance(node, ir.With)]
    managed = {
        id(call)
        for block in blocks
        for call in _errors.calls(block.body)
        if isinstance(call.func, ir.Attribute) and _opens(block, call.func.value, view)
    }
    inner = [node for node in ir.walk_scope(*body) if isinstance(node, ir.Try) and _ends_itself(node, view)]
    managed |= {id(call) for node in inner for call in _errors.calls(node.body)}
    for call in _errors.calls(body):
        if isinstance(call.func, ir.Attribute) and call.func.attr == "commit" and not call.args:
            receiver = call.func.value
            if id(call) in managed:
                continue
            if _errors.last_name(receiver).lower().lstrip("_").endswith(_HOLDERS):
                return receiver
    return None


def _ends_itself(node: ir.Try, view: FileView) -> bool:
    """Whether a `try` rolls back whatever fails in it."""
    broad = [one for one in node.handlers if _errors.is_broad(one, view)]
    return _ends_transaction(node.final) or (bool(broad) and all(_ends_transaction(one.body) for one in broad))


def _ends_transaction(nodes: list[ir.Stmt]) -> bool:
    """Whether `nodes` roll back or give the connection up, by whatever helper."""
    for call in _errors.calls(nodes):
        name = _errors.last_name(call.func)
        if "rollback" in name or name in ("close", "aclose", "remove", "putconn", "release", "invalidate", "dispose"):
            return True
    return False


def _opens(block: ir.With, receiver: ir.Expr, view: FileView) -> bool:
    """Whether the `with` block owns `receiver`, so that leaving it rolls back."""
    text = view.source(receiver)
    return any(one is not None and text in view.source(one) for item in block.items for one in (item.target, item.context))


def _is_managed(receiver: ir.Expr, view: FileView) -> bool:
    """Whether a `with` block or a `finally` around the node ends the transaction."""
    for node in view.ancestors:
        if isinstance(node, ir.With) and _opens(node, receiver, view):
            return True
        if isinstance(node, ir.Try) and _ends_transaction(node.final):
            return True
    return False
