"""Switches that let tests and development around a guard: a server in production has none of them on.

`const inTestMode = process.env.TEST_MODE === "true"`, `process.env.NODE_ENV === "test"`.
"""

import re

from backend_audit import ir
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.missing import FALSE, TRUE, UNKNOWN, Missing

_TRIALS = frozenset("test tests testing development dev local e2e mock".split())
_ENVIRONMENT = re.compile(r"(?:^|\.)env\.(\w+)$")
_SPOKEN = re.compile(r"test|dev|e2e|mock", re.IGNORECASE)


def compared(op: str, left: ir.Expr, right: ir.Expr) -> Missing:
    """What a comparison of the environment with a word for tests or development gives where neither is meant."""
    found = _ENVIRONMENT.search(written(left)) if isinstance(left, (ir.Attribute, ir.Index)) else None
    if op not in ("==", "!=") or found is None or not isinstance(right, ir.Const):
        return UNKNOWN
    switch = not _TRIALS.isdisjoint(words(found[1])) and right.value not in ("false", "0", "", None)
    if switch or str(right.value).lower() in _TRIALS:
        return FALSE if op == "==" else TRUE
    return UNKNOWN


def named(function: FunctionSymbol, name: str) -> Missing:
    """The same of a constant of the module that says so: `inTestMode`."""
    if not _SPOKEN.search(name):
        return UNKNOWN
    for node in function.module.node.body:
        value = node.value if isinstance(node, ir.Assign) and written(node.targets[0]) == name else None
        if isinstance(value, ir.Compare):
            return compared(value.ops[0], value.left, value.rights[0])
    return UNKNOWN
