"""Django's URL patterns: which parameters of which views hold text of the address, and in which contexts it is harmless.

`path("user/<str:name>/", views.user)` hands `name` over as text; the converters `int`, `uuid` and `slug` leave nothing to inject,
and neither does a group that matches nothing else: `re_path(r"^user/(?P<name>[a-z]+)$", views.User.as_view())`.
https://docs.djangoproject.com/en/stable/topics/http/urls/
"""

import re
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow import matches
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.guards import ALL
from backend_audit.flow.lacks import SEGMENT
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.ways import both
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks import classes
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

_ROUTES = frozenset({"path", "re_path", "url"})
_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_NO_SLASHES = re.compile(r"\(\?P<(\w+)>\[\^[^\]]*/[^\]]*\](?:[+*?]|\{[\d,]*\})?\)")  # `(?P<name>[^/]+)`
_CONTEXTS = {"int": ALL, "uuid": ALL, "slug": ALL, "": SEGMENT, "str": SEGMENT}

# View function or class → parameter that a pattern fills → the contexts in which all that the patterns let through is harmless.
Table = dict[str, dict[str, frozenset[str]]]
_tables: "WeakKeyDictionary[Engine, Table | None]" = WeakKeyDictionary()


def handed_over(frame: FrameState, symbol: FunctionSymbol, name: str) -> frozenset[str] | None:
    """The contexts in which what patterns give the parameter `name` of the view `symbol` is harmless; None if they give none."""
    table = _table(frame.engine)
    if table is None:
        return frozenset() if _is_view(symbol) and "django" in classes.packages(frame, symbol) else None
    return table.get(symbol.key, {}).get(name)


def harmless(frame: FrameState, owner: ClassSymbol, name: str) -> frozenset[str]:
    """The contexts in which what URL patterns give the parameter `name` of the methods of a view class is harmless."""
    return (_table(frame.engine) or {}).get(owner.key, {}).get(name, frozenset())


def _table(engine: Engine) -> Table | None:
    if engine not in _tables:
        _tables[engine] = _routes(engine)
    return _tables[engine]


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
    name = last_word(func)
    return name in ("render", "redirect") or name.endswith("Response")


def _returns(body: list[ir.Stmt]) -> Iterator[ir.Return]:
    stack: list[ir.Node] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Return):
            yield node
        elif not isinstance(node, (ir.Function, ir.Class)):
            stack.extend(ir.children(node))


def _routes(engine: Engine) -> Table | None:
    """What patterns fill, by the keys of their views; None where there are no patterns."""
    found: Table = {}
    any_patterns, converters = False, dict(_converters(engine))
    for module in engine.project.modules.values():
        for call in _calls(module):
            any_patterns = True
            pattern = call.args[0].value
            if isinstance(pattern, ir.Const) and isinstance(pattern.value, str):
                names = _names(pattern.value, converters)
                for key in _views(engine, module, call.args[1].value) if names else ():
                    held = found.setdefault(key, {})
                    held.update({name: both(held.get(name, ALL), contexts) for name, contexts in names.items()})
    return found if any_patterns else None


def _views(engine: Engine, module: ModuleSymbol, view: ir.Expr) -> Iterator[str]:
    """The function that a pattern names, or the class of `Class.as_view(…)` with those that it inherits from."""
    made = view.func if isinstance(view, ir.Call) else None
    if isinstance(made, ir.Attribute) and made.attr == "as_view":
        for one in of_kind(engine.frame(module).eval(made.value).refs, ClassSymbol):
            yield from (above.key for above in engine.bases(one)[0])
    elif made is None:
        yield from (one.key for one in of_kind(engine.frame(module).eval(view).refs, FunctionSymbol))


def _calls(module: ModuleSymbol) -> list[ir.Call]:
    """The calls of `path` and its like in the lists of a module's top level."""
    if not module.path.rpartition("/")[2].startswith(("urls", "routes")) and "urlpatterns" not in _assigned(module):
        return []
    found: list[ir.Call] = []
    imports = module.nodes.of(ir.Import)
    called = {one.asname for node in imports for one in node.names if one.name in _ROUTES}
    for node in ir.walk(*(node for node in module.node.body if isinstance(node, (ir.Assign, ir.ExprStmt, ir.If)))):
        if isinstance(node, ir.Call) and isinstance(node.func, (ir.Name, ir.Attribute)):
            name = node.func.id if isinstance(node.func, ir.Name) else node.func.attr
            if (name in _ROUTES or name in called) and len(node.args) > 1:
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


def _converters(engine: Engine) -> Iterator[tuple[str, frozenset[str]]]:
    """The converters by name, the project's own too: `register_converter(Ending, "ending")` lets its `regex` through."""
    yield from _CONTEXTS.items()
    for module in engine.project.modules.values():
        called = {one.asname for one in _imported(module) if one.name == "register_converter"}
        if not called:
            continue
        frame = engine.frame(module)
        for node in module.nodes.of(ir.Call):
            if len(node.args) > 1 and written(node.func).rpartition(".")[2] in called:
                given, name = frame.eval(node.args[0].value), node.args[1].value
                if not isinstance(name, ir.Const):
                    continue
                for owner in of_kind(given.refs, ClassSymbol):
                    texts = engine.class_attribute(owner, "regex").texts()
                    if len(texts) == 1:
                        yield str(name.value), _names(f"(?P<it>{texts[0]})", {}).get("it", frozenset())


def _imported(module: ModuleSymbol) -> Iterator[ir.Alias]:
    for node in module.nodes.of(ir.Import):
        yield from node.names


def _names(pattern: str, converters: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    if "(?P<" in pattern:
        flat = set(_NO_SLASHES.findall(pattern))
        return {name: held | (SEGMENT if name in flat else held) for name, held in matches.named_groups(pattern).items()}
    return {name: converters.get(converter, frozenset()) for converter, name in _CONVERTED.findall(pattern)}
