"""Text that people write, put into a page as markup by a template, or declared to be markup."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _templates, check
from backend_audit.checks._untrusted import reaching
from backend_audit.flow.concepts import HtmlOutput, TemplateOutput
from backend_audit.flow.values import CLOSED_TYPES, Value
from backend_audit.flow.written import written
from backend_audit.source import SCRIPT_TEMPLATES

RULE = "unescaped-template-output"
_FIX = (
    "Remove `safe` (or `autoescape off`) so that the template escapes it; where markup is wanted, clean it with an "
    "allow-list first."
)
_PLACES = frozenset(("text", "quoted", "string", "script", "comment", "tag"))


@check(RULE)
def raw(output: TemplateOutput) -> Iterator[Alert]:
    """`{{ article.title|safe }}`: where the value comes from is not known, its name says that a person has written it."""
    content = output.content
    if content is None or content.node is None or output.escape != "off" or output.context not in _PLACES:
        return
    if output.site.path.endswith(SCRIPT_TEMPLATES):  # what layouts put around a page is written so there
        return
    confidence = _templates.names_text(content.node)
    if confidence is None or _is_harmless(content.value) or reaching(content, "html") is not None:
        return
    name = written(_bare(content.node))
    yield Alert(
        node=content.node,
        message=f"`{name}` is written into the page without escaping: a script in that text runs for everybody who sees it.",
        fix=_FIX,
        confidence=confidence,
        anchor=written(content.node),
    )


@check(RULE)
def marked(output: HtmlOutput) -> Iterator[Alert]:
    """`mark_safe(f"<em>{author.bio}</em>")`: a text that a person has written, put into markup without escaping."""
    content = output.content
    if not output.marks or content is None or content.node is None or reaching(content, "html") is not None:
        return
    holes = {gap.written: gap.value for shape in content.value.shapes for gap in shape.gaps if "<" in shape.text()}
    for node in ir.walk(content.node):
        if not isinstance(node, (ir.Attribute, ir.Index)):
            continue
        value, confidence = holes.get(written(node)), _templates.names_text(node)
        if value is None or confidence is None or _is_harmless(value) or value.types & CLOSED_TYPES:
            continue
        name = written(node)
        yield Alert(
            node=node,
            message=f"`{name}` becomes markup without escaping: a script in that text runs for everybody who sees it.",
            fix="Use `format_html`, or `Markup(…) % …` and `Markup(…).format(…)`, which escape what they put in.",
            confidence=confidence,
            anchor=name,
        )
        return


def _is_harmless(value: Value) -> bool:
    """Whether what is known of the value rules text of others out."""
    if value.is_literal() or (not value.open and not value.apis and all(not name.endswith("()") for name in value.types)):
        return "str" not in value.types
    return any("html" in one.cleared for one in value.carries("clean"))


def _bare(node: ir.Expr) -> ir.Expr:
    while isinstance(node, ir.Filter):
        node = node.value
    return node
