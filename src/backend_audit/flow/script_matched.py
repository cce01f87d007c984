"""Methods by which texts meet patterns, whatever is known of the receiver: `text.match(pattern)`, `pattern.test(text)`."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_kinds, strings
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.script_calls import ScriptCalls

_PATTERNS = {
    "match": "String", "matchAll": "String", "search": "String", "replace": "String", "replaceAll": "String", "split": "String",
    "test": "RegExp", "exec": "RegExp", "repeat": "String", "padStart": "String", "padEnd": "String",
}  # fmt: skip
_OTHERS = frozenset(("search", "split", "replace"))


def matched(frame: "ScriptCalls", node: ir.Call, attr: str, callee: Value, receiver: Value, args: Args) -> None:
    """Rows of methods by which texts meet patterns, whatever is known of the receiver; `search` means other things, too."""
    first = argument(args, "0") if attr in _PATTERNS else None
    if first is None or first.value.kind or callee.refs or any(map(frame.engine.knows, callee.apis)):
        return  # an object of options is no pattern
    base = node.func.value if isinstance(node.func, ir.Attribute) else node.func
    is_text = strings.is_text(receiver) or (attr == "search" and frame.is_data(receiver) and not script_kinds.is_engine(base))
    if attr in _OTHERS and not is_text and not any(one.kind == "regex" for one in first.value.consts):
        return
    path = f"{_PATTERNS[attr]}.{attr}"
    if _PATTERNS[attr] == "String" and isinstance(base, ir.Call) and base.form == "new" and not strings.is_text(receiver):
        return  # `new UrlPattern("…").match(url)`
    for row in frame.models.rows["call"].get(path, ()):
        frame.emit(row, path, node, {"self": Operand(receiver, base)}, args)
