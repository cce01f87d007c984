"""Data from outside that becomes running code, or names the code that runs."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._constructed import filled_by, open_gaps
from backend_audit.checks._context import of_program
from backend_audit.checks._operands import named
from backend_audit.checks._untrusted import alert, reaching, span
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CodeExecution
from backend_audit.flow.sensitive import words

RULE = "code-injection"

_QUOTES = "JSON.stringify("  # a text made so stays a literal
_MEANT = frozenset(  # words of parameters that say what they are
    "code source src js javascript script expression expr expressions body formula fn func function condition predicate".split()
)
_DOES = {
    "code": "is run as code by {callee}",
    "script": "decides which file {callee} runs",
    "module": "decides which module {callee} imports, and importing runs it",
    "member": "names what is called in {callee}: `eval`, or a function's `constructor`, makes code of a text",
}
_FIXES_NODE = {
    "code": "Read data with `JSON.parse`; let the data choose among functions of your own in a `Map`.",
    "script": "Choose the file from a fixed table in the code.",
    "module": "Look the name up in a fixed table of modules or functions.",
    "member": "Look the name up in a `Map` of the functions that may be called.",
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
        yield from _constructed(running)
        return
    fixes = _FIXES if in_python(running.site) else _FIXES_NODE
    confidence = Confidence.HIGH
    if running.kind == "module":
        confidence = Confidence.LOW if _inside_package(running) else Confidence.MEDIUM
    yield alert(
        running.site,
        running.code,
        origin,
        does=_DOES.get(running.kind, _DOES["code"]),
        fix=fixes.get(running.kind, fixes["code"]),
        confidence=confidence,
    )


def _constructed(running: CodeExecution) -> Iterator[Alert]:
    """`new Function("obj", "return obj." + path)`: a caller has no reason to expect that a path is a piece of code."""
    code, site = running.code, running.site
    gap = None if code is None or running.kind != "code" or in_python(site) else next(open_gaps(code.value, "code"), None)
    if code is None or gap is None or _QUOTES in gap.written or of_program(site):
        return
    given = filled_by(site, code, gap)
    if not given or any(not _MEANT.isdisjoint(words(name)) for name in given):
        return
    at, end = span(site, code)
    yield Alert(
        at=at,
        end=end,
        message=f"`{gap.written}`, which a caller gives, becomes part of code that `{named(site)}` runs.",
        fix="Do without making code: walk along the names (`path.split('.').reduce((one, name) => one[name], object)`).",
        confidence=Confidence.MEDIUM,
    )


def _inside_package(running: CodeExecution) -> bool:
    """Whether the name begins with a package of the program's choice: only its modules can be meant."""
    shapes = () if running.code is None or running.code.value.origins else running.code.value.shapes
    heads = [shape.parts[0] for shape in shapes if shape.parts]
    return bool(heads) and all(isinstance(head, str) and "." in head for head in heads)
