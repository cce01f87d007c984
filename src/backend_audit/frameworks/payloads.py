"""What is sent away, value by value: read back from the call over variables, helpers, fields of objects and callers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.moments import NOW, CallSite
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.frameworks.call_sites import CallSites
from backend_audit.frameworks.sent import Sent
from backend_audit.frameworks.whole_objects import CHOOSES
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import Mark

_MAX_DEPTH = 14
_MAX_PIECES = 400
_ME = frozenset(("self", "this"))
_ENCODES = frozenset("encode toString to_json tobytes SerializeToString model_dump model_dump_json dict json".split())
_WRAPS = frozenset("Message Buffer from b64encode dumps packb encode TextEncoder serialize Struct text of".split())


@dataclass(frozen=True, slots=True)
class Piece:
    """One value: `node` in `function`, the name that it goes by (`key`), the place that hands it over.

    `way`: the calls that lead from there. `through`: the functions that it went through; what they take out of it is gone.
    `within`: the calls that are being looked into, as `CallSites.within`.
    """

    function: FunctionSymbol
    node: ir.Expr
    key: str
    place: Mark
    way: tuple[Mark, ...] = ()
    through: tuple[FunctionSymbol, ...] = field(default=(), repr=False)
    within: dict[str, CallSite] = field(default_factory=dict, repr=False)

    def moved(self, function: FunctionSymbol, node: ir.Expr, key: str) -> "Piece":
        """What it is made of, elsewhere; in the same function that is a narrower place."""
        place = self.place
        if function is self.function and place.path == function.module.path and place.at <= node.at and node.end <= place.end:
            place = place._replace(at=node.at, end=node.end)
        through = self.through if function in self.through else (*self.through, function)
        within = self.within
        if isinstance(self.node, ir.Call) and function is not self.function:
            within = within | {function.key: CallSite(self.function, function, self.node, NOW)}
        return Piece(function, node, key, place, self.way, through, within)


class Payloads(Sent):
    """`is_whole` says which expressions are objects of their own, and no further read."""

    def __init__(self, engine: Engine, sites: CallSites, is_whole: Callable[[FunctionSymbol, ir.Expr], bool]) -> None:
        super().__init__(engine)
        self.sites = sites
        self.is_whole = is_whole

    def of(self, function: FunctionSymbol, node: ir.Expr) -> list[Piece]:
        """The pieces of an expression, in source order."""
        self._seen = set()
        found: list[Piece] = []
        start = Piece(function, node, "", Mark(function.module.path, node.at, node.end, "is sent from here"), (), (function,))
        self._gather(start, found, _MAX_DEPTH)
        return found

    def _gather(self, piece: Piece, found: list[Piece], depth: int) -> None:
        around = ",".join(str(one.node.at) for one in piece.within.values())
        seen = (id(piece.node), f"{piece.function.key} {piece.key} {around}")
        if depth == 0 or len(found) >= _MAX_PIECES or seen in self._seen:
            return
        self._seen.add(seen)
        inner: list[Piece] = []
        with self.sites.reading(piece.within):
            if not self.is_whole(piece.function, piece.node):
                inner = [piece.moved(*one) for one in self.inner(piece.function, piece.node, piece.key)]
                inner = inner or list(self._outside(piece))
        if not inner:
            found.append(piece)
        for one in inner:
            self._gather(one, found, depth - 1)

    def _called(self, function: FunctionSymbol, node: ir.Call, key: str) -> Iterator[tuple[FunctionSymbol, ir.Expr, str]]:
        found = list(super()._called(function, node, key))
        if found:
            yield from found
            return
        name = last_word(node.func)
        receiver = node.func.value if isinstance(node.func, ir.Attribute) else None
        if name in _WRAPS and node.args and not isinstance(receiver, ir.Call):
            yield from ((function, arg.value, key) for arg in node.args[:1])
        elif name in _ENCODES and receiver is not None:
            if not any(arg.name in CHOOSES for arg in node.args):
                yield function, receiver, key
        elif node.args and _makes(node):
            yield from ((function, arg.value, arg.name or key) for arg in node.args if not arg.star)

    def _outside(self, piece: Piece) -> Iterator[Piece]:
        """What callers give for a parameter, what the function around binds, what a method has kept in a field."""
        node, function = piece.node, piece.function
        if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name) and node.value.id in _ME:
            yield from (piece.moved(*one, node.attr) for one in self._kept(function, node.attr))
        if not isinstance(node, ir.Name):
            return
        if any(param.name == node.id for param in function.node.params):
            for site, value in self.sites.given(function, node.id):
                yield self._from_caller(piece, site.caller, value, site.node)
        elif function.parent is not None and not self.bindings.values(function, node.id, node.at):
            yield piece.moved(function.parent, node, piece.key)

    def _from_caller(self, piece: Piece, caller: FunctionSymbol, value: ir.Expr, call: ir.Call) -> Piece:
        place = Mark(caller.module.path, value.at, value.end, f"`{written(call.func)}` is given it")
        through = piece.through if caller in piece.through else (*piece.through, caller)
        within = {key: site for key, site in piece.within.items() if key != piece.function.key}
        if piece.function.key in piece.within:  # back from a helper: it is still sent from where that was called
            return Piece(caller, value, piece.key, piece.place, piece.way, through, within)
        return Piece(caller, value, piece.key, place, (piece.place, *piece.way)[:8], through, within)

    def _kept(self, function: FunctionSymbol, name: str) -> Iterator[tuple[FunctionSymbol, ir.Expr]]:
        methods = () if function.owner is None else function.owner.methods.values()
        for method in methods:
            for node in method.scope.of(ir.Assign):
                if node.value is not None and any(_is_field(target, name) for target in node.targets):
                    yield method, node.value


def _makes(node: ir.Call) -> bool:
    """Whether a call makes an object of what it is given: `UserCreated(id=user.id)`, `new UserCreated(user)`."""
    named = last_word(node.func)[:1].isupper()
    return named and (node.form == "new" or all(arg.name is not None for arg in node.args))


def _is_field(target: ir.Expr, name: str) -> bool:
    return isinstance(target, ir.Attribute) and target.attr == name and first_word(target.value) in _ME
