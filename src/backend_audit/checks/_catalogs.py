"""Names that a database says of itself: tables of `sqlite_master`, columns of `information_schema`, `SHOW TABLES`."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.concepts import Site

_CATALOG = re.compile(
    r"\b(sqlite_(?:temp_)?(?:master|schema)|information_schema|pg_catalog|"
    r"pg_(?:class|tables|views|namespace|index(?:es)?|attribute|constraint|database|roles|type|proc)|sys\.(?:tables|objects|columns)|"
    r"(?:all|user|dba)_(?:tables|tab_columns|constraints))\b|^\s*show\s+(?:full\s+)?(?:tables|databases|columns|schemas|indexes)\b|"
    r"^\s*pragma\s+\w*(?:list|info)\b",
    re.IGNORECASE,
)
_STEPS = 4


def read_from_catalog(name: str, site: Site) -> bool:
    """Whether the variable `name` was read, in this function and step by step, from what the database says of itself."""
    around = site.function.body if site.function is not None else site.module.body if site.module is not None else ()
    wanted, seen = {name}, {name}
    for _ in range(_STEPS):
        nodes = [node for one in _given(wanted, around) for node in ir.walk(one)]
        if any(isinstance(one, ir.Const) and isinstance(one.value, str) and _CATALOG.search(one.value) for one in nodes):
            return True
        wanted = {one.id for one in nodes if isinstance(one, ir.Name)} - seen
        seen |= wanted
    return False


def _given(names: set[str], body: Sequence[ir.Stmt]) -> Iterator[ir.Expr]:
    """What the variables are given: by assignments, and by loops over something."""
    for node in ir.walk_scope(*body):
        match node:
            case ir.Assign(value=value) if value is not None:
                targets: Sequence[ir.Expr] = node.targets
            case ir.For(target=target, iter=value):
                targets = [target]
            case ir.Clause(target=target, iter=value):
                targets = [target]
            case _:
                continue
        if any(isinstance(one, ir.Name) and one.id in names for one in ir.walk(*targets)):
            yield value
