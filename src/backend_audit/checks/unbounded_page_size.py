"""Pages whose size a client chooses without a bound: one request fetches the whole table."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.checks._view import FileView
from backend_audit.checks._wording import advice_at
from backend_audit.finding import Confidence
from backend_audit.flow.written import written
from backend_audit.routes.model import Route

RULE = "unbounded-page-size"
_FIX = "Bound it where it comes in: `Query(default=50, ge=1, le=100)`, or `min(…, 100)`."
_FIX_NODE = "Bound it where it comes in: `z.coerce.number().int().min(1).max(100)`, or `Math.min(…, 100)`."
_CLASSES = {
    "PageNumberPagination": ("page_size_query_param", "max_page_size"),
    "CursorPagination": ("page_size_query_param", "max_page_size"),
    "LimitOffsetPagination": ("default_limit", "max_limit"),
}


@check(RULE)
def size_of_page(route: Route) -> Iterator[Alert]:
    """`limit: int = 100` that ends in a query, `int(request.args.get("per_page"))`."""
    if not is_first(route):
        return
    for size in route.page_sizes:
        yield Alert(
            path=size.mark.path,
            at=size.mark.at,
            end=size.mark.end,
            message=f"{called(route)} fetches as many rows as `{size.name}` says, however many: one request can fetch all.",
            fix=advice_at(route, _FIX, _FIX_NODE),
            confidence=Confidence.MEDIUM,
            steps=(size.mark, size.used),
            anchor=f"{route.name}:{size.name}",
        )


@check(RULE)
def size_of_paginator(node: ir.Class, view: FileView) -> Iterator[Alert]:
    """A paginator that lets the client choose the page's size, and says no maximum."""
    for base in node.bases:
        package, _, name = (view.api(base.value) or "").rpartition(".")
        found = _CLASSES.get(name)
        if found is None or package != "rest_framework.pagination":
            continue
        asked, bound = found
        said = {written(one.targets[0]): one for one in node.body if isinstance(one, ir.Assign) and one.value is not None}
        if asked not in said or bound in said or any(isinstance(one, ir.Function) and "size" in one.name for one in node.body):
            continue
        value = said[asked].value
        if isinstance(value, ir.Const) and value.value is None:
            continue
        yield Alert(
            node=said[asked],
            message=f"Clients choose the size of a page of `{node.name}`, and there is no `{bound}`: one request can fetch all.",
            fix=f"Add `{bound} = 100`, or what the clients need.",
            confidence=Confidence.HIGH,
            anchor=node.name,
        )
