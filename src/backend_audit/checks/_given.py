"""Two sides of a comparison, read from how they are written: what a client sends, and a secret of the configuration."""

from backend_audit import ir
from backend_audit.checks._purpose import secret_name
from backend_audit.checks._view import FileView
from backend_audit.flow.written import dotted, written

_HOLDERS = frozenset(("headers", "META", "cookies", "args", "form", "query_params", "GET", "POST", "values"))
_SETTINGS = frozenset("settings config conf cfg app_settings current_app env environ constants app".split())
_MARKERS = ("Header(", "Query(", "Cookie(", "Form(")
_READERS = frozenset(("os.getenv", "os.environ.get", "environ.get", "getenv", "env", "config"))


def is_configured_secret(node: ir.Expr, view: FileView) -> bool:
    """`settings.API_KEY`, `os.environ["HOOK_TOKEN"]`, `API_KEY` of the module, `app.config["ADMIN_TOKEN"]`."""
    if isinstance(node, ir.Call):
        first = node.args[0].value if node.args else None
        if not isinstance(first, ir.Const) or written(node.func) not in _READERS:
            return False
        return secret_name(str(first.value).lower())
    if isinstance(node, ir.Index):
        key = node.index.value if isinstance(node.index, ir.Const) else None
        base = written(node.value).rpartition(".")[2]
        return isinstance(key, str) and base in ("environ", "config", "settings") and secret_name(key.lower())
    name = dotted(node) or ""
    last = name.rpartition(".")[2]
    if not last or not secret_name(last.lower()):
        return False
    root = (view.api(node) or name).rpartition(".")[0]
    if "." in name:
        return not _SETTINGS.isdisjoint(root.lower().split("."))
    return last.isupper() and _is_kept(last, view)


def _is_kept(name: str, view: FileView) -> bool:
    """Whether the module keeps something under a name, or imports it."""
    for node in view.module.body:
        if isinstance(node, ir.Assign) and any(dotted(target) == name for target in node.targets):
            return node.value is not None
        if isinstance(node, ir.Import) and any((one.asname or one.name) == name for one in node.names):
            return True
    return False


def is_from_client(node: ir.Expr, view: FileView) -> bool:
    """`request.headers["X-Api-Key"]`, a parameter that FastAPI fills from one, a variable that was given such a value."""
    if _reads_request(node):
        return True
    base = node.func.value if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else node
    function = view.function()
    if not isinstance(base, ir.Name) or function is None:
        return False
    for param in function.params:
        said = [written(one) for one in (param.default, param.annotation) if one is not None]
        if param.name == base.id and any(marker in one for one in said for marker in _MARKERS):
            return True
    given = [one for one in ir.walk(*function.body) if isinstance(one, ir.Assign) and one.value is not None]
    return any(_reads_request(one.value) for one in given if one.value and any(dotted(each) == base.id for each in one.targets))


def _reads_request(node: ir.Expr | None) -> bool:
    for one in () if node is None else ir.walk_scope(node):
        if isinstance(one, ir.Attribute) and one.attr in _HOLDERS and "request" in written(one.value).lower():
            return True
    return False
