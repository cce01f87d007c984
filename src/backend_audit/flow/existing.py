"""Looking an object up by its key, where a miss raises: what came back has that key, which the program itself has given.

`Order.get(Order.id == key)`, `Order.objects.get(pk=key)`, `get_object_or_404(Order, id=key)`, `Order.query.get_or_404(key)`: a
key that exists has no line break and leads out of no folder. Only of primary keys: names and slugs may be what a client chose.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.guards import clear_data
from backend_audit.flow.written import last_word

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

HARMLESS = frozenset(("header", "path", "log"))
_KEYS = frozenset(("id", "pk", "uuid", "guid"))
_RAISING = frozenset(("get", "aget", "get_or_404", "get_object_or_404", "aget_object_or_404", "get_one", "one_or_404"))
_BY_POSITION = frozenset(("get_or_404", "get_one"))


def after_call(frame: "Expressions", call: ir.Call) -> None:
    """A call came back: if it has found an object by a key, the key is one of the program's own."""
    name = last_word(call.func)
    if name not in _RAISING:
        return
    for key in _keys(name, call):
        clear_data(frame, frame.eval(key), HARMLESS)


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
