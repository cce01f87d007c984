"""Queries of a Node project that ask for rows by an id alone, where nearly all others of that entity say whose they are.

`Thread.delete({ slug: { in: slugs } })`, while the others say `user_id: user.id`; for wrappers, mappers, builders and SQL alike.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_lookups import held_in, keys_of_condition, of_chain, plain_column, receiver, word_of
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Does, Lookup, Route, RouteTable
from backend_audit.routes.scopes import asked, asks_for_privilege
from backend_audit.routes.script_caller import Callers
from backend_audit.routes.script_missing import is_request
from backend_audit.source import Mark

_ASKING = re.compile(
    r"^(?:find|get|fetch|load|delete|remove|destroy|update|patch|count|exists?|where|first|one|all|list|archive|restore|softDelete)"
)
_WHERE = frozenset(("where", "andWhere"))
_FILTERS = frozenset(("where", "AND", "$and", "filter", "query"))
_OWNER = re.compile(
    r"^(user|owner|author|creator|createdby|account|customer|member|organi[sz]ation|org|tenant|team|workspace|company|project|space|"
    r"seller|buyer|patient|client|uploader|uploadedby|requestedby)(?:id|uuid)?$"
)
_ID = re.compile(r"^_?(?:id|ids|uuid|slug|slugs|key|guid)$|[a-z](?:Id|_id|Uuid|_uuid|Slug)s?$")
_OWN = re.compile(r"^_?(?:id|ids|uuid|slug|slugs|key|guid)$")
_AFTER = re.compile(r"_?(?:id|uuid)s?$", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:delete\s+from|update|from)\s+[\"`]?(\w+)", re.IGNORECASE)
_COMPARED = re.compile(r"([\w.\"`]{1,100})\s{0,20}(?:=|\bin\b|\bany\b)\s{0,20}", re.IGNORECASE)
_WHERE_TEXT = re.compile(r"\bwhere\b", re.IGNORECASE)
_TEXTS = frozenset(
    ("query", "execute", "run", "get", "all", "raw", "one", "oneOrNone", "any", "none", "$queryRaw", "$executeRaw")
)
_HOLE = "\x00"
_FEW = 3
_SHARE = 0.75
_SURE = 0.85  # where the query names another owner
_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """The rows of `entity` for which `columns` are held against something; `ids`: what those that name one thing are given."""

    entity: str
    columns: tuple[str, ...]
    ids: tuple[ir.Expr, ...]
    function: FunctionSymbol
    node: ir.Call

    def owners(self) -> set[str]:
        """Whose rows they are to be, in words: `user` for `user_id`, `userId`."""
        return {found for one in self.columns if (found := _word(one))}

    def key(self) -> str:
        """The column that names one thing."""
        return next((one for one in self.columns if _OWN.match(one) or _AFTER.sub("", one).lower() == self.entity), "")


class OddRows:
    """Finds them; `fill` notes them at the first route that reaches each."""

    def __init__(self, engine: Engine, table: RouteTable, callers: Callers) -> None:
        self.engine = engine
        self.callers = callers
        self._held = {path: held_in(one.node) for path, one in engine.project.modules.items()}
        self._by_handler: dict[str, list[Route]] = {}
        for route in table.routes:
            if route.handler is not None:
                self._by_handler.setdefault(route.handler.key, []).append(route)
        self._odd: dict[str, list[tuple[Condition, Lookup, list[Condition]]]] | None = None
        self._told: set[int] = set()

    def fill(self, route: Route) -> bool:
        """Add what a route's handler, or what it calls, asks for in that way."""
        handler = route.handler
        odd = self._found()
        if handler is None or route.right or not odd:
            return False
        reads = self.callers.of(handler)
        if reads.tests() or reads.hands():
            return False
        for function, depth in self._reached(handler):
            for one, lookup, careful in odd.get(function.key, ()):
                outside = depth == 0 and not self._from_request(function, one)
                if id(one.node) not in self._told and not outside and not self._asks_more(route, careful):
                    self._told.add(id(one.node))
                    route.lookups = (*route.lookups, lookup)
        return True

    def _reached(self, handler: FunctionSymbol) -> Iterator[tuple[FunctionSymbol, int]]:
        level, seen = [handler], {handler.key}
        for depth in range(_DEPTH + 1):
            yield from ((one, depth) for each in level for one in (each, *each.nested))
            following = {
                key: one for each in level for key, one in self.engine.calls.get(each.key, {}).items() if key not in seen
            }
            seen |= following.keys()
            level = [following[key] for key in sorted(following)]

    def _asks_more(self, route: Route, careful: list[Condition]) -> bool:
        """Whether a guard of the route asks for a right that no route has whose handler says whose the rows are."""
        asking = [one for one in route.guards if one.has(Does.AUTHORIZES) or one.name in route.testing]
        routes = [each for one in careful for each in self._by_handler.get(_outermost(one.function).key, ())]
        known = {guard.name for each in routes for guard in each.guards}
        told = Counter(one for each in routes for one in {asked(guard) for guard in each.guards})
        few = (one for one in asking if asks_for_privilege(one) and 2 * told[asked(one)] <= len(routes))
        return any(one.name not in known for one in asking) or next(few, None) is not None

    def _from_request(self, function: FunctionSymbol, condition: Condition) -> bool:
        """Whether the id is the client's choice: `req.params.id`, `const { slugs } = reqBody(request)`."""
        outer = _outermost(function)
        nodes = list(ir.walk(*outer.node.body))
        taken = {
            name.id
            for one in nodes
            if isinstance(one, ir.Assign)
            and one.value is not None
            and _reads_request(one.value)
            and not self._is_caller(outer, one)
            for target in one.targets
            for name in ir.walk_scope(target)
            if isinstance(name, ir.Name)
        }
        return any(
            _reads_request(one) or any(isinstance(each, ir.Name) and each.id in taken for each in ir.walk_scope(one))
            for one in condition.ids
        )

    def _is_caller(self, function: FunctionSymbol, node: ir.Assign) -> bool:
        value = node.value.value if isinstance(node.value, ir.Await) else node.value
        return value is not None and self.callers.of(function).is_caller(value)

    # --- the project -------------------------------------------------------------------------------------------------

    def _found(self) -> dict[str, list[tuple[Condition, Lookup, list[Condition]]]]:
        if self._odd is None:
            self._odd = {}
            by_entity: dict[str, list[Condition]] = {}
            for function in self.engine.project.functions():
                for one in self._conditions(function):
                    by_entity.setdefault(one.entity, []).append(one)
            for entity in sorted(by_entity):
                every = [one for one in by_entity[entity] if one.key() or one.owners()]
                served = [one for one in every if _outermost(one.function).key in self._by_handler]
                for one, lookup, careful in _odd_among(served if any(one.owners() for one in served) else every):
                    self._odd.setdefault(one.function.key, []).append((one, lookup, careful))
        return self._odd

    def _conditions(self, function: FunctionSymbol) -> Iterator[Condition]:
        held = self._held.get(function.module.path, {})
        narrowed: set[int] = set()
        for node in ir.walk_scope(*function.node.body):
            if not isinstance(node, ir.Call):
                continue
            text = _statement(node)
            if text:
                yield from _of_statement(text, node, function)
                continue
            if not isinstance(node.func, ir.Attribute) or id(node) in narrowed:
                continue
            if node.func.attr in _WHERE:
                entity, before = of_chain(node.func.value, held)
                narrowed.update(id(one) for one in before)
                if not entity and not before and isinstance(node.func.value, (ir.Name, ir.Attribute)):
                    entity = receiver(node.func.value, held)  # a wrapper's: `Threads.where({ … })`
                calls = [node, *before]
                pairs = [pair for one in calls for pair in _pairs(one)]
                yield from _made(entity, pairs, function, node)
            elif _ASKING.match(node.func.attr) and node.args:
                first = node.args[0].value
                if isinstance(first, ir.Container) and first.kind == "dict":
                    yield from _made(receiver(node.func.value, held), list(_filtered(first, 3)), function, node)


