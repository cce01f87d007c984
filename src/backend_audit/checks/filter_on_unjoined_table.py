"""Filters on the column of a class that the query does not ask for and does not join: they hold for every row, or for none."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.link.symbols import statements

RULE = "filter-on-unjoined-table"

_FILTERS = frozenset(("filter", "where"))
_JOINS = frozenset(
    "join outerjoin join_from outerjoin_from select_from with_entities add_columns add_entity from_statement subquery cte "
    "correlate from_self union union_all intersect except_ exists with_parent select_entity_from".split()
)
_ASKS = frozenset(("query", "select"))


@check(RULE)
def filter_on_unjoined_table(call: ir.Call, view: FileView) -> Iterator[Alert]:
    """`Person.query.filter(Person.id == id).filter(Project.id == project.id)`."""
    if not isinstance(call.func, ir.Attribute) or call.func.attr not in _FILTERS:
        return
    chain = [*_above(call, view), *_below(call)]
    asked = _asked(chain, view)
    if not asked or any(_method(one) in _JOINS for one in chain):
        return
    related = _related(chain, view)
    for arg in call.args:
        column = _column(arg.value, view)
        if column is None or column in asked or any(column in pair and not pair.isdisjoint(asked) for pair in related):
            continue
        entity = min(asked)
        owner = next((node for node in _classes(view) if node.name == entity), None)
        if owner is not None and any(written(base.value).rpartition(".")[2] == column for base in owner.bases):
            continue  # the same row, kept in two tables
        yield Alert(
            node=arg.value,
            message=f"The query asks for `{entity}` and filters by `{written(_left(arg.value))}`, a table that it does not join: "
            f"as long as any `{column}` fits, every `{entity}` does.",
            fix=f"Filter by the column of `{entity}` that names the `{column}`, or join the two.",
            confidence=Confidence.LOW if owner is None else Confidence.MEDIUM,
        )


def _above(call: ir.Call, view: FileView) -> list[ir.Call]:
    """The calls that are made on what `call` gives."""
    found: list[ir.Call] = []
    inner: ir.Node = call
    for node in reversed(view.ancestors):
        if isinstance(node, ir.Attribute) and node.value is inner:
            inner = node
        elif isinstance(node, ir.Call) and node.func is inner:
            found.append(node)
            inner = node
        else:
            break
    return found


def _below(call: ir.Call) -> list[ir.Call]:
    """The call, and those on whose results it is made."""
    found = [call]
    node: ir.Expr = call.func
    while isinstance(node, (ir.Attribute, ir.Call)):
        if isinstance(node, ir.Call):
            found.append(node)
            node = node.func
        else:
            node = node.value
    return found


def _method(call: ir.Call) -> str:
    return call.func.attr if isinstance(call.func, ir.Attribute) else written(call.func)


def _asked(chain: list[ir.Call], view: FileView) -> frozenset[str]:
    """The classes that the query asks for: `session.query(Person)`, `select(Person.name)`, `Person.query`."""
    last = chain[-1]
    asks = last.func.attr if isinstance(last.func, ir.Attribute) else (view.api(last.func) or "").rpartition(".")[2]
    if asks in _ASKS and last.args:
        names = [_class(arg.value, view) for arg in last.args]
        return frozenset() if None in names else frozenset(name for name in names if name)
    node: ir.Expr = last.func
    while isinstance(node, ir.Attribute):
        if node.attr == "query":
            name = _class(node.value, view)
            return frozenset((name,)) if name else frozenset()
        node = node.value
    return frozenset()


def _related(chain: list[ir.Call], view: FileView) -> list[frozenset[str]]:
    """The pairs of classes whose columns the query compares with each other, which joins them."""
    found: list[frozenset[str]] = []
    for call in chain:
        for node in ir.walk_scope(*(arg.value for arg in call.args if _method(call) in _FILTERS)):
            if isinstance(node, ir.Compare):
                left, right = _class(node.left, view), _class(node.rights[0], view)
                found += [frozenset((left, right))] if left and right else []
    return found


def _column(node: ir.Expr, view: FileView) -> str | None:
    """The class of the column that a comparison with a value is about."""
    if not isinstance(node, ir.Compare) or len(node.ops) != 1 or not isinstance(node.left, ir.Attribute):
        return None
    return None if _class(node.rights[0], view) else _class(node.left, view)


def _left(node: ir.Expr) -> ir.Expr:
    return node.left if isinstance(node, ir.Compare) else node


def _class(node: ir.Expr, view: FileView) -> str | None:
    """The class that an expression names, or of which it names a column; None for anything else."""
    inner = node.value if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) else node
    name = (view.api(inner) or "").rpartition(".")[2] if isinstance(inner, ir.Name) else ""
    return name if name[:1].isupper() and not name.isupper() else None


def _classes(view: FileView) -> Iterator[ir.Class]:
    """The classes of a file."""
    return (node for node in statements(view.module.body) if isinstance(node, ir.Class))
