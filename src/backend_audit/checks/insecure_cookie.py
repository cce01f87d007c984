"""Cookies that travel in the clear, that scripts can read, or that every other site's request carries."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _cookie_header, check
from backend_audit.checks._context import development_file, development_name, only_in_development
from backend_audit.checks._operands import is_false, is_none, named, numbers, shown, spread, truth
from backend_audit.checks._purpose import names_in, secret_name
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CookieWrite, HeaderWrite, Operand, Setting, Site
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import written

RULE = "insecure-cookie"

_SETTINGS = {
    "SESSION_COOKIE_SECURE": ("the session cookie is also sent over plain HTTP", Confidence.HIGH),
    "SESSION_COOKIE_HTTPONLY": ("any script on the page can read the session cookie", Confidence.HIGH),
    "CSRF_COOKIE_SECURE": ("the CSRF cookie is also sent over plain HTTP", Confidence.MEDIUM),
    "REMEMBER_COOKIE_SECURE": ("the remember-me cookie is also sent over plain HTTP", Confidence.HIGH),
    "REMEMBER_COOKIE_HTTPONLY": ("any script on the page can read the remember-me cookie", Confidence.HIGH),
    "JWT_COOKIE_SECURE": ("the token's cookie is also sent over plain HTTP", Confidence.HIGH),
    "JWT_AUTH_SECURE": ("the token's cookie is also sent over plain HTTP", Confidence.HIGH),
    "JWT_AUTH_HTTPONLY": ("any script on the page can read the token's cookie", Confidence.HIGH),
}
_NAME_OF = re.compile(r"(?i)_?(cookie)?_?(name|key|id)$")  # `SESSION_COOKIE_NAME` names a session's cookie
_OUTCOMES = frozenset("true false 1 0 yes no on off ok success error failed failure done none pending".split())
_FIX_SESSION = "Switch the secure flag on (`https_only=True` in Starlette's `SessionMiddleware`), at least in production."
_FIX_SESSION_NODE = (
    "Switch the flags on: `session({ cookie: { secure: true, httpOnly: true, sameSite: 'lax' } })`, at least in production."
)
_SAMESITE_SETTINGS = frozenset(
    ("SESSION_COOKIE_SAMESITE", "REMEMBER_COOKIE_SAMESITE", "JWT_COOKIE_SAMESITE", "JWT_AUTH_SAMESITE")
)


@check(RULE)
def cookie_without_protection(cookie: CookieWrite) -> Iterator[Alert]:
    """`response.set_cookie("session", token)`."""
    if spread(cookie.site) or _deletes(cookie) or _tells_nothing(cookie) or only_in_development(cookie.site):
        return
    sensitive = cookie.session or _sensitive(cookie)
    lacks, confidence = _missing(cookie, sensitive=sensitive)
    if not lacks:
        return
    name = _name(cookie)
    missing = " and ".join(lacks)
    yield Alert(
        node=cookie.site.node,
        message=f"`{named(cookie.site)}` sets {name} {missing}: {_effect(lacks)}.",
        fix=_fix(cookie),
        confidence=confidence,
    )


@check(RULE)
def cookie_in_header(header: HeaderWrite) -> Iterator[Alert]:
    """`res.setHeader("Set-Cookie", "session=" + token)`."""
    if header.kind != "http" or only_in_development(header.site):
        return
    for cookie in _cookie_header.cookies(header):
        plain = {attribute.partition("=")[0] for attribute in cookie.attributes}
        gone = "max-age=0" in cookie.attributes or any("1970" in one for one in cookie.attributes)
        if gone or _public(cookie.name) or not secret_name(_NAME_OF.sub("", cookie.name)):
            continue
        lacks = ["without `Secure`"] if "secure" not in plain else []
        lacks += ["without `HttpOnly`"] if "httponly" not in plain else []
        if lacks:
            yield Alert(
                node=cookie.node,
                message=f"`{named(header.site)}` sets the cookie `{cookie.name}` {' and '.join(lacks)}: {_effect(lacks)}.",
                fix=f"Write the attributes as well: `{cookie.name}=…; Secure; HttpOnly; SameSite=Lax`.",
                confidence=Confidence.MEDIUM,
            )


@check(RULE)
def session_setting_off(setting: Setting) -> Iterator[Alert]:
    """`SESSION_COOKIE_SECURE = False`, `app.config["SESSION_COOKIE_HTTPONLY"] = False`."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())}
    if setting.value is None or development_file(setting.site.path) or development_name(setting.site.symbol):
        return
    if only_in_development(setting.site):
        return
    for name in sorted(names & _SETTINGS.keys()):
        effect, confidence = _SETTINGS[name]
        if is_false(setting.value):
            if setting.framework == "class" or _switched(setting, name):
                confidence = Confidence.LOW
            yield Alert(
                node=setting.value.node or setting.site.node,
                message=f"`{name} = {shown(setting.value)}`: {effect}.",
                fix=f"`{name} = True`; switch it off only in the settings of the development environment.",
                confidence=confidence,
                setting=name,
            )
    for name in sorted(names & _SAMESITE_SETTINGS):
        if "none" in (text.lower() for text in setting.value.value.texts()):
            yield Alert(
                node=setting.value.node or setting.site.node,
                message=f"`{name} = 'None'`: requests that other sites start carry the session cookie.",
                fix=f"`{name} = 'Lax'`, unless other sites embed the application; then check a CSRF token on every change.",
                confidence=Confidence.MEDIUM,
            )