def _odd_among(conditions: list[Condition]) -> Iterator[tuple[Condition, Lookup, list[Condition]]]:
    """Of the conditions of one entity, those that lack the owner that nearly all others name; or any, where others name one."""
    names = sorted({name for one in conditions for name in one.owners()})
    for one in conditions:
        own = one.owners()
        if not one.key():
            continue
        sets = [{name} for name in names if name not in own] if own else [set(names)]
        for wanted in sets:
            careful = [each for each in conditions if not wanted.isdisjoint(each.owners())]
            if len(careful) < _FEW or len(careful) < (_SURE if own else _SHARE) * (len(conditions) - 1):
                continue
            word = Counter(column for each in careful for column in each.columns if _word(column) in wanted).most_common(1)[0][0]
            mark = Mark(one.function.module.path, one.node.at, one.node.end, "looks it up")
            others = f"{len(careful)} of the {len(conditions) - 1} other queries for it say whose it is (as by `{word}`)"
            yield one, Lookup(mark, one.entity, one.key(), word, written(one.node.func), odd=others), careful
            break


def _word(column: str) -> str:
    """`user` for `user_id`, `userId`; "" for a column that says nobody's."""
    found = _OWNER.match(re.sub(r"[^a-z]", "", column.lower()))
    return "" if found is None else found[1]


