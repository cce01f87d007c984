"""A template of web pages → IR: one function whose parameters are the names that the template takes from its context.

Its outputs are `ir.Output`, the templates that it runs `ir.Include`, its macros functions. Blocks stand where they are written.
"""

from backend_audit import ir
from backend_audit.lower.templates.braces import Lowering
from backend_audit.lower.templates.names import free_names
from backend_audit.source import Language, LineIndex


def is_template(text: str) -> bool:
    """Whether anything in `text` is more than literal."""
    return "{{" in text or "{%" in text or "backend-audit" in text


def lower(path: str, text: str) -> ir.Module:
    """The module of the template at `path`. Nothing is raised: what cannot be read is skipped."""
    lowering = Lowering(text, "default")
    body = lowering.lower()
    name = path.rpartition("/")[2]
    params = [ir.Param(at, at + len(one), one, "keyword", None, None) for one, at in free_names(body)]
    function = ir.Function(0, len(text), name, 0, params, body, [], None, False, False)
    return ir.Module(path, Language.TEMPLATE, [function], lowering.comments, LineIndex.of(text).starts, 0)
