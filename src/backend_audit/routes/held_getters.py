"""Objects that a project's own getter gives by an id: nearly all who call it compare whose it is, and one does not.

`session = await db.get_session_by_id(session_id)` and `if session.creator != username: raise …` in the other methods of a
service; `const server = await findServerById(input.serverId)` and `if (server.teamId !== ctx.session.teamId) throw …`.
Both languages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Lookup
from backend_audit.routes.readings import OWNER, tells
from backend_audit.source import Mark

_GETTER = re.compile(r"(?:a?get|find|fetch|load|read|retrieve|lookup)(?:_\w+|[A-Z]\w*)")
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMPARES = frozenset(("==", "!=", "===", "!==", "in", "not in"))
_FEW = 3  # others that say what is usual
_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class _Got:
    """What a function gets by an id that it was given; `against`: what it compares the owner with, "" where it does not."""

    function: FunctionSymbol
    call: ir.Call
    key: ir.Expr
    owner: str
    against: str


class HeldGetters:
    """Finds those that do not compare, over all functions of a project."""

    def __init__(self, engine: Engine) -> None:
        by_getter: dict[str, list[_Got]] = {}
        for function in engine.project.functions():
            if function.parent is None or not function.parent.node.params:
                for got in function.once(_of):
                    by_getter.setdefault(last_word(got.call.func), []).append(got)
        self._loose: dict[str, Lookup] = {}
        for found in by_getter.values():
            held = [one for one in found if one.against]
            loose = [one for one in found if not one.against and _is_told(one.function, held)]
            if len({one.function.key for one in held}) >= _FEW and len(held) >= _SHARE * (len(held) + len(loose)):
                for one in loose:
                    self._loose.setdefault(one.function.key, _lookup(one, held))

    def loose(self) -> dict[str, Lookup]:
        """The look-ups that nothing is held against, by the function that makes them."""
        return self._loose


def _of(function: FunctionSymbol) -> tuple[_Got, ...]:
    return tuple(_got_in(function))


def _got_in(function: FunctionSymbol) -> Iterator[_Got]:
    given = {param.name for param in function.node.params}
    nodes = list(function.scope)
    for node in nodes:
        value = node.value if isinstance(node, ir.Assign) else None
        call = value.value if isinstance(value, ir.Await) else value
        target = node.targets[0] if isinstance(node, ir.Assign) and len(node.targets) == 1 else None
        if not isinstance(call, ir.Call) or not isinstance(target, ir.Name) or not _GETTER.fullmatch(last_word(call.func)):
            continue
        key = call.args[0].value if len(call.args) == 1 else None
        if key is None or not isinstance(key, (ir.Name, ir.Attribute)) or _root(key) not in given:
            continue
        owner, against = _compared(nodes, target.id)
        if against or not _handed_on(nodes, target.id, call):
            yield _Got(function, call, key, owner, against)


def _compared(nodes: list[ir.Node], name: str) -> tuple[str, str]:
    """The owner of what a variable holds, and what a test compares it with."""
    for node in nodes:
        if not isinstance(node, ir.Compare) or len(node.ops) > 1 or node.ops[0] not in _COMPARES:
            continue
        for one, other in ((node.left, node.rights[0]), (node.rights[0], node.left)):
            whose = isinstance(one, ir.Attribute) and _root(one) == name and _says_whose(one.attr)
            if whose and isinstance(other, (ir.Name, ir.Attribute, ir.Index, ir.Call)) and _root(other) != name:
                return last_word(one), written(other)
    return "", ""


def _says_whose(name: str) -> bool:
    return bool(OWNER.match(_SNAKE.sub("_", name).lower()))


def _handed_on(nodes: list[ir.Node], name: str, got: ir.Call) -> bool:
    """Whether the object goes whole to another function, which may ask whose it is, or its owner is read at all."""
    for node in nodes:
        given = node.args if isinstance(node, ir.Call) and node is not got and not tells(node) else ()
        if any(isinstance(one.value, ir.Name) and one.value.id == name for one in given):
            return True
        if isinstance(node, ir.Attribute) and _root(node) == name and _says_whose(node.attr):
            return True
    return False


def _is_told(function: FunctionSymbol, held: list[_Got]) -> bool:
    """Whether a function is told who calls as the careful ones are: by a parameter that they compare with."""
    names = {param.name for param in function.node.params} - {"self", "this"}
    usual = [one.against.partition(".")[0].partition("[")[0] for one in held]
    return sum(one in names for one in usual) >= _FEW


def _lookup(got: _Got, held: list[_Got]) -> Lookup:
    mark = Mark(got.function.module.path, got.call.at, got.call.end, "looks it up")
    careful = len({one.function.key for one in held})
    odd = f"the {careful} other functions that get one so compare its `{held[0].owner}` with `{held[0].against}`"
    return Lookup(mark, "", written(got.key), "", written(got.call.func), odd=odd)


def _root(node: ir.Expr) -> str:
    while isinstance(node, (ir.Attribute, ir.Index)):
        node = node.value
    return node.id if isinstance(node, ir.Name) else ""
