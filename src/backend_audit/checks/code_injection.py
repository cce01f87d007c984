"""Data from outside that becomes running code, or names the code that runs."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CodeExecution

RULE = "code-injection"

_DOES = {
    "code": "is run as code by {callee}",
    "script": "decides which file {callee} runs",
    "module": "decides which module {callee} imports, and importing runs it",
}
_FIXES = {
    "code": "Read data with `ast.literal_eval` or `json.loads`; let the data choose among functions of your own in a dictionary.",
    "script": "Choose the file from a fixed table in the code.",
    "module": "Look the name up in a fixed table of modules or functions.",
}


@check(RULE)
def code_injection(running: CodeExecution) -> Iterator[Alert]:
    """`eval(request.args["formula"])`, `exec(body)`, `importlib.import_module(name)`."""
    context = "path" if running.kind == "script" else "code"
    origin = reaching(running.code, context)
    if origin is None:
        return
    certain = running.kind != "module"
    yield alert(
        running.site,
        running.code,
        origin,
        does=_DOES.get(running.kind, _DOES["code"]),
        fix=_FIXES.get(running.kind, _FIXES["code"]),
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
    )
