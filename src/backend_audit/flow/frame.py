"""The state of one execution of a function (or module) body: its environment, what it returns, the concepts that occur in it."""

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import sensitive
from backend_audit.flow.arguments import Args, argument, passed_on
from backend_audit.flow.concepts import Concept, Operand, Site
from backend_audit.flow.flags import Flags
from backend_audit.flow.lexemes import is_member, lexemes
from backend_audit.flow.models import Row
from backend_audit.flow.moments import NOW, Loop, Moment
from backend_audit.flow.ordering import of_kind
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import NOTHING, UNKNOWN, Key, Value, api, join
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, Symbol
from backend_audit.source import Mark

if TYPE_CHECKING:
    from backend_audit.flow.engine import Engine

Env = dict[str, Value]
_NO_ARGS: Args = ()
TESTED = "="  # begins the name under which the environment holds an expression that a test has seen
DECORATED = "decorated"  # the argument spec for what a decorator stands on


def _spelled(node: ir.Expr) -> str:
    """How an expression is written, an entry in one way: `request.GET.get("next", "")` is `request.GET["next"]`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        key = node.args[0].value
        if isinstance(key, ir.Const) and isinstance(key.value, str):
            return f"{written(node.func.value)}[{written(key)}]"
    return written(node)


class FrameState:
    """What expressions and statements share. `env` maps names and access paths (`self.conn`) to values."""

    retold = frozenset(("untrusted",))  # an expression of data of these labels alone is known by its text after a test
    deciding = False  # whether a module's own tests are decided by what is known

    def __init__(self, engine: "Engine", module: ModuleSymbol, function: FunctionSymbol | None, env: Env) -> None:
        self.engine = engine
        self.models = engine.models
        self.module = module
        self.function = function
        self.env = env
        self.scope = "" if function is None else function.name
        self.returns, self.yields = NOTHING, NOTHING
        self.events: dict[tuple[object, ...], Concept] = {}
        self.globals: set[str] = set()
        self.outer: set[str] = set()  # names of functions around that this one assigns
        self.target = ""  # what the expression under way is for: assigned name, keyword, or the returning function
        self.breaks: list[list[Env]] = []
        self.given: Env = {}  # the parameters as they came in
        self.tested = False  # whether expressions other than names were tested
        self.verdicts: dict[str, ir.Expr] = {}  # the tests and calls that gave the variables their values
        self.spoken_of: dict[str, list[str]] = {}  # variables that were arguments of such calls → those that hold the verdict
        self.flags = Flags()
        self.reads: Env | None = None  # what paths into data gave, in languages in which they are written again
        self.depth = 0  # of lambdas under evaluation
        self.ways: dict[str, list[dict[int, frozenset[str]]]] = {"true": [], "false": [], "any": []}  # cleared at each way out
        self.decorated: tuple[ir.Expr, Operand] | None = None  # the decorator under evaluation and what it decorates
        self.loops: list[Loop] = []  # those under way, the innermost last
        self.awaited: ir.Expr | None = None  # what an `await` stands before
        self.callees: dict[int, Value] = {}  # what each call was a call of, by the identity of its node
        self.elsewhere = ""  # as in `Moment`, of what is run through now
        self.originals: Env = {}  # what paths (`body.name`) gave before a test told more of them
        self.parents: set[str] = set()  # names and paths below which paths may be known
        self.thrown: Value = NOTHING  # what was thrown here or in what was called, and not caught
        self.assigned: set[str] = set()  # the access paths that were bound, or whose container has grown
        self.grown: set[str] = set()
        self.put: dict[tuple[int, Key | None], Value] = {}  # what the function puts into its arguments: `putting`

    # --- places -----------------------------------------------------------------------------------------------------

    def mark(self, node: ir.Node, note: str) -> Mark:
        return Mark(self.module.path, node.at, node.end, note)

    # --- names ------------------------------------------------------------------------------------------------------

    def lookup(self, name: str) -> Value:
        """What `name` may be here: local, of an enclosing function, of the module, else a builtin."""
        found = self.env.get(name)
        if found is not None:
            return found
        if self.function is not None:
            if self.function.parent is not None and (held := self.holder(name)) is not None:
                return held[1][name]
            found = self.engine.global_value(self.module, name)
            if found is not None:
                told = found.kind or (found.types and not self.engine.models.keeping.isdisjoint(found.types))
                if told or name in self.module.rebound:
                    self.engine.container_read(self.module, name, self.function)
                return found
        star = self.engine.star_value(self.module, name)
        return star if star is not None else api(name)

    def holder(self, name: str) -> tuple[FunctionSymbol, Env] | None:
        """The nearest function around this one that has the name, and what its names are."""
        function = None if self.function is None else self.function.parent
        while function is not None:
            names = self.engine.closure(function)
            if names is not None and name in names:
                return function, names
            function = function.parent
        return None

    def path(self, key: str) -> Value | None:
        """What is known of the access path `key`."""
        return self.env.get(key)

    def assign_path(self, key: str, value: Value) -> None:
        """Bind a name or access path; what was known of paths below it is forgotten."""
        if key in self.parents:
            prefix = key + "."
            for known in [path for path in self.env if path.startswith(prefix)]:
                del self.env[known]
        cut = key.rfind(".")
        while cut > 0:
            key_above = key[:cut]
            self.parents.add(key_above)
            cut = key_above.rfind(".")
        if "." in key:
            self.assigned.add(key)
        self.env[key] = value

    # --- expressions that a test has seen ---------------------------------------------------------------------------

    def narrowed(self, test: ir.Expr, *, holds: bool) -> bool:  # noqa: ARG002 - for languages with tests of their own
        """Narrow by what `test` says in this language alone; whether that was all that it says."""
        return False

    def believed(self, func: ir.Expr) -> bool:  # noqa: ARG002 - for languages in which names promise more than they keep
        """Whether a function that is called like a check of addresses counts as one."""
        return True

    def note_tested(self, node: ir.Expr | None, value: Value) -> None:
        """What `request.args.get("next")` is after a test of it, should it be written once more."""
        if "…" not in (text := _spelled(node) if isinstance(node, (ir.Call, ir.Index)) else "…"):  # cut, others may be alike
            self.tested = True
            self.env[TESTED + text] = value

    def as_read(self, key: str | None, found: Value) -> Value:
        """`found`, which a path gave: another mention of the path is the same data, where the language writes it again."""
        if found.origins and key is not None and self.reads is not None:
            self.reads[key] = found
        return found

    def as_tested(self, node: ir.Expr) -> Value | None:
        """What a test on the way here has told of the very same expression."""
        return self.env.get(TESTED + _spelled(node)) if self.tested else None

    def update_path(self, node: ir.Expr, value: Value) -> None:
        """Rebind the container or object that `node` names, if it names one (after a mutation)."""
        key = dotted(node)
        if key is None:
            return
        if isinstance(node, ir.Name) and self.function is not None:
            if key not in self.env and self.holder(key) is None and self.engine.global_value(self.module, key) is not None:
                self.globals.add(key)  # what happens to it is seen by the other functions
            if key in self.globals and (value.kind or value.items or value.elem is not None) and value.all_origins():
                self.put_around(self.module, key, value)
        elif isinstance(node, ir.Attribute) and value.all_origins() and (value.kind or value.elem is not None):
            for symbol in of_kind(self.eval(node.value).refs, ClassSymbol):  # `cls.routes.append(f)`
                self.put_around(symbol, node.attr, value)
        self.grown.add(key)
        self.assign_path(key, value)

    @abstractmethod
    def eval(self, node: ir.Expr) -> Value:
        """What an expression is."""

    def attribute_of(self, symbol: Symbol, attr: str) -> Value:
        """An attribute of something of the project; one of a class may come to hold more."""
        if isinstance(symbol, ClassSymbol) and self.function is not None:
            self.engine.container_read(symbol, attr, self.function)
        return self.engine.symbol_attribute(symbol, attr)

    def bind_around(self, name: str, value: Value) -> None:
        """Assign to a name of the module, or of a function around, that this one has declared to be that."""
        if self.function is None or (name not in self.globals and name not in self.outer):
            return
        held = self.holder(name) if name in self.outer else None
        if held is not None:
            held[1][name] = join(held[1][name], value)
            self.engine.closures.note_written(self.function, self.module, held[0], name, value)
        elif name in self.globals:
            self.put_around(self.module, name, value)

    def put_around(self, holder: ModuleSymbol | ClassSymbol, name: str, value: Value) -> None:
        """The function assigns to a name of the module, or an attribute of a class: others see it."""
        if self.function is not None:
            self.engine.set_global(holder, name, value)
            self.engine.closures.note_written(self.function, holder, None, name, value)

    def sensitive(self, name: str, node: ir.Node, value: Value) -> Value:
        """`value`, marked secret when `name` says so and it can be one."""
        configured = any(path.startswith(sensitive.SETTINGS) for path in value.apis)
        kind = sensitive.classify(name)
        if kind is None or value.types & sensitive.MASKED_TYPES:
            return value
        if not (value.open or configured or "str" in value.types or self._may_be_text(value)):
            return value
        if any(sensitive.names_header(str(one.value)) for one in value.consts):
            return value
        if any(origin.label == "secret" for origin in value.origins) or is_member(node):
            return value
        if any(map(sensitive.is_no_secret, value.types)):
            return value  # where it lies, the folder that `pwd` stands for, or what is kept of it
        if kind == "token" and self.function is not None and name in self.pieces:
            return value
        origin = Origin("secret", (name,), kind).step(self.mark(node, f"{written(node)} holds a {kind}"))
        return value.with_origins((origin,))

    def _may_be_text(self, value: Value) -> bool:
        """Whether it is what a function gives of which nothing is known: `load()`, and no `Loader()`, which makes an object."""
        made = (one.removesuffix("()").rpartition(".")[2] if one.endswith("()") else "" for one in value.types)
        return bool(value.types) and not value.refs and all(one[:1].islower() for one in made)

    @cached_property
    def pieces(self) -> frozenset[str]:
        """The variables of the function that are called after tokens and hold pieces of a text."""
        return frozenset() if self.function is None else lexemes(self.function.node.body)

    # --- concepts ---------------------------------------------------------------------------------------------------

    def emit(
        self, row: Row, path: str, node: ir.Node, given: dict[str, Operand], args: Args = _NO_ARGS, written_as: str = ""
    ) -> None:
        """A concept occurs: `given` holds the operands that are no arguments (`self`, `value`, `key`, `operator`)."""
        if row.named and not any(key in row.named for key, _ in args):
            return
        roles: dict[str, Operand | str | bool] = dict(row.constants)
        for role, spec in row.roles.items():
            if spec == DECORATED:
                if self.decorated is not None and self.decorated[0] is node:
                    roles[role] = self.decorated[1]
                elif self.function is None or (node.at, node.end, path, id(row)) in self.events:
                    return  # the row speaks of decorators, and this is none; or it is read again, as a condition
                continue  # in a function: what it gives may be used as one
            operand = given.get(spec) or argument(args, spec)
            if operand is not None:
                hidden = passed_on(args, spec) if row.concept.forwarded and operand.value is UNKNOWN else None
                roles[role] = hidden or operand
        call = node if isinstance(node, ir.Call) else None
        moment = self.moment(node, given.get("self")) if row.concept.timed else None
        site = self.site(node, path, written_as or written(call.func if call else node), call, args, moment=moment)
        if "target" in row.concept.__dataclass_fields__:
            roles.setdefault("target", self.target)
        concept = row.concept(site=site, **roles)  # the loader has checked roles against fields
        self.events[node.at, node.end, path, id(row)] = concept

    def site(
        self, node: ir.Node, path: str, text: str, call: ir.Call | None = None, args: Args = _NO_ARGS, *,
        inner: Site | None = None, moment: Moment | None = None,
    ) -> Site:  # fmt: skip
        """The place of a concept that occurs at `node` in this run."""
        function = None if self.function is None else self.function.node
        return Site(self.module.path, node, path, text, self.scope, call, args, function, self.module.node, inner, moment)

    def enter(self, loop: Loop) -> None:
        """A loop begins."""
        self.loops.append(loop)
        if self.function is not None:
            self.engine.loops[id(loop.target)] = (self.function, loop)

    def moment(self, node: ir.Node, receiver: Operand | None = None) -> Moment:
        """The circumstances in which the call `node` is made."""
        awaited, elsewhere = node is self.awaited, self.elsewhere or ("thread" if self.depth else "")
        if not (self.loops or awaited or elsewhere or receiver):
            return NOW
        return Moment(tuple(self.loops), awaited, elsewhere, frozenset() if receiver is None else receiver.value.types)

    def join_env(self, left: Env | None, right: Env | None) -> Env | None:
        """Where two ways meet: names of both; None is a way that cannot be taken."""
        if left is None or right is None or left is right:
            return right if left is None else left
        merged = self._merged(left, right)
        self.flags.note((left, right), merged, self._merged)
        return merged

    def _merged(self, left: Env, right: Env) -> Env:
        merged: Env = {}
        for name, value in left.items():
            other = right.get(name)
            if other is None and name[0] == TESTED:
                continue  # tested on one of the ways only
            if other is None:
                merged[name] = value if "." not in name else join(value, self.originals.get(name, UNKNOWN))
            else:
                merged[name] = value if value is other else join(value, other)
        for name, value in right.items():
            if name not in left and name[0] != TESTED:
                merged[name] = value if "." not in name else join(value, self.originals.get(name, UNKNOWN))
        return merged
