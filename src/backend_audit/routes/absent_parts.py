"""Parts of a request that who brings no credential has not sent, and those that every request of its kind brings."""

import re
from collections.abc import Mapping

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.routes.missing import is_credential

_QUERIES = frozenset("args GET query_params values".split())
_BODIES = frozenset("data POST form json".split())
_BRING = frozenset(("POST", "PUT", "PATCH"))
_KEY = re.compile(r"(?:x[-_])?(?:api[-_]?key|access[-_]?token|auth(?:[-_]?token)?|jwt|bearer|session[-_]?token)", re.IGNORECASE)
_RIGHTS = re.compile(r"(?:(?:authn?|user|current|token|granted|effective|principal)_)*(?:scopes|permissions|roles|privileges)")


def is_key_of_query(holder: ir.Expr, key: ir.Expr) -> bool:
    """Whether an entry of the address's query is a credential: `request.args["api_key"]`; of a form it may be anything."""
    if not isinstance(holder, ir.Attribute) or holder.attr not in _QUERIES or not isinstance(key, ir.Const):
        return False
    return isinstance(key.value, str) and _KEY.fullmatch(key.value) is not None


def is_brought(node: ir.Attribute, said: Mapping[str, str]) -> bool:
    """Whether something is the body of a request that has one: `request.data` of a POST."""
    of_request = written(node.value).rpartition(".")[2] == "request"
    return node.attr in _BODIES and of_request and said.get("request.method") in _BRING


def rights_of_context(node: ir.Node) -> bool:
    """Whether what the caller may do is read off the context of a resolver: `info.context["scopes"]`; nobody may anything."""
    holder, key = None, None
    if isinstance(node, ir.Index):
        holder, key = node.value, node.index
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        holder, key = node.func.value, node.args[0].value
    if holder is None or not isinstance(key, ir.Const) or not isinstance(key.value, str):
        return False
    return written(holder).endswith("info.context") and _RIGHTS.fullmatch(key.value) is not None


def is_open(holder: ir.Expr, key: ir.Expr) -> bool:
    """Whether an entry of the request's headers is no credential, so that the caller may have sent it."""
    if not isinstance(holder, ir.Attribute) or holder.attr not in ("headers", "META"):
        return False
    return isinstance(key, ir.Const) and isinstance(key.value, str) and not is_credential(key.value)


def of_type(node: ir.Expr) -> ir.Expr | None:
    """What `type(x)` asks about."""
    asks = isinstance(node, ir.Call) and written(node.func) == "type" and len(node.args) == 1
    return node.args[0].value if asks and isinstance(node, ir.Call) else None
