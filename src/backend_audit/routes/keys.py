"""Functions that answer 403 to who is not known: that asks who calls, and for no right.

They know a program by its key (`client = db.query(Client).filter(Client.key == key).first()`,
`if client is None: raise Forbidden()`), or a user by the session (`if (!req.user) return res.sendStatus(403)`).
"""

import re

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol

_KEY = re.compile(r"(?:^|_)(?:api_?keys?|access_?keys?|secret|tokens?|signature|hmac|bearer|credentials?)(?:_|$)", re.IGNORECASE)
_STANDING = re.compile(r"active|disabled|enabled|deleted|revoked|blocked|suspended|expir", re.IGNORECASE)
_COMPARES = frozenset(("compare_digest", "constant_time_compare", "startswith", "lower", "strip", "split", "get", "len", "type"))
_ROOMS = frozenset(("settings", "config", "os", "self", "environ", "hmac", "secrets"))
_CALLER = re.compile(
    r"^(?:current_?)?(?:user|account|session|auth|caller|identity|principal|team|tenant|org(?:anization)?|workspace|sub|uid|id)"
    r"(?:_?id)?$",
    re.IGNORECASE,
)
_DENIED = 403
FORBIDS = f"answers {_DENIED}"
_DEPTH = 2


def asks_for_nothing_more(engine: Engine, function: FunctionSymbol) -> bool:
    """Whether a function that answers 403 asks who calls, and for no right."""
    return _asks_for_key_alone(engine, function) or _asks_for_login_alone(engine, function)


def _asks_for_key_alone(engine: Engine, function: FunctionSymbol) -> bool:
    """Whether all that a function and what it calls test is whether the right key, of one that may still use it, came."""
    named = [param.name for param in function.node.params]
    return any(map(_KEY.search, named)) and _plain(engine, function, _DEPTH)


def _asks_for_login_alone(engine: Engine, function: FunctionSymbol) -> bool:
    """Whether every 403 of a function, and of those that it calls, is for who is not known at all: `if (!req.user) …`."""
    functions = [function, *engine.calls.get(function.key, {}).values()]
    asked = [one for each in functions for one in each.scope.of(ir.If) if _refuses(one.body)]
    inside = {id(node) for one in asked for node in ir.walk_scope(*one.body)}
    every = [node for each in functions for node in each.scope.of(ir.Const) if node.value == _DENIED]
    return bool(asked) and all(id(one) in inside for one in every) and all(_is_nobody(one.test) for one in asked)


def _refuses(body: list[ir.Stmt]) -> bool:
    return any(isinstance(one, ir.Const) and one.value == _DENIED for one in ir.walk_scope(*body))


def _is_nobody(test: ir.Expr) -> bool:
    """Whether a test asks for the caller, or what is known of who calls, to be missing: `!req.user`, `teamId == null`."""
    if isinstance(test, ir.Logical):
        return _is_nobody(test.left) and _is_nobody(test.right)
    if isinstance(test, ir.Unary):
        return test.op == "not" and bool(_CALLER.search(last_word(test.operand)))
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        said = test.rights[0]
        nothing = (isinstance(said, ir.Const) and said.value is None) or (isinstance(said, ir.Name) and said.id == "undefined")
        return nothing and test.ops[0] in {"==", "is"} and bool(_CALLER.search(last_word(test.left)))
    return False


def _plain(engine: Engine, function: FunctionSymbol, depth: int) -> bool:
    tests = [one.test for one in function.scope if isinstance(one, (ir.If, ir.Conditional))]
    if not all(_says_there_is_one(one) for test in tests for one in ir.walk_scope(test)):
        return False
    called = engine.calls.get(function.key, {}).values()
    return not called if not depth else all(_plain(engine, one, depth - 1) for one in called if one is not function)


def _says_there_is_one(node: ir.Node) -> bool:
    """Whether a part of a test asks for a key, whether something was found, or how what was found stands."""
    if isinstance(node, ir.Attribute):
        plain = _KEY.search(node.attr) or _STANDING.search(node.attr) or node.attr in _COMPARES
        return bool(plain) or (isinstance(node.value, ir.Name) and node.value.id in _ROOMS)
    if isinstance(node, ir.Call):
        return last_word(node.func) in _COMPARES
    return True
