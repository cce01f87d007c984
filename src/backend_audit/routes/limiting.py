"""Which routes attackers call again and again, and whether a handler itself keeps them from it."""

import re

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.costly import Costs
from backend_audit.routes.intent import words_of
from backend_audit.routes.model import Auth, Does, Route
from backend_audit.source import Mark

_TOO_MANY = 429
_LIMITS = re.compile(
    r"rate_?limit|throttl|lock_?(out|ed)|is_locked|axes|attempts?|captcha|turnstile|hcaptcha|brute_?force|too_?many|cool_?down|"
    r"limiter|token_?bucket|backoff_until",
    re.IGNORECASE,
)
_READS = re.compile(r"POST|body|data|form|json|stream|read|view|authenticate$|log_?in|sign_?in|reset|send", re.IGNORECASE)
_DEPTH = 3
_GUESSED = frozenset("login signin logon token authenticate otp mfa totp 2fa".split())
_MAILED = frozenset("forgot reset recover recovery resend".split())
_PARTS = frozenset(("log", "in", "sign", "up", "on", "2", "fa"))
_MADE = frozenset("register registration signup".split())
# Words that leave it what it is: `login_with_password`, `obtain-token`.
_BESIDE = frozenset(
    "user users account accounts with by password passwords email mail get access obtain check code form api view my do request "
    "new phone sms link pin two factor auth ldap local admin customer client verify send jwt basic username lab".split()
)
_SECRET = re.compile(r"[<{:](?:\w+:)?\w*(?:token|uidb64|signature|hash|key|secret)")  # a part of the path that nobody guesses


def tried(route: Route, behaviours: Behaviours) -> str:
    """What a caller can try as often as it likes: "passwords", "mails", "accounts"; "" for nothing, or where it is counted."""
    found = _purpose(route)
    return "" if not found or _only_sends_away(route) or _is_limited(route, behaviours) else found


def costs(route: Route, behaviours: Behaviours, known: Costs) -> tuple[str, Mark] | None:
    """What each call of a route costs, and where; nothing where the calls are counted, or where it is told as a try."""
    found = None if route.tried else known.of(route)
    return None if found is None or _is_limited(route, behaviours) else found


def _purpose(route: Route) -> str:
    """What each call of a route is a try of, by its path."""
    if route.kind not in ("http", "library") or route.auth is Auth.REQUIRED:
        return ""
    if route.methods and not {"POST", "PUT", "PATCH"} & set(route.methods):
        return ""
    if _SECRET.search(route.path):
        return ""
    segments = [one for one in route.path.strip("/").split("/") if one and one[0] not in "{<:"]
    words = set(words_of(segments[-1])) if segments else set()
    for kind, known in (("mails", _MAILED), ("passwords", _GUESSED), ("accounts", _MADE)):
        if words & known and not words - known - _BESIDE - _PARTS:
            return kind
    return ""


def _only_sends_away(route: Route) -> bool:
    """Whether a view for all methods reads nothing that is sent: it shows a page, or sends the caller where the form is."""
    return not route.methods and route.handler is not None and not any(map(_READS.search, _names(route.handler)[1:]))


def _is_limited(route: Route, behaviours: Behaviours) -> bool:
    """Whether a guard, the handler or what it calls counts the calls."""
    if route.guarded(Does.LIMITS) or any(_LIMITS.search(guard.name) for guard in route.guards):
        return True  # also what cannot be read, by its name
    if route.handler is None:
        return False
    return _TOO_MANY in behaviours.of(route.handler).denies or _counts(behaviours, route.handler)


def _counts(behaviours: Behaviours, handler: FunctionSymbol) -> bool:
    """Whether names in the handler, or in what it calls, tell of attempts that are counted, or of a captcha."""
    level, seen = [handler], {handler.key}
    for _ in range(_DEPTH):
        following: list[FunctionSymbol] = []
        for one in level:
            if any(_LIMITS.search(name) for name in _names(one)):
                return True
            called = dict(behaviours.engine.calls.get(one.key, {})) | _of_forms(behaviours, one)
            following += [called[key] for key in sorted(called) if key not in seen]
            seen |= set(called)
        level = following
    return False


def _of_forms(behaviours: Behaviours, function: FunctionSymbol) -> dict[str, FunctionSymbol]:
    """The methods of the project's classes that a function makes objects of: a form cleans what it is given by itself."""
    engine = behaviours.engine
    frame = engine.frame(function.module)
    found: dict[str, FunctionSymbol] = {}
    for node in function.scope.of(ir.Call):
        if isinstance(node.func, (ir.Name, ir.Attribute)) and "Form" in written(node.func):
            for owner in [one for one in frame.eval(node.func).refs if isinstance(one, ClassSymbol)]:
                found |= {method.key: method for one in engine.bases(owner)[0] for method in one.methods.values()}
    return found


def _names(function: FunctionSymbol) -> list[str]:
    """The names that a function's body reads or calls."""
    found = [function.node.name]
    for node in ir.walk_scope(*function.node.decorators, *function.node.body):
        if isinstance(node, ir.Call):
            found.append(written(node.func))
        elif isinstance(node, ir.Attribute):
            found.append(node.attr)
        elif isinstance(node, ir.Const) and node.value == _TOO_MANY:
            found.append("too_many")
    return found
