"""What a guard does, by its name and by the statuses that it can answer."""

import re

from backend_audit.routes.keys import FORBIDS
from backend_audit.routes.model import Does
from backend_audit.routes.refusals import LOGIN

_AUTH = re.compile(
    r"(?:^|_)(?:auth(?:enticat\w*|enticated|ori[sz]\w*)?|log(?:ged)?_?in|signed_?in|current_?user|get_?user|require_?user|token|jwt|"
    r"api_?key|bearer|session|identity|principal|credential\w*|permission\w*|role\w*|admin|superuser|staff|scope\w*|owner|member|acl|rbac|"
    r"capabilit\w*|privileges?|entitle\w*|access_?rights?)"
    r"(?:_|$|\d)"
)
_ROLES = re.compile(
    r"permission|perm_|role|admin|superuser|staff|scope|owner|member|acl|rbac|can_|has_|allowed|authori[sz]|capabilit|privilege|"
    r"entitle|rights?_|_rights?|(?:^|_)(?:manager|moderator|maintainer|editor)(?:_|$)"
)
_OTHER = re.compile(
    r"csrf|xsrf|origin|_ip|ip_|host|bot(?:_|$|s)|crawler|user_agent|maintenance|feature|flag|enabled|setup|captcha|turnstile|signature|webhook|hmac"
)
_REQUIRES = re.compile(
    r"(?:login|auth\w*|token|jwt|permissions?|roles?|admin|api_?key|staff|user|superuser|session|account|scopes?|fresh)_?(?:is_)?required|"
    r"requires?_|require(?:d)?$|^protected|authenticated|^authorize|user_passes_test|^has_(?:perm|role|access)|^check_(?:auth|perm|access)|"
    r"^is_(?:admin|staff|auth|owner)|_only$"
)
_LOGIN_ALONE = re.compile(r"(?:require_?)?(?:log(?:ged)?_?in|signed_?in|authenticated)(?:_required|_only)?")
_OF_FORMS = re.compile(r"[cx]srf_?tokens?")  # which say of nobody who it is
_CSRF = re.compile(r"(?:^|_)[cx]srf(?:_|$)")
_LETS_BY = re.compile(r"^(?:maybe|optional\w*|try|if|un|not)_|_optional$|_if_present$|unauthenticated|not_required")
_OPENS = re.compile(
    r"(?:requires?_)?no_(?:auth\w*|login|permissions?|token)(?:_required|_needed)?|(?:login|auth\w*)_(?:exempt|not_required)|"
    r"(?:allow|permit)_(?:any|anyone|anonymous|everyone|unauthenticated|public)\w*|(?:skip|without)_(?:auth\w*|login)(?:_check)?|"
    r"(?:public|open|anonymous|unauthenticated|unprotected)_(?:route|endpoint|view|access|api)|(?:anon|anonymous|public)_allowed"
)


def opens_by_name(name: str) -> bool:
    """Whether something that turns nobody away says that everybody may call: `@allow_anonymous`, `requires_no_auth`."""
    return bool(_OPENS.fullmatch(snake(name.rpartition(".")[2])))


def asks_by_name(name: str) -> bool:
    """Whether a function of which only the name is known says that it asks who calls: `login_required`, `check_auth`."""
    plain = name.rpartition(".")[2].lower()
    return bool(_REQUIRES.search(plain)) and not _LETS_BY.search(plain)


def asks_for_right(name: str) -> bool:
    """Whether a guard of which only the name is known says that it asks for a role or right: `RolesGuard`."""
    return bool(_ROLES.search(snake(name)))


def judged(name: str, denies: set[int] | frozenset[int], *, looks: bool) -> tuple[frozenset[Does], str]:
    """What a function called `name` that can answer the statuses `denies` does, and what shows it."""
    plain = _OF_FORMS.sub("csrf", snake(name))
    does: set[Does] = set()
    because = ""
    authish = bool(_AUTH.search(plain))
    other = bool(_OTHER.search(plain)) and not authish
    if _CSRF.search(plain) and not authish:  # it may look who calls, since it protects what cookies can do
        denies = {403} & {*denies} or denies - {401, LOGIN}
    if 401 in denies or (LOGIN in denies and (looks or authish)) or (403 in denies and (looks or authish) and not other):
        does.add(Does.AUTHENTICATES)
        if _ROLES.search(plain) or (denies.isdisjoint((401, LOGIN)) and not _LOGIN_ALONE.fullmatch(plain)):
            does.add(Does.AUTHORIZES)
        status = 401 if 401 in denies else 403 if 403 in denies else LOGIN
        because = "redirects to the login page" if status == LOGIN else f"answers {status}"
    elif 403 in denies:
        does.add(Does.REJECTS)
        because = FORBIDS
    if 429 in denies:
        does.add(Does.LIMITS)
    if not does and denies & {400, 413, 415, 422}:
        does.add(Does.VALIDATES)
    if not does:
        does.add(Does.IDENTIFIES if looks and authish else Does.RUNS)
    return frozenset(does), because


def snake(name: str) -> str:
    """The name in lower case, with `_` between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
