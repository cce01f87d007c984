"""Django's URL patterns: which parameters of which view functions hold text of the address.

`path("user/<str:name>/", views.user)` hands `name` over as text; the converters `int`, `uuid` and `slug` leave nothing to inject.
https://docs.djangoproject.com/en/stable/topics/http/urls/
"""

import re
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.statements import Frame
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol

_ROUTES = frozenset({"path", "re_path", "url"})
_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.)*)\)")
_CLOSED = frozenset({"int", "uuid", "slug"})
_HARMLESS_GROUP = re.compile(r"(\\d|\[0-9\]|\[\\d\]|\[0-9a-f-?\]|\[a-f0-9-?\]|\[\\w-?\]|\\w|\[-\\w\])[+*?]?(\{[\d,]+\})?$")
_tables: "WeakKeyDictionary[Engine, dict[str, frozenset[str]]]" = WeakKeyDictionary()


def hands_over(frame: FrameState, symbol: FunctionSymbol, name: str) -> bool:
    """Whether a URL pattern of the project fills the parameter `name` of the view `symbol` with text."""
    table = _tables.get(frame.engine)
    if table is None:
        table = _tables[frame.engine] = _routes(frame.engine)
    return name in table.get(symbol.key, ())


def _routes(engine: Engine) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for module in engine.project.modules.values():
        for call in _calls(module):
            pattern, view = call.args[0].value, call.args[1].value
            if isinstance(pattern, ir.Const) and isinstance(pattern.value, str) and not isinstance(view, ir.Call):
                names = _names(pattern.value)
                if names:
                    target = Frame(engine, module, None, dict(engine.environment(module))).eval(view)
                    for one in target.refs:
                        if isinstance(one, FunctionSymbol):
                            found[one.key] = found.get(one.key, frozenset()) | names
    return found


def _calls(module: ModuleSymbol) -> list[ir.Call]:
    """The calls of `path` and its like in the lists of a module's top level."""
    if not module.path.rpartition("/")[2].startswith(("urls", "routes")) and "urlpatterns" not in _assigned(module):
        return []
    found: list[ir.Call] = []
    stack: list[ir.Node] = [node for node in module.node.body if isinstance(node, (ir.Assign, ir.ExprStmt, ir.If))]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Call) and isinstance(node.func, (ir.Name, ir.Attribute)):
            name = node.func.id if isinstance(node.func, ir.Name) else node.func.attr
            if name in _ROUTES and len(node.args) > 1:
                found.append(node)
        stack.extend(ir.children(node))
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
