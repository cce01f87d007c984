"""What the checks of never 8 share: whether data from outside reaches an operand, and how that is told."""

from bisect import bisect_right

from backend_audit import ir
from backend_audit.checks import Alert
from backend_audit.checks._operands import named, shown
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.lacks import exposed
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_schemas import CHECKED
from backend_audit.flow.values import Value
from backend_audit.source import Mark

MESSAGE = "message"  # the label of what other programs send: whether people write any of it is not known


def reaching(operand: Operand | None, context: str, label: str = "untrusted") -> Origin | None:
    """The source of untrusted data in `operand` that is not harmless in `context` (a word of `models.CONTEXTS`), if any."""
    return None if operand is None else reaching_value(operand.value, context, label)


def reaching_value(value: Value, context: str, label: str = "untrusted") -> Origin | None:
    """The same for a part of an operand. Of several sources the one with the shortest way, which is the easiest to follow."""
    found = exposed(value, label, context)
    if not found and label == "untrusted":
        found = exposed(value, MESSAGE, context)
    return min(found, key=lambda one: 0 if one.trace is None else one.trace.length, default=None)


def alert(
    site: Site,
    operand: Operand | None,
    origin: Origin,
    *,
    does: str,
    fix: str,
    confidence: Confidence = Confidence.HIGH,
) -> Alert:
    """The alert for `origin` reaching `operand` of the call at `site`.

    `does` says what the callee makes of it, after "`cmd` comes from … and": "reaches the shell that `os.system` starts".
    It may hold `{callee}` for the callee as written.
    """
    at, end = span(site, operand)
    told = does.replace("{callee}", f"`{named(site)}`")
    name = _name(site, operand)
    subject = f"`{name}` comes from {source(origin)}" if name else f"Data from {source(origin)} comes in here"
    return Alert(
        at=at,
        end=end,
        message=f"{subject} and {told}.",
        fix=fix,
        confidence=Confidence.LOW if origin.label == MESSAGE or CHECKED in origin.cleared else confidence,
        steps=(*origin.marks(), Mark(site.path, at, end, told)),
        anchor=f"{named(site)}({name})",
        cleared=origin.cleared,
    )


def source(origin: Origin) -> str:
    """Where the data comes from, in words."""
    what = origin.what or "a request"
    return f"`{what}`" if _is_path(what) else what


def span(site: Site, operand: Operand | None) -> tuple[int, int]:
    """The argument as written; the callee where there is none (a receiver, a `**mapping`)."""
    node = None if operand is None else operand.node
    func = site.callee
    if node is not None and node is not func and func.at <= node.at and node.end <= max(site.node.end, func.end):
        return node.at, node.end
    if isinstance(func, ir.Attribute) and site.module is not None:
        starts = site.module.line_starts
        if bisect_right(starts, func.at) != bisect_right(starts, func.end - 1):
            return func.end - len(func.attr), func.end  # a chain over several lines: only its last name
    return func.at, func.end


def _name(site: Site, operand: Operand | None) -> str:
    if operand is None or operand.node is None:
        return ""
    node = operand.node
    if site.call is not None and node is site.call.func and isinstance(node, ir.Attribute):
        node = node.value  # the receiver of a method
    text = shown(Operand(operand.value, node))
    if not in_python(site) and ("…" in text or "'…'" in text):
        return ""  # nothing that a reader would find in the code
    return text if len(text) <= 60 else ""


def _is_path(what: str) -> bool:
    return " " not in what and "." in what
