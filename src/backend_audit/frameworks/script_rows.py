"""Queries of a Node project that ask for rows by an id alone, where nearly all others of that entity say whose they are.

`Thread.delete({ slug: { in: slugs } })`, while the others say `user_id: user.id`; for wrappers, mappers, builders and SQL alike.
"""

import re
from collections import Counter
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.script_conditions import Condition, conditions_of, owner_word
from backend_audit.frameworks.script_lookups import held_in
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Does, Lookup, Route, RouteTable
from backend_audit.routes.reach import reached
from backend_audit.routes.scopes import asked, asks_for_privilege
from backend_audit.routes.script_caller import CallerReads, Callers
from backend_audit.routes.script_missing import is_request
from backend_audit.routes.script_taken import inputs_of, is_input
from backend_audit.source import Mark

_FEW = 3
_SHARE = 0.75
_SURE = 0.85  # where the query names another owner
_DEPTH = 2
_DATA = re.compile(r"(?i)(?:body|data|dto|input|payload|params|query|args|parsed|values)$")  # what a client sent, read or checked


class OddRows:
    """Finds them; `fill` notes them at the first route that reaches each."""

    def __init__(self, engine: Engine, table: RouteTable, callers: Callers) -> None:
        self.engine = engine
        self.callers = callers
        self._held = {path: held_in(one) for path, one in engine.project.modules.items()}
        self._by_handler: dict[str, list[Route]] = {}
        for route in table.routes:
            if route.handler is not None:
                self._by_handler.setdefault(route.handler.key, []).append(route)
        self._odd: dict[str, list[tuple[Condition, Lookup, list[Condition]]]] | None = None
        self._told: set[int] = set()
        self._by_service: dict[str, list[Route]] | None = None

    def fill(self, route: Route) -> bool:
        """Add what a route's handler, or what it calls, asks for in that way."""
        handler = route.handler
        odd = self._found()
        if handler is None or route.right or not odd:
            return False
        reads = self.callers.of(handler)
        asks = reads.tests() or reads.hands()
        for function, depth in self._reached(handler):
            for one, lookup, careful in odd.get(function.key, ()):
                if asks and not (depth and self._is_told_whose(function, one)) and not _forgets(reads, one, lookup):
                    continue
                outside = not self.from_request(function, one) if depth == 0 else was_found(function, one)
                known = id(one.node) in self._told or outside or _held_before(route, careful)
                if not known and not self.asks_more(route, careful):
                    self._told.add(id(one.node))
                    route.lookups = (*route.lookups, lookup)
        return True

    def _reached(self, handler: FunctionSymbol) -> Iterator[tuple[FunctionSymbol, int]]:
        for depth, level in enumerate(reached(self.engine, handler, _DEPTH + 1)):
            yield from ((one, depth) for each in level for one in (each, *each.nested))

    def _is_told_whose(self, function: FunctionSymbol, odd: Condition) -> bool:
        """Whether a function is told whose the rows are to be, and leaves that out where it asks for them, and in every test."""
        names = {param.name for param in function.node.params if owner_word(param.name)}
        tests = [one.test for one in ir.walk(*function.node.body) if isinstance(one, (ir.If, ir.Conditional, ir.While))]
        tests += [one for one in ir.walk(*function.node.body) if isinstance(one, ir.Compare)]
        elsewhere = (one for one in self.conditions(function) if one.entity == odd.entity and one.node is not odd.node)
        asked = [*tests, *(arg.value for arg in odd.node.args[:1])]
        read = any(isinstance(one, ir.Name) and one.id in names for one in ir.walk_scope(*asked))
        return bool(names) and not read and not any(one.owners() for one in elsewhere)

    def asks_more(self, route: Route, careful: list[Condition]) -> bool:
        """Whether a guard of the route asks for a right that no route has whose handler says whose the rows are."""
        asking = [one for one in route.guards if one.via != "body" and (one.has(Does.AUTHORIZES) or one.name in route.testing)]
        routes = [each for one in careful for each in self._leading(outermost(one.function))] if asking else []
        known = {guard.name for each in routes for guard in each.guards}
        told = Counter(one for each in routes for one in {asked(guard) for guard in each.guards})
        few = (one for one in asking if asks_for_privilege(one) and 2 * told[asked(one)] <= len(routes))
        return any(one.name not in known for one in asking) or next(few, None) is not None

    def _leading(self, function: FunctionSymbol) -> list[Route]:
        """The routes that a function serves, or whose handlers lead to it."""
        if function.key in self._by_handler:
            return self._by_handler[function.key]
        if self._by_service is None:
            self._by_service = {}
            for routes in self._by_handler.values():
                for one in {each.key for each, _ in self._reached(routes[0].handler)} if routes[0].handler is not None else ():
                    self._by_service.setdefault(one, []).extend(routes)
        return self._by_service.get(function.key, [])

    def from_request(self, function: FunctionSymbol, condition: Condition) -> bool:
        """Whether the id is the client's choice: `req.params.id`, `const { slugs } = reqBody(request)`."""
        outer = outermost(function)
        inputs = inputs_of(outer)
        nodes = list(ir.walk(*outer.node.body))
        taken = set(inputs) | {
            name.id
            for one in nodes
            if isinstance(one, ir.Assign)
            and one.value is not None
            and (_reads_request(one.value) or is_input(one.value, inputs))
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
                for one in self.conditions(function):
                    by_entity.setdefault(one.entity, []).append(one)
            for entity in sorted(by_entity):
                every = [one for one in by_entity[entity] if one.key() or one.owners()]
                served = [one for one in every if outermost(one.function).key in self._by_handler]
                asked = served if any(one.owners() for one in served) else every
                alike = [one for one in asked if one.key() and not self._for_few(one)]  # what asks for one thing, for anybody
                found = [*_odd_among(asked), *_odd_among(alike)]
                known = {id(one.node): (one, lookup, careful) for one, lookup, careful in reversed(found)}
                for one, lookup, careful in known.values():
                    self._odd.setdefault(one.function.key, []).append((one, lookup, careful))
        return self._odd

    def _for_few(self, condition: Condition) -> bool:
        """Whether all routes of the handler that asks so want a privilege: administrators may reach everybody's."""
        routes = self._by_handler.get(outermost(condition.function).key, [])
        return bool(routes) and all(any(map(asks_for_privilege, one.guards)) for one in routes)

    def conditions(self, function: FunctionSymbol) -> Iterator[Condition]:
        """What a function asks for."""
        return conditions_of(function, self._held.get(function.module.path, {}))


def _forgets(reads: CallerReads, condition: Condition, lookup: Lookup) -> bool:
    """Whether a handler names one owner of the rows, and never mentions the other: `{ id, workspaceId }`, and no user."""
    wanted = owner_word(lookup.owned)
    names = (
        one.attr if isinstance(one, ir.Attribute) else one.id for one in reads.nodes if isinstance(one, (ir.Attribute, ir.Name))
    )
    return bool(condition.owners()) and bool(wanted) and not any(wanted in name.lower() for name in names)


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
            columns = (column for each in careful for column in each.columns if owner_word(column) in wanted)
            word = Counter(columns).most_common(1)[0][0]
            mark = Mark(one.function.module.path, one.node.at, one.node.end, "looks it up")
            others = f"{len(careful)} of the {len(conditions) - 1} other queries for it say whose it is (as by `{word}`)"
            yield one, Lookup(mark, one.entity, one.key(), word, written(one.node.func), odd=others), careful
            break


def was_found(function: FunctionSymbol, condition: Condition) -> bool:
    """Whether the id is that of an object which the function has awaited: `order.id` of `await this.own(slug)`."""
    found = {
        target.id
        for one in ir.walk(*outermost(function).node.body)
        if isinstance(one, ir.Assign) and isinstance(one.value, ir.Await)
        for target in one.targets
        if isinstance(target, ir.Name) and not _DATA.search(target.id)
    }
    return bool(condition.ids) and all(
        isinstance(one, ir.Attribute) and isinstance(one.value, ir.Name) and one.value.id in found for one in condition.ids
    )


def _reads_request(node: ir.Node) -> bool:
    """Whether an expression reads the request, or a helper that it is handed to may."""
    for one in ir.walk_scope(node):
        if isinstance(one, ir.Attribute) and one.attr in ("params", "body", "query") and is_request(written(one.value)):
            return True
        if isinstance(one, ir.Call) and any(is_request(written(arg.value)) for arg in one.args):
            return True
    return False


def outermost(function: FunctionSymbol) -> FunctionSymbol:
    """The handler that a function stands in: the outermost that takes a request; else itself."""
    found, outer = function, function.parent
    while outer is not None:
        if outer.node.params and _is_handed_request(outer.node.params[0]):
            found = outer
        outer = outer.parent
    return found


def _is_handed_request(param: ir.Param) -> bool:
    """Whether a parameter is the request, or takes it apart: `({ input, ctx })`."""
    items = param.pattern.items if isinstance(param.pattern, ir.Container) else []
    keys = [str(one.key.value) for one in items if isinstance(one.key, ir.Const)]
    return is_request(param.name) or any(is_request(one) or one == "input" for one in keys)


def _held_before(route: Route, careful: list[Condition]) -> bool:
    """Whether a guard compares whose the row is: `if (document.workspaceId !== workspaceId) return res.sendStatus(403)`."""
    columns = {name for one in careful for name in one.columns if owner_word(name)}
    bodies = [one.function.node.body for one in route.guards if one.function is not None and one.via != "body"]
    compared = (one for body in bodies for one in ir.walk(*body) if isinstance(one, ir.Compare))
    return any(isinstance(each, ir.Attribute) and each.attr in columns for one in compared for each in ir.walk_scope(one))
