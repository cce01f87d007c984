"""Text that people write, put into a page as markup by a template, or declared to be markup."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _templates, check
from backend_audit.checks._pieces import assigned
from backend_audit.checks._untrusted import reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HtmlOutput, Site, TemplateOutput
from backend_audit.flow.values import CLOSED_TYPES, Gap, Value
from backend_audit.flow.written import written
from backend_audit.source import SCRIPT_TEMPLATES

RULE = "unescaped-template-output"
_FIX = (
    "Remove `safe` (or `autoescape off`) so that the template escapes it; where markup is wanted, clean it with an "
    "allow-list first."
)
_NAMED = (ir.Attribute, ir.Index, ir.Name)
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
    for gap in _gaps(content.value):
        node, name, confidence = _person_wrote(gap, content.node, output.site)
        if confidence is None or _is_harmless(gap.value) or gap.value.types & CLOSED_TYPES:
            continue
        yield Alert(
            node=node,
            message=f"`{name}` becomes markup without escaping: a script in that text runs for everybody who sees it.",
            fix="Use `format_html`, or `Markup(…) % …` and `Markup(…).format(…)`, which escape what they put in.",
            confidence=confidence,
            anchor=name,
        )
        return


def _gaps(value: Value) -> Iterator[Gap]:
    """What is put into texts that hold markup."""
    for shape in value.shapes:
        if "<" in shape.text():
            yield from shape.gaps


def _person_wrote(gap: Gap, content: ir.Expr, site: Site) -> tuple[ir.Expr, str, Confidence | None]:
    """Where to point at for a hole, how what fills it is written, and how sure its name makes it that a person wrote it.

    Variables that are given one thing mean that: `name = user.display_name; mark_safe(f"<i>{name}</i>")`.
    """
    text = assigned(content.id, site) or content if isinstance(content, ir.Name) else content
    node = next((one for one in ir.walk(text) if isinstance(one, _NAMED) and written(one) == gap.written), None)
    told = assigned(node.id, site) if isinstance(node, ir.Name) else node
    confidence = _templates.names_text(told) if isinstance(told, (ir.Attribute, ir.Index)) else None
    return (node if node is not None and text is content else content), written(told) if told else "", confidence


def _is_harmless(value: Value) -> bool:
    """Whether what is known of the value rules text of others out."""
    if value.is_literal() or (not value.open and not value.apis and all(not name.endswith("()") for name in value.types)):
        return "str" not in value.types
    return any("html" in one.cleared for one in value.carries("clean"))


def _bare(node: ir.Expr) -> ir.Expr:
    while isinstance(node, ir.Filter):
        node = node.value
    return node
