"""Data from outside in the text of a template, where it is code of the template's language."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.checks._operands import apis, named
from backend_audit.checks._template_text import filled_in, is_kept_data
from backend_audit.checks._untrusted import alert, reaching, span
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import TemplateSource
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLASS
from backend_audit.flow.written import written

RULE = "template-injection"

_FIX = (
    "Keep the template a text of the program, and pass the data as a variable: "
    "`render_template_string('Hello {{ name }}', name=name)`."
)
_FIX_KEPT = (
    "Render it in `jinja2.sandbox.ImmutableSandboxedEnvironment`, with nothing in its context but what it may show, or take a "
    "language without code."
)
_FIX_NODE = (
    "Keep the template a text of the program, and pass the data as a variable: `ejs.render('Hello <%= name %>', { name })`."
)
_SANDBOX = "SandboxedEnvironment"


@check(RULE)
def template_injection(template: TemplateSource) -> Iterator[Alert]:
    """`Template("Hello " + name)`, `render_template_string(request.form["text"])`."""
    origin = reaching(template.source, "template")
    if origin is None:
        yield from _of_unknown_hands(template)
        return
    if template.engine == "format":
        yield _format(template, origin)
        return
    if _is_sandboxed(template):
        yield alert(
            template.site,
            template.source,
            origin,
            does="is compiled as a template by {callee}, in a sandbox that has been left before",
            fix=advice(template.site, _FIX, _FIX_NODE),
            confidence=Confidence.LOW,
        )
        return
    if template.weak and _only_tried(template):
        return
    does = "is compiled as a template by {callee}: its expressions run on the server"
    if template.weak:
        does = "is compiled as a template by {callee}: its expressions read what the context and the settings hold"
    yield alert(
        template.site,
        template.source,
        origin,
        does=does,
        fix=advice(template.site, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM if template.weak else Confidence.HIGH,
    )


def _format(template: TemplateSource, origin: Origin) -> Alert:
    """`request.args["text"].format(user=user)`: its fields walk from the objects that are given to what these know."""
    given = [one for _, operand in template.site.args for one in (operand.value, *operand.value.inside())]
    objects = any(one.refs or one.apis or any(path[:1] == CLASS for path in one.types) for one in given)
    return alert(
        template.site,
        template.source,
        origin,
        does="is the text that {callee} fills in: `{user.__init__.__globals__}` in it reads what the objects can reach",
        fix="Keep the text in the program, or take `string.Template`, which knows names only.",
        confidence=Confidence.MEDIUM if objects else Confidence.LOW,
    )


def _only_tried(template: TemplateSource) -> bool:
    """Whether a template is made to see that it can be, of a language that does nothing by itself: `compile(text)({})`."""
    call = template.site.call
    for node in ir.walk(*scope(template.site)):
        if isinstance(node, ir.ExprStmt) and node.value is call:
            return True
        if isinstance(node, ir.Call) and node.func is call:
            return all(isinstance(arg.value, ir.Container) and not arg.value.items for arg in node.args)
    return False


def _is_sandboxed(template: TemplateSource) -> bool:
    """By what makes the environment, or by its name: `(env or sandbox_env).from_string(text)`."""
    node = None if template.receiver is None else template.receiver.node
    named_so = node is not None and "sandbox" in written(node).lower()
    return named_so or any(path.rpartition(".")[2].endswith(_SANDBOX) for path in apis(template.receiver))


def _of_unknown_hands(template: TemplateSource) -> Iterator[Alert]:
    """A text with data written into it, or one that is kept as data: who wrote it is not known, only that it runs."""
    if template.source is None or template.weak or _is_sandboxed(template):
        return
    at, end = span(template.site, template.source)
    hole = filled_in(template.site, template.source.value)
    if hole is not None:
        message = (
            f"`{hole.written}` is written into the text of a template that `{named(template.site)}` compiles: expressions in "
            "it would run on the server."
        )
    elif is_kept_data(template.site, template.source):
        message = (
            f"`{named(template.site)}` compiles a text that is kept as data: whoever could write it, runs expressions on the "
            "server."
        )
    else:
        return
    yield Alert(
        at=at,
        end=end,
        message=message,
        fix=advice(template.site, _FIX, _FIX_NODE) if hole is not None else _FIX_KEPT,
        confidence=Confidence.MEDIUM,
    )
