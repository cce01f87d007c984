"""Code that runs while people develop, and never where the service does: what stands behind `if settings.DEBUG`."""

import re
from collections.abc import Mapping, Sequence

from backend_audit import ir
from backend_audit.checks._view import local_imports
from backend_audit.flow.concepts import Site
from backend_audit.flow.written import written
from backend_audit.link.symbols import blocks

_SWITCH = re.compile(r"(?:^|\.)(?:settings|conf|config|app|current_app)\.(?:DEBUG|debug)$|^DEBUG$")
_NAMED = re.compile(r"debug", re.IGNORECASE)
_AWAY = frozenset(("abort", "redirect"))
_Names = Mapping[str, str]


def only_debugging(site: Site) -> bool:
    """Whether the place is reached with the framework's debug switch on alone."""
    if site.function is None or site.module is None:
        return False
    tests = (one.test for one in ir.walk_scope(*site.function.body) if isinstance(one, ir.If))
    if not any(_NAMED.search(written(one)) for test in tests for one in ir.walk(test)):
        return False
    return _Switched(local_imports(site.module)).within(site.function.body, site.node)


class _Switched:
    """Reads one function of a file whose imports give `names`."""

    def __init__(self, names: _Names) -> None:
        self.names = names

    def within(self, body: Sequence[ir.Stmt], node: ir.Node) -> bool:
        for statement in body:
            if statement.at <= node.at < statement.end:
                return self._inside(statement, node)
            if isinstance(statement, ir.If) and self._off(statement.test) and _leaves(statement.body):
                return True  # what follows `if not settings.DEBUG: return` stands behind it
        return False

    def _inside(self, statement: ir.Stmt, node: ir.Node) -> bool:
        if isinstance(statement, ir.If):
            behind = statement.body if self._on(statement.test) else statement.orelse if self._off(statement.test) else ()
            if any(one.at <= node.at < one.end for one in behind):
                return True
        return any(self.within(block, node) for block in blocks(statement))

    def _on(self, test: ir.Expr) -> bool:
        """Whether a test holds with the switch on alone: `settings.DEBUG and user.is_staff`."""
        if isinstance(test, ir.Logical) and test.op == "and":
            return self._on(test.left) or self._on(test.right)
        if not isinstance(test, (ir.Name, ir.Attribute)):
            return False
        first, dot, rest = written(test).partition(".")
        return _SWITCH.search(self.names.get(first, first) + dot + rest) is not None

    def _off(self, test: ir.Expr) -> bool:
        """Whether a test holds whenever the switch is off: `not settings.DEBUG or not path`."""
        if isinstance(test, ir.Logical) and test.op == "or":
            return self._off(test.left) or self._off(test.right)
        return (
            isinstance(test, ir.Unary)
            and test.op == "not"
            and self._on(test.operand)
            and not isinstance(test.operand, ir.Logical)
        )


def _leaves(body: Sequence[ir.Stmt]) -> bool:
    last = body[-1] if body else None
    if isinstance(last, ir.ExprStmt) and isinstance(last.value, ir.Call):
        return written(last.value.func).rpartition(".")[2] in _AWAY
    return isinstance(last, (ir.Return, ir.Raise))
