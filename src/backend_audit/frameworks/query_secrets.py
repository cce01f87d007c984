"""Passwords and keys that a handler takes from the query of the address.

https://fastapi.tiangolo.com/tutorial/query-params/, https://flask.palletsprojects.com/en/stable/api/#flask.Request.args,
https://expressjs.com/en/5x/api.html#req.query
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.injection import provider
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import keyed
from backend_audit.source import Mark

_SECRETS = re.compile(
    r"^(?:(?:old|new|current|confirm|user|admin)_?)?(?:password|passwd|pwd)(?:_?confirm(?:ation)?)?$|^(?:client_?|api_?)?secret$|"
    r"^(?:api|private|secret)_?key$|^(?:credit_?card|card_?number|cvv|cvc|ssn)$",
    re.IGNORECASE,
)
_QUERIES = frozenset({"args", "GET", "query_params"})
_ELSEWHERE = ("Form(", "Body(", "Header(", "Cookie(", "Depends(", "Security(", "Path(", "File(")
_REQUESTS = frozenset("req request ctx ctx.request ctx.req context.request this.request this.req".split())


class QuerySecrets:
    """Reads them off handlers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, handler: FunctionSymbol, path: str, *, parameters: bool) -> Iterator[Mark]:
        """Where a handler takes one; `parameters`: the framework fills them from the query by name."""
        for param in handler.node.params if parameters else ():
            if _SECRETS.match(param.name) and f"{{{param.name}" not in path and self._is_text(handler, param):
                yield Mark(handler.module.path, param.at, param.end, f"`{param.name}`")
        for node in handler.scope:
            base, key = keyed(node)
            if (
                isinstance(base, ir.Attribute)
                and base.attr in _QUERIES
                and "request" in written(base.value)
                and _SECRETS.match(key)
            ):
                yield Mark(handler.module.path, node.at, node.end, f"`{key}`")

    def _is_text(self, handler: FunctionSymbol, param: ir.Param) -> bool:
        texts = [written(one) for one in (param.default, param.annotation) if one is not None]
        if any(word in text for text in texts for word in _ELSEWHERE) or provider(self.engine, handler, param) is not None:
            return False
        return param.annotation is None or "str" in written(param.annotation) or "Secret" in written(param.annotation)


class ScriptQuerySecrets:
    """Reads them off handlers in JavaScript: `req.query.password`, `const { apiKey } = request.query`."""

    def of(self, handler: FunctionSymbol, *, reads: bool) -> Iterator[Mark]:
        """Where a handler takes one; `reads`: all that its requests bring stands in the address."""
        for node in handler.scope:
            base, key = (node.value, node.attr) if isinstance(node, ir.Attribute) else keyed(node)
            if (_is_query(base) and _SECRETS.match(key)) or (reads and (key := _asked(node))):
                yield Mark(handler.module.path, node.at, node.end, f"`{key}`")
            if isinstance(node, ir.Assign) and _is_query(node.value):
                yield from self._taken_apart(handler.module.path, node)

    def _taken_apart(self, path: str, node: ir.Assign) -> Iterator[Mark]:
        target = node.targets[0]
        for item in target.items if isinstance(target, ir.Container) and target.kind == "dict" else ():
            if isinstance(item.key, ir.Const) and _SECRETS.match(str(item.key.value)):
                yield Mark(path, item.at, item.end, f"`{item.key.value}`")


def _asked(node: ir.Node) -> str:
    """`req.param("password")`: from the address or the body, whichever has it."""
    if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or node.func.attr != "param":
        return ""
    first = node.args[0].value if node.args and written(node.func.value) in _REQUESTS else None
    return str(first.value) if isinstance(first, ir.Const) and _SECRETS.match(str(first.value)) else ""


def _is_query(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "query" and written(node.value) in _REQUESTS