def _made(entity: str, pairs: list[tuple[str, ir.Expr | None]], function: FunctionSymbol, node: ir.Call) -> Iterator[Condition]:
    columns = tuple(dict.fromkeys(plain_column(name) for name, _ in pairs))
    if entity and columns:
        ids = tuple(value for name, value in pairs if value is not None and _ID.search(plain_column(name)))
        yield Condition(entity, columns, ids, function, node)


def _pairs(node: ir.Call) -> list[tuple[str, ir.Expr | None]]:
    first = node.args[0].value if node.args else None
    if isinstance(first, ir.Container) and first.kind == "dict":
        return list(_filtered(first, 3))
    value = node.args[-1].value if len(node.args) > 1 else first
    return [(key, value) for key in keys_of_condition(node)]


def _filtered(node: ir.Expr, depth: int) -> Iterator[tuple[str, ir.Expr | None]]:
    """The columns of an object that says which rows: `{ where: { id, ...(user ? { userId: user.id } : {}) } }`."""
    if isinstance(node, ir.Conditional):
        yield from (pair for one in (node.then, node.orelse) for pair in _filtered(one, depth))
    elif isinstance(node, ir.Logical):
        yield from _filtered(node.right, depth)
    elif isinstance(node, ir.Container) and depth:
        several = [one.value for one in node.items] if node.kind == "list" else []
        yield from (pair for one in several for pair in _filtered(one, depth - 1))
        for item in node.items if node.kind == "dict" else ():
            name = item.key.value if isinstance(item.key, ir.Const) else None
            if item.star or name in _FILTERS:
                yield from _filtered(item.value, depth - 1)
            elif isinstance(name, str) and not name.startswith("$"):
                yield name, item.value


def _statement(node: ir.Call) -> str:
    """The SQL that a call runs, its holes as one character each."""
    first = node.args[0].value if node.args else None
    if node.form == "tagged" and isinstance(first, ir.Container):
        parts = [str(one.value.value) for one in first.items if isinstance(one.value, ir.Const)]
        return text if _TABLE.search(text := _HOLE.join(parts)) else ""
    if last_word(node.func) not in _TEXTS:
        return ""
    if isinstance(first, ir.Const) and isinstance(first.value, str):
        return first.value if _TABLE.search(first.value) else ""
    if isinstance(first, ir.Template):
        text = "".join(str(one.value) if isinstance(one, ir.Const) else _HOLE for one in first.parts)
        return text if _TABLE.search(text) else ""
    return ""


def _of_statement(text: str, node: ir.Call, function: FunctionSymbol) -> Iterator[Condition]:
    found, where = _TABLE.search(text), _WHERE_TEXT.search(text)
    if found is not None and where is not None:
        compared = [plain_column(one[1]) for one in _COMPARED.finditer(text[where.end() :])]
        columns = tuple(dict.fromkeys(one for one in compared if re.search(r"[A-Za-z]", one)))
        if columns:
            ids = tuple(arg.value for arg in node.args[1:])
            yield Condition(word_of(found[1]), columns, ids, function, node)


def _reads_request(node: ir.Node) -> bool:
    """Whether an expression reads the request, or a helper that it is handed to may."""
    for one in ir.walk_scope(node):
        if isinstance(one, ir.Attribute) and one.attr in ("params", "body", "query") and is_request(written(one.value)):
            return True
        if isinstance(one, ir.Call) and any(is_request(written(arg.value)) for arg in one.args):
            return True
    return False


def _outermost(function: FunctionSymbol) -> FunctionSymbol:
    """The handler that a function stands in: the outermost that takes a request; else itself."""
    found, outer = function, function.parent
    while outer is not None:
        if outer.node.params and is_request(outer.node.params[0].name):
            found = outer
        outer = outer.parent
    return found
