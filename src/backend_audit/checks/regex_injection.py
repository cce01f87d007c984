"""Patterns that a client writes."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice
from backend_audit.flow.concepts import RegexUse

RULE = "regex-injection"
_FIX = "Escape it (`re.escape(text)`) if it is meant as text; for patterns of users take an engine in linear time (`re2`)."
_FIX_NODE = (
    "Escape it (`escape-string-regexp`) if it is meant as text; for patterns of users take an engine in linear time (`re2`)."
)


@check(RULE)
def pattern_from_outside(use: RegexUse) -> Iterator[Alert]:
    """`re.search(request.args["pattern"], text)`."""
    if use.engine != "backtracking" or use.how in ("test", "replace") or _is_only_tried(use):
        return
    origin = reaching(use.pattern, "regex")
    if origin is not None:
        does = "becomes the pattern of {callee}: one like `(a+)+$` keeps this worker busy for ever"
        yield alert(use.site, use.pattern, origin, does=does, fix=advice(use.site, _FIX, _FIX_NODE))


def _is_only_tried(use: RegexUse) -> bool:
    """Whether a pattern is compiled to see if it is one, and nothing is matched with what comes of that: `re.compile(text)`."""
    site = use.site
    body = site.function.body if site.function is not None else site.module.body if site.module is not None else []
    return use.subject is None and any(isinstance(one, ir.ExprStmt) and one.value is site.node for one in ir.walk_scope(*body))
