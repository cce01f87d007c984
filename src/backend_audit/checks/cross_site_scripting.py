"""Data from a client that reaches a browser, or a mail, as markup."""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.checks import Alert, _content_type, _templates, check
from backend_audit.checks._address import leaving, own_address, own_request
from backend_audit.checks._error_markup import told_in_markup
from backend_audit.checks._operands import names
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._view import FileView
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HtmlMail, HtmlOutput, Operand, TemplateOutput, TemplateSource
from backend_audit.flow.values import CLASS, Value
from backend_audit.flow.written import dotted
from backend_audit.source import SCRIPTS

RULE = "cross-site-scripting"
_FIX = "Render it with a template that escapes, or escape it here: `markupsafe.escape(value)`, `html.escape(value)`."
_FIX_NODE = "Render it with a template that escapes, escape it here (`escapeHtml(value)`), or send JSON: `res.json(value)`."
_FIX_RAW = "Let the template escape it: leave `|safe` out, or clean the markup first (`nh3.clean(value)`)."
_OF_FLASK = (".render_template_string", ".stream_template_string")
_UNESCAPED = re.compile(r"{{-?\s*(\w+)(?:\.\w+|\[[^\]]*\])*\s*\|\s*safe\s*-?}}")
_BLOCK = re.compile(r"{%-?\s*autoescape\s+false\s*-?%}(.*?){%-?\s*endautoescape", re.DOTALL)
_NAMED = re.compile(r"{{-?\s*(\w+)(?:\.\w+|\[[^\]]*\])*\s*-?}}")
_MAIL_FIX = "Render the mail's HTML with a template that escapes, or escape the value: `html.escape(value)`."
_JSON = ("get_json", "json", "json_body", "media", "get_media")
_HTML_KEYS = frozenset({"html", "HtmlBody", "html_content", "htmlContent", "html_body", "Html"})


@check(RULE)
def markup_from_outside(output: HtmlOutput) -> Iterator[Alert]:
    """`return f"<p>{request.args['q']}</p>"`."""
    content = output.content
    if content is not None and content.value.kind == "tuple":  # a body with status and headers
        content = Operand((content.value.items or {}).get(0, content.value), content.node)
    if content is None or content.value.kind in ("dict", "set") or _is_made(output, content.value):
        return
    if not in_python(output.site) and not output.marks and _is_structured(content.value):
        return  # sent as JSON
    origin = reaching(content, "html")
    if origin is None or own_request(origin) or (_is_object(content.value) and str(origin.key[0]).rpartition(".")[2] in _JSON):
        return
    confidence = _as_html(output)
    if confidence is None:
        return
    does = "is declared to be safe markup by {callee}" if output.marks else "is sent to the browser as HTML by {callee}"
    if output.site.api == "return":
        does = "is returned to the browser as HTML"
    told = alert(output.site, content, origin, does=does, fix=advice(output.site, _FIX, _FIX_NODE), confidence=confidence)
    yield replace(told, on_page=not output.marks)


def _is_structured(value: Value) -> bool:
    """Whether it is a list, or an object that members were written to."""
    return (value.kind == "list" and not value.open) or (bool(value.items) and not (value.kind or value.shapes or value.consts))


def _is_made(output: HtmlOutput, value: Value) -> bool:
    """Whether it is an object of a class of the project in Node, which is sent as JSON."""
    own = bool(value.types) and all(one[:1] == CLASS for one in value.types) and not (value.shapes or value.consts)
    return own and not output.marks and not in_python(output.site)


def _is_object(value: Value) -> bool:
    """Whether it is parsed JSON as it came in, which is sent back as JSON."""
    return not value.shapes and "str" not in value.types


def _as_html(output: HtmlOutput) -> Confidence | None:
    """How sure it is that a browser reads the output as HTML; None if it does not."""
    if output.marks:
        return Confidence.HIGH
    kinds = [_content_type.is_markup(kind) for kind in _content_type.given(output)]
    if not kinds:
        return Confidence.HIGH if output.default_html and not (output.sniffed and _begins_plainly(output.content)) else None
    return Confidence.HIGH if True in kinds else Confidence.LOW if None in kinds else None


def _begins_plainly(content: Operand | None) -> bool:
    """Whether a text begins with something that nobody takes for markup: `Hello ${name}`."""
    starts = [] if content is None else [shape.parts[0] for shape in content.value.shapes]
    return bool(starts) and all(isinstance(one, str) and one.strip() and one.lstrip()[0] != "<" for one in starts)


