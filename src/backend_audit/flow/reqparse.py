"""What a parser of arguments lets through, by its own declarations: `parser.add_argument("page", type=int)`.

https://flask-restful.readthedocs.io/en/latest/reqparse.html, https://flask-restx.readthedocs.io/en/latest/parsing.html
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import MADE, Value, changed
from backend_audit.flow.written import written

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_PARSERS = ("flask_restful.reqparse.", "flask_restx.reqparse.", "flask_restplus.reqparse.")
_CLOSED = frozenset(
    "int float bool boolean int_range natural positive date datetime datetime_from_iso8601 datetime_from_rfc822".split()
)


def closed(frame: "Calls", node: ir.Call, path: str, found: Value) -> Value:
    """What `parser.parse_args()` gives: nothing that clients write freely where the type is a number, or the choices are few."""
    if not path.startswith(_PARSERS) or not isinstance(node.func, ir.Attribute):
        return found
    parser, items = written(node.func.value), dict(found.items or {})
    for one in ir.walk(*frame.module.node.body):
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and one.func.attr == "add_argument":
            name = one.args[0].value if one.args else None
            if written(one.func.value) == parser and isinstance(name, ir.Const) and _lets_little_through(one):
                items[str(name.value)] = MADE
    return changed(found, items=items or None)


def _lets_little_through(declared: ir.Call) -> bool:
    given = {arg.name: arg.value for arg in declared.args if arg.name}
    kind = given.get("type")
    named = kind.func if isinstance(kind, ir.Call) else kind
    return written(named).rpartition(".")[2] in _CLOSED if named is not None else isinstance(given.get("choices"), ir.Container)
