"""Whole requests, headers, settings and environments in log records: what carries secrets is logged along."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _secrets, check
from backend_audit.checks._pieces import assigned
from backend_audit.checks._view import local_imports
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import LogRecord, Site
from backend_audit.flow.written import last_word, written
from backend_audit.source import SCRIPTS

RULE = "unfiltered-data-in-log"

_LOGGER = re.compile(r"(^|[._])(log|logs|logger|logging)(\(\))?\.\w+$", re.IGNORECASE)
_REQUEST = frozenset(("request", "req", "http_request", "_request"))
_HEADERS = frozenset(("headers", "META", "environ", "cookies", "COOKIES", "scope"))
_BODY = frozenset(("body", "data", "form", "json", "POST", "stream", "get_json", "get_data", "text", "post", "values"))
_SETTINGS = re.compile(r"^(settings|config|configuration|conf|app_config|app_settings|env_settings)$")
_DUMPS = frozenset(("dict", "model_dump", "json", "model_dump_json", "as_dict", "to_dict", "asdict", "items"))
_WRAPPERS = frozenset("dict str repr list vars dumps pformat asdict decode items copy to_dict stringify inspect".split())
_FIRST = frozenset(("dumps", "pformat", "asdict", "stringify", "inspect"))  # take what they show as an argument
_MAPPING = 2
_SENDING = frozenset("get post put patch delete head options request send fetch".split())
_SIGN_IN = re.compile(r"log_?in|sign_?(in|up)|register|auth|password|passwd|token|account|credential", re.IGNORECASE)


@check(RULE)
def unfiltered_data_in_log(record: LogRecord) -> Iterator[Alert]:
    """An argument, or a hole in one, that is such a whole."""
    site = record.site
    if site.call is None or (site.api.startswith("?.") and not _LOGGER.search(site.written)):
        return
    for arg in site.call.args:
        for node in _shown(arg.value):
            what = _whole(node, site.module)
            if what is None or _is_answer(node, site):
                continue
            name = written(node)
            at, end = _secrets.span(site)
            yield Alert(
                at=at,
                end=end,
                message=f"`{site.written}` writes all of `{name}` ({what}): passwords, tokens and cookies in it are logged too.",
                fix="Log the fields that you need by name, or pass the data through a filter that knows what to hide.",
                confidence=_confidence(record, what),
            )
            return


def _shown(node: ir.Expr) -> Iterator[ir.Expr]:
    """The expressions whose text ends up in the record: the holes of a string, the parts of a sum or display."""
    if isinstance(node, ir.Template):
        for part in node.parts:
            if isinstance(part, ir.Hole):
                yield from _shown(part.value)
    elif isinstance(node, ir.Binary):
        yield from _shown(node.left)
        if not (node.op == "%" and _names_entries(node.left)):
            yield from _shown(node.right)
    elif isinstance(node, ir.Container):
        for item in node.items:
            yield from _shown(item.value)
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "format":
        for arg in node.args:
            if arg.star != _MAPPING:  # `"{path}".format(**locals())` shows what the text names
                yield from _shown(arg.value)
    else:
        yield node


def _names_entries(text: ir.Expr) -> bool:
    """Whether `%` takes single entries of a mapping: `"%(path)s" % locals()`."""
    return isinstance(text, ir.Const) and isinstance(text.value, str) and "%(" in text.value


def _is_answer(node: ir.Expr, site: Site) -> bool:
    """Whether `request` is what a request that the program sent has brought: `request = requests.post(url)`."""
    inner = _unwrapped(node)
    inner = inner.func if isinstance(inner, ir.Call) else inner
    owner = inner.value if isinstance(inner, ir.Attribute) else None
    given = assigned(owner.id, site) if isinstance(owner, ir.Name) else None
    given = given.value if isinstance(given, ir.Await) else given
    return isinstance(given, ir.Call) and isinstance(given.func, ir.Attribute) and given.func.attr in _SENDING


def _unwrapped(node: ir.Expr) -> ir.Expr:
    """`x` of `dict(x)`, `await x`, `x.decode()`, `json.dumps(x)`."""
    while True:
        if isinstance(node, ir.Await):
            node = node.value
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in _WRAPPERS and node.args:
            node = node.args[0].value
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _WRAPPERS:
            node = node.args[0].value if node.args and node.func.attr in _FIRST else node.func.value
        else:
            return node


def _whole(node: ir.Expr, module: ir.Module | None) -> str | None:
    """What whole the expression is, in words."""
    inner = _unwrapped(node)
    if isinstance(inner, ir.Call):
        if isinstance(inner.func, ir.Name) and inner.func.id in ("locals", "globals") and not inner.args:
            return "every variable"
        inner = inner.func
        if not isinstance(inner, ir.Attribute):
            return None
        if inner.attr in _DUMPS and _is_settings(inner.value):
            return None if _chooses(node) else "all settings"
        return _of_request(inner, called=True)
    if isinstance(inner, ir.Attribute):
        if inner.attr == "environ" and isinstance(inner.value, ir.Name) and _is_os(inner.value.id, module):
            return "the environment"
        if inner.attr == "env" and isinstance(inner.value, ir.Name) and inner.value.id == "process" and _is_script(module):
            return "the environment"
        if inner.attr == "__dict__" and _is_settings(inner.value):
            return "all settings"
        return _of_request(inner, called=False)
    if isinstance(inner, ir.Name) and inner is not node and _SETTINGS.match(inner.id):
        return "all settings"
    return None


def _is_script(module: ir.Module | None) -> bool:
    """Whether `process` is Node's."""
    return module is not None and module.language in SCRIPTS


def _is_os(name: str, module: ir.Module | None) -> bool:
    return name == "os" or (module is not None and local_imports(module).get(name) == "os")


def _chooses(node: ir.Expr) -> bool:
    """`model_dump(exclude={…})`: somebody has thought about what is shown."""
    return isinstance(node, ir.Call) and any(arg.name in ("exclude", "include") for arg in node.args)


def _is_settings(node: ir.Expr) -> bool:
    return isinstance(node, ir.Name | ir.Attribute) and bool(_SETTINGS.match(node.id if isinstance(node, ir.Name) else node.attr))


def _of_request(node: ir.Attribute, *, called: bool) -> str | None:
    owner = node.value
    name = last_word(owner)
    if name not in _REQUEST:
        return None
    if node.attr in _HEADERS and not called:
        return "headers and cookies"
    return "the request's body" if node.attr in _BODY else None


def _confidence(record: LogRecord, what: str) -> Confidence:
    site = record.site
    if record.sink in ("print", "console") and _secrets.is_for_terminal(site.path):
        return Confidence.LOW
    if what == "the request's body":
        return Confidence.HIGH if _SIGN_IN.search(f"{site.symbol} {site.path}") else Confidence.MEDIUM
    return Confidence.HIGH if what in ("headers and cookies", "the environment") else Confidence.MEDIUM
