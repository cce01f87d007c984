"""Data from outside in the text of a template, where it is code of the template's language."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import apis
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import TemplateSource

RULE = "template-injection"

_FIX = (
    "Keep the template a text of the program, and pass the data as a variable: "
    "`render_template_string('Hello {{ name }}', name=name)`."
)
_SANDBOX = "SandboxedEnvironment"


@check(RULE)
def template_injection(template: TemplateSource) -> Iterator[Alert]:
    """`Template("Hello " + name)`, `render_template_string(request.form["text"])`."""
    origin = reaching(template.source, "template")
    if origin is None:
        return
    sandboxed = any(path.rpartition(".")[2].endswith(_SANDBOX) for path in apis(template.receiver))
    if sandboxed:
        yield alert(
            template.site,
            template.source,
            origin,
            does="is compiled as a template by {callee}, in a sandbox that has been left before",
            fix=_FIX,
            confidence=Confidence.LOW,
        )
        return
    does = "is compiled as a template by {callee}: its expressions run on the server"
    if template.weak:
        does = "is compiled as a template by {callee}: its expressions read what the context and the settings hold"
    yield alert(
        template.site,
        template.source,
        origin,
        does=does,
        fix=_FIX,
        confidence=Confidence.MEDIUM if template.weak else Confidence.HIGH,
    )
