"""Redirects on a way that is for those alone who have not signed in: they turn the caller away, wherever they lead.

`if "user_id" not in session: return redirect(url_for("home"))`, `if not current_user.is_authenticated: return redirect("/")`.
"""

import re

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol

_SESSION = re.compile(r"(?:^|\.)session$")
_DATABASE = re.compile(r"(?:^|\.)(?:db|database|self|cls|sa|sqlalchemy)\.session$")
_IDENTITY = re.compile(r"user|account|member|customer|admin|employee|email|auth|log+ed|login|uid$|token|role", re.IGNORECASE)
_CALLER = frozenset({"current_user", "g.user", "flask.g.user", "g.current_user"})


def leads_away(function: FunctionSymbol, node: ir.Node) -> bool:
    """Whether the call `node` makes the answer to those alone of whom the session says nothing."""
    body = function.node.body
    if not function.module.path.endswith(".py"):
        return False
    held = _held(body)
    for one in ir.walk_scope(*body):
        if isinstance(one, ir.If):
            known = _known(one.test, held)
            branch = () if known is None else one.orelse if known else one.body
            if any(isinstance(inner, ir.Return) and inner.value is node for inner in ir.walk_scope(*branch)):
                return True
    return False


def _held(body: list[ir.Stmt]) -> frozenset[str]:
    """The variables that are given what the session says of the caller, and nothing else."""
    given: dict[str, bool] = {}
    for one in ir.walk_scope(*body):
        if isinstance(one, ir.Assign):
            for target in one.targets:
                if isinstance(target, ir.Name):
                    read = one.value is not None and _reads(one.value)
                    given[target.id] = read and given.get(target.id, True)
    return frozenset(name for name, read in given.items() if read)


def _known(test: ir.Expr, held: frozenset[str]) -> bool | None:
    """Whether `test` is true for callers who are known (False: for the others alone); None where it asks something else."""
    if isinstance(test, ir.Unary) and test.op == "not":
        inner = _known(test.operand, held)
        return None if inner is None else not inner
    if isinstance(test, ir.Logical) and test.op == "or":
        return False if False in (_known(test.left, held), _known(test.right, held)) else None
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        op, right = test.ops[0], test.rights[0]
        if op in ("in", "not in"):
            named = isinstance(test.left, ir.Const) and isinstance(test.left.value, str) and _says_who(test.left.value)
            return op == "in" if named and _is_session(right) else None
        if op in ("is", "is not") and isinstance(right, ir.Const) and right.value is None:
            return op == "is not" if _is_caller(test.left, held) else None
        return None
    if isinstance(test, ir.Attribute) and test.attr in ("is_authenticated", "is_anonymous"):
        return test.attr == "is_authenticated"
    return True if _is_caller(test, held) else None


def _is_caller(node: ir.Expr, held: frozenset[str]) -> bool:
    return (isinstance(node, ir.Name) and node.id in held) or written(node) in _CALLER or _reads(node)


def _reads(node: ir.Expr) -> bool:
    """Whether an expression is an entry of the session that says who calls: `session.get("user_id")`, `session["user"]`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        holder, key = node.func.value, node.args[0].value
    elif isinstance(node, ir.Index):
        holder, key = node.value, node.index
    else:
        return False
    return isinstance(key, ir.Const) and isinstance(key.value, str) and _says_who(key.value) and _is_session(holder)


def _is_session(node: ir.Expr) -> bool:
    name = written(node)
    return bool(_SESSION.search(name)) and not _DATABASE.search(name)


def _says_who(key: str) -> bool:
    return bool(_IDENTITY.search(key))
