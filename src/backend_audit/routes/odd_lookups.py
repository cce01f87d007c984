"""Look-ups by an id that forget whose object it is, while the other queries of their class hold the tenant.

`select(Tag).where(Tag.id == tag_id)` in a service whose other methods say `Tag.workspace_id == self.workspace_id`.
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.model import Lookup
from backend_audit.routes.reached_lookups import ReachedLookups, unread_lookups
from backend_audit.routes.readings import OWNER, called
from backend_audit.source import Mark

_IDS = frozenset(("id", "pk", "uuid", "_id"))
_ASKS = frozenset(("select", "query", "filter", "filter_by", "where", "get"))
_FEW = 2  # other queries that say what is usual


class OddLookups:
    """Finds them in the classes of a project, once; each is told for the first route that reaches it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reached: ReachedLookups | None = None

    def reached(self, handler: FunctionSymbol) -> Iterator[Lookup]:
        """The odd look-ups that a handler's calls lead to."""
        if self._reached is None:
            symbols = (one for one in self.engine.project.symbols.values() if isinstance(one, ClassSymbol))
            odd = dict(pair for one in symbols for pair in self._of(one))
            self._reached = ReachedLookups(self.engine, odd | unread_lookups(self.engine))
        yield from self._reached.of(handler)

    def _of(self, owner: ClassSymbol) -> Iterator[tuple[str, Lookup]]:
        """The methods of a class that look something up by an id alone, where the others that ask for it hold its owner too."""
        held: dict[str, int] = {}
        loose: dict[str, int] = {}
        alone: list[tuple[FunctionSymbol, str, ir.Compare]] = []
        for method in owner.methods.values():
            if not method.binds_first or method.decorated("classmethod"):
                continue  # without an object there is no tenant to hold
            nodes = list(method.scope)
            scoped = any(isinstance(one, ir.Attribute) and OWNER.match(one.attr) for one in nodes)
            scoped = scoped or any(OWNER.match(param.name) for param in method.node.params)
            for model in sorted(self._asked_for(method, nodes)):
                counts = held if scoped else loose
                counts[model] = counts.get(model, 0) + 1
                key = None if scoped or method.node.name.startswith("_") else _by_id(method, model, nodes)
                if key is not None:
                    alone.append((method, model, key))
        for method, model, key in alone:
            if held.get(model, 0) >= _FEW and held[model] > loose[model]:
                mark = Mark(method.module.path, key.at, key.end, "looks it up")
                others = f"the other {held[model]} methods of `{owner.node.name}` that ask for it hold whose it is"
                yield method.key, Lookup(mark, model, written(key.rights[0]), "", written(key.left), odd=others)

    def _asked_for(self, method: FunctionSymbol, nodes: list[ir.Node]) -> set[str]:
        """The classes that queries name: `select(Tag)`."""
        found: set[str] = set()
        for node in nodes:
            first = node.args[0].value if isinstance(node, ir.Call) and node.args else None
            if isinstance(node, ir.Call) and isinstance(first, ir.Name) and first.id[:1].isupper() and not first.id.isupper():
                value = self.engine.environment(method.module).get(node.func.id) if isinstance(node.func, ir.Name) else None
                names = {called(node)} if value is None else {path.rpartition(".")[2] for path in value.apis}
                found |= {first.id} if names & _ASKS else set()
        return found


def _by_id(method: FunctionSymbol, model: str, nodes: list[ir.Node]) -> ir.Compare | None:
    """`Tag.id == tag_id`, where the id is a parameter of the method."""
    given = {param.name for param in method.node.params}
    for one in nodes:
        if isinstance(one, ir.Compare) and one.ops == ["=="]:
            right = one.rights[0]
            by_id = any(written(one.left) == f"{model}.{name}" for name in _IDS)
            if by_id and isinstance(right, ir.Name) and right.id in given:
                return one
    return None
