"""What handlers of JavaScript answer with, as it is written, and what call-backs are called with."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.frameworks.entities import returns
from backend_audit.link.symbols import FunctionSymbol

_ANSWERING = frozenset(("json", "send", "jsonp"))
_WRITING = frozenset(("write", "end"))  # of a response, not of a file
_CONTEXTS = frozenset(("ctx", "context", "response", "res"))
_RESPONSES = frozenset(("res", "response", "reply", "raw"))
_ERRORS = frozenset(("err", "error", "e", "_", "_err", "_error", "erro"))


def answers(handler: FunctionSymbol) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """What a handler sends, returns or makes the body, each with the place that says so."""
    for node in ir.walk(*handler.node.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
            written_out = node.func.attr in _WRITING and last_word(node.func.value) in _RESPONSES
            if (node.func.attr in _ANSWERING or written_out) and node.args:
                yield node.args[0].value, node.args[0].value
        elif isinstance(node, ir.Assign) and node.value is not None and any(_is_body(target) for target in node.targets):
            yield node.value, node.value
    for value in returns(handler):
        if not (isinstance(value, ir.Call) and last_word(value.func) in _ANSWERING):
            yield value, value


def given_to(function: FunctionSymbol, name: ir.Name) -> Iterator[ir.Expr]:
    """What a parameter of a call-back around a name is: `query.then((row) => …)`, `find(filter, (error, row) => …)`."""
    for node in ir.walk(*function.node.body):
        last = node.args[-1].value if isinstance(node, ir.Call) and node.args else None
        first = node.args[0].value if isinstance(node, ir.Call) and node.args else None
        if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute):
            continue
        if node.func.attr == "then":
            if _takes(first, name, 0):
                yield node.func.value
        elif _takes(last, name, 1) and isinstance(last, ir.Lambda) and last.function.params[0].name in _ERRORS:
            yield ir.Call(node.at, node.end, node.func, node.args[:-1])


def _takes(node: ir.Expr | None, name: ir.Name, at: int) -> bool:
    """Whether a function gets what the name means as its parameter at that place."""
    if not isinstance(node, ir.Lambda) or len(node.function.params) <= at or node.function.params[at].name != name.id:
        return False
    return any(one is name for one in ir.walk(*list(node.function.body)))


def _is_body(node: ir.Expr) -> bool:
    return isinstance(node, ir.Attribute) and node.attr == "body" and last_word(node.value) in _CONTEXTS
