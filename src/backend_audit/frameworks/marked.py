"""Handlers that are marked, and guards that look for the mark: `view.is_public = True`, `getattr(view, "is_public", False)`.

A set that views are put into is a mark as well: `OPEN_VIEWS.add(view)`, `if view in OPEN_VIEWS: return None`.
What guards every route asks each view whether it is to be open; a decorator, or an assignment below the view, says so.
"""

import re
from collections.abc import Iterable

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.guards import ASKING
from backend_audit.routes.model import MARKED, Does, Guard

_OPENS = re.compile(
    r"anon|public|unauthenticated|(?:no|without)_?(?:auth|login)|(?:auth|login)\w*_?(?:exempt|not_required)|open_to_all",
    re.IGNORECASE,
)
_ASKS = re.compile(r"requir|needs?_|must|protect|private|secured?|restrict|_only|guarded", re.IGNORECASE)


class Marked:
    """Reads marks off functions, and off the guards that look for them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._set_by: dict[str, frozenset[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def without(self, guards: list[Guard], handler: FunctionSymbol) -> list[Guard]:
        """`guards`, those being none that look for a mark which the handler has."""
        covering = [one for one in guards if one.function is not None and one.has(*ASKING) and _covers(one)]
        marks = self.marks(handler) if covering or handler.node.decorators else frozenset()
        if not marks:
            return guards
        opening = next((one for one in sorted(marks) if _OPENS.search(one)), "")
        if opening and not covering:
            because = f"{MARKED} `{opening}` through"
            return [*guards, Guard(opening, frozenset((Does.RUNS,)), "decorator", None, None, because)]
        letting = frozenset(one for one in marks if _OPENS.search(one) or not _ASKS.search(one))
        asked = {id(one): self.asked(one.function) & letting for one in covering if one.function is not None}
        return [_spared(one, min(found)) if (found := asked.get(id(one))) else one for one in guards]

    def marks(self, handler: FunctionSymbol) -> frozenset[str]:
        """The attributes that a handler is given as true: by its decorators, or after it is defined."""
        frame = self.engine.frame(handler.module)
        found: set[str] = set()
        for node in handler.node.decorators:
            for symbol in frame.eval(node.func if isinstance(node, ir.Call) else node).refs:
                if isinstance(symbol, FunctionSymbol):
                    found |= self.set_by(symbol)
        body = handler.module.node.body if handler.owner is None else handler.owner.node.body
        return frozenset(found | _set_on(body, {handler.node.name}))

    def set_by(self, decorator: FunctionSymbol) -> frozenset[str]:
        """The attributes that a decorator sets on what it stands on, or a function in it."""
        known = self._set_by.get(decorator.key)
        if known is None:
            found: frozenset[str] = frozenset()
            for one in (decorator, *decorator.nested):
                names = [*(param.name for param in one.node.params), *(inner.node.name for inner in one.nested)]
                found |= _set_on(one.node.body, set(names))
            known = self._set_by[decorator.key] = found
        return known

    def asked(self, guard: FunctionSymbol) -> frozenset[str]:
        """The names that a guard speaks of, as attributes or in texts, and what it calls."""
        known = self._asked.get(guard.key)
        if known is None:
            every = [guard, *guard.nested, *self.engine.calls.get(guard.key, {}).values()]
            known = self._asked[guard.key] = frozenset(name for one in every for name in _names(one))
        return known


def _covers(guard: Guard) -> bool:
    """Whether a guard stands before many routes."""
    return guard.via in ("class", "settings") or guard.via.endswith(("hook", "middleware"))


def _spared(guard: Guard, mark: str) -> Guard:
    because = f"{MARKED} `{mark}` through"
    return Guard(guard.name, frozenset((Does.RUNS,)), guard.via, guard.mark, guard.function, because)


def _set_on(body: Iterable[ir.Stmt], names: set[str]) -> frozenset[str]:
    found: set[str] = set()
    for node in ir.walk_scope(*body):
        if isinstance(node, ir.Assign) and isinstance(node.value, ir.Const) and node.value.value is True:
            for one in node.targets:
                if isinstance(one, ir.Attribute) and isinstance(one.value, ir.Name) and one.value.id in names:
                    found.add(one.attr)
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "setattr" and len(node.args) == 3:
            first, second, third = (arg.value for arg in node.args)
            true = isinstance(third, ir.Const) and third.value is True
            if true and isinstance(first, ir.Name) and first.id in names and isinstance(second, ir.Const):
                found.add(str(second.value))
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("add", "append"):
            given = [arg.value.id for arg in node.args if isinstance(arg.value, ir.Name)]
            found |= {written(node.func.value).rpartition(".")[2]} if names & set(given) else set()
    return frozenset(found)


def _names(function: FunctionSymbol) -> Iterable[str]:
    for node in function.scope:
        if isinstance(node, ir.Attribute):
            yield node.attr
        elif isinstance(node, ir.Const) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ir.Compare) and {"in", "not in"} & {*node.ops}:
            yield from (one.id for one in node.rights if isinstance(one, ir.Name))
