"""Django's URL patterns: which parameters of which view functions hold text of the address.

`path("user/<str:name>/", views.user)` hands `name` over as text; the converters `int`, `uuid` and `slug` leave nothing to inject.
https://docs.djangoproject.com/en/stable/topics/http/urls/
"""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_ROUTES = frozenset({"path", "re_path", "url"})
_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.)*)\)")
_CLOSED = frozenset({"int", "uuid", "slug"})
_HARMLESS_GROUP = re.compile(r"(\\d|\[0-9\]|\[\\d\]|\[0-9a-f-?\]|\[a-f0-9-?\]|\[\\w-?\]|\\w|\[-\\w\])[+*?]?(\{[\d,]+\})?$")
_tables: "WeakKeyDictionary[Engine, dict[str, frozenset[str]] | None]" = WeakKeyDictionary()


def hands_over(frame: FrameState, symbol: FunctionSymbol, name: str) -> bool:
    """Whether a URL pattern of the project fills the parameter `name` of the view `symbol` with text."""
    if frame.engine not in _tables:
        _tables[frame.engine] = _routes(frame.engine)
    table = _tables[frame.engine]
    if table is None:
        return _is_view(symbol) and "django" in classes.packages(frame, symbol)
    return name in table.get(symbol.key, ())


def _is_view(symbol: FunctionSymbol) -> bool:
    """Whether a function is a view by its shape, where no patterns are at hand (a scan of a part of an application).

    It stands in a module of views, takes the request first, and gives a response.
    """
    params, path = symbol.node.params, symbol.module.path
    if (
        symbol.parent is not None
        or not params
        or params[0].name != "request"
        or "views" not in path
        or symbol.node.name[0] == "_"
    ):
        return False
    return any(_is_response(node.value) for node in _returns(symbol.node.body))


def _is_response(value: ir.Expr | None) -> bool:
    func = value.func if isinstance(value, ir.Call) else None
    name = func.attr if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""
    return name in ("render", "redirect") or name.endswith("Response")


def _returns(body: list[ir.Stmt]) -> Iterator[ir.Return]:
    stack: list[ir.Node] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Return):
            yield node
        elif not isinstance(node, (ir.Function, ir.Class)):
            stack.extend(ir.children(node))


def _routes(engine: Engine) -> dict[str, frozenset[str]] | None:
    """The parameters that patterns fill with text, by the keys of their views; None where there are no patterns."""
    found: dict[str, frozenset[str]] = {}
    any_patterns = False
    for module in engine.project.modules.values():
        for call in _calls(module):
            any_patterns = True
            pattern, view = call.args[0].value, call.args[1].value
            if isinstance(pattern, ir.Const) and isinstance(pattern.value, str) and not isinstance(view, ir.Call):
                names = _names(pattern.value)
                if names:
                    target = engine.frame(module).eval(view)
                    for one in of_kind(target.refs, FunctionSymbol):
                        found[one.key] = found.get(one.key, frozenset()) | names
    return found if any_patterns else None


def _calls(module: ModuleSymbol) -> list[ir.Call]:
    """The calls of `path` and its like in the lists of a module's top level."""
    if not module.path.rpartition("/")[2].startswith(("urls", "routes")) and "urlpatterns" not in _assigned(module):
        return []
    found: list[ir.Call] = []
    for node in ir.walk(*(node for node in module.node.body if isinstance(node, (ir.Assign, ir.ExprStmt, ir.If)))):
        if isinstance(node, ir.Call) and isinstance(node.func, (ir.Name, ir.Attribute)):
            name = node.func.id if isinstance(node.func, ir.Name) else node.func.attr
            if name in _ROUTES and len(node.args) > 1:
                found.append(node)
    return found


def _assigned(module: ModuleSymbol) -> set[str]:
    return {
        target.id
        for node in module.node.body
        if isinstance(node, ir.Assign)
        for target in node.targets
        if isinstance(target, ir.Name)
    }


def _names(pattern: str) -> frozenset[str]:
    if "(?P<" in pattern:
        return frozenset(name for name, group in _GROUP.findall(pattern) if not _HARMLESS_GROUP.match(group))
    return frozenset(name for converter, name in _CONVERTED.findall(pattern) if converter not in _CLOSED)
