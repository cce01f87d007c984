"""Functions that know a program by its key and answer 403 to others: that asks who calls, and for no right.

`client = db.query(Client).filter(Client.key == key).first()`, `if client is None: raise Forbidden()`.
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
_DEPTH = 2


def asks_for_key_alone(engine: Engine, function: FunctionSymbol) -> bool:
    """Whether all that a function and what it calls test is whether the right key, of one that may still use it, came."""
    named = [param.name for param in function.node.params]
    return any(map(_KEY.search, named)) and _plain(engine, function, _DEPTH)


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
