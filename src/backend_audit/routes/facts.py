"""The web concepts of a project, arranged for look-up: by the call that makes an object, by the function they occur in."""

from dataclasses import dataclass, field

from backend_audit.flow.concepts import (
    Concept,
    CookieWrite,
    HeaderWrite,
    HttpClient,
    LogRecord,
    LogRedaction,
    Operand,
    Setting,
    SqlExecution,
)
from backend_audit.flow.redaction import hidden
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import (
    CredentialRead,
    CredentialScheme,
    ForgeryExemption,
    GraphqlField,
    GraphqlRoot,
    GraphqlSchema,
    GuardExemption,
    GuardMarker,
    NamedRoute,
    NamedView,
    Rejection,
    RequestCleaning,
    ResourceRegistration,
    ResourceRouter,
    RouteChain,
    RouteHook,
    RouteInclude,
    RouteObject,
    RouterCreation,
    RouteRegistration,
    RouterMount,
    ViewObject,
    cleaned,
)
from backend_audit.flow.work_concepts import AnswerCache, CallLimit
from backend_audit.link.symbols import FunctionSymbol, ObjectSymbol
from backend_audit.routes.missing import is_credential
from backend_audit.routes.unsigned import leads_away

Made = (
    RouterCreation | RouteObject | RouteInclude | GuardMarker | CredentialScheme | ViewObject | ResourceRouter
    | GraphqlSchema | GraphqlRoot
)  # fmt: skip


