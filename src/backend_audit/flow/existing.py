"""Looking an object up by its key, where a miss raises: what came back has that key, which the program itself has given.

`Order.get(Order.id == key)`, `Order.objects.get(pk=key)`, `get_object_or_404(Order, id=key)`, `Order.query.get_or_404(key)`: a
key that exists has no line break and leads out of no folder. Only of primary keys: names and slugs may be what a client chose.

An address that was found as it is has been registered: `if not RedirectUri.get_by(client_id=client.id, uri=uri): abort(400)`,
as https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.2.2 asks.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from backend_audit import ir
from backend_audit.flow.guards import URL, clear_data
from backend_audit.flow.written import last_word, written

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

Assume: TypeAlias = "Callable[[Expressions, ir.Expr, bool], None]"
HARMLESS = frozenset(("header", "path", "log"))
_KEYS = frozenset(("id", "pk", "uuid", "guid"))
_RAISING = frozenset(("get", "aget", "get_or_404", "get_object_or_404", "aget_object_or_404", "get_one", "one_or_404"))
_BY_POSITION = frozenset(("get_or_404", "get_one"))
_ADDRESS = re.compile(r"(?:^|_|[a-z])(?:ur[il]|callback|redirect|host|hostname|domain|origin)$", re.IGNORECASE)
_LOOKS_UP = re.compile(r"(?:get|find|filter|fetch|lookup|exists|where|first)(?:_|$)")


def after_call(frame: "Expressions", call: ir.Call) -> None:
    """A call came back: if it has found an object by a key, the key is one of the program's own."""
    name = last_word(call.func)
    if name not in _RAISING:
        return
    for key in _keys(name, call):
        clear_data(frame, frame.eval(key), HARMLESS)
    _registered(frame, call)


def found(frame: "Expressions", call: ir.Call, assume: Assume) -> None:
    """A look-up has given something: what it was asked for is there."""
    _registered(frame, call)
    _got(frame, call, assume)


def _registered(frame: "Expressions", call: ir.Call) -> None:
    for address in _addresses(call):
        clear_data(frame, frame.eval(address), URL, node=address)


def _got(frame: "Expressions", call: ir.Call, assume: Assume) -> None:
    """`TABLE.get(name)` has given something: the name is one of the table's, as `name in TABLE` says."""
    func, args = call.func, [arg.value for arg in call.args]
    nothing = all(isinstance(one, ir.Const) and one.value is None for one in args[1:])
    if (
        isinstance(func, ir.Attribute)
        and func.attr == "get"
        and args
        and isinstance(args[0], (ir.Name, ir.Attribute))
        and nothing
    ):
        assume(frame, ir.Compare(call.at, call.end, args[0], ["in"], [func.value]), True)


def holds_address(column: str) -> bool:
    """Whether a column holds addresses, or hosts, by its name."""
    return _ADDRESS.search(column) is not None


def _addresses(call: ir.Call) -> Iterator[ir.Expr]:
    """The addresses that a query of one of the project's classes asks for: `Uri.query.filter_by(uri=uri).first()`."""
    node: ir.Expr = call
    asked: list[ir.Call] = []
    while isinstance(node, (ir.Call, ir.Attribute, ir.Await)):
        if isinstance(node, ir.Call) and _LOOKS_UP.match(last_word(node.func)):
            asked.append(node)
        node = node.func if isinstance(node, ir.Call) else node.value
    of_class = isinstance(node, ir.Name) and (node.id == "cls" or node.id[:1].isupper())
    for arg in (arg for one in asked for arg in one.args):
        if isinstance(arg.value, ir.Compare) and arg.value.ops == ["=="] and isinstance(arg.value.left, ir.Attribute):
            column = arg.value.left
            if holds_address(column.attr) and written(column)[:1].isupper():
                yield arg.value.rights[0]
        elif arg.name is not None and of_class and holds_address(arg.name.removesuffix("__exact")):
            yield arg.value


def _keys(name: str, call: ir.Call) -> Iterator[ir.Expr]:
    for arg in call.args:
        if arg.name in _KEYS:
            yield arg.value
        elif arg.name is None and isinstance(arg.value, ir.Compare) and arg.value.ops == ["=="]:
            column = arg.value.left
            if isinstance(column, ir.Attribute) and column.attr in _KEYS:
                yield arg.value.rights[0]
    positional = [arg.value for arg in call.args if arg.name is None and not arg.star]
    if name in _BY_POSITION and positional and not isinstance(positional[-1], ir.Compare):
        yield positional[-1]
