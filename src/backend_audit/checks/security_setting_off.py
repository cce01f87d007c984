"""Protections of the framework that the settings switch off."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import calls_in, development_file, development_name, only_in_development
from backend_audit.checks._operands import contents, is_false, numbers, shown
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Setting

RULE = "security-setting-off"

_OFF = {
    "SECURE_CONTENT_TYPE_NOSNIFF": ("browsers may guess the type of an answer and run an upload as a script", Confidence.MEDIUM),
    "SECURE_SSL_REDIRECT": ("requests over plain HTTP are answered", Confidence.LOW),
    "SECURE_BROWSER_XSS_FILTER": ("an old browser's filter stays off", Confidence.LOW),
    "WTF_CSRF_ENABLED": ("forms are accepted from any site", Confidence.HIGH),
    "WTF_CSRF_CHECK_DEFAULT": ("forms are accepted from any site", Confidence.MEDIUM),
    "WTF_CSRF_SSL_STRICT": ("the referrer is not checked over HTTPS", Confidence.LOW),
    "contentSecurityPolicy": ("a script that gets into a page runs, wherever it comes from", Confidence.MEDIUM),
    "frameguard": ("other sites may show the pages in a frame and have them clicked", Confidence.MEDIUM),
    "noSniff": ("browsers may guess the type of an answer and run an upload as a script", Confidence.MEDIUM),
    "hsts": ("browsers may come back over plain HTTP", Confidence.LOW),
    "JWT_COOKIE_CSRF_PROTECT": ("requests that other sites start carry the token's cookie and are accepted", Confidence.HIGH),
}


@check(RULE)
def protection_switched_off(setting: Setting) -> Iterator[Alert]:
    """`WTF_CSRF_ENABLED = False`, `ALLOWED_HOSTS = ["*"]`."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())} - {""}
    value = setting.value
    if value is None or development_file(setting.site.path) or development_name(setting.site.symbol):
        return
    if only_in_development(setting.site):
        return
    node = value.node or setting.site.node
    for name in sorted(names & _OFF.keys()):
        effect, confidence = _OFF[name]
        if name == "WTF_CSRF_CHECK_DEFAULT" and _protects_itself(setting):
            confidence = Confidence.LOW
        if is_false(value):
            yield Alert(
                node=node,
                message=f"`{name}{_is(setting)}{shown(value)}`: {effect}.",
                fix=advice(
                    setting.site,
                    f"`{name} = True`, and switch it off only in the settings of tests.",
                    "Leave it on, or say what it should allow.",
                ),
                confidence=confidence,
            )
    if "ALLOWED_HOSTS" in names and any(one.may_be("*") for one in contents(value.value)):
        yield Alert(
            node=node,
            message="`ALLOWED_HOSTS` accepts every host name: links in mails and caches can be made to point elsewhere.",
            fix="List the names of the site: `ALLOWED_HOSTS = ['api.example.com']`.",
            confidence=Confidence.MEDIUM,
        )
    if "SECURE_HSTS_SECONDS" in names and numbers(value) == [0]:
        yield Alert(
            node=node,
            message="`SECURE_HSTS_SECONDS = 0`: browsers may come back over plain HTTP.",
            fix="`SECURE_HSTS_SECONDS = 31536000` once all of the site is served over HTTPS.",
            confidence=Confidence.LOW,
        )


def _is(setting: Setting) -> str:
    return " = " if setting.site.call is None else ": "


def _protects_itself(setting: Setting) -> bool:
    """Whether the module calls `csrf.protect()` on its own conditions."""
    body = setting.site.module.body if setting.site.module is not None else []
    return any(isinstance(call.func, ir.Attribute) and call.func.attr == "protect" for call in calls_in(body))
