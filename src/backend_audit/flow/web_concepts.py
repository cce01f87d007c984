"""Concepts of a web application's outside: which objects hold routes, what is registered on them, who can be turned away.

As in `concepts.py`. A tracked concept makes an object that the engine tells apart from others of its type by the call that makes
it, so that `app.include_router(users.router)` is known to mean that very router, wherever it was made.
"""

from dataclasses import dataclass
from typing import ClassVar

from backend_audit.flow.concepts import Concept, Operand


@dataclass(frozen=True, slots=True)
class ViewOptions(Concept):
    """A view gets an object of data, from which its engine reads settings of its own as well."""

    options: Operand | None = None


@dataclass(frozen=True, slots=True)
class RouterCreation(Concept):
    """An application, router, blueprint, namespace or sub-application is made."""

    tracked: ClassVar[bool] = True
    forwarded: ClassVar[bool] = True
    prefix: Operand | None = None
    guards: Operand | None = None  # dependencies, hooks or middleware that cover all its routes
    middleware: Operand | None = None  # a list of middleware that covers all its routes
    routes: Operand | None = None  # a list of route objects
    response_class: Operand | None = None
    route_class: Operand | None = None  # the class of its own routes, which may wrap what answers
    name: Operand | None = None
    in_schema: Operand | None = None  # whether its routes are described
    schema_url: Operand | None = None  # where an application serves the description
    on: Operand | None = None  # the application or blueprint that it is put on when it is made
    schema: Operand | None = None  # of GraphQL, that it answers with
    app: bool = False  # it serves by itself: nothing has to mount it
    implicit: bool = False  # what functions of the module speak of that name no application
    named_prefix: bool = False  # where no prefix is given, its name is one
    replaces: bool = False  # of guards given at several depths, the innermost alone counts


@dataclass(frozen=True, slots=True)
class RouteRegistration(Concept):
    """A handler is registered for a path."""

    forwarded: ClassVar[bool] = True
    owner: Operand | None = None  # the router; not given where the call makes a route object
    path: Operand | None = None  # a text, or a list of texts; "*" rows take each positional argument from there on
    methods: Operand | None = None  # a list of texts
    method: str = ""  # the methods that the row states, with blanks between: "GET"
    handler: Operand | None = None  # a function, a class, or an instance of one
    around: Operand | None = None  # functions that a decorator of the project has put around the handler
    guards: Operand | None = None
    middleware: Operand | None = None
    response: Operand | None = None  # the declared model of the answer
    response_class: Operand | None = None
    in_schema: Operand | None = None
    endpoint: Operand | None = None  # the name that code calls the route by
    kind: str = "http"  # http, websocket, static, graphql
    absolute: bool = False  # the path is no part of the owner's prefix
    replaces: bool = False  # its guards stand in the place of its routers'
    responders: str = ""  # what the names of an object's methods begin with that answer, before the HTTP method: "on_"
    suffix: Operand | None = None  # what their names end with
    implicit: str = ""  # the framework whose only application is meant, where the call names none
    converter: str = ""  # how path parameters are written, where the row knows: "braces", "angles", "regex"


@dataclass(frozen=True, slots=True)
class RouteObject(RouteRegistration):
    """A call that makes a route as a value: it counts where a list of routes holds it."""

    tracked: ClassVar[bool] = True
    name: Operand | None = None


@dataclass(frozen=True, slots=True)
class RouterMount(Concept):
    """The routes of one router become routes of another."""

    forwarded: ClassVar[bool] = True
    owner: Operand | None = None
    child: Operand | None = None
    prefix: Operand | None = None
    guards: Operand | None = None
    in_schema: Operand | None = None
    outside: bool = False  # a foreign application: its routes are not covered by the owner's hooks


@dataclass(frozen=True, slots=True)
class RouteInclude(RouterMount):
    """A mount as a value (`include("shop.urls")`): it counts where a list of routes holds it."""

    tracked: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RouteHook(Concept):
    """A function runs before (or around) the handlers of a router's routes."""

    owner: Operand | None = None
    function: Operand | None = None  # a function, or a middleware class
    kind: str = "before"  # before, middleware
    implicit: str = ""  # as of a registration
    event: Operand | None = None  # when it runs, by the framework's name: what comes after the handler guards nothing
    all_routes: bool = False  # covers the whole application, whichever router it is put on


@dataclass(frozen=True, slots=True)
class ForgeryExemption(Concept):
    """The protection against requests that other sites start (CSRF) is switched off for a view or a router."""

    view: Operand | None = None


@dataclass(frozen=True, slots=True)
class NamedRoute(Concept):
    """A path gets a name, by which views are registered for it."""

    forwarded: ClassVar[bool] = True
    name: Operand | None = None
    path: Operand | None = None


@dataclass(frozen=True, slots=True)
class NamedView(Concept):
    """A view is registered for a route by the route's name; `defaults`: what views of a class say where they say nothing."""

    forwarded: ClassVar[bool] = True
    view: Operand | None = None
    route: Operand | None = None
    methods: Operand | None = None
    permission: Operand | None = None
    known: Operand | None = None  # whether it answers only callers who have said who they are
    principals: Operand | None = None  # whom it answers
    attribute: Operand | None = None  # the method of a class that answers
    defaults: bool = False


