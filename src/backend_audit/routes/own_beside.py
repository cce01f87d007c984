"""Look-ups by what the client sends, beside a query of the same handler that asks for the caller's own objects of the class.

`Entry.objects.filter(user=request.user)` for the page, and `Entry.objects.filter(id=key).first()`, which is deleted.
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import first_word, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Lookup, Route
from backend_audit.routes.readings import OWNER, called, holders
from backend_audit.routes.scoping import LOOKUPS, Scoping
from backend_audit.source import Mark

_CHANGES = frozenset("delete update remove save destroy".split())
_SENT = re.compile(r"^(?:self\.)?request\.(?:POST|GET|data|form|json|args|query_params|values|FILES)\b")
_KEY = frozenset("id pk uuid id__in pk__in".split())
_ROUNDS = 3


class OwnBeside:
    """Finds them in the handlers of routes, each once; `scoping` knows who the caller is in them."""

    def __init__(self, scoping: Scoping) -> None:
        self.scoping = scoping
        self.engine = scoping.engine
        self._read: set[str] = set()

    def fill(self, route: Route) -> None:
        """Add the first such look-up of a handler."""
        handler = route.handler
        if handler is None or handler.key in self._read:
            return
        self._read.add(handler.key)
        found = next(self._of(route, handler), None)
        if found is not None:
            route.lookups = (*route.lookups, found)

    def _of(self, route: Route, handler: FunctionSymbol) -> Iterator[Lookup]:
        reading, frame = self.scoping.reading(handler), self.engine.frame(handler.module, handler)
        callers = reading.callers(self.scoping.known_callers(handler))
        own: dict[str, str] = {}
        bare: list[tuple[ir.Call, str, ir.Expr]] = []
        sent = _sent(handler) | self.scoping.ids_of(route, handler)
        for node in reading.calls:
            if called(node) not in LOOKUPS or not any(arg.name for arg in node.args):
                continue
            model = next((one.node.name for one in self.scoping.models(frame, node)), "")
            whose = next((arg for arg in node.args if arg.name and reading.mentions.caller(arg.value, callers)), None)
            if model and whose is not None and OWNER.match((whose.name or "").partition("__")[0]):
                own.setdefault(model, whose.name or "")
            elif model and whose is None and len(node.args) == 1 and node.args[0].name in _KEY:
                key = node.args[0].value
                inside = [one for one in ir.walk_scope(key) if isinstance(one, (ir.Name, ir.Attribute))]
                if any(written(one) in sent or _SENT.search(written(one)) for one in inside):
                    bare.append((node, model, key))
        for node, model, key in bare:
            if model in own and _is_changed(handler, node) and not _is_compared(handler, node, own[model]):
                mark = Mark(handler.module.path, node.at, node.end, "looks it up")
                odd = f"another query for `{model}` in it asks for those of which the caller is the `{own[model]}`"
                yield Lookup(mark, model, written(key), own[model], written(node.func), odd=odd, beside=True)


def _sent(handler: FunctionSymbol) -> set[str]:
    """The variables that hold what the client sends: `for key in request.POST`, `key = int(key[4:])`."""
    found: set[str] = set()
    for _ in range(_ROUNDS):
        for node in handler.scope:
            target, value = None, None
            if isinstance(node, ir.For):
                target, value = node.target, node.iter
            elif isinstance(node, ir.Assign) and len(node.targets) == 1:
                target, value = node.targets[0], node.value
            if target is None or value is None:
                continue
            inside = [one for one in ir.walk_scope(value) if isinstance(one, (ir.Name, ir.Attribute))]
            if any(_SENT.search(written(one)) or (isinstance(one, ir.Name) and one.id in found) for one in inside):
                found |= {one.id for one in ir.walk_scope(target) if isinstance(one, ir.Name)}
    return found


def _is_changed(handler: FunctionSymbol, node: ir.Call) -> bool:
    """Whether what a query gives is deleted or changed: at once, or under the name that it is kept in."""
    kept = holders(handler, node)
    for one in handler.scope:
        if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and one.func.attr in _CHANGES:
            holder = one.func.value
            if first_word(holder) in kept or any(each is node for each in ir.walk_scope(holder)):
                return True
    return False


def _is_compared(handler: FunctionSymbol, node: ir.Call, owner: str) -> bool:
    """Whether the owner of what a query gives is read afterwards: `entry.user != request.user`."""
    kept, plain = holders(handler, node), owner.removesuffix("_id").partition("__")[0]
    read = (one for one in handler.scope if isinstance(one, ir.Attribute) and first_word(one) in kept)
    return any(one.attr.removesuffix("_id") == plain for one in read)
