"""Routes and guards, whatever framework they come from."""

from dataclasses import dataclass, field
from enum import StrEnum

from backend_audit import ir
from backend_audit.flow.concepts import Operand, Site
from backend_audit.inventory.paths import places
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.address_pieces import LetThrough
from backend_audit.routes.body import Body
from backend_audit.routes.operation import Operation
from backend_audit.routes.page_size import PageSize
from backend_audit.routes.sent import SentSecret
from backend_audit.routes.unended import Unended
from backend_audit.routes.upload import Upload
from backend_audit.source import Mark


class Does(StrEnum):
    """What a guard does to a request before the handler runs."""

    AUTHENTICATES = "authenticates"  # turns away who has not said who it is
    IDENTIFIES = "identifies"  # looks up who calls, and lets everybody through
    AUTHORIZES = "authorizes"  # turns away who may not
    VALIDATES = "validates"
    LIMITS = "limits"
    REJECTS = "rejects"  # turns callers away for another reason
    RUNS = "runs"  # runs before the handler, without turning anybody away
    DEPENDS = "depends"  # settings that are not here decide
    OPENS = "opens"  # says that everybody may call (`AllowAny`, `exempt`)
    SHIELDS = "shields"  # turns requests away that another site made the caller's browser send (CSRF)
    UNSHIELDS = "unshields"  # switches that off
    CLEANS = "cleans"  # takes out of requests what queries of a document database take for operators


MARKED = "lets what is marked"  # why a guard lets a route through that says itself that it is open
MANY = 8  # routes below an address that say what is usual there
KNOWN = "known name"  # a library's guard, or one like it
TURNS_AWAY = "turns away who brings no credential"
OPEN_TO_READERS = "lets everybody read"  # why a permission that asks others lets this route through
NARROWS = "gives each caller what is theirs"  # why a method of a view counts, though it turns nobody away
BY_DEFAULT = "the framework's default"  # why a guard does what it does, where nobody wrote it


class Auth(StrEnum):
    """Whether a caller must have said who it is."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    PROTECTED = "protected"
    PUBLIC = "public"  # by intent
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that runs before a handler. `via`: where it is attached, in words ("dependency", "decorator", "router", …)."""

    name: str
    does: frozenset[Does]
    via: str
    mark: Mark | None = None
    function: FunctionSymbol | None = None
    because: str = ""  # what shows that it does what it does: "raises 401", "known name"
    scopes: tuple[str, ...] = ()
    carrier: str = ""  # what it knows the caller by: "cookie", which browsers send of themselves, or "header"
    owner: ClassSymbol | None = None  # of whose objects `function` is a method, where they inherit it

    def has(self, *kinds: Does) -> bool:
        """Whether it does any of `kinds`."""
        return not self.does.isdisjoint(kinds)


