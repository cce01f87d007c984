"""Numbers from the request that decide how many rows a handler in JavaScript fetches, without an upper bound.

https://mongoosejs.com/docs/api/query.html#Query.prototype.limit(), https://sequelize.org/docs/v6/core-concepts/model-querying-basics/,
https://www.prisma.io/docs/orm/prisma-client/queries/pagination, https://typeorm.io/docs/working-with-entity-manager/find-options,
https://knexjs.org/guide/query-builder.html#limit, https://orm.drizzle.team/docs/select#limit--offset
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.declared_bounds import DeclaredBounds
from backend_audit.frameworks.script_given import WHOLE, Held, Holding, Path, of_handler
from backend_audit.frameworks.script_reached import Reached
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Does, Route
from backend_audit.routes.page_size import PageSize
from backend_audit.source import Mark

_NAMES = re.compile(
    r"^_?(?:page_?size|per_?page|limit|page_?limit|max_?results|(?:items|results|rows)_?per_?page|num_?results|"
    r"take|size|count|first|top)$",
    re.IGNORECASE,
)
_CONVERTS = frozenset(
    "Number parseInt parseFloat BigInt toNumber toInteger toSafeInteger trunc floor ceil round abs max String toString".split()
)
_METHODS = frozenset(("limit", "take", "$limit"))  # of queries, with the number alone
_OPTIONS = frozenset(("limit", "take", "$limit", "pageSize", "perPage"))  # of what a query is given
_QUERIES = re.compile(r"^(?:find|aggregate|paginate|query|select|getMany|search|list|fetch|scan)")
_PLACE = re.compile(r"\?|\$\d+|[:@]\w+")
_BEFORE = re.compile(r"\blimit\s*$", re.IGNORECASE)
_RUNS = frozenset("query execute all any many manyOrNone raw $queryRaw $queryRawUnsafe prepare".split())
_BOUNDING = re.compile(
    r"(?:^|_|\b)(?:min|clamp|clip|bound|cap|validat|check|normali[sz]e|sanitize|restrict)|Min$|Clamp|InRange", re.IGNORECASE
)
_ASKED = frozenset(("query", "params", "body"))
_WITHIN = 2  # the length of the path of a value
_PARTS = {"query": "the query", "params": "the address", "body": "the body"}


class ScriptPageSizes:
    """Reads them off handlers, and what these hand them to; kept, since a handler may serve many routes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.declared = DeclaredBounds(engine)
        self._known: dict[str, tuple[PageSize, ...]] = {}
        self._guards: dict[str, set[Path]] = {}

    def of(self, route: Route) -> tuple[PageSize, ...]:
        """The unbounded ones of a route."""
        handler = route.handler
        if handler is None:
            return ()
        if handler.key not in self._known:
            self._known[handler.key] = tuple(self._of(route, handler))
        return self._known[handler.key]

    def _of(self, route: Route, handler: FunctionSymbol) -> Iterator[PageSize]:
        given = of_handler(route)
        if not given:
            return
        if not _may_ask(Holding(handler, given, _CONVERTS, lambda *_: None)):
            return
        reached = Reached(self.engine, handler, given, _CONVERTS, _ASKED)
        bounded = {path for one in reached.holdings for path in _bounded(one)}
        for guard in route.guards:  # what runs before it may put a number right
            if guard.function is not None and guard.function.node.params:
                bounded |= self._before(guard.function, next(iter(given.values())))
        described = route.framework not in ("express", "koa") or route.guarded(Does.VALIDATES)
        told: set[Path] = set()
        for holding in reached.holdings:
            for node, value in _taken(holding):
                held = holding.of(value)
                path = () if held is None or held.path is None else held.path
                if len(path) != 2 or path[0] not in _PARTS or path in told or path in bounded or not _NAMES.match(path[1]):
                    continue
                told.add(path)
                if described and self.declared.bounds(path[1]):
                    continue
                read = _read(reached, path) or Mark(holding.function.module.path, value.at, value.end, "")
                used = Mark(holding.function.module.path, node.at, node.end, f"`{last_word(node.func)}` fetches as many")
                yield PageSize(path[1], read._replace(note=f"`{path[1]}` comes from {_PARTS[path[0]]}"), used)

    def _before(self, function: FunctionSymbol, request: Held) -> set[Path]:
        """What a guard bounds, whose first parameter is the request (or the context) that the handler's is."""
        key = f"{function.key} {request.path}"
        if key not in self._guards:
            whole = request if request.path in WHOLE else Held(())
            before = Reached(self.engine, function, {function.node.params[0].name: whole}, _CONVERTS, _ASKED)
            self._guards[key] = {path for one in before.holdings for path in _bounded(one)}
        return self._guards[key]


def _may_ask(holding: Holding) -> bool:
    """Whether a handler names such a number, or hands a part of the request on in which it may stand."""
    for node in holding.nodes:
        if isinstance(node, (ir.Attribute, ir.Name)) and _NAMES.match(last_word(node)):
            return True
        if isinstance(node, ir.Const) and isinstance(node.value, str) and _NAMES.match(node.value):
            return True
        for arg in node.args if isinstance(node, ir.Call) else ():
            held = holding.of(arg.value)
            if held is not None and (held.path is None or len(held.path) < _WITHIN):
                return True
    return False


