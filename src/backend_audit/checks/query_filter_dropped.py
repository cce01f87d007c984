"""Queries that are narrowed as a statement: the narrowed one is a new query, which nobody keeps."""

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
