"""Templates that put values into HTML as they are."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import calls_in, scope, script_file
from backend_audit.checks._operands import contents, is_false, is_none, named, spread, truth
from backend_audit.checks._purpose import names_in, purpose_of
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Site, TemplateEngine

RULE = "template-autoescape-off"

_RISK = "a value with markup in it becomes part of the page, scripts included"
_FIX_JINJA = "`Environment(…, autoescape=select_autoescape())`, which escapes in HTML and XML templates."
_FIX_MAKO = "`default_filters=['h']`."
_FIX_TEMPLATE = "`Template(source, autoescape=True)`, or an environment that escapes."
_FIX_NODE = "Leave escaping on; mark what is markup already with `{{{ value }}}`."
_HTML = re.compile(
    r"(?i)\.html?\b|\.xhtml\b|<\s*(html|body|div|p|h[1-6]|span|table|tr|td|th|a|b|i|em|strong|small|ul|ol|li|dl|pre|img|head|title|section|main|nav|header|footer|button|input|label|script|form|br|hr)\b|text/html|HTMLResponse|mimetype"
)
_OTHER = re.compile(
    r"(?i)\.(txt|sql|ya?ml|conf|cfg|ini|toml|json|sh|py|md|rst|tex|csv|j2|tf|nginx|service|go|java|js|ts|c|h|rs|env|xml\.j2)"
    r"(\.(j2|jinja2?|tmpl|tpl|mako))?$|"
    r"latex|nginx|kubernetes|k8s|codegen|generator|prompt|dockerfile|markdown|sql|yaml|changelog|config|helm|llm"
)

_NAME_TEMPLATES = frozenset(("get_template", "from_string", "select_template", "joinpath", "read_text", "open_text"))


@check(RULE)
def engine_without_escaping(engine: TemplateEngine) -> Iterator[Alert]:
    """`jinja2.Environment(loader=…)` without `autoescape`."""
    if engine.kind == "template" or spread(engine.site):
        return
    if engine.filters is not None or engine.site.api.startswith("mako"):
        yield from _mako(engine)
        return
    explicit = is_false(engine.autoescape)
    if engine.autoescape is not None and not explicit:
        return
    if engine.autoescape is None and (engine.default_escapes or engine.kind == "setting" or engine.site.api.endswith("overlay")):
        return
    use = _use(engine.site)
    if engine.site.arg("variable_start_string") is not None or script_file(engine.site.path):
        use = "other"
    unknown = Confidence.LOW if "Sandboxed" in engine.site.api else Confidence.MEDIUM  # templates that users write
    confidence = {"html": Confidence.HIGH, "other": Confidence.LOW}.get(use, unknown)
    how = "switches escaping off" if explicit else "does not escape by default"
    yield Alert(
        node=(engine.autoescape.node if engine.autoescape is not None else None) or engine.site.callee,
        message=f"`{named(engine.site)}` {how}: {_RISK}.",
        fix=_FIX_JINJA,
        confidence=confidence,
    )


@check(RULE)
def single_template_without_escaping(engine: TemplateEngine) -> Iterator[Alert]:
    """`jinja2.Template("<p>{{ name }}</p>").render(name=name)`."""
    if engine.kind != "template" or spread(engine.site):
        return
    if engine.autoescape is not None and not is_false(engine.autoescape):
        return
    if engine.filters is not None and not is_none(engine.filters):
        return
    if engine.default_escapes and truth(engine.off) is not True:
        return
    texts = engine.source.value.texts() if engine.source is not None else ()
    if texts and not any(_HTML.search(text) for text in texts):
        return
    use = "html" if texts else _use(engine.site)
    how = "is told not to escape" if engine.default_escapes else "does not escape by default"
    yield Alert(
        node=engine.site.callee,
        message=f"`{named(engine.site)}` {how}: {_RISK}.",
        fix=_FIX_NODE if engine.default_escapes else _FIX_MAKO if engine.site.api.startswith("mako") else _FIX_TEMPLATE,
        confidence=Confidence.MEDIUM if use == "html" else Confidence.LOW,
    )


def _mako(engine: TemplateEngine) -> Iterator[Alert]:
    filters = [text for one in contents(engine.filters.value) for text in one.texts()] if engine.filters is not None else []
    if {"h", "x"} & set(filters) or (engine.filters is not None and not filters and not is_none(engine.filters)):
        return
    yield Alert(
        node=engine.site.callee,
        message=f"`{named(engine.site)}` does not escape by default: {_RISK}.",
        fix=_FIX_MAKO,
        confidence=Confidence.LOW if _use(engine.site) == "other" else Confidence.MEDIUM,
    )


def _use(site: Site) -> str:
    """html, other or unknown: what the names and texts around say that is rendered."""
    said = [site.symbol, PurePosixPath(site.path).stem, *purpose_of(site).uses, *purpose_of(site).inputs]
    for call in calls_in(scope(site)):
        if isinstance(call.func, ir.Attribute) and call.func.attr in _NAME_TEMPLATES:
            said.extend(name for arg in call.args for name in names_in(arg.value))
    if any(_HTML.search(one) for one in said):
        return "html"
    return "other" if any(_OTHER.search(one) for one in said) else "unknown"
