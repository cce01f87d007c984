"""Functions that are told whose an object is, and look it up by its own id alone: the parameter is read by nothing.

`def delete_note(note_id, user_id)` whose statement forgets `user_id`, while the other functions of the file ask for it.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Lookup
from backend_audit.routes.readings import OWNER, called
from backend_audit.source import Mark

_ID = re.compile(r"[a-z]\w*_id|id|pk|uuid")
_LOOKS_UP = re.compile(
    r"(?:execute|fetch|get|filter|find|query|select|delete|update|where|first|one|scalar)(?:_\w+|s|Many|One)?|objects|exec"
)
_FEW = 2  # other functions of the file that say what is usual


class UnreadIds:
    """Finds them, file by file."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._readers: dict[tuple[str, str], int] = {}  # file and parameter, and how many functions read it
        self._forget: dict[str, tuple[FunctionSymbol, ir.Param, str]] = {}
        dropped: dict[tuple[str, str], int] = {}
        for function in engine.project.functions():
            names = [param.name for param in function.node.params if _ID.fullmatch(param.name)]
            if function.parent is not None or not names or _is_stub(function):
                continue
            read = {one.id for one in ir.walk(*function.node.body) if isinstance(one, ir.Name)}
            for param in function.node.params:
                place = function.module.path, param.name
                if param.name in names and param.name in read:
                    self._readers[place] = self._readers.get(place, 0) + 1
                elif param.name in names:
                    dropped[place] = dropped.get(place, 0) + 1
                    key = next((one for one in names if one in read), "")
                    holds = any(OWNER.match(one) for one in names if one in read)  # whose it is, it asks for all the same
                    if key and not holds and not function.node.decorators and _looks_up(function):
                        self._forget[function.key] = (function, param, key)
        self._forget = {
            key: one for key, one in self._forget.items() if dropped[one[0].module.path, one[1].name] == 1 and self._usual(one)
        }

    def _usual(self, found: tuple[FunctionSymbol, ir.Param, str]) -> bool:
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


def _looks_up(function: FunctionSymbol) -> bool:
    return any(
        isinstance(one, ir.Call) and _LOOKS_UP.fullmatch(called(one).rpartition(".")[2]) for one in ir.walk(*function.node.body)
    )


def _is_stub(function: FunctionSymbol) -> bool:
    """Whether a function does nothing: an interface, or one to be overridden."""
    own = [one for one in function.node.body if not (isinstance(one, ir.ExprStmt) and isinstance(one.value, ir.Const))]
    return all(isinstance(one, (ir.Raise, ir.Jump)) for one in own)