@dataclass(slots=True)
class WebFacts:
    """`made` holds, by the identity of the making call, every concept of an object told apart (several where callers differ)."""

    made: dict[int, list[Made]] = field(default_factory=dict)
    registrations: list[RouteRegistration] = field(default_factory=list)
    mounts: list[RouterMount] = field(default_factory=list)
    hooks: list[RouteHook] = field(default_factory=list)
    resolvers: list[GraphqlField] = field(default_factory=list)
    resources: list[ResourceRegistration] = field(default_factory=list)
    exemptions: list[ForgeryExemption] = field(default_factory=list)
    chains: list[RouteChain] = field(default_factory=list)
    named_routes: list[NamedRoute] = field(default_factory=list)
    named_views: list[NamedView] = field(default_factory=list)
    spared: list[GuardExemption] = field(default_factory=list)
    rejections: dict[str, list[Rejection]] = field(default_factory=dict)  # by the key of the function that they occur in
    reads: dict[str, list[CredentialRead]] = field(default_factory=dict)
    demands: set[int] = field(default_factory=set)  # the identities of calls that turn away who brings no credential
    needing: set[int] = field(default_factory=set)  # of those that fail where their first argument is missing
    led_away: set[int] = field(default_factory=set)  # of redirects for those alone who have not signed in
    work: list[tuple[FunctionSymbol, Concept]] = field(default_factory=list)  # what takes time, with the function that does it
    statements: list[tuple[FunctionSymbol, SqlExecution]] = field(default_factory=list)
    prints: list[tuple[FunctionSymbol, LogRecord]] = field(default_factory=list)  # straight to the standard output
    caches: list[AnswerCache] = field(default_factory=list)
    limits: dict[str, list[CallLimit]] = field(default_factory=dict)  # by the key of the function that asks
    headers: list[tuple[FunctionSymbol, HeaderWrite]] = field(default_factory=list)  # that say who may keep an answer
    sessions: dict[int, CookieWrite] = field(default_factory=dict)  # cookies of sessions, by the call that makes the session
    cookies: list[CookieWrite] = field(default_factory=list)  # all others
    clients: list[HttpClient] = field(default_factory=list)
    switched_on: set[str] = field(default_factory=set)  # settings that get True somewhere, or a list in which "*" is not
    dangers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # by file: where data comes in, what is done with it
    nobody: set[int] = field(default_factory=set)  # those of calls that give None to who brings none

    def add(self, function: FunctionSymbol | None, concept: Concept) -> None:
        """Take in one occurrence."""
        if isinstance(concept, Made):
            self.made.setdefault(id(concept.site.node), []).append(concept)
        elif isinstance(concept, AnswerCache):
            self.caches.append(concept)
        elif isinstance(concept, CallLimit | HeaderWrite | LogRecord | SqlExecution):
            if function is not None:
                self._done_by(function, concept)
        elif isinstance(concept, Setting | RequestCleaning | LogRedaction):
            self.switched_on.update(_switched_by(concept))
        elif isinstance(concept, HttpClient):
            self.clients.append(concept)
        elif isinstance(concept, CookieWrite):
            if concept.session:
                self.sessions[id(concept.site.node)] = concept
            else:
                self.cookies.append(concept)
        elif concept.timed:
            if function is not None:
                self.work.append((function, concept))
        elif isinstance(concept, RouteRegistration):
            self.registrations.append(concept)
        elif isinstance(concept, GraphqlField):
            self.resolvers.append(concept)
        elif isinstance(concept, NamedRoute):
            self.named_routes.append(concept)
        elif isinstance(concept, NamedView):
            self.named_views.append(concept)
        elif isinstance(concept, RouteChain):
            self.chains.append(concept)
        elif isinstance(concept, GuardExemption):
            self.spared.append(concept)
        elif isinstance(concept, ResourceRegistration):
            self.resources.append(concept)
        elif isinstance(concept, RouterMount):
            self.mounts.append(concept)
        elif isinstance(concept, ForgeryExemption):
            self.exemptions.append(concept)
        elif isinstance(concept, RouteHook):
            self.hooks.append(concept)
        elif function is not None and isinstance(concept, Rejection):
            self._rejects(function, concept)
        elif function is not None and isinstance(concept, CredentialRead) and _names_credential(concept):
            self.reads.setdefault(function.key, []).append(concept)
            if concept.site.call is not None:
                self.nobody.add(id(concept.site.node))

    def _done_by(self, function: FunctionSymbol, concept: CallLimit | HeaderWrite | LogRecord | SqlExecution) -> None:
        if isinstance(concept, CallLimit):
            self.limits.setdefault(function.key, []).append(concept)
        elif isinstance(concept, HeaderWrite):
            if concept.name is not None and "cache-control" in _lower(concept.name.value):
                self.headers.append((function, concept))
        elif isinstance(concept, SqlExecution):
            self.statements.append((function, concept))
        elif concept.sink in ("print", "console"):
            self.prints.append((function, concept))

    def _rejects(self, function: FunctionSymbol, concept: Rejection) -> None:
        if concept.needs is not None:
            self.needing.add(id(concept.site.node))
            if concept.status is None:
                return
        self.rejections.setdefault(function.key, []).append(concept)
        if concept.login is not None and leads_away(function, concept.site.node):
            self.led_away.add(id(concept.site.node))
        if concept.demands and not (concept.unless is not None and concept.unless.value.is_just(value=True)):
            self.demands.add(id(concept.site.node))

    def objects(self, value: Value | None) -> list[tuple[ObjectSymbol, list[Made]]]:
        """The objects told apart that `value` can be, in the order of their keys (which is that of the source in a file)."""
        if value is None:
            return []
        found = sorted((one for one in value.refs if isinstance(one, ObjectSymbol)), key=lambda one: one.key)
        return [(one, self.made.get(id(one.node), [])) for one in found]


def _names_credential(read: CredentialRead) -> bool:
    """Whether what is read is a credential, by its name; where no name is asked for, it is."""
    names = () if read.name is None else read.name.value.texts()
    return not names or any(is_credential(name) for name in names)


def _switched_by(concept: Setting | RequestCleaning | LogRedaction) -> list[str]:
    if isinstance(concept, RequestCleaning):
        return [cleaned(concept.context)]
    if isinstance(concept, LogRedaction):
        return [hidden(path) for path in _items(concept.paths)]
    if concept.value is None or not (concept.value.value.is_just(value=True) or _lists_some(concept.value.value)):
        return []
    return [one for one in (concept.name, *(() if concept.key is None else concept.key.value.texts())) if one]


def _items(operand: Operand | None) -> list[str]:
    return [] if operand is None else [text for one in contents(operand.value) for text in one.texts()]


def _lower(value: Value) -> set[str]:
    return {text.lower() for text in value.texts()}


def contents(value: Value | None) -> list[Value]:
    """What a list, tuple, set or mapping holds, in order; the value itself where it is no container."""
    if value is None:
        return []
    if not value.kind:
        return [value]
    return [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]


def _lists_some(value: Value) -> bool:
    """Whether a value lists what is meant, and does not mean everything."""
    return value.kind in ("list", "tuple") and bool(value.items) and not any(one.may_be("*") for one in value.inside())
