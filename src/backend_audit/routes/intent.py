"""Which routes are meant to be open: logging in, signing up, health, documentation, static files, callbacks of others.

Read from the path and from the handler's name, word by word, since these are all that says what a route is for.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.inventory.paths import is_variable
from backend_audit.link.symbols import FunctionSymbol

_WORDS = re.compile(r"[a-z]+|\d+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INTENTS = {
    "signing in or up": """
        login logout signin signout signup logon logoff register registration authenticate authentication auth sso saml oauth
        oauth2 oidc openid jwks token tokens refresh otp mfa totp 2fa passkey webauthn magic
    """.split(),
    "regaining an account": """
        forgot forgotten reset recover recovery confirm confirmation activate activation verify verification unsubscribe
        invitation invite
    """.split(),
    "health and metrics": """
        health healthz healthcheck live livez liveness ready readyz readiness ping alive status heartbeat metrics version info
    """.split(),
    "documentation": "docs doc redoc swagger openapi schema apidocs documentation playground graphiql".split(),
    "static files": """
        static assets asset favicon robots sitemap manifest css js img images fonts media public icons icon logo logos logotype
    """.split(),
    "a call-back of another service": "webhook webhooks callback hook hooks ipn".split(),
    "a visitor's cart": "cart carts addtocart removefromcart emptycart updatecart checkout".split(),
    "a public page": """
        index home homepage root landing about terms privacy contact faq legal imprint welcome error errors notfound config csrf
        captcha locale locales languages
    """.split(),
}
DELICATE = frozenset(
    """
    admin admins administration superuser staff internal debug debugging console shell exec execute command backup backups restore
    export dump settings secrets keys logs audit permissions roles billing impersonate delete purge migrate shutdown restart
    """.split()
)
CAPABILITY = re.compile(
    r"[<{](?:(?:str|slug|path|string):)?(?:\w*_)?(?:token|secret|signature|sig|signed\w*|hash)(?::\w+)?[>}]|"
    r"[<{](?:(?:str|slug):)?(?:\w+_)?(?:api|feed|access|share|private|calendar)_?key[>}]|"
    r"<uuid:(?:\w*_)?(?:code|key)>|[<{](?:code|key):uuid[>}]|/join/<uuid:\w+>|"
    r"(?<=/):\w*(?:[tT]oken|[sS]ecret|[sS]ignature|[hH]ash)(?=/|$)"
)
_NUMBERED = re.compile(r"<(?:int|uuid):|[{<:]\w+:(?:int|uuid)[>}]")
_PUBLIC_KEY = re.compile(r"[<{](?:\w+:)?kid[>}]|\bjwks?\b")  # a key that is called by its id is the public half
_SERVICES = frozenset(
    """
    slack telegram twilio stripe paypal github gitlab bitbucket sendgrid mailgun postmark discord whatsapp messenger shopify
    mattermost braintree mollie razorpay paddle docusign pagerduty intercom zendesk
    """.split()
)
_LOST_PASSWORD = re.compile(
    r"(?:lost|forgot(?:ten)?|reset|recover|retrieve|find|search)pass(?:word|wd)?$|(?:lost|forgot(?:ten)?|reset|recover)password|"
    r"password(?:reset|recover|lost|forgot)"
)
_TELLS = frozenset(
    "event events command commands action actions interactive interactions menu menus options notify notification notifications "
    "bot status update updates incoming receive message messages".split()
)
_SETS_UP = frozenset("setup install installation onboarding bootstrap initialize init wizard".split())
_IS_SET_UP = re.compile(
    r"set_?up|install|initiali[sz]ed|configured|bootstrapped|needs_?[bB]ootstrap|first_(?:run|user)|count\("
    r"|[cC]ount$|exists\(|has_users?"
    r"|onboard(?:ed|ing_?(?:done|[cC]ompleted?))"
)
_BROUGHT = frozenset("request req form data body payload args json values method query_params GET POST".split())
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_BESIDE = frozenset(  # what stands beside the words of an intent in the name of an operation: `obtainJsonWebToken`
    """
    sign log in on up out user users account customer email mail password by with via google github facebook apple microsoft
    social json web jwt code create obtain verify validate revoke send request resend delete cookie new my me and
    """.split()
)
SIGNING_IN = "signing in or up"
_HEALTH = "health and metrics"
_FILES = "static files"
_CALLED_BACK = "a call-back of another service"
_LOOKS = frozenset(("logo", "logos", "logotype", "favicon"))
_ANYWHERE = frozenset({SIGNING_IN, "regaining an account"})  # whichever segment says it
_KEEPS = frozenset(("PATCH", "DELETE"))  # other services send what has happened, and change nothing that is kept
_MANAGES = frozenset(("PUT", "PATCH", "DELETE"))  # what is kept to sign in with: `DELETE /users/{id}/webauthn/{key}`
_SECOND_FACTORS = frozenset("otp mfa totp 2fa passkey passkeys webauthn".split())
_KEEPS_FACTORS = frozenset("deactivate disable activate enable regenerate remove delete revoke setup reset rename".split())
_MEMBERS = re.compile(r"/(?:users?|accounts?|members?|roles?|groups?|permissions?|teams?|organi[sz]ations?)/[<{:]")
_NAMED_PART = re.compile(r"/[<:(]|\{\w")  # the session of something; what settings decide stands as `{}`
_SESSIONS = frozenset(("session", "sessions"))
_BEGINS = frozenset("initialize init create start new open begin".split())
_ENTERS = frozenset("login logout signin signout signup logon logoff register registration session sessions".split())
_REGISTERS = frozenset(("register", "registration"))
_PEOPLE = frozenset(
    """
    user account member customer client admin person owner student patient employee subscriber visitor guest company organization
    organisation tenant team player participant attendee identity profile credential device passkey
    """.split()
)
_ONLY_READ = frozenset({"a public page", "health and metrics", "documentation", "static files"})


def words_of(text: str) -> list[str]:
    """The lower-case words of a path or name; `sign-in` is `signin` too."""
    found = _WORDS.findall(CAMEL.sub(" ", text).lower())
    pairs = [one + other for one, other in pairwise(found) if one in ("sign", "log", "health", "well")]
    return found + pairs


@lru_cache(maxsize=10_000)
def intent(path: str, name: str, methods: tuple[str, ...]) -> str:
    """What a route that anybody may call is for; "" when nothing says that it is meant to be open."""
    if methods == ("OPTIONS",):
        return "what browsers ask before a request"
    segments = [segment for segment in path.split("/") if segment and not is_variable(segment)]
    last = words_of(segments[-1]) if segments else []
    reads = bool(methods) and set(methods) <= READS
    if not segments and not re.search(r"[{<:(]", path) and (reads or not methods):
        return "a public page"
    if CAPABILITY.search(path):
        return "who has the link"
    if reads and _PUBLIC_KEY.search(path):
        return "who checks signatures"
    if reads and {"publishable", "key"} <= {*last}:
        return "publishing public keys"
    if reads and last == ["public"]:
        return "everybody, as its address says"
    named = words_of(name)
    everything = {word for segment in segments for word in words_of(segment)}
    if "POST" in methods and not _SERVICES.isdisjoint(everything) and not _TELLS.isdisjoint({*last, *named}):
        return "a call-back of another service"
    if methods == ("POST",) and not _NAMED_PART.search(path) and _opens_session(segments):
        return SIGNING_IN
    member = _MEMBERS.search(path) is not None  # `/auth/users/<int:id>/delete`
    if not member and methods != ("DELETE",) and any(map(_LOST_PASSWORD.search, (*last, "".join(last)))):
        return "regaining an account"
    first = set(words_of(segments[0])) if segments else set()
    delicate = not DELICATE.isdisjoint(everything)
    managed = not _SECOND_FACTORS.isdisjoint(everything) and not _KEEPS_FACTORS.isdisjoint({*everything, *named})
    for what, listed in _INTENTS.items():
        words = frozenset(listed)
        if what == SIGNING_IN and managed:
            continue
        if what == SIGNING_IN and _registers_a_thing(segments, named):
            words = words - _REGISTERS
        if what == _CALLED_BACK and methods and set(methods) <= _KEEPS:
            continue
        inside = what == _HEALTH and reads and {*last} <= {*words, "internal"}  # `/_internal_ping`
        inside = inside or (what == _FILES and reads and {*last} <= _LOOKS)  # `/settings/logo` is on the page of the login
        inside = inside or (what == _CALLED_BACK and not {"webhook", "webhooks"}.isdisjoint(last))  # `/billing/webhook`
        if delicate and what != SIGNING_IN and not inside:
            continue
        if what == SIGNING_IN and methods and set(methods) <= _MANAGES:
            words = words & _ENTERS
        if what == "regaining an account" and methods == ("DELETE",) and "unsubscribe" not in everything:
            continue
        if what == _FILES and _NUMBERED.search(path):
            words = words & {"public"}  # `/assets/<int:asset_id>`: rows of a table
        if what in _ONLY_READ:
            if (reads or not methods) and words & {*last, *named[-2:], *first}:
                return what
        elif words & set(last) or words & set(named) or (what in _ANYWHERE and not member and words & everything):
            return what
    return ""


def of_operation(name: str, methods: tuple[str, ...]) -> str:
    """As `intent`, of an operation of GraphQL: its name says whole what it is for, or says nothing (`registerEdges`)."""
    what = intent(f"/{name}", name, methods)
    known = {*_INTENTS.get(what, ()), *_BESIDE}
    return what if what and what != _CALLED_BACK and known.issuperset(words_of(name)) else ""


def _registers_a_thing(segments: list[str], named: list[str]) -> bool:
    """Whether what registers itself is nobody: `/replicas/register`, which `register_replica` handles."""
    kinds = {before.lower().removesuffix("s") for before, last in pairwise(segments) if last in _REGISTERS}
    return bool(kinds & {*named}) and _PEOPLE.isdisjoint(kinds)


def _opens_session(segments: list[str]) -> bool:
    """`POST /session`, `POST /session/initialize`: callers get one there, and have none before."""
    *_, before, last = "", "", *segments
    return last == "session" or (before in _SESSIONS and last in _BEGINS)


def sets_up(name: str) -> bool:
    """Whether a function is called like one that sets the application up: `bootstrap`, `runSetup`."""
    return not _SETS_UP.isdisjoint(words_of(name))


def once(path: str, handler: FunctionSymbol | None, before: Iterable[FunctionSymbol] = ()) -> str:
    """That a route sets the application up, and its handler (or what runs `before` it) asks whether that is done; else ""."""
    if _SETS_UP.isdisjoint(words_of(path)):
        return ""
    nodes = [*([] if handler is None else handler.scope), *ir.walk(*(one.node for one in before))]
    tests = (node.test for node in nodes if isinstance(node, (ir.If, ir.Conditional)))
    asked = any(_IS_SET_UP.search(written(node)) for test in tests for node in ir.walk_scope(test))
    return "setting up, once" if asked or (handler is not None and refusal_at_first(handler) is not None) else ""


def refusal_at_first(handler: FunctionSymbol) -> ir.If | None:
    """`if current_org is not None: return redirect("/")` before everything, whatever the request brings."""
    first = next((one for one in handler.node.body if not isinstance(one, ir.ExprStmt)), None)
    if not isinstance(first, ir.If) or first.orelse or not first.body or not isinstance(first.body[-1], (ir.Return, ir.Raise)):
        return None
    names = {
        one.id if isinstance(one, ir.Name) else one.attr
        for one in ir.walk(first.test)
        if isinstance(one, (ir.Name, ir.Attribute))
    }
    return first if _BROUGHT.isdisjoint(names) else None
