"""Libraries of which no model says anything: what their methods are called like tells less than of the project's own objects."""

import re
from collections.abc import Sequence

from backend_audit.flow.models import Row
from backend_audit.flow.object_concepts import ObjectUpdate
from backend_audit.flow.values import Value

# A package as registries name them: no alias of a folder (`@/models`, `~/db`), no path, no global object (`Object`).
_PACKAGE = re.compile(r"@[a-z][\w.-]*/[\w-]+[./]|[a-z][a-z0-9]*(?:-[a-z0-9]+)+[./]")
# A package of a monorepo's own that is called after what it holds: `@shop/database`, `@shop/core-models`.
_STORES = re.compile(
    r"model|entit|schema|data|(?:^|\W)db(?:\W|$)|prisma|mongo|sql|orm|store|storage|repo|record|table|persist|domain|shared|common"
)


def fitting(rows: Sequence[Row], callee: Value) -> Sequence[Row]:
    """Those rows for methods of any object that fit what is called: `Transactions.create(…)` of a library stores nothing."""
    if not callee.apis or not all(map(_is_foreign, callee.apis)):
        return rows
    return [row for row in rows if row.concept is not ObjectUpdate]


def _is_foreign(path: str) -> bool:
    return _PACKAGE.match(path) is not None and not _STORES.search(path)