@dataclass(frozen=True, slots=True)
class RouteChain(Concept):
    """What runs one after the other for a path, as frameworks with middleware are told: middleware, routers, the handler.

    `kind`: how the arguments are read (`routes/chains.py`): verb, use, param, options, hook, plugin, resource.
    """

    forwarded: ClassVar[bool] = True
    owner: Operand | None = None  # the application, router or plugin instance
    arguments: Operand | None = None  # all of them, in order
    method: str = ""  # the methods that the row states, with blanks between; "" for all
    kind: str = "verb"
    verb: Operand | None = None  # the name of the method that is called, where a variable holds it


@dataclass(frozen=True, slots=True)
class GuardExemption(Concept):
    """A guard is told the paths for which it does not run: `guard.unless({path: […]})`."""

    guard: Operand | None = None
    options: Operand | None = None


@dataclass(frozen=True, slots=True)
class GuardMarker(Concept):
    """A value that says `call this before the handler`: `Depends(f)`, `Security(f, scopes=[…])`."""

    tracked: ClassVar[bool] = True
    function: Operand | None = None
    scopes: Operand | None = None


@dataclass(frozen=True, slots=True)
class CredentialScheme(Concept):
    """An object that reads a credential from the request: `OAuth2PasswordBearer(…)`."""

    tracked: ClassVar[bool] = True
    rejects: Operand | None = None  # a switch: False leaves it to others to turn the caller away
    default_rejects: bool = True
    name: str = ""
    carrier: str = "header"  # what brings the credential; "cookie" where browsers send it of themselves


@dataclass(frozen=True, slots=True)
class Rejection(Concept):
    """An answer, or an exception that becomes one, is made: its status decides whether it turns the caller away."""

    status: Operand | None = None
    code: str = ""  # the status that the row states
    login: Operand | None = None  # a redirect's target: one to a login page turns the caller away too
    demands: bool = False  # the call turns away who brings no credential, and lets others through
    unless: Operand | None = None  # a switch: True lets callers through
    needs: Operand | None = None  # what the call fails without: `verify(token)`; it says nothing else of callers


@dataclass(frozen=True, slots=True)
class RequestCleaning(Concept):
    """Middleware takes out of every request what would be harmful in a context ("nosql")."""

    context: str = ""


def cleaned(context: str) -> str:
    """What `Alert.setting` calls it that requests are cleaned for a context."""
    return f"requests cleaned for {context}"


@dataclass(frozen=True, slots=True)
class CredentialRead(Concept):
    """Who calls is looked up: the session's user, an Authorization header, a token's claims.

    `verifies`: it cannot give anybody but the one whose credential is right.
    """

    name: Operand | None = None  # the header, cookie or key that is read, where an argument says it
    verifies: bool = False
    what: str = ""


@dataclass(frozen=True, slots=True)
class Answer(Concept):
    """Data becomes an answer to a client, or an exception that the framework answers with."""

    content: Operand | None = None
    status: Operand | None = None
    code: str = ""  # the status that the row states


@dataclass(frozen=True, slots=True)
class ViewObject(Concept):
    """A class-based view as a value: `View.as_view()`, `UserViewSet.as_view({"get": "list"})`."""

    tracked: ClassVar[bool] = True
    owner: Operand | None = None  # the class
    actions: Operand | None = None  # HTTP method → the name of the method that answers it


@dataclass(frozen=True, slots=True)
class ResourceRouter(Concept):
    """A router that makes the routes of whole resources (view sets) by their names."""

    tracked: ClassVar[bool] = True
    parent: Operand | None = None  # the router below whose resources it stands
    below: Operand | None = None  # the prefix of that resource
    lookup: Operand | None = None  # what its key is called in the address
    slash: Operand | None = None  # False: no slash at the end
    root: bool = False  # it answers its own address with a list of its resources
    within: bool = False  # what it makes stands among the addresses of `parent`


@dataclass(frozen=True, slots=True)
class ResourceRegistration(Concept):
    """A view set is put on such a router."""

    owner: Operand | None = None
    prefix: Operand | None = None
    views: Operand | None = None


@dataclass(frozen=True, slots=True)
class IdleValidator(Concept):
    """A validator of JavaScript whose verdict nobody hears; `what` it is, or is for.

    `how`: dropped (the verdict), unread (only the data beside it is read), promise (nobody waits), goes on (after the refusal),
    attached (Fastify's error), chain (of express-validator), no rules (of a class), no pipe (that would ask for rules).
    """

    how: str = "dropped"
    what: str = ""


@dataclass(frozen=True, slots=True)
class GraphqlSchema(Concept):
    """A schema of GraphQL is made: clients ask for the fields of its root types."""

    tracked: ClassVar[bool] = True
    query: Operand | None = None  # classes whose fields they are
    mutation: Operand | None = None
    subscription: Operand | None = None
    extensions: Operand | None = None  # what runs around every operation


@dataclass(frozen=True, slots=True)
class GraphqlRoot(Concept):
    """A root type whose fields are functions that are bound to it by name."""

    tracked: ClassVar[bool] = True
    name: Operand | None = None  # of the type, where no row says which
    kind: str = ""  # query, mutation, subscription


@dataclass(frozen=True, slots=True)
class GraphqlField(Concept):
    """A function answers for a field of such a type."""

    owner: Operand | None = None
    name: Operand | None = None
    resolver: Operand | None = None