@dataclass(frozen=True, slots=True)
class Taken:
    """Fields that a request may set on a stored object although they say what its owner may do.

    `how`: all (every field of the model is taken), listed (the fields are named), extra (a model that lets any field through),
    handed (a function reads them off the whole body that it is given).
    """

    how: str
    by: str  # the serializer or model that takes them
    owner: str  # the stored class
    fields: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class SchemaField:
    """A field of a model as an answer would show it. `path` is dotted where a field holds another model."""

    path: str
    owner: ClassSymbol  # the class whose body declares it
    mark: Mark
    masked: bool = False  # its type shows stars, or the model leaves it out of what it writes
    written_here: bool = True  # in the class that is shown itself, not in one that it inherits from

    @property
    def name(self) -> str:
        """The last part of the path: what the field itself is called."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a handler's answer shows of a class.

    `how`: declared (a response model), whole (the object itself), dumped (all of its attributes), serializer, marshalled.
    """

    how: str
    owner: ClassSymbol
    stored: bool  # a class whose objects a database keeps
    fields: tuple[SchemaField, ...]
    mark: Mark  # where the code says so, in the handler's file
    via: str = ""  # as written: `user.to_dict()`
    said: Mark | None = None  # where the class that writes them says which


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a database that a handler answers with whole; `fields`: its secret columns, with their definitions."""

    entity: str
    fields: tuple[tuple[str, Mark], ...]
    mark: Mark  # the answer, in the handler's file


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of its sender, and is believed: `name` is that of the header or key.

    `kind`: who (it is), what (it may), where (it comes from), right (one is given for where it comes from).
    """

    kind: str
    name: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Lookup:
    """An object of the class `model` is looked up by `key`, an id of the request.

    `owned` names its field that says whose it is ("agent.organisation" where what it belongs to has one), "" where the class
    is not in the project. `how` is the call as written. `tenant`: `key` says whose objects are asked for.
    """

    mark: Mark
    model: str
    key: str
    owned: str
    how: str
    tenant: bool = False
    parent: str = ""  # the id of the request that the right was asked for, where this one was to be looked up below it
    odd: str = ""  # what speaks for asking whose it is, where the caller is known to what looks it up
    beside: bool = False  # the same function asks for the caller's own: it knows who calls, whether the route asks or not


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object of a class whose objects have owners, looked up by a handler; `held`: the caller is held against it."""

    lookup: Lookup
    held: bool


@dataclass(eq=False, slots=True)
class RouteTable:
    """All routes, sorted by path, methods and place."""

    routes: list["Route"] = field(default_factory=list)
    bare: list[FunctionSymbol] = field(default_factory=list)  # what Express calls itself, without anything around it
    signs: frozenset[str] = frozenset()  # kinds of evidence that the project holds: "rate-limit-everywhere", …
    spots: dict[str, list[Mark]] = field(default_factory=dict)  # and where; the note says what shows it
    places: dict[tuple[str, ...], list["Route"]] | None = None  # the judged ones below an address, once somebody has asked
    common: dict[str, frozenset[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)  # guards of nearly all
    shares: dict[str, float] = field(default_factory=dict)  # how many of an application's routes ask who calls
    read: dict[tuple[str, str], bool] = field(default_factory=dict)  # whether a function, by its key, reads a part of the address
    only_administrators: bool = False  # nobody else can sign in
    firsts: dict[tuple[Mark, str], "Route"] | None = None  # by their place and view, once somebody has asked

    def below(self, route: "Route", least: int = MANY) -> tuple[str, list["Route"]]:
        """The longest address with a variable part or an inner word that `route` shares with many others, and these."""
        if self.places is None:
            self.places = {}
            judged = (one for one in self.routes if one.kind == "http" and one.verdict in (Verdict.PROTECTED, Verdict.OPEN))
            for place, other in ((place, one) for one in judged for place in places(one.path)):
                self.places.setdefault(place, []).append(other)
        for place in reversed(places(route.path)):
            others = [one for one in self.places.get(place, ()) if one.handler is None or one.handler is not route.handler]
            if len(others) >= least:
                return f"/{'/'.join(place)}", others
        return "", []

    def guards_any(self, app: str) -> bool:
        """Whether any route of the application asks who calls: one without any has its own ways."""
        return any(route.auth is Auth.REQUIRED for route in self.routes if route.app == app)


@dataclass(eq=False, slots=True, kw_only=True)
class Route:
    """One way into the application. `methods` is empty for all of them. `path` as mounted, in the framework's own notation."""

    methods: tuple[str, ...]
    path: str
    framework: str
    handler: FunctionSymbol | None
    owner: ClassSymbol | None = None  # the class of a class-based view
    name: str = ""  # the handler as it is called in its module
    mark: Mark  # the handler's definition line: the decorator for decorated ones
    registered: Mark  # where it is registered
    guards: tuple[Guard, ...] = ()
    skips: tuple[LetThrough, ...] = ()  # of its guards, each told at the first route that it covers
    unended: tuple[Unended, ...] = ()  # in its guards and handler, each told at the first route that it covers
    unapplied: tuple[Guard, ...] = ()  # written there, but not run: a decorator above the route decorator
    auth: Auth = Auth.UNKNOWN
    verdict: Verdict = Verdict.UNKNOWN
    why: str = ""
    kind: str = "http"  # http, websocket, static, graphql, admin, library (whose view cannot be read)
    schemas: tuple[str, ...] = ()  # of GraphQL, that it answers with: their operations are routes of their own
    app: str = ""  # the application that it belongs to, where the project makes several and they can be told apart
    group: str = ""  # what it shares with its siblings: the router, class or URL module it is registered on
    body: Body = field(default_factory=Body)
    acts: bool = True  # the handler, or what it calls, does something that changes state, by the names of its calls
    acts_outside: bool = True  # such a call leads out of the project: what those of the project do is known from them
    looks: bool = False  # the handler, or what it calls itself, looks who calls
    writes: tuple[Mark, ...] = ()  # to the database, by a request that is only to read
    consults: bool = False  # the handler holds the caller against something: in a test, a look-up or a check
    right: str = ""  # the test, as written, on which the handler turns callers away who may not
    asks: frozenset[str] = frozenset()  # all that it asks so, in short: the check and what it is told (`has_permission write`)
    testing: frozenset[str] = frozenset()  # the guards that test more of the caller than that there is one
    weighed: bool = False  # its handler has been read for what it does with who calls
    takes: frozenset[str] = frozenset()  # names of the ids that its handler takes from the request
    unmet: frozenset[str] = frozenset()  # those of them that it brings together with the caller nowhere
    unheld: bool = False  # it takes an id of the request, and holds the caller against nothing by itself
    keyed: bool = False  # all that asks who calls looks for a key of the whole program: there is no caller
    names_caller: bool = False  # the handler mentions who calls, but to write it down
    idle_verdict: Mark | None = None  # a test of the caller in the handler, whose answer nothing reads
    scoped: bool = False  # it consults the caller in conditions and calls alone, and tests nothing
    caller_unused: bool = False  # a parameter of the handler holds the caller, and nothing reads it
    lookups: tuple[Lookup, ...] = ()  # by ids of the request, in a handler that consults nobody
    fetched: tuple[Fetched, ...] = ()  # of each class the first, by ids of the request
    claims: tuple[Claim, ...] = ()
    response: Operand | None = None  # the declared answer
    response_schema: bool | None = None  # None: the question does not concern it
    operation: Operation | None = None  # what its description tells besides; None where it has none, or cannot be read
    bare: bool = False  # registered without any schema
    shown: tuple[Shown, ...] = ()
    rows_shown: tuple[ShownRow, ...] = ()
    sent: tuple[SentSecret, ...] = ()
    page_sizes: tuple[PageSize, ...] = ()
    uploads: tuple[Upload, ...] = ()
    taken: tuple[Taken, ...] = ()
    secrets_in_query: tuple[Mark, ...] = ()  # the note names each
    unread: str = ""  # a credential in its address that nothing reads
    unfilled: tuple[str, str] = ("", "")  # what its handler asks the request for, and the guard (not its own) that puts it there
    tried: str = ""  # what can be tried again and again, without anybody counting: passwords, mails, accounts
    costs: tuple[str, Mark] | None = None  # what each call of it costs ("model", "mail", …) without anybody counting, and where
    danger: str = ""  # what it does as its callers say, by a finding about data that begins in its handler
    table: RouteTable = field(default_factory=RouteTable)

    def guarded(self, *kinds: Does) -> bool:
        """Whether a guard that runs does any of `kinds`."""
        return any(guard.has(*kinds) for guard in self.guards)

    def reads_only(self) -> bool:
        """Whether it answers no method that is meant to change anything, or all of them alike."""
        return set(self.methods) <= {"GET", "HEAD", "OPTIONS"}

    def changes(self) -> bool:
        """Whether it can change state, by its methods."""
        return not {"POST", "PUT", "PATCH", "DELETE"}.isdisjoint(self.methods)

    def by_cookie(self) -> bool:
        """Whether callers are known by a cookie and by nothing that another site could not send."""
        known = {one.carrier for one in self.guards if one.has(Does.AUTHENTICATES, Does.AUTHORIZES, Does.UNSHIELDS)}
        return "cookie" in known and not any(guard.carrier == "header" for guard in self.guards)

    def site(self) -> Site:
        """Its handler as the place of a concept."""
        return Site(self.mark.path, ir.Const(self.mark.at, self.mark.end, "str", self.name), "", self.name, self.name)

    def siblings(self) -> list["Route"]:
        """The other routes of its group."""
        return [one for one in self.table.routes if one.group == self.group and one is not self]
