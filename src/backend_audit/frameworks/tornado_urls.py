r"""Tornado's URL patterns: what the groups of `(r"/config/(?P<section>\w+)", Config)` let through to the methods of a handler.

A pattern with named groups hands its groups over by name, one without by place.
https://www.tornadoweb.org/en/stable/routing.html, https://www.tornadoweb.org/en/stable/web.html#tornado.web.Application
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow import matches
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.ways import both
from backend_audit.flow.written import last_word
from backend_audit.frameworks import classes
from backend_audit.link.symbols import ClassSymbol, ModuleSymbol

_SPECS = frozenset(("url", "URLSpec", "Rule"))
_BY_PLACE = "at{}"

# Handler class → name of a parameter, or its place → the contexts in which all that patterns give it is harmless.
Table = dict[str, dict[str, frozenset[str]]]
_tables: "WeakKeyDictionary[Engine, Table]" = WeakKeyDictionary()


def harmless(frame: FrameState, owner: ClassSymbol, name: str, place: int) -> frozenset[str]:
    """The contexts in which what patterns give a parameter of a handler's methods is harmless; `place` counts from 0."""
    engine = frame.engine
    if engine not in _tables:
        _tables[engine] = _routes(engine)
    held = _tables[engine].get(owner.key, {})
    return held.get(name, held.get(_BY_PLACE.format(place), frozenset()))


def _routes(engine: Engine) -> Table:
    found: Table = {}
    for module in engine.project.modules.values():
        if "tornado" in classes.imported(module) or module.path.rpartition("/")[2].startswith(("urls", "routes", "handlers")):
            for pattern, handler in _patterns(engine, module):
                held = found.setdefault(handler, {})
                held.update(
                    {
                        name: both(held.get(name, contexts), contexts)
                        for name, contexts in matches.handed_over(pattern, _BY_PLACE).items()
                    }
                )
    return found


def _patterns(engine: Engine, module: ModuleSymbol) -> Iterator[tuple[str, str]]:
    """Each pattern with the class that it leads to, and those that this one inherits from."""
    frame = None
    for node in ir.walk(*module.node.body):
        pair = _pair(node)
        if pair is None:
            continue
        frame = frame or engine.frame(module)
        handlers = of_kind(frame.eval(pair[1]).refs, ClassSymbol)
        texts = frame.eval(pair[0]).texts() if handlers else ()
        for handler in handlers:
            if any("tornado" in base for base in engine.external_bases(handler)):
                for above in engine.bases(handler)[0]:
                    yield (texts[0] if len(texts) == 1 else ".*"), above.key


def _pair(node: ir.Node) -> tuple[ir.Expr, ir.Expr] | None:
    """`(pattern, Handler, …)`, or `url(pattern, Handler)`."""
    if isinstance(node, ir.Container) and node.kind == "tuple" and len(node.items) > 1:
        first, second = node.items[0].value, node.items[1].value
    elif isinstance(node, ir.Call) and len(node.args) > 1 and last_word(node.func) in _SPECS:
        first, second = node.args[0].value, node.args[1].value
    else:
        return None
    return (first, second) if last_word(second)[:1].isupper() and not isinstance(first, ir.Container) else None