def _switched(setting: Setting, name: str) -> bool:
    """Whether the same settings turn it on under another condition: a switch chooses."""
    module = setting.site.module
    return module is not None and any(
        isinstance(node, ir.Assign)
        and isinstance(node.value, ir.Const)
        and node.value.value is True
        and any(isinstance(target, ir.Name) and target.id == name for target in node.targets)
        for node in ir.walk(*module.body)
    )


def _missing(cookie: CookieWrite, *, sensitive: bool) -> tuple[list[str], Confidence]:
    """What the cookie lacks, and how sure it is that it matters."""
    found: list[tuple[str, Confidence]] = []
    secure = _flag(cookie.secure, default=cookie.default_secure)
    if secure is False and not (cookie.session and _switched_on(cookie.site)):
        explicit = is_false(cookie.secure)
        weight = Confidence.MEDIUM if sensitive or explicit else Confidence.LOW
        found.append(("without `Secure`", Confidence.HIGH if sensitive and explicit else weight))
    httponly = _flag(cookie.httponly, default=cookie.default_httponly)
    if httponly is False and not _for_scripts(cookie):
        found.append(("without `HttpOnly`", Confidence.MEDIUM if sensitive else Confidence.LOW))
    sites = {text.lower() for text in cookie.samesite.value.texts()} if cookie.samesite is not None else set()
    if "none" in sites:
        sure = sensitive and sites == {"none"}
        found.append(("with `SameSite=None`", Confidence.MEDIUM if sure else Confidence.LOW))
    if not found:
        return [], Confidence.LOW
    order = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
    best = min((weight for _, weight in found), key=order.index)
    return [what for what, weight in found if weight is not Confidence.LOW or best is Confidence.LOW], best


def _switched_on(site: Site) -> bool:
    """Whether the same file switches the flag on for some deployments: `options.cookie.secure = true`."""
    nodes = ir.walk(*([] if site.module is None else site.module.body))
    set_true = (
        one for one in nodes if isinstance(one, ir.Assign) and isinstance(one.value, ir.Const) and one.value.value is True
    )
    return any(written(target).endswith("cookie.secure") for one in set_true for target in one.targets)


def _flag(operand: Operand | None, *, default: bool) -> bool | None:
    if operand is None:
        return default
    return False if is_none(operand) else truth(operand)


def _sensitive(cookie: CookieWrite) -> bool:
    """Whether its name, or the name of what is put into it, is one of a secret."""
    if cookie.name is not None:
        said = [*cookie.name.value.texts(), *(names_in(cookie.name.node) if cookie.name.node is not None else ())]
        said = [_NAME_OF.sub("", name) for name in said]
        if any(secret_name(name) and not _public(name) for name in said):
            return True
    if cookie.value is None:
        return False
    if any("password" in origin.what or "token" in origin.what for origin in cookie.value.value.carries("secret")):
        return True
    literal = cookie.value.value.constants() is not None
    return (
        not literal
        and cookie.value.node is not None
        and any(secret_name(one) and not _public(one) for one in names_in(cookie.value.node))
    )


def _public(name: str) -> bool:
    return not {"csrf", "xsrf", "csrftoken", "captcha", "consent", "theme", "lang", "method", "type", "mode"}.isdisjoint(
        words(name)
    )


def _for_scripts(cookie: CookieWrite) -> bool:
    """Cookies of the double-submit pattern must be readable for scripts."""
    said = list(cookie.name.value.texts()) if cookie.name is not None else []
    if cookie.name is not None and cookie.name.node is not None:
        said.extend(names_in(cookie.name.node))
    return any("csrf" in name.lower() or "xsrf" in name.lower() for name in said)


def _deletes(cookie: CookieWrite) -> bool:
    if cookie.max_age is not None and numbers(cookie.max_age) == [0]:
        return True
    return cookie.value is not None and cookie.value.value.is_just("") and cookie.name is not None


def _tells_nothing(cookie: CookieWrite) -> bool:
    """Whether it only says how something went: `res.cookie("auth_status", "success")`."""
    value = None if cookie.session or cookie.value is None else cookie.value.value
    return (
        value is not None and value.is_literal() and bool(value.texts()) and _OUTCOMES.issuperset(map(str.lower, value.texts()))
    )


def _name(cookie: CookieWrite) -> str:
    if cookie.session:
        return "the session cookie"
    return f"the cookie `{shown(cookie.name)}`" if cookie.name is not None else "a cookie"


def _effect(lacks: list[str]) -> str:
    effects = {
        "without `Secure`": "a request over plain HTTP gives it away",
        "without `HttpOnly`": "any script on the page can read it",
        "with `SameSite=None`": "requests that other sites start carry it",
    }
    return ", ".join(effects[one] for one in lacks)


def _fix(cookie: CookieWrite) -> str:
    if cookie.session:
        return advice(cookie.site, _FIX_SESSION, _FIX_SESSION_NODE)
    if not in_python(cookie.site):
        return 'Set it with `{ secure: true, httpOnly: true, sameSite: "lax" }`.'
    return 'Set it with `secure=True, httponly=True, samesite="Lax"`.'
