"""What a handler's own code says of being meant for everybody: it shows what is public, and serves who has not signed in too."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.missing import asks_for_login
from backend_audit.routes.model import Route

_PUBLIC = re.compile(r"(?:is_|publicly_)?(?:public|published|listed|visible|viewable)")
_HIDDEN = re.compile(r"(?:is_)?(?:hidden|private|unlisted|draft|unpublished)")
_SAYS = re.compile(r"visibility|publication_status|access_level|privacy")
_ASKS = frozenset("filter get get_object_or_404 get_list_or_404 filter_by exclude".split())
_GIVE = frozenset(("get_queryset", "get_object", "get_context_data"))


def shows_what_is_public(route: Route) -> bool:
    """Whether a route that reads asks for rows that say of themselves that everybody may see them: `filter(hidden=False)`."""
    return not route.changes() and any(map(_asks_for_public, _queries(route)))


def _queries(route: Route) -> Iterator[ir.Call]:
    """The calls in the handler, and in what its view says of what it shows."""
    nodes: list[ir.Node] = [] if route.handler is None else list(route.handler.scope)
    if route.owner is not None:
        nodes += [node for name in sorted(_GIVE & {*route.owner.methods}) for node in route.owner.methods[name].scope]
        nodes += [node for one in route.owner.node.body if isinstance(one, ir.Assign) for node in ir.walk(one)]
    return (one for one in nodes if isinstance(one, ir.Call) and last_word(one.func) in _ASKS)


def _asks_for_public(call: ir.Call) -> bool:
    excludes = last_word(call.func) == "exclude"
    return any(arg.name is not None and _is_public(arg.name, arg.value, excludes=excludes) for arg in call.args)


def _is_public(name: str, value: ir.Expr, *, excludes: bool) -> bool:
    last = name.rpartition("__")[2]
    if _SAYS.fullmatch(last):
        return not excludes and "public" in written(value).lower()
    if not isinstance(value, ir.Const) or not isinstance(value.value, bool):
        return False
    wanted = value.value is not excludes
    return bool(_PUBLIC.fullmatch(last) if wanted else _HIDDEN.fullmatch(last))


def serves_both(handler: FunctionSymbol) -> bool:
    """Whether a handler does one thing for who has signed in, and another for who has not: `else: vote.visitor = …`."""
    return any(_has_both(node) for node in handler.scope)


def _has_both(node: ir.Node) -> bool:
    if isinstance(node, ir.Conditional) and _is_login(node.test):
        return not any(isinstance(one, ir.Const) and one.value is None for one in (node.then, node.orelse))
    if not isinstance(node, ir.If) or not _is_login(node.test) or not node.body or not node.orelse:
        return False
    return not any(isinstance(one, (ir.Raise, ir.Return)) for one in (*node.body, *node.orelse))


def _is_login(test: ir.Expr) -> bool:
    asked = test.operand if isinstance(test, ir.Unary) else test
    return isinstance(asked, ir.Attribute) and asks_for_login(asked)


def does_nothing(handler: FunctionSymbol) -> bool:
    """Whether a handler calls nothing and gives nothing back: `1 / 0`, to see that failures are told."""
    nodes = list(handler.scope)
    gives = any(isinstance(one, (ir.Return, ir.Assign)) and one.value is not None for one in nodes)
    return not gives and bool(nodes) and not any(isinstance(one, (ir.Call, ir.Await, ir.Raise)) for one in nodes)


def hands_on(handler: FunctionSymbol) -> bool:
    """Whether a handler lets another view answer, with what guards that: `return Form.as_view()(request)`."""
    return any(isinstance(node.func, ir.Attribute) and node.func.attr == "as_view" for node in handler.scope.of(ir.Call))
