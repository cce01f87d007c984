"""Library models: the rows of `rules/models/{python,node}/*.toml` as look-up tables. The format is described in the code map."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backend_audit.flow.concepts import Concept

TRIGGERS = ("call", "read", "write", "store")
_ITSELF = "[self]"
_OWNER = "[owner]"
CONTEXTS = frozenset(
    (
        "sql html shell path url log ldap xpath regex header code template secret nosql predictable dots dn parsed "
        "segment relative part address undashed json referer fields lookup size script all"
    ).split()
)
# Where data that is let through as text can do harm: all but what is known of secrets, numbers and places.
INJECTION = frozenset("sql html shell path url log ldap xpath regex header code template dn nosql lookup".split())


@dataclass(frozen=True, slots=True)
class Row:
    """A row that makes a concept: operand roles as argument specs, the rest as constants.

    `named`: only of calls that name one of these arguments.
    """

    concept: type[Concept]
    roles: Mapping[str, str]
    constants: Mapping[str, str | bool]
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """`clears`: contexts in which the data is harmless from the start, or marks of it (`parsed`).

    `unless`: an argument that, where it is given, says itself what comes in.
    """

    kind: str
    what: str
    clears: frozenset[str] = frozenset()
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Result carries what `froms` carry; `clears` says in which contexts it has become harmless, `restores` where no longer.

    `base`: the argument whose host an address keeps that is put under it, unless it names one itself. `into`: the class of the
    project, an argument or what the method is called on, of which the result is an object, filled with what `froms` say.
    """

    froms: tuple[str, ...]
    clears: frozenset[str]
    restores: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()  # told of the data like a context, without making it harmless (`parsed`)
    base: str = ""
    into: str = ""

    def added_to(self, other: "Transfer | None") -> "Transfer":
        """Both rows of one name, where they speak of the same arguments; else the later one."""
        if other is None or other.froms != self.froms:
            return self
        restores, marks = self.restores | other.restores, self.marks | other.marks
        base, into = self.base or other.base, self.into or other.into
        return Transfer(self.froms, self.clears | other.clears, restores, marks, base, into)


@dataclass(frozen=True, slots=True)
class Guard:
    """A test of an argument: when the call turns out as `holds` (or, with `returns`, comes back at all), its data is clear."""

    argument: str
    clears: frozenset[str]
    holds: bool
    returns: bool


