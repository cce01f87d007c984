"""What handlers in JavaScript take from the body of a request: values that nothing has looked at, and where they are stored.

What a handler leads to is followed; what it hands to a schema, and what middleware before it has looked at, counts as seen.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.frameworks import nest_bodies
from backend_audit.frameworks.script_given import WHOLE as REQUEST
from backend_audit.frameworks.script_given import Held, Holding, Path, leaves, of_handler
from backend_audit.frameworks.script_model_columns import ModelColumns
from backend_audit.frameworks.script_reached import Reached
from backend_audit.frameworks.script_seen import WHOLE, Seen, is_seen
from backend_audit.frameworks.script_stores import OBJECT, Stores, kept
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.body import Body, Use
from backend_audit.routes.model import Route
from backend_audit.source import Mark

_SIGNED = re.compile(r"signature|hmac|webhook|construct_?event", re.IGNORECASE)
_ID = re.compile(r"^_?id$|Id$|_id$")  # what it says is which row, and not what stands there
_BODY = frozenset(("body",))
_ARITHMETIC = frozenset(("-", "*", "/", "%", "**"))
_CHANGES = frozenset(("POST", "PUT", "PATCH"))


class ScriptBodies:
    """Reads the bodies of handlers; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stores = Stores(engine)
        self.columns = ModelColumns(engine)
        self._known: dict[str, Body] = {}
        self._guards: dict[str, Seen] = {}

    def of(self, route: Route) -> Body:
        """What the handler of a route takes, where nothing before it is known to validate it."""
        described = route.owner is not None and route.framework != "nestjs"  # routing-controllers and tsoa validate by the types
        if route.handler is None or described or (route.methods and _CHANGES.isdisjoint(route.methods)):
            return route.body
        piped = nest_bodies.piped(route)
        if piped is not None or (route.body.validated is not None and not nest_bodies.is_type_alone(route, self.engine)):
            return piped or route.body
        key = f"{route.handler.key} {sorted(guard.name for guard in route.guards)}"
        if key not in self._known:
            self._known[key] = self._of(route)
        return self._known[key]

    def _of(self, route: Route) -> Body:
        handler, given = route.handler, of_handler(route)
        if handler is None or not given:
            return Body()
        reached = Reached(self.engine, handler, given, frozenset(), _BODY)
        reads = [path for one in reached.holdings for path in _read(one)]
        if not reads:
            return Body()
        read = "ctx.request.body" if route.framework == "koa" else "req.body"
        words = " ".join((handler.node.name, route.path, *(last_word(one.func) for one in _calls(reached))))
        seen = Seen(reached, self.stores)
        for guard in route.guards:
            if guard.function is not None and guard.function.node.params:
                before = self._before(guard.function, next(iter(given.values())))
                seen.take(before)
        if seen.whole or _SIGNED.search(words):
            return Body(validated=True, read=read)
        uses, looked = self._uses(reached, seen.paths)
        parts = [path for path in reads if len(path) > 1]
        if parts and not uses and all(is_seen(path, seen.schemed) for path in parts):
            return Body(validated=True, read=read)
        return Body(
            validated=False,
            read=read,
            uses=uses,
            looked=looked or any(not _ID.search(path[1]) for path in seen.refused if len(path) > 1),
        )

    def _before(self, function: FunctionSymbol, request: Held) -> Seen:
        """What a guard has looked at, whose first parameter is the request (or the context) that the handler's is."""
        key = f"{function.key} {request.path}"
        if key not in self._guards:
            first = function.node.params[0].name
            whole = request if request.path in REQUEST else Held(())
            self._guards[key] = Seen(Reached(self.engine, function, {first: whole}, frozenset(), _BODY), self.stores)
        return self._guards[key]

    def _uses(self, reached: Reached, seen: set[Path]) -> tuple[tuple[Use, ...], bool]:
        """The values that are stored or computed with although nothing has looked at them; whether others were looked at."""
        told: dict[Path, Use] = {}
        looked = False
        for holding in reached.holdings:
            for node, how, column, entity, value in self._taken(holding):
                for name, path in leaves(holding.of(value), column):
                    if path[:1] != WHOLE or len(path) == 1 or path in told or name == OBJECT:
                        continue  # an object that is stored whole is mass-assignment's
                    if is_seen(path, seen) or (how == "stored" and self.columns.constrained(entity, name or path[-1])):
                        looked = True
                        continue
                    key = ".".join(path[1:])
                    told[path] = Use(key, how, Mark(holding.function.module.path, node.at, node.end, f"`{key}` is {how}"))
        return tuple(told.values()), looked

    def _taken(self, holding: Holding) -> Iterator[tuple[ir.Expr, str, str, str, ir.Expr]]:
        saved = kept(holding.nodes)
        for node in holding.nodes:
            for one in self.stores.of(holding.function, node, saved):
                yield one.value, "stored", one.column, one.entity, one.value
            if isinstance(node, ir.Binary) and node.op in _ARITHMETIC and not _is_constant(node.left, node.right):
                yield node.left, "computed with", "", "", node.left
                yield node.right, "computed with", "", "", node.right


def _calls(reached: Reached) -> Iterator[ir.Call]:
    yield from (node for one in reached.holdings for node in one.nodes if isinstance(node, ir.Call))


def _read(holding: Holding) -> Iterator[Path]:
    """The parts of the body that a function names."""
    for node in holding.nodes:
        held = holding.of(node) if isinstance(node, (ir.Name, ir.Attribute, ir.Index)) else None
        if held is not None and held.path is not None and held.path[:1] == WHOLE:
            yield held.path


def _is_constant(*nodes: ir.Expr) -> bool:
    return any(isinstance(one, (ir.Const, ir.Template)) for one in nodes)