@check(RULE, *SCRIPTS)
def error_in_markup(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`` res.send(`<pre>${err.message}</pre>`) ``."""
    for told in told_in_markup(node, view):
        yield Alert(
            node=told,
            message=f"`{view.source(told)}` stands unescaped in the HTML that is sent: what an error says is often what the "
            "client sent, such as a path that was not found.",
            fix="Escape it here (`escapeHtml(err.message)`), or answer with a text of the program's own.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def mail_from_outside(mail: HtmlMail) -> Iterator[Alert]:
    """`MIMEText(f"<p>{request.args['q']}</p>", "html")`."""
    if mail.message is not None:
        for operand in _html_parts(mail.message.value, _display(mail, mail.message.node)):
            origin = reaching(operand, "html")
            if origin is not None:
                node = operand.node
                found = alert(mail.site, mail.message, origin, does="is sent as the HTML of a mail by {callee}", fix=_MAIL_FIX)
                yield found if node is None else _moved(found, node)
        return
    if mail.subtype is not None or not mail.default_html:
        kinds = names(mail.subtype)
        if not any("html" in kind.lower() for kind in kinds):
            return
    origin = reaching(mail.content, "html")
    if origin is not None:
        yield alert(mail.site, mail.content, origin, does="becomes the HTML of a mail in {callee}", fix=_MAIL_FIX)


@check(RULE)
def written_by_a_template(output: TemplateOutput) -> Iterator[Alert]:
    """`{{ q|safe }}` where a view hands `request.args["q"]` over as `q`."""
    harm, content = _templates.harm(output), output.content
    if harm is None or content is None or _templates.is_form(content.node):
        return
    origin = leaving(content.value) if harm.asked == "url" else reaching(content, harm.asked)
    if origin is None:
        return
    far = own_address(origin) or _templates.is_header(origin)  # what another site cannot make a browser send
    if far and harm.asked == "url":
        return
    sure = Confidence.LOW if far else harm.confidence
    yield alert(output.site, content, origin, does=harm.does, fix=harm.fix, confidence=sure)


@check(RULE)
def written_by_a_text(template: TemplateSource) -> Iterator[Alert]:
    """`render_template_string("<p>{{ q|safe }}</p>", q=request.args["q"])`."""
    if not template.site.api.endswith(_OF_FLASK) or template.source is None:
        return
    for text in template.source.value.texts():
        for name in dict.fromkeys(
            _UNESCAPED.findall(text) + [one for block in _BLOCK.findall(text) for one in _NAMED.findall(block)]
        ):
            given = template.site.arg(name)
            origin = reaching(given, "html")
            if origin is not None and not own_request(origin):
                does = "is put into the page that {callee} renders, which is told not to escape it"
                yield alert(template.site, given, origin, does=does, fix=_FIX_RAW)


def _moved(found: Alert, node: ir.Expr) -> Alert:
    return Alert(
        at=node.at, end=node.end, message=found.message, fix=found.fix, confidence=found.confidence, steps=found.steps[:-1]
    )


def _html_parts(value: Value, node: ir.Expr | None) -> Iterator[Operand]:
    """The HTML texts in the mapping that describes a mail, with the expressions that stand for them where these are known."""
    items = value.items or {}
    inner = _inner(node)
    typed = items.get("type")
    is_html = typed is not None and any("html" in text for text in typed.texts())
    for key, item in items.items():
        if key in _HTML_KEYS or (is_html and key == "value"):
            yield Operand(item, inner.get(key))
        elif item.kind:
            yield from _html_parts(item, inner.get(key))
    if value.elem is not None and value.elem.kind:
        yield from _html_parts(value.elem, None)


def _inner(node: ir.Expr | None) -> dict[str | int, ir.Expr]:
    if not isinstance(node, ir.Container):
        return {}
    found: dict[str | int, ir.Expr] = {}
    for position, item in enumerate(node.items):
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            found[item.key.value] = item.value
        elif item.key is None:
            found[position] = item.value
    return found


def _display(mail: HtmlMail, node: ir.Expr | None) -> ir.Expr | None:
    """The display that a name in the same function was last given."""
    if not isinstance(node, ir.Name) or mail.site.function is None:
        return node
    for statement in reversed(mail.site.function.body):
        if isinstance(statement, ir.Assign) and statement.value is not None and dotted(statement.targets[0]) == node.id:
            return statement.value
    return None
