"""Which methods of subclasses a call can mean that the code writes as one of a base class.

Only where the base class leaves the work to them: an abstract method, or a body that does nothing. A method with a body of its
own speaks for itself; following all that override it would mix what is apart.
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.values import Value, changed
from backend_audit.flow.written import last_word, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol

if TYPE_CHECKING:
    from backend_audit.flow.class_facts import ClassFacts

_MAX_OVERRIDES = 12  # more are an open set, of which nothing can be said


class Overrides:
    """The classes of a project by the names of their bases, and the methods that stand in for stubs."""

    def __init__(self, engine: "ClassFacts") -> None:
        self._engine = engine
        self._by_base: dict[str, list[ClassSymbol]] | None = None
        self._assigned: dict[str, frozenset[str]] = {}
        self._as_views: dict[str, set[str]] | None = None
        self._known: dict[str, tuple[FunctionSymbol, ...]] = {}

    def of(self, method: FunctionSymbol) -> tuple[FunctionSymbol, ...]:
        """The methods that a call of `method` reaches: itself, or those of subclasses where it is a stub."""
        known = self._known.get(method.key)
        if known is None:
            known = (method,)
            if method.owner is not None and is_stub(method):
                self._known[method.key] = known
                found = [one for one in self._below(method.owner, method.node.name) if not is_stub(one)]
                known = tuple(found) if 0 < len(found) <= _MAX_OVERRIDES else known
            self._known[method.key] = known
        return known

    def is_unanswered(self, method: FunctionSymbol) -> bool:
        """Whether an interface asks for a method that no class of the project has."""
        asked = method.owner is not None and method.owner.node.kind == "interface"
        return asked and self.of(method) == (method,)

    def default(self, owner: ClassSymbol, attr: str, own: Value | None) -> Value | None:
        """What `self.attr` is by the value `own` of the class: but a default where something below gives it another.

        A class that inherits from it, or `Page.as_view(attr=…)`, which makes one of a view's objects.
        """
        if own is None or own.constants() is None:
            return own
        given = attr in self._viewed().get(owner.node.name, ()) or self._assigned_below(owner, attr)
        return changed(own, open=True) if given else own

    def _viewed(self) -> dict[str, set[str]]:
        """The keywords of `as_view(…)` in what modules do at their top level, by the name of the class."""
        if self._as_views is None:
            self._as_views = {}
            for module in self._engine.project.modules.values():
                top = [one for one in module.node.body if isinstance(one, (ir.Assign, ir.ExprStmt, ir.If))]
                for node in ir.walk_scope(*top):
                    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "as_view":
                        names = {arg.name for arg in node.args if arg.name is not None}
                        self._as_views.setdefault(_last(node.func.value), set()).update(names)
        return self._as_views

    def _assigned_below(self, owner: ClassSymbol, attr: str) -> bool:
        if owner.key not in self._assigned:
            self._assigned[owner.key] = frozenset(
                target.id
                for one in self._heirs(owner)
                for node in one.node.body
                if isinstance(node, ir.Assign)
                for target in node.targets
                if isinstance(target, ir.Name)
            )
        return attr in self._assigned[owner.key]

    def _below(self, owner: ClassSymbol, name: str) -> list[FunctionSymbol]:
        return sorted((one.methods[name] for one in self._heirs(owner) if name in one.methods), key=lambda one: one.key)

    def _heirs(self, owner: ClassSymbol) -> list[ClassSymbol]:
        found: list[ClassSymbol] = []
        seen = {owner.key}
        stack = [owner]
        while stack:
            for one in self._children(stack.pop()):
                if one.key not in seen:
                    seen.add(one.key)
                    stack.append(one)
                    found.append(one)
        return found

    def _children(self, owner: ClassSymbol) -> list[ClassSymbol]:
        if self._by_base is None:
            self._by_base = {}
            for symbol in self._engine.project.symbols.values():
                if isinstance(symbol, ClassSymbol):
                    for base in symbol.node.bases:
                        self._by_base.setdefault(_last(base.value), []).append(symbol)
        named = self._by_base.get(owner.node.name, ())
        return [one for one in named if owner in self._engine.bases(one)[0][1:] or self._implements(one, owner)]

    def _implements(self, symbol: ClassSymbol, owner: ClassSymbol) -> bool:
        """Whether a class says that it has what an interface asks for."""
        frame = self._engine.frame(symbol.module)
        return any(base.name == "implements" and owner in frame.eval(base.value).refs for base in symbol.node.bases)


def is_stub(method: FunctionSymbol) -> bool:
    """Whether the method leaves what it is for to subclasses."""
    body = [node for node in method.node.body if not _is_text(node)]
    if method.decorated("abstractmethod", "abstractproperty"):
        return True
    return len(body) <= 1 and all(_does_nothing(node) for node in body) and not method.node.decorators


def _is_text(node: ir.Stmt) -> bool:
    return isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Const)


def _does_nothing(node: ir.Stmt) -> bool:
    if isinstance(node, ir.Raise):
        return node.exc is not None and written(node.exc).startswith("NotImplemented")
    return isinstance(node, ir.Jump) and node.kind == "pass"


def _last(base: ir.Expr) -> str:
    base = base.value if isinstance(base, ir.Index) else base
    return last_word(base)
