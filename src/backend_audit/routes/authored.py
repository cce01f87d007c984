"""Objects that say who wrote them, and not whose they are: what was put there for all is read by all, and changed by few."""

import re
from collections.abc import Iterable

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import root_class
from backend_audit.routes.readings import called, calls_of

_AUTHOR = re.compile(
    r"^(?:author|creator|created_by|uploader|uploaded_by|posted_by|poster|submitter|submitted_by)(?:_(?:id|pk|uuid|user))?$"
)
_QUERIES = frozenset("filter filter_by get where find_by_id get_by_id get_object_or_404 get_or_404 first_or_404".split())
_CHANGES = re.compile(
    r"^(?:update|delete|destroy|remove|save|set|add|append|archive|publish|hide|mark|approve|reset|clear|rename|edit|change)(?:_|$)"
)
_KEEPS = frozenset("delete add merge remove setattr save update".split())
_FEW = 3
_SHARE = 0.5  # of the queries for such objects that ask who wrote them


class Authored:
    """Which classes of a project are queried by who wrote their objects, by the words of the queries."""

    def __init__(self, functions: Iterable[FunctionSymbol]) -> None:
        self._functions = functions
        self._asked: dict[str, list[bool]] | None = None  # by class: whether each query asks for it

    def for_all(self, function: FunctionSymbol, call: ir.Call, model: str, owner: str) -> bool:
        """Whether a function only reads what it looks up, and the project hands out such objects whoever wrote them."""
        if not _AUTHOR.match(owner.rpartition(".")[2]) or _is_changed(function, call):
            return False
        asked = self._queries().get(model, [])
        return len(asked) >= _FEW and sum(asked) < _SHARE * len(asked)

    def _queries(self) -> dict[str, list[bool]]:
        if self._asked is None:
            self._asked = {}
            for function in self._functions:
                for model, asks in function.once(_queries):
                    self._asked.setdefault(model, []).append(asks)
        return self._asked


def _queries(function: FunctionSymbol) -> tuple[tuple[str, bool], ...]:
    """The classes that the queries of a function ask for, each with whether it asks for who wrote the objects."""
    found: list[tuple[str, bool]] = []
    for call in calls_of(function):
        name = root_class(call) if called(call) in _QUERIES else None
        if name is not None:
            model = function.owner.node.name if name.id == "cls" and function.owner is not None else name.id
            found.append((model, any(map(_by_author, call.args))))
    return tuple(found)


def _by_author(arg: ir.Arg) -> bool:
    names = [one.attr for one in ir.walk(arg.value) if isinstance(one, ir.Attribute)]
    return any(_AUTHOR.match(one) for one in (*names, (arg.name or "").partition("__")[0]))


def _is_changed(function: FunctionSymbol, call: ir.Call) -> bool:
    """Whether the function changes the object that a call gives, or hands it to what does."""
    nodes = list(function.scope)
    held = {
        target.id
        for node in nodes
        if isinstance(node, ir.Assign) and node.value is not None and any(one is call for one in ir.walk(node.value))
        for target in node.targets
        if isinstance(target, ir.Name)
    }
    return any(_changes(node, held, call) for node in nodes)


def _changes(node: ir.Node, held: set[str], call: ir.Call) -> bool:
    if isinstance(node, ir.Assign):
        return any(isinstance(one, (ir.Attribute, ir.Index)) and _is_of(one.value, held, call) for one in node.targets)
    if not isinstance(node, ir.Call):
        return False
    if isinstance(node.func, ir.Attribute) and _CHANGES.match(node.func.attr) and _is_of(node.func.value, held, call):
        return True
    given = [arg for arg in node.args if called(node) in _KEEPS or arg.name == "instance"]
    return any(isinstance(arg.value, ir.Name) and arg.value.id in held for arg in given)


def _is_of(base: ir.Expr, held: set[str], call: ir.Call) -> bool:
    """Whether an expression is the object, or something of it."""
    while isinstance(base, (ir.Attribute, ir.Index, ir.Call)) and base is not call:
        base = base.func if isinstance(base, ir.Call) else base.value
    return base is call or (isinstance(base, ir.Name) and base.id in held)
