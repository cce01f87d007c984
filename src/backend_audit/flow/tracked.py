"""Objects of the project's own classes whose library base makes objects told apart: `class Service(Flask)`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args
from backend_audit.flow.bound import Bound
from backend_audit.flow.concepts import Concept
from backend_audit.flow.summary import lift
from backend_audit.flow.values import Value, changed
from backend_audit.flow.web_concepts import Rejection
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_INIT = ".__init__"


def initialized(frame: "Calls", node: ir.Call, path: str, receiver: Value | None, args: Args) -> None:
    """`super().__init__(…)` and `Base.__init__(self, …)`: what the constructor of the base is told."""
    if not path.endswith(_INIT):
        return
    path = path.removesuffix(_INIT)
    if receiver is not None and not receiver.types:
        args = tuple((str(int(key) - 1) if key.isdigit() else key, one) for key, one in args if key != "0")
    for row in frame.models.rows["call"].get(path, ()):
        if _of_object(row.concept):
            frame.emit(row, path, node, {}, args)


def told_apart(frame: "Calls", node: ir.Call, symbol: ClassSymbol, made: Value) -> Value:
    """`made`, as the object that the call `node` makes, where the library base of its class makes objects told apart."""
    rows = frame.models.rows["call"]
    if any(row.concept.tracked for path in frame.engine.external_bases(symbol) for row in rows.get(path, ())):
        return changed(made, refs=frozenset((frame.engine.object_of(frame.module, node),)))
    return made


def told(frame: "Calls", node: ir.Call, symbol: ClassSymbol, init: FunctionSymbol, bound: Bound) -> None:
    """What the constructor of such a class tells its library base, as told of the object that the call `node` makes."""
    for path in frame.engine.external_bases(symbol):
        rows = [row for row in frame.models.rows["call"].get(path, ()) if row.concept.tracked]
        said = [one for one in frame.engine.summary(init).events if _of_object(type(one)) and one.site.api == path]
        for number, event in enumerate(said):
            lifted = lift(event, init.key, bound, frame.mark(node, f"passed to {symbol.name}()")) or event
            site = lifted.site.moved(frame.module.path, node, frame.module.node)
            frame.events[init.key, number, node.at, path] = replace(lifted, site=site)
        if not said:
            for row in rows:
                frame.emit(row, path, node, {})


def _of_object(concept: type[Concept]) -> bool:
    """Whether what the base is told says something of the object: an answer of the project's own class has a status."""
    return concept.tracked or concept is Rejection
