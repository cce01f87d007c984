"""Functions that are told whose an object is, and look it up by its own id alone: the parameter is read by nothing.

`def delete_note(note_id, user_id)` whose statement forgets `user_id`, while the other functions of the file ask for it;
`deleteConnection(team, connectionId)`, which asks for the id. Both languages.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Lookup
from backend_audit.routes.readings import OWNER, called
from backend_audit.source import Mark

_ID = re.compile(r"[a-z]\w*_id|id|_id|pk|uuid|[a-z][a-zA-Z]*(?:Id|Uuid)")
_WHOSE = re.compile(
    r"(?:current_?|requesting_?|calling_?)?(?:user|owner|author|creator|account|customer|member|org|organi[sz]ation|tenant|team|workspace|"
    r"company|project|actor|requester|principal)(?:_?(?:id|pk|uuid|name))?",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?:.*_)?(?:id|pk|uuid|name|slug|key|hash|token|code)|[a-z][a-zA-Z]*(?:Id|Uuid|Slug|Name|Key|Hash)|_id")
_LOOKS_UP = re.compile(
    r"(?:execute|fetch|get|filter|find|query|select|delete|update|where|first|one|scalar|remove|destroy|load)"
    r"(?:_\w+|s|[A-Z]\w*)?|objects|exec"
)
_FEW = 2  # other functions of the file that say what is usual


class Told(NamedTuple):
    """What a function is told by name, and where it says so: a parameter, or a part of an object that one is declared to be."""

    name: str
    at: int
    end: int


class UnreadIds:
    """Finds them, file by file."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._readers: dict[tuple[str, str], int] = {}  # file and parameter, and how many functions read it
        self._forget: dict[str, tuple[FunctionSymbol, Told, str]] = {}
        dropped: dict[tuple[str, str], int] = {}
        for function in engine.project.functions():
            told = function.once(_told)
            names = [name for name in told if _ID.fullmatch(name) or _WHOSE.fullmatch(name)]
            if function.parent is not None or not names or _is_stub(function):
                continue
            read = function.once(_read)
            for name in names:
                place = function.module.path, name
                if name in read:
                    self._readers[place] = self._readers.get(place, 0) + 1
                else:
                    dropped[place] = dropped.get(place, 0) + 1
                    self._note(function, told, name, read)
        self._forget = {
            key: one for key, one in self._forget.items() if dropped[one[0].module.path, one[1].name] == 1 and self._usual(one)
        }

    def _note(self, function: FunctionSymbol, params: dict[str, Told], name: str, read: set[str]) -> None:
        """Remember a function that never reads `name`, where it looks something up by another parameter."""
        key = next((one for one in params if one in read and _KEY.fullmatch(one) and not _WHOSE.fullmatch(one)), "")
        holds = any(
            OWNER.match(one) or _WHOSE.fullmatch(one) for one in params if one in read
        )  # it asks whose it is all the same
        if key and not holds and not function.node.decorators and function.once(_looks_up):
            self._forget[function.key] = (function, params[name], key)

    def _usual(self, found: tuple[FunctionSymbol, Told, str]) -> bool:
        function, param, _ = found
        overrides = (
            function.owner is not None
            and len(self.engine.bases(function.owner)[0]) + len(self.engine.external_bases(function.owner)) > 1
        )
        return not overrides and self._readers.get((function.module.path, param.name), 0) >= _FEW

    def of(self, function: FunctionSymbol) -> Iterator[Lookup]:
        """The look-up of a function that forgets a parameter."""
        found = self._forget.get(function.key)
        if found is not None:
            _, param, key = found
            others = self._readers[function.module.path, param.name]
            mark = Mark(function.module.path, param.at, param.end, "is handed over, and read by nothing")
            odd = f"the {others} other functions of its file that take `{param.name}` ask for it"
            yield Lookup(mark, "", key, "", function.node.name, odd=odd)


def _told(function: FunctionSymbol) -> dict[str, Told]:
    """The parameters of a function, and the parts of objects that they are declared to be: `(params: { userId: string })`."""
    found: dict[str, Told] = {}
    for param in function.node.params:
        found[param.name] = Told(param.name, param.at, param.end)
        for item in param.annotation.items if isinstance(param.annotation, ir.Container) else ():
            if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
                found.setdefault(item.key.value, Told(item.key.value, item.key.at, item.key.end))
    return found


def _read(function: FunctionSymbol) -> set[str]:
    """The names that a function reads, those of the parts of its objects among them; all of one that goes on whole."""
    nodes = list(ir.walk(*function.node.body))
    found = {one.id for one in nodes if isinstance(one, ir.Name)}
    for param in function.node.params:
        parts = {name for name in function.once(_told) if name != param.name} if param.annotation is not None else set[str]()
        if param.pattern is not None:
            bound = {written(each.target if isinstance(each, ir.Defaulted) else each): key for key, each in _items(param.pattern)}
            found |= {key for name, key in bound.items() if name in found}
            continue
        taken = {id(one.value) for one in nodes if isinstance(one, ir.Attribute)}
        found |= {one.attr for one in nodes if isinstance(one, ir.Attribute) and written(one.value) == param.name}
        for one in nodes:
            if isinstance(one, ir.Assign) and one.value is not None and written(one.value) == param.name:
                keys = [key for target in one.targets for key, _ in _items(target)]
                taken |= {id(one.value)} if keys else set()
                found |= set(keys)
        if any(isinstance(one, ir.Name) and one.id == param.name and id(one) not in taken for one in nodes):
            found |= parts
    return found


def _items(node: ir.Expr) -> Iterator[tuple[str, ir.Expr]]:
    for item in node.items if isinstance(node, ir.Container) and node.kind == "dict" else ():
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            yield item.key.value, item.value


def _looks_up(function: FunctionSymbol) -> bool:
    return any(
        isinstance(one, ir.Call) and _LOOKS_UP.fullmatch(called(one).rpartition(".")[2]) for one in ir.walk(*function.node.body)
    )


def _is_stub(function: FunctionSymbol) -> bool:
    """Whether a function does nothing: an interface, or one to be overridden."""
    own = [one for one in function.node.body if not (isinstance(one, ir.ExprStmt) and isinstance(one.value, ir.Const))]
    return all(isinstance(one, (ir.Raise, ir.Jump)) for one in own)
