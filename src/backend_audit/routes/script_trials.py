"""Switches that let tests and development around a guard: `const inTestMode = process.env.TEST_MODE === "true"`."""

import re

from backend_audit import ir
from backend_audit.flow import script_trials
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.missing import FALSE, TRUE, UNKNOWN, Missing

_SPOKEN = re.compile(r"test|dev|e2e|mock", re.IGNORECASE)


def compared(op: str, left: ir.Expr, right: ir.Expr) -> Missing:
    """What a comparison of the environment with a word for tests or development gives where neither is meant."""
    return _as_missing(script_trials.compared(op, left, right))


def named(function: FunctionSymbol, name: str) -> Missing:
    """The same of a constant of the module that says so: `inTestMode`."""
    if not _SPOKEN.search(name):
        return UNKNOWN
    for node in function.module.node.body:
        if isinstance(node, ir.Assign) and node.value is not None and written(node.targets[0]) == name:
            return _as_missing(script_trials.holds(node.value))
    return UNKNOWN


def _as_missing(holds: bool | None) -> Missing:
    return UNKNOWN if holds is None else TRUE if holds else FALSE
