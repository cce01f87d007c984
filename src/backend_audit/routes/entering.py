"""Handlers that sign somebody in or up, or help to regain an account, by what they do where their names do not say so."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.claim_reads import keyed
from backend_audit.routes.readings import called

_PASSWORD = re.compile(r"(?:^|_)(?:password|passwd|passphrase)[12]?$")
_SIGNS_IN = re.compile(r"_*(?:authori[sz]e|authenticate|log_?in|sign_?in)(?:_\w+)?")
_COMPARES = re.compile(
    r"_*(?:check|checks|verify|verifies|validates|matches)(?:_\w+)?"
)  # `validate_password` asks for its strength
_SIGNS_UP = re.compile(r"_*(?:create|add|register|new|make)_(?:\w+_)?(?:account|user|member)|_*(?:register|sign_?up)(?:_\w+)?")
_OPENS_SESSION = re.compile(r"(?i)session|log_?in|access_?token|create_?token|create_?jwt|sign_?in")
_LOGS_IN = re.compile(r"_*(?:log|sign)_?(?:\w+_)?in(?:_\w+)?|_*login_user", re.IGNORECASE)
_LOGS_OUT = re.compile(r"_*(?:log|sign)_?out(?:_user|_view)?")
_ANSWERS = re.compile(
    r"(?:\w*Response|redirect\w*|reverse|url_for|resolve_url|jsonify|make_response|render\w*|flash|gettext\w*|_|str|dict|delete_cookie|"
    r"unset_\w+|success|info|debug|get|pop)"
)
_WRITES_US = re.compile(r"_*(?=\w*(?:send|mail|submit))(?=\w*(?:contact|feedback|enquiry|inquiry))\w+")
_REGAINS = re.compile(r"_*(?:send|mail|email)_(?=\w*password)(?=\w*(?:reset|forgot|recover))\w+")


def enters(handler: FunctionSymbol | None) -> str:
    """What a handler is for that signs in or up, with a password or by making an account, or out, or mails; else ""."""
    if handler is None:
        return ""
    nodes = list(handler.scope)
    calls = [one for one in nodes if isinstance(one, ir.Call)]
    if any(_REGAINS.fullmatch(called(one)) for one in calls):
        return "regaining an account"
    if any(_WRITES_US.fullmatch(called(one)) for one in calls):
        return "writing to who runs it"
    if _only_logs_out(calls):
        return "signing out"
    held = {param.name for param in handler.node.params if _PASSWORD.search(param.name)} | set(_assigned(nodes))
    given = [one for one in calls if any(_holds(arg.value, held) for arg in one.args)]
    if any(_SIGNS_IN.fullmatch(called(one)) or (_COMPARES.fullmatch(called(one)) and len(one.args) > 1) for one in given):
        return "signing in or up"
    if any(_SIGNS_UP.fullmatch(called(one)) for one in calls) and any(_LOGS_IN.fullmatch(called(one)) for one in calls):
        return "signing in or up"  # who has just got an account is signed in: there was nobody before
    opens = any(_OPENS_SESSION.search(_callee(one)) for one in calls)
    return "signing in or up" if opens and any(_SIGNS_UP.fullmatch(called(one)) for one in given) else ""


def _only_logs_out(calls: list[ir.Call]) -> bool:
    """Whether all that a handler does is to end the session of who calls."""
    ends = [one for one in calls if _LOGS_OUT.fullmatch(called(one))]
    return bool(ends) and all(one in ends or _ANSWERS.fullmatch(called(one)) for one in calls)


def _assigned(nodes: list[ir.Node]) -> Iterator[str]:
    """Variables that hold what the request calls a password: `password = request.form.get("password")`."""
    for node in nodes:
        if isinstance(node, ir.Assign) and node.value is not None and _reads_password(node.value):
            yield from (one.id for one in node.targets if isinstance(one, ir.Name))


def _holds(expr: ir.Expr, held: set[str]) -> bool:
    return _reads_password(expr) or (isinstance(expr, ir.Name) and expr.id in held)


def _reads_password(expr: ir.Expr) -> bool:
    if isinstance(expr, ir.Attribute):
        return _PASSWORD.search(expr.attr) is not None
    return _PASSWORD.search(keyed(expr)[1]) is not None


def _callee(call: ir.Call) -> str:
    """The called name with what it is called on: `Session.create_for_user`."""
    base = call.func.value if isinstance(call.func, ir.Attribute) else None
    owner = last_word(base)
    return f"{owner}.{called(call)}"
