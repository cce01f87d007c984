"""Switches of the environment for tests and development: a server in production has none of them on.

`process.env.NODE_ENV === "test"`, `process.env.TEST_MODE === "true"`.
"""

import re

from backend_audit import ir
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written

_TRIALS = frozenset("test tests testing development dev local e2e mock".split())
_ENVIRONMENT = re.compile(r"(?:^|\.)env\.(\w+)$")


def holds(test: ir.Expr) -> bool | None:
    """Whether a comparison of the environment with a word for tests or development holds in production; None of any other."""
    return compared(test.ops[0], test.left, test.rights[0]) if isinstance(test, ir.Compare) and len(test.ops) == 1 else None


def compared(op: str, left: ir.Expr, right: ir.Expr) -> bool | None:
    """As `holds`, of the parts of a comparison."""
    found = _ENVIRONMENT.search(written(left)) if isinstance(left, (ir.Attribute, ir.Index)) else None
    if op not in ("==", "!=") or found is None or not isinstance(right, ir.Const):
        return None
    switch = not _TRIALS.isdisjoint(words(found[1])) and right.value not in ("false", "0", "", None)
    return op == "!=" if switch or str(right.value).lower() in _TRIALS else None
