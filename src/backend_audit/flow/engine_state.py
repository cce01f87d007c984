"""What an engine keeps while it goes through a project, and what its parts ask of each other."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backend_audit import ir
from backend_audit.finding import Problem
from backend_audit.flow import address
from backend_audit.flow.closures import Closures
from backend_audit.flow.concepts import Concept
from backend_audit.flow.decorations import Decorations
from backend_audit.flow.frame import Env, FrameState
from backend_audit.flow.injection import AttributeHook, GivenHook, ParameterHook, ReturnHook
from backend_audit.flow.models import Models
from backend_audit.flow.moments import CallSite, Loop
from backend_audit.flow.ordering import in_order
from backend_audit.flow.origins import Origin
from backend_audit.flow.registrars import Registrars
from backend_audit.flow.summary import Deliveries, Summary
from backend_audit.flow.values import CLASS, Value, transform
from backend_audit.link.project import Project
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, ObjectSymbol

if TYPE_CHECKING:
    from backend_audit.flow.statements import Frame


ALL = "*"


@dataclass(frozen=True, slots=True)
class Importer:
    """A module that holds `names` of another one (`ALL` of them, or so it may be)."""

    module: ModuleSymbol
    names: set[str] = field(default_factory=set)


class EngineState(ABC):
    """The answers that were given so far, by what was asked; keys are those of symbols."""

    interrupted: Callable[[], bool] | None = None  # asked now and then; true: `Interrupted`
    partly: bool = False  # whether code has changed whose consequences were too many to be followed (see `Rounds.renew`)

    def __init__(
        self,
        project: Project,
        models: Models,
        parameter: ParameterHook | None = None,
        returned: ReturnHook | None = None,
        given: GivenHook | None = None,
        attribute: AttributeHook | None = None,
    ) -> None:
        self.project = project
        self._parameter = parameter
        self.returned = returned
        self.given = given
        self.attribute = attribute
        self.models = models
        project.libraries = models.libraries()
        self.registering, self.closures, self.decorations = Registrars(), Closures(self), Decorations()
        self._environments: dict[str, Env] = {}
        self._top_levels: dict[str, Frame] = {}  # modules under way
        self._module_events: dict[str, tuple[Concept, ...]] = {}
        self._globals: dict[tuple[str, str], Value] = {}
        self._stars: dict[str, list[ModuleSymbol | str]] = {}
        self._importers: dict[str, dict[str, Importer]] = {}  # module → those that hold names of it
        self._early: list[str] = []  # modules that saw another one before it had run, in a circle of imports
        # Names that are being looked for, in modules under way, and in those that hand all of others on.
        self._imported_later, self._looked_for = set[tuple[str, str]](), set[tuple[str, str]]()
        self._summaries: dict[str, Summary] = {}
        self._running, self._stale = set[str](), set[str]()
        self._constant_calls: dict[tuple[object, ...], Value] = {}
        self.under_way: dict[str, Frame] = {}  # the runs of functions that are not finished
        self.decorating: set[str] = set()  # the keys of functions that are run once more with what a decorator hands them
        self._closures: dict[str, Env] = {}
        self._classes: dict[str, ClassSymbol] = {}
        self._attributes: dict[str, dict[str, Value]] = {}
        self._fields: dict[str, dict[str, Value]] = {}
        self._facts: dict[str, dict[int, Value]] = {}
        self._bases: dict[str, tuple[tuple[ClassSymbol, ...], tuple[str, ...]]] = {}
        self._early_bases: set[str] = set()  # those asked for while a module was under way, which may lack what comes below
        self._class_frames: dict[str, FrameState] = {}
        self._known: dict[str, bool] = {}
        self._network_checks: dict[str, bool] = {}
        for symbol in project.symbols.values():
            if isinstance(symbol, ClassSymbol):
                self._classes[CLASS + symbol.key] = symbol
        self._writers: dict[str, dict[str, list[FunctionSymbol]]] = {}
        self._by_name: dict[str, list[FunctionSymbol]] | None = None
        self._growers: dict[str, dict[str, list[FunctionSymbol]]] = {}
        self._annotations: dict[str, dict[str, ir.Assign]] = {}
        self._validated: dict[tuple[str, str], frozenset[str]] = {}
        self._external: dict[tuple[str, str], Value] = {}
        self._readers: dict[tuple[str, str], set[str]] = {}
        self.calls: dict[str, dict[str, FunctionSymbol]] = {}  # caller → the functions that it calls, by key
        self.sites: dict[str, dict[tuple[int, str], CallSite]] = {}  # caller → its calls of the project's functions
        self.loops: dict[int, tuple[FunctionSymbol, Loop]] = {}  # those that were run through, by what they bind
        self.callees: dict[int, dict[str, FunctionSymbol]] = {}  # by the identity of a call, where order is asked for
        self.tasks: dict[str, list[FunctionSymbol]] | None = None  # by the names that workers know, once one is asked for
        self.kept_clean: frozenset[tuple[str, str]] | None = None  # fields that only hold cleaned markup, once one is asked for
        self._objects: dict[int, ObjectSymbol] = {}
        self._parametric: set[tuple[str, str]] = set()  # fields that hold what some call passed in
        self._early_reads: dict[tuple[str, str], set[str]] = {}  # functions that read a field before its writers were known
        self.problems, self._deliveries = list[Problem](), Deliveries()

    def forget_module(self, module: ModuleSymbol, keys: Collection[str]) -> None:
        """Drop what running a module and what is in it (with these `keys`) has told of them; callers' facts stay."""
        tables: tuple[dict[str, Any], ...] = (
            self._summaries, self._closures, self._attributes, self._fields, self._bases, self._class_frames,
            self._network_checks, self._writers, self._growers, self._annotations, self.calls, self.sites,
        )  # fmt: skip
        for table in tables:
            for key in keys & table.keys():
                del table[key]
        by_part: tuple[dict[Any, Any], ...] = (self._constant_calls, self._validated)
        for parts in by_part:
            for one in [one for one in parts if one[0] in keys]:
                del parts[one]
        for of_module in (self._environments, self._module_events, self._stars):
            of_module.pop(module.key, None)

    def facts_of(self, function: FunctionSymbol) -> dict[int, Value]:
        """What calls have handed over for the parameters of a function, as far as it is objects and functions."""
        return self._facts.get(function.key, {})

    @abstractmethod
    def frame(self, module: ModuleSymbol, function: FunctionSymbol | None = None, env: Env | None = None) -> "Frame":
        """What executes code of `module`, in `function`, with the names in `env` (default: those that the module ends with)."""

    def closure(self, symbol: FunctionSymbol) -> Env | None:
        """The local names of an enclosing function, as far as it has run."""
        frame = self.under_way.get(symbol.key)
        return self._closures.get(symbol.key) if frame is None else frame.env

    def read_again(self, functions: Iterable[FunctionSymbol]) -> None:
        """Names that these functions read have come to hold more."""
        self._stale.update(one.key for one in functions)

    @abstractmethod
    def set_global(self, module: ModuleSymbol | ClassSymbol, name: str, value: Value) -> None:
        """A function assigns to a name of the module, or an attribute of the class."""

    def known_summary(self, symbol: FunctionSymbol) -> Summary | None:
        """What is known of a function so far, without asking further."""
        return self._summaries.get(symbol.key)

    def is_running(self, symbol: FunctionSymbol) -> bool:
        return symbol.key in self._running

    def forget(self, symbol: FunctionSymbol) -> None:
        """What is known of the functions within `symbol`, which is about to run: it may come to know more that they read."""
        for one in symbol.nested:
            if one.key not in self._running:
                self._summaries.pop(one.key, None)
                self.forget(one)

    @abstractmethod
    def summary(self, symbol: FunctionSymbol) -> Summary:
        """What calling the function gives and does, in terms of its parameters."""

    @abstractmethod
    def contained(self, frame: "Frame", body: list[ir.Stmt]) -> bool:
        """Run a body, and say whether its end is reached; if it fails, what is known so far stands, and it is a problem."""

    def run_for_call(self, frame: "Frame", symbol: FunctionSymbol) -> None:
        """Run a function for one of its calls, of which functions within it see the names; it may be one that it makes itself."""
        begun, around = symbol.key in self._running, self.under_way.get(symbol.key)
        self.under_way[symbol.key] = frame
        self._running.add(symbol.key)
        self.contained(frame, symbol.node.body)
        if not begun:
            self._running.discard(symbol.key)
        if around is None:
            del self.under_way[symbol.key]
        else:
            self.under_way[symbol.key] = around

    @abstractmethod
    def annotated(self, frame: FrameState, annotation: ir.Expr) -> Value:
        """What an annotation promises."""

    def class_of(self, type_name: str) -> ClassSymbol | None:
        """The class of the project that a type name means."""
        return self._classes.get(type_name) if type_name[:1] == CLASS else None

    def classes_of(self, value: Value) -> list[ClassSymbol]:
        """The classes of the project that an object may be of, in order."""
        return [owner for name in in_order(value.types) if (owner := self.class_of(name)) is not None]

    def refuses_networks(self, symbol: FunctionSymbol) -> bool:
        """Whether the function is a check of the networks to which an address leads, whatever it is called."""
        known = self._network_checks.get(symbol.key)
        if known is None:
            known = self._network_checks[symbol.key] = address.refuses_networks(symbol.node)
        return known

    def settled(self, value: Value) -> Value:
        """`value` outside of the call that made it: parameters become what their callers are known to pass."""
        if not any(origin.label == "param" for origin in value.all_origins()):
            return value

        def known(origin: Origin) -> tuple[Origin, ...]:
            return () if origin.label == "param" else (origin,)

        return transform(value, known)

    def has_rows(self, path: str) -> bool:
        """Whether any row is about this API path."""
        return self.knows(path) or path in self.models.rows["call"]

    def knows(self, path: str) -> bool:
        """Whether any model says what this API path is or does; what it costs is too little for that."""
        known = self._known.get(path)
        if known is None:
            models = self.models
            known = (
                path in models.results or path in models.transfers or path in models.bases or path in models.forwards
                or path in models.callbacks or path in models.invokers or path in models.guards
                or path in models.parts or path in models.access
                or any(not row.concept.costs for table in models.rows.values() for row in table.get(path, ()))
                or any(path in table for table in models.sources.values())
            )  # fmt: skip
            self._known[path] = known
        return known