def _taken(holding: Holding) -> Iterator[tuple[ir.Call, ir.Expr]]:
    """The expressions that say how many rows a call fetches."""
    for node in holding.nodes:
        if not isinstance(node, ir.Call):
            continue
        name, args = last_word(node.func), [arg.value for arg in node.args]
        if name in _METHODS and len(args) == 1 and isinstance(node.func, ir.Attribute):
            yield node, args[0]
        elif node.form == "tagged" or (name in _RUNS and args):
            yield from ((node, one) for one in _of_statement(node))
        if _QUERIES.match(name):
            for option in (item for arg in args for item in _options(arg)):
                yield node, option
            for arg in args[1:]:
                held = holding.of(arg) if isinstance(arg, (ir.Name, ir.Attribute)) else None
                for key in sorted(_OPTIONS & (set() if held is None else set(held.items))):
                    yield node, ir.Attribute(arg.at, arg.end, arg, key)


def _options(node: ir.Expr) -> Iterator[ir.Expr]:
    """What objects in an argument say about how many there are to be: `{ take }`, `[{ $limit: size }]`."""
    for one in ir.walk_scope(node):
        for item in one.items if isinstance(one, ir.Container) and one.kind == "dict" else ():
            if isinstance(item.key, ir.Const) and item.key.value in _OPTIONS:
                yield item.value


def _of_statement(node: ir.Call) -> Iterator[ir.Expr]:
    """What stands behind `LIMIT` in a statement: a hole, or one of the parameters."""
    first = node.args[0].value if node.args else None
    if node.form == "tagged" and isinstance(first, ir.Container):
        texts = [one.value.value if isinstance(one.value, ir.Const) else "" for one in first.items]
        holes = [arg.value for arg in node.args[1:]]
        yield from (hole for text, hole in zip(texts, holes, strict=False) if isinstance(text, str) and _BEFORE.search(text))
    elif isinstance(first, ir.Template):
        for before, part in zip(first.parts, first.parts[1:], strict=False):
            if isinstance(before, ir.Const) and isinstance(part, ir.Hole) and _BEFORE.search(str(before.value)):
                yield part.value
    given = node.args[1].value if len(node.args) > 1 else None
    if isinstance(given, ir.Container):
        yield from _parameters(_text(first), given)


def _text(node: ir.Expr | None) -> str:
    """The text of a statement, without what is put into it."""
    if isinstance(node, ir.Const):
        return str(node.value)
    return "".join(str(one.value) for one in node.parts if isinstance(one, ir.Const)) if isinstance(node, ir.Template) else ""


def _parameters(text: str, given: ir.Container) -> Iterator[ir.Expr]:
    """The parameters of a statement that stand behind `LIMIT`: by place or by name, which may be under `replacements`."""
    named = {str(item.key.value): item.value for item in given.items if isinstance(item.key, ir.Const)}
    for inner in [one for one in named.values() if isinstance(one, ir.Container) and given.kind == "dict"]:
        yield from _parameters(text, inner)
    for at, place in enumerate(_PLACE.finditer(text)):
        if not _BEFORE.search(text[: place.start()]):
            continue
        if given.kind == "dict":
            yield from (value for key, value in named.items() if key == place[0][1:])
            continue
        index = int(place[0][1:]) - 1 if place[0][0] == "$" else at
        yield from (item.value for item in given.items[index : index + 1])


def _bounded(holding: Holding) -> Iterator[Path]:
    """The parts that a function bounds from above: by a comparison, by `Math.min`, by a list of what is allowed."""
    for node in holding.nodes:
        if isinstance(node, ir.Compare):
            for at, op in enumerate(node.ops):
                left, right = node.left if at == 0 else node.rights[at - 1], node.rights[at]
                if op in ("<", "<=", ">", ">="):
                    for one, other in ((left, right), (right, left)):
                        if not (isinstance(other, ir.Const) and isinstance(other.value, (int, float)) and other.value <= 1):
                            yield from holding.paths(one)
        elif isinstance(node, ir.Call):
            name = last_word(node.func)
            if _BOUNDING.search(name) or name in ("includes", "has", "indexOf"):
                for arg in node.args:
                    yield from holding.paths(arg.value)
        elif isinstance(node, ir.Index) and not isinstance(node.index, ir.Const):
            yield from holding.paths(node.index)
        elif isinstance(node, ir.Switch):
            yield from holding.paths(node.subject)


def _read(reached: Reached, path: Path) -> Mark | None:
    """Where the handler reads it."""
    holding = reached.holdings[0]
    for node in holding.nodes:
        if isinstance(node, (ir.Attribute, ir.Index)):
            held = holding.of(node)
            if held is not None and held.path == path:
                return Mark(holding.function.module.path, node.at, node.end, "")
        elif isinstance(node, ir.Assign) and isinstance(node.targets[0], ir.Container):
            for item in node.targets[0].items:
                if isinstance(item.key, ir.Const) and item.key.value == path[1] and path[0] in written(node.value):
                    return Mark(holding.function.module.path, item.at, item.end, "")
    return None