@dataclass(frozen=True, slots=True)
class Invoker:
    """A function that calls the function it is given: `function` with the arguments from position `first` on.

    `arguments`, `named`: what holds further ones, in a sequence or by name. `each`: with each element of those, or
    of `arguments`. `result`: gives what the function gives; `later`: gives a function that calls it. `elsewhere`:
    "thread" for another thread or process, "later" when the request is answered.
    """

    function: str
    first: int
    each: bool
    result: bool
    elsewhere: str
    arguments: str = ":args"
    named: str = ":kwargs"
    later: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    """A function that calls those that it is given: `function` is their position (`1*`: all from there on, in lists too).

    `gives`: the types of what they are called with ("" for anything). `error_first`: one with more parameters than these gets an
    error before them. `returns`: the call that takes what they return ("" for none). `me`: the type of their `this`.
    `result`: the call gives what they return.
    """

    function: str
    gives: tuple[str, ...]
    error_first: bool
    returns: str = ""
    me: str = ""
    result: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """A call that gives all objects of the type `of` an attribute: `name` and `value` are its arguments."""

    of: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """A method that puts `value` into its object under `keys` (constants), or (`value` empty) takes it out again.

    With `append` what is put comes after what is there, as in a text buffer.
    """

    keys: tuple[str, ...]
    value: str
    append: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What a decorator, dependency, permission or hook of a library does to a route's callers; see `routes.model.Does`.

    `optional`: the switch that lets callers through without credentials; `open_reading`: who only reads is let through.
    `carrier`: what it knows callers by ("cookie", "header"). `rights`: the switch with which it asks for a right as well.
    """

    does: frozenset[str]
    optional: str
    open_reading: bool = False
    carrier: str = ""
    rights: str = ""


@dataclass(slots=True)
class Models:
    """The tables. Paths are canonical (aliases resolved)."""

    aliases: dict[str, str] = field(default_factory=dict)
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    # With that option, a call gives another type.
    variants: dict[str, list[tuple[str, str | bool, str]]] = field(default_factory=dict)
    methods: dict[str, tuple[str, ...]] = field(default_factory=dict)  # what a class of a library answers by itself
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: {trigger: {} for trigger in TRIGGERS})
    sources: dict[str, dict[str, Source]] = field(default_factory=lambda: {"call": {}, "read": {}})
    bringing: set[str] = field(default_factory=set)  # the types whose attributes those are that are read
    transfers: dict[str, Transfer] = field(default_factory=dict)
    parts: dict[str, frozenset[str]] = field(default_factory=dict)  # attributes in which the object's data is harmless
    guards: dict[str, Guard] = field(default_factory=dict)
    invokers: dict[str, Invoker] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    keepers: dict[str, Keeper] = field(default_factory=dict)
    keeping: set[str] = field(default_factory=set)  # the types whose methods those are
    attributions: dict[str, Attribution] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)  # objects and types whose attributes one function sets and others read
    access: dict[str, Access] = field(default_factory=dict)  # guards of routes that libraries bring
    forwards: dict[str, str] = field(default_factory=dict)  # calls its argument with its other arguments
    _canonical: dict[str, str] = field(default_factory=dict)
    _libraries: frozenset[str] | None = None

    def libraries(self) -> frozenset[str]:
        """The names of the packages that the rows speak of; kept, once all rows are read."""
        if self._libraries is None:
            rows = (path for found in self.rows.values() for path in found)
            paths = (*self.aliases, *self.results, *self.access, *rows)
            self._libraries = frozenset(path.partition(".")[0].removesuffix("()") for path in paths if "." in path)
        return self._libraries

    def canonical(self, path: str) -> str:
        """`path` with re-exported names replaced by those that the models use."""
        known = self._canonical.get(path)
        if known is None:
            known = path
            for _ in range(4):
                changed = self._replaced(known)
                if changed == known:
                    break
                known = changed
            self._canonical[path] = known
        return known

    def _replaced(self, path: str) -> str:
        head, rest = path, ""
        while True:
            target = self.aliases.get(head)
            if target is not None and target != head:
                return target + rest
            cut = head.rfind(".")
            if cut < 0:
                return path
            head, rest = path[:cut], path[cut:]

    def unsettled(self) -> list[str]:
        """The aliases that come to no end: `"a" = "a.b"` makes `a.b.b.b` of `a`."""
        return sorted(path for path in self.aliases if self._replaced(self.canonical(path)) != self.canonical(path))

    def lineage(self, type_name: str) -> tuple[str, ...]:
        """The type and its bases as far as models know them, nearest first."""
        found = [type_name]
        for one in found:
            found.extend(base for base in self.bases.get(one, ()) if base not in found)
        return tuple(found)

    def brings_data(self, type_name: str) -> bool:
        """Whether attributes of such an object come from outside."""
        return not self.bringing.isdisjoint(self.lineage(type_name))

    def method_names(self) -> Iterator[str]:
        """Every API path that a row, result, source or transfer stands for."""
        for rows in self.rows.values():
            yield from rows
        for sources in self.sources.values():
            yield from sources
        yield from (*self.results, *self.transfers, *self.guards)

    def type_names(self) -> set[str]:
        """The types that rows speak of."""
        found = {path.rpartition(".")[0] for path in self.method_names()} | self.bases.keys() | set(self.results.values())
        return found | {name for callback in self.callbacks.values() for name in callback.gives}

    def result(self, path: str) -> str | None:
        """The type of what calling (or reading) `path` gives."""
        return self.results.get(path)

    def lists_itself(self, paths: frozenset[str]) -> bool:
        """Whether an attribute is a list that stands for its object: `router.urls`."""
        return any(self.results.get(path) == _ITSELF for path in paths)

    def stands_for_owner(self, paths: frozenset[str]) -> bool:
        """Whether an attribute is told as the object that it is read from: `app.router`."""
        return any(self.results.get(path) == _OWNER for path in paths)
