"""What calls give of which tables cannot say it: `getattr`, parsers of options, templates of texts, regular expressions."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import matches, named_parts, strings
from backend_audit.flow.arguments import Args, pieces
from backend_audit.flow.values import Value

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_SUBSTITUTES = frozenset({"string.Template.substitute", "string.Template.safe_substitute"})


def given(frame: "Calls", node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value | None:
    """What the call of `path` gives; None if it is none of these."""
    if path == "getattr":
        return named_parts.attribute(frame, node, args)
    if path == "setattr":
        named_parts.set_attribute(frame, args)
    if receiver is not None and named_parts.is_parser(receiver):
        return named_parts.option(receiver, path.rpartition(".")[2], args)
    if path in _SUBSTITUTES and receiver is not None and receiver.items and "template" in receiver.items:
        return strings.template_call(receiver.items["template"], *pieces(args))
    return matches.called(path, receiver, args)
