"""Passwords and roles of a person whom the request names, set for whoever has signed in: nothing holds the caller against them.

`prisma.user.update({ where: { id: req.body.id }, data: { password } })`, with no test of who calls, and no right asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.script_conditions import Condition
from backend_audit.frameworks.script_rows import OddRows, was_found
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Auth, Does, Guard, Lookup, Route
from backend_audit.routes.naming import intended
from backend_audit.routes.script_caller import CHECKS, FINDS_CALLER
from backend_audit.routes.script_unread import takes_request
from backend_audit.source import Mark

_CHANGES = re.compile(r"^(?:update|patch|set|findOneAndUpdate|findOneAndReplace)")
_PEOPLE = re.compile(r"^(?:app|site)?(?:user|account|member|employee|customer|person|admin)$")
_CREDENTIAL = re.compile(
    r"^(?:hashed_?|encrypted_?|new_?)?pass(?:word|wd|phrase)?(?:_?hash)?$|^roles?(?:_?id)?$|^is_?(?:super_?)?(?:admin|user|staff)$|"
    r"^permissions$",
    re.IGNORECASE,
)
_CREDENTIALS = frozenset(("authorization", "cookies", "session"))
_OPTIONS = frozenset("data select include returning transaction values set".split())
_WRITTEN = frozenset(("data", "$set", "set", "values"))


@dataclass(slots=True)
class SetCredentials:
    """Finds them, each once; `rows` knows the queries of the project."""

    rows: OddRows
    _told: set[int] = field(default_factory=set)
    _known: bool | None = None

    def fill(self, route: Route) -> bool:
        """Add what the handler of a route sets in that way."""
        handler = route.handler
        if handler is None or route.right or route.consults or (route.keyed and not self._knows_callers(route)):
            return False
        if any(one.has(Does.AUTHORIZES) or (one.name in route.testing and self._is_rare(one, route)) for one in route.guards):
            return False
        if _may_know(handler):
            return True
        for function in (handler, *handler.inner()):
            for one in self.rows.conditions(function):
                set_here = next(_credentials(handler, one), "") if self._is_theirs(function, one) else ""
                if set_here and id(one.node) not in self._told:
                    self._told.add(id(one.node))
                    route.lookups = (*route.lookups, _lookup(one, set_here))
        return True

    def _knows_callers(self, route: Route) -> bool:
        """Whether people sign in to the application: else its key is that of another program."""
        if self._known is None:
            self._known = any("sign" in intended(one) for one in route.table.routes)
        return self._known

    def _is_rare(self, guard: Guard, route: Route) -> bool:
        """Whether less than half of the protected routes have a guard: what most have is part of the login."""
        asking = [one for one in route.table.routes if one.auth is Auth.REQUIRED]
        return 2 * sum(any(each.name == guard.name for each in one.guards) for one in asking) < len(asking)

    def _is_theirs(self, function: FunctionSymbol, condition: Condition) -> bool:
        """Whether a query changes a person by an id that the client chooses, and says nothing else of whom it may be."""
        others = set(condition.columns) - _OPTIONS - {condition.key()}
        if (
            others
            or not condition.key()
            or not _PEOPLE.match(condition.entity)
            or not _CHANGES.match(last_word(condition.node.func))
        ):
            return False
        return self.rows.from_request(function, condition) and not was_found(function, condition)


def _may_know(handler: FunctionSymbol) -> bool:
    """Whether a handler reads a credential itself, or hands the request to what is called like a search for the caller."""
    for node in ir.walk(*handler.node.body):
        if isinstance(node, ir.Attribute) and node.attr in _CREDENTIALS:
            return True
        if isinstance(node, ir.Call) and takes_request(node):
            name = last_word(node.func)
            if FINDS_CALLER.search(name) or CHECKS.match(name):
                return True
    return False


def _credentials(handler: FunctionSymbol, condition: Condition) -> Iterator[str]:
    """The passwords and roles among the columns that a query sets."""
    filters = {id(one) for one in condition.node.args[:1] if len(condition.node.args) > 1}
    for arg in condition.node.args:
        items = arg.value.items if isinstance(arg.value, ir.Container) and id(arg) not in filters else []
        nested = [one.value for one in items if isinstance(one.key, ir.Const) and one.key.value in _WRITTEN]
        for data in nested or ([arg.value] if id(arg) not in filters and filters else []):
            yield from (name for name in _set_in(handler, data) if _CREDENTIAL.match(name))


def _set_in(handler: FunctionSymbol, data: ir.Expr) -> Iterator[str]:
    """The columns of `{ password: hash }`, or of a variable to which they are added: `update.password = hash`."""
    if isinstance(data, ir.Container):
        yield from (one.key.value for one in data.items if isinstance(one.key, ir.Const) and isinstance(one.key.value, str))
    elif isinstance(data, ir.Name):
        for node in ir.walk(*handler.node.body):
            for target in node.targets if isinstance(node, ir.Assign) else ():
                if isinstance(target, ir.Attribute) and written(target.value) == data.id:
                    yield target.attr


def _lookup(condition: Condition, name: str) -> Lookup:
    mark = Mark(condition.function.module.path, condition.node.at, condition.node.end, "looks it up")
    odd = f"what is set is the `{name}`, and nothing asks who calls"
    return Lookup(mark, condition.entity, condition.key(), "", written(condition.node.func), odd=odd)
