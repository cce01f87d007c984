"""Queries that are narrowed as a statement, and conditions joined by `and`: the narrowed query, or one of them, nobody keeps."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.source import SCRIPTS, Language

RULE = "query-filter-dropped"

_NARROWS = frozenset(("filter", "exclude", "filter_by", "where"))
_OF_KYSELY = frozenset(("where", "whereRef"))
_BEGINS = frozenset("objects query select get_queryset all select_related prefetch_related filter exclude filter_by".split())
_BEGINS_KYSELY = frozenset(("selectFrom", "updateTable", "deleteFrom"))
_BITWISE = {"and": "&", "or": "|"}
_QS = frozenset(("django.db.models.Q", "django.db.models.query_utils.Q"))
_COLUMN = re.compile(r"(\w+\.)*\w+\.c\.\w+|(\w+\.)*[A-Z]\w*\.\w+")


@check(RULE, Language.PYTHON, *SCRIPTS)
def query_filter_dropped(statement: ir.ExprStmt, view: FileView) -> Iterator[Alert]:
    """`queryset.filter(owner=request.user)` as a statement of its own, and `queryset` goes on as it was."""
    call = statement.value
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or not call.args:
        return
    function, query = view.function(), call.func.value
    names, begins = (_OF_KYSELY, _BEGINS_KYSELY) if view.module.language in SCRIPTS else (_NARROWS, _BEGINS)
    if call.func.attr not in names or not isinstance(query, ir.Name) or function is None:
        return
    given = [
        one.value
        for one in ir.walk_scope(*function.body)
        if isinstance(one, ir.Assign) and any(isinstance(to, ir.Name) and to.id == query.id for to in one.targets)
    ]
    if not any(one is not None and _is_query(one, begins, view) for one in given) or not _goes_on(query, call, function):
        return
    yield Alert(
        node=call,
        message=f"What `{written(call.func)}` gives is dropped: it makes a new query and leaves `{query.id}` as it was, so that "
        "the rows that were to be left out are still in it.",
        fix=f"Keep it: `{query.id} = {written(call.func)}(…)`.",
        confidence=Confidence.HIGH,
    )


@check(RULE, Language.PYTHON)
def condition_dropped(call: ir.Call, view: FileView) -> Iterator[Alert]:
    """`.where(Order.id == number and Order.owner == user.id)`: Python takes one of the two, and the query only sees that."""
    if not isinstance(call.func, ir.Attribute) or call.func.attr not in _NARROWS:
        return
    for joined in (arg.value for arg in call.args if arg.name is None and isinstance(arg.value, ir.Logical)):
        left, right = _leaf(joined.left), joined.right
        if joined.op not in _BITWISE or not _is_condition(left, view) or not _is_condition(right, view):
            continue
        dropped = written(right if _takes_first(left, joined.op) else left)
        yield Alert(
            node=joined,
            message=f"`{joined.op}` is Python's: it takes one of its two sides, so that `{dropped}` never reaches the query, "
            "and rows that it was to leave out are found.",
            fix=f"Join them by `{_BITWISE[joined.op]}` (each in brackets), or give them as two arguments.",
            confidence=Confidence.HIGH,
        )


def _leaf(node: ir.Expr) -> ir.Expr:
    """The last of several that are joined."""
    return node.right if isinstance(node, ir.Logical) else node


def _is_condition(node: ir.Expr, view: FileView) -> bool:
    """Whether an expression is a condition of SQLAlchemy on a column (`Order.id == x`, `orders.c.id == x`) or a `Q` of Django."""
    if isinstance(node, ir.Call):
        return view.api(node.func) in _QS
    if not isinstance(node, ir.Compare) or len(node.ops) != 1 or node.ops[0] not in ("==", "!="):
        return False
    return isinstance(node.left, ir.Attribute) and _COLUMN.fullmatch(written(node.left)) is not None


def _takes_first(left: ir.Expr, op: str) -> bool:
    """Whether Python takes the left side: an `==` of columns counts as false there, and an `!=` and a `Q` as true."""
    false = isinstance(left, ir.Compare) and left.ops[0] == "=="
    return false if op == "and" else not false


def _is_query(node: ir.Expr, begins: frozenset[str], view: FileView) -> bool:
    """Whether an expression is a chain of a query: `Project.objects.all()`, `session.query(Project)`, `select(Project)`."""
    while isinstance(node, (ir.Attribute, ir.Call, ir.Await)):
        if isinstance(node, ir.Attribute) and node.attr in begins:
            return True
        node = node.func if isinstance(node, ir.Call) else node.value
    return isinstance(node, ir.Name) and (view.api(node) or "").rpartition(".")[2] in begins


def _goes_on(query: ir.Name, call: ir.Call, function: ir.Function) -> bool:
    """Whether the query is read behind the call."""
    return any(isinstance(one, ir.Name) and one.id == query.id and one.at > call.end for one in ir.walk_scope(*function.body))
