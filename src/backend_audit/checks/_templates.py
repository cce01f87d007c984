"""What the outputs of templates can do where they stand, and what their values are called."""

from typing import NamedTuple

from backend_audit import ir
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import TemplateOutput
from backend_audit.flow.origins import Origin
from backend_audit.flow.sensitive import words
from backend_audit.source import SCRIPT_TEMPLATES


class Harm(NamedTuple):
    """`asked`: the context in which the value must be harmless; `does` and `fix` as `_untrusted.alert` takes them."""

    asked: str
    does: str
    fix: str
    confidence: Confidence


_ESCAPE = (
    "Leave it to the template to escape it (no `safe`, no `autoescape off`); where markup is wanted, clean it with an "
    "allow-list first."
)
_SCRIPT = "Hand it to the script as JSON: `{{ value|tojson }}` in Jinja, `json_script` or `escapejs` in Django."
_HARMS = {
    "script": Harm("script", "is written into a script, where escaping for HTML does not hold", _SCRIPT, Confidence.HIGH),
    "handler": Harm("script", "is written into an attribute that the browser runs as a script", _SCRIPT, Confidence.HIGH),
    "unquoted": Harm(
        "script",
        "is an attribute's value without quotes, so that a blank in it begins another attribute",
        'Put the value in quotes: `title="{{ value }}"`.',
        Confidence.MEDIUM,
    ),
    "url": Harm(
        "url",
        "is the address of a link or form: `javascript:` in it runs in the page",
        "Let only `http` and `https` through (or a path of your own) before it reaches the template.",
        Confidence.MEDIUM,
    ),
}
_ESCAPE_NODE = "Write `{}`, which escapes; where markup is wanted, clean it with an allow-list first."
_ESCAPING = {"ejs": "<%= value %>", "pug": "#{value}", "jade": "#{value}"}
_SCRIPT_NODE = "Hand it over in a `data-` attribute, or as JSON whose `<` is written `\\u003c`."
_RAW = Harm("html", "is written into the page as markup, without escaping", _ESCAPE, Confidence.HIGH)

_TEXT = frozenset(
    "title description comment comments about name username fullname nickname bio biography content body message text note notes "
    "summary subject caption answer reply feedback review headline excerpt remark remarks reason".split()
)
_NOT_TEXT = frozenset(
    "safe html rendered clean cleaned sanitized sanitised escaped markup help css class script json verbose".split()
)
_OWNERS = frozenset(
    "form field fieldset widget settings config site theme menu plugin block self formset forms help super loop forloop "
    "inline flag request csrf appbuilder app".split()
)
_FORMS = frozenset(("form", "forms", "formset", "field", "fields", "fieldset", "widget", "widgets"))
_FORM_DATA = frozenset(("cleaned", "data", "instance", "initial", "value", "request", "args", "get", "post"))
_HEADERS = frozenset(("META", "headers", "user_agent", "environ", "scope", "referrer"))
_PRESERVING = frozenset(
    "safe safeseq raw default d default_if_none trim truncate truncatechars truncatewords truncatechars_html "
    "truncatewords_html upper lower title capitalize capfirst replace string first last join "
    "wordwrap linebreaks linebreaksbr cut strip force_text".split()
)
_TEXT_METHODS = frozenset("replace strip lstrip rstrip upper lower title capitalize format".split())


def harm(output: TemplateOutput) -> Harm | None:
    """What data from outside can do at this place; None where escaping for HTML is enough and happens."""
    found = _RAW if output.escape in ("off", "engine") else _HARMS.get(output.context)
    if found is None or not output.site.path.endswith(SCRIPT_TEMPLATES):
        return found
    ending = output.site.path.rpartition(".")[2]
    escaping = _ESCAPING.get(ending, "{{ value }}")
    told = {_ESCAPE: _ESCAPE_NODE.format(escaping), _SCRIPT: _SCRIPT_NODE}
    return found._replace(fix=told.get(found.fix, found.fix.replace("{{ value }}", escaping)))


def is_form(node: ir.Expr | None) -> bool:
    """Whether a part of a form is written other than the data in it: the form's class makes its markup."""
    while isinstance(node, ir.Filter):
        node = node.value
    if node is None or _path(node).isdisjoint(_FORMS):
        return False
    return _path(node).isdisjoint(_FORM_DATA)


def is_header(origin: Origin) -> bool:
    """Whether the data is a header of the request."""
    return str(origin.key[0]).rpartition(".")[2] in _HEADERS


def names_text(node: ir.Expr) -> Confidence | None:
    """How sure the expression's name makes it that a person has written what it gives: None for not at all."""
    while True:
        if isinstance(node, ir.Filter):
            if node.name not in _PRESERVING:
                return None
            node = node.value
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _TEXT_METHODS:
            node = node.func.value
        else:
            break
    if isinstance(node, ir.Attribute):
        return Confidence.MEDIUM if _is_text(node.attr) and _OWNERS.isdisjoint(_path(node.value)) else None
    if isinstance(node, ir.Index) and isinstance(node.index, ir.Const) and isinstance(node.index.value, str):
        return Confidence.MEDIUM if _is_text(node.index.value) and _OWNERS.isdisjoint(_path(node.value)) else None
    return Confidence.LOW if isinstance(node, ir.Name) and _is_text(node.id) else None


def _is_text(name: str) -> bool:
    found = words(name)
    return bool(found) and found[-1] in _TEXT and _NOT_TEXT.isdisjoint(found)


def _path(node: ir.Expr) -> set[str]:
    """The words of the names through which an attribute is read."""
    found: set[str] = set()
    while True:
        if isinstance(node, ir.Name):
            return found | set(words(node.id))
        if isinstance(node, ir.Attribute):
            found |= set(words(node.attr))
            node = node.value
        elif isinstance(node, (ir.Index, ir.Filter)):
            node = node.value
        elif isinstance(node, ir.Call):
            node = node.func
        else:
            return found
