"""Cross-origin rules that let any site act with the visitor's session."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _cors_headers, check
from backend_audit.checks._context import conditions, development_file, development_name, only_in_development
from backend_audit.checks._operands import contents, named, shown, truth
from backend_audit.checks._purpose import names_in
from backend_audit.checks._untrusted import reaching
from backend_audit.checks._view import FileView
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HeaderWrite, Operand, Setting
from backend_audit.flow.machine_concepts import CorsPolicy
from backend_audit.flow.values import Value
from backend_audit.flow.written import dotted, last_word

RULE = "permissive-cors"

_RISK = "any site can call the API with the visitor's cookies and read the answers"
_FIX = "List the origins that belong to you: `allow_origins=['https://app.example.com']`."
_FIX_NODE = "List the origins that belong to you: `cors({ origin: ['https://app.example.com'], credentials: true })`."
_ORIGINS = "CORS_ORIGINS"  # Flask-CORS takes it where a call names no origins
_ANY = ("*", ".*", "^.*$", "https?://.*", ".+", "^.+$", "https://.*", "http://.*", "^https?://.*$", r"https?:\/\/.*", r".*\..*")


@check(RULE)
def any_origin_with_credentials(policy: CorsPolicy) -> Iterator[Alert]:
    """`CORSMiddleware(allow_origins=["*"], allow_credentials=True)`."""
    if only_in_development(policy.site):
        return
    credentials = truth(policy.credentials) if policy.credentials is not None else policy.default_credentials
    where = _wildcard(policy)
    if where is not None and credentials:
        node = where.node if where.node is not None else policy.site.node
        yield Alert(
            node=node,
            message=f"`{named(policy.site)}` allows every origin together with credentials: {_RISK}.",
            fix=advice(policy.site, _FIX, _FIX_NODE),
            confidence=Confidence.HIGH,
            setting=_ORIGINS if where.node is None and policy.site.api.startswith("flask_cors.") else "",
        )
        return
    asked = reaching(policy.origins, "url")
    if asked is not None and credentials and policy.origins is not None:
        yield Alert(
            node=policy.origins.node or policy.site.node,
            message=f"`{named(policy.site)}` allows whichever origin the request names together with credentials: {_RISK}.",
            fix=advice(policy.site, _FIX, _FIX_NODE),
            confidence=Confidence.HIGH,
            steps=asked.marks(),
        )
        return
    loose = _loose_regex(policy.origin_regex)
    if loose is not None and policy.origin_regex is not None:
        yield Alert(
            node=policy.origin_regex.node or policy.site.node,
            message=f"The origin pattern `{loose}` also matches origins of others (an unescaped dot or an open end): "
            f"{_RISK if credentials else 'they can read the answers'}.",
            fix="Escape the dots and anchor the pattern: `r'https://([a-z0-9-]+\\.)?example\\.com'`.",
            confidence=Confidence.MEDIUM if credentials else Confidence.LOW,
        )
        return
    if where is None and policy.resources is not None:
        yield from _per_path(policy)


@check(RULE)
def origin_in_header(header: HeaderWrite) -> Iterator[Alert]:
    """`res.setHeader("Access-Control-Allow-Origin", req.headers.origin)` beside `…-Allow-Credentials`."""
    value = None if in_python(header.site) else _cors_headers.allowed(header)
    if value is None or not _cors_headers.with_credentials(header.site) or only_in_development(header.site):
        return
    origin = _cors_headers.reflected(value)
    if origin is None and not _cors_headers.is_null(value):
        return
    if any(isinstance(test, ir.Compare) and test.ops[0] == "in" for test in conditions(header.site)):
        return
    what = "the origin `null`, which any page can take on," if origin is None else "whichever origin the request names"
    yield Alert(
        node=value.node or header.site.node,
        message=f"`{named(header.site)}` allows {what} together with credentials: {_RISK}.",
        fix="Compare the request's origin with a list of yours, and send it back only if it is in it.",
        confidence=Confidence.HIGH,
        steps=() if origin is None else origin.marks(),
    )


@check(RULE)
def any_origin_by_setting(setting: Setting) -> Iterator[Alert]:
    """`CORS_ALLOW_ALL_ORIGINS = True` beside `CORS_ALLOW_CREDENTIALS = True`."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())}
    if names.isdisjoint(("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")) or truth(setting.value) is not True:
        return
    if development_file(setting.site.path) or development_name(setting.site.symbol) or only_in_development(setting.site):
        return
    body = setting.site.module.body if setting.site.module is not None else []
    credentials = any(
        isinstance(node, ir.Assign)
        and any(last_word(target) == "CORS_ALLOW_CREDENTIALS" for target in node.targets)
        and isinstance(node.value, ir.Const)
        and node.value.value is True
        for node in ir.walk(*body)
    )
    yield Alert(
        node=setting.site.node,
        message=f"`{min(names - {''})}` is on{' together with `CORS_ALLOW_CREDENTIALS`' if credentials else ''}: "
        f"{_RISK if credentials else 'any site can read the answers that need no cookie'}.",
        fix="`CORS_ALLOWED_ORIGINS = ['https://app.example.com']`; allow all origins only in development.",
        confidence=Confidence.LOW if not credentials else Confidence.MEDIUM if conditions(setting.site) else Confidence.HIGH,
    )


@check(RULE)
def origin_reflected(node: ir.Assign, view: FileView) -> Iterator[Alert]:
    """`response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]`."""
    target = node.targets[0] if len(node.targets) == 1 else None
    if not isinstance(target, ir.Index) or not _is_text(target.index, "access-control-allow-origin") or node.value is None:
        return
    function = view.function()
    around = ir.walk(*function.body if function is not None else view.module.body)
    if not _reads_origin(node.value, function) or (function is not None and _compared(function, node.value)):
        return
    credentials = any(_is_text(one, "access-control-allow-credentials") for one in around if isinstance(one, ir.Const))
    yield Alert(
        node=node,
        message="The request's own `Origin` is sent back as the allowed one, so that every origin is allowed: "
        f"{_RISK if credentials else 'any site can read the answers'}.",
        fix="Compare it with a list of your origins first, and send no header when it is not in it.",
        confidence=Confidence.HIGH if credentials else Confidence.LOW,
    )


@check(RULE)
def origin_checked_by_prefix(node: ir.Call, view: FileView) -> Iterator[Alert]:
    """`origin.startswith("https://example.com")` also accepts `https://example.com.evil.org`."""
    func = node.func
    if not isinstance(func, ir.Attribute) or func.attr not in ("startswith", "endswith") or len(node.args) != 1:
        return
    if not _reads_origin(func.value, view.function()):
        return
    given = node.args[0].value
    text = given.value if isinstance(given, ir.Const) and isinstance(given.value, str) else ""
    if func.attr == "endswith" and (text.startswith((".", "://")) or "://" in text):
        return
    if (func.attr == "startswith" and text.count("/") > 2) or text in ("http://", "https://", "http", "https"):
        return
    example = "https://example.com.evil.org" if func.attr == "startswith" else "https://evil-example.com"
    yield Alert(
        node=node,
        message=f"`{dotted(func) or func.attr}(…)` compares a part of the `Origin`: `{example}` passes for `example.com` too.",
        fix="Compare the whole origin: `if origin in ALLOWED_ORIGINS`.",
        confidence=Confidence.MEDIUM,
    )


def _wildcard(policy: CorsPolicy) -> Operand | None:
    """The argument that allows every origin, if one does (an operand without a node: the default)."""
    if truth(policy.allow_all) is True:
        return policy.allow_all
    if policy.reflects is not None and (policy.reflects.value.is_just(True) or _cors_headers.lets_all_in(policy.reflects.value)):
        return policy.reflects
    if policy.origins is not None and any(one.is_just("null") for one in contents(policy.origins.value)):
        return policy.origins  # a frame in a sandbox, which any site can make
    if policy.origins is not None:
        if any(one.may_be("*") or (one.texts() and set(one.texts()) <= set(_ANY)) for one in contents(policy.origins.value)):
            return policy.origins
    elif policy.default_origins == "*" and policy.resources is None:
        return Operand(Value(), None)
    if policy.origin_regex is not None and set(policy.origin_regex.value.texts()) & set(_ANY):
        return policy.origin_regex
    return None


def _per_path(policy: CorsPolicy) -> Iterator[Alert]:
    """flask-cors: `resources={r"/api/*": {"origins": "*", "supports_credentials": True}}`."""
    if policy.resources is None:
        return
    for rules in contents(policy.resources.value):
        origins, own = rules.item("origins"), rules.item("supports_credentials")
        on = own.is_just(True) if own is not None else truth(policy.credentials) is True
        if on and origins is not None and any(one.may_be("*") for one in contents(origins)):
            yield Alert(
                node=policy.resources.node or policy.site.node,
                message=f"`{named(policy.site)}` allows every origin together with credentials for some paths: {_RISK}.",
                fix=advice(policy.site, _FIX, _FIX_NODE),
                confidence=Confidence.HIGH,
            )
            return


def _loose_regex(pattern: Operand | None) -> str | None:
    """The pattern if its host has an unescaped dot before the top-level domain."""
    if pattern is None:
        return None
    for text in pattern.value.texts():
        host = re.sub(r"^\^?https?(\?)?:(\\?/){2}", "", text)
        if re.search(r"[a-z0-9)](?<!\\)\.(com|org|net|io|app|dev|de|ai|co)\b", host):
            return shown(pattern) if pattern.node is None else text[:60]
    return None


def _is_text(node: ir.Expr, wanted: str) -> bool:
    return isinstance(node, ir.Const) and isinstance(node.value, str) and node.value.lower() == wanted


def _reads_origin(value: ir.Expr, function: ir.Function | None, depth: int = 2) -> bool:
    """Whether the expression is the request's Origin header, or a local that holds it."""
    for node in ir.walk(ir.ExprStmt(value.at, value.end, value)):
        if isinstance(node, ir.Const) and isinstance(node.value, str) and node.value.lower() in ("origin", "http_origin"):
            return True
        if isinstance(node, ir.Attribute) and node.attr == "origin" and last_word(node.value) == "request":
            return True
        if isinstance(node, ir.Name) and function is not None and depth:
            for one in ir.walk(*function.body):
                if isinstance(one, ir.Assign) and one.value is not None and one.at < value.at:
                    named_so = any(isinstance(target, ir.Name) and target.id == node.id for target in one.targets)
                    if named_so and _reads_origin(one.value, function, depth - 1):
                        return True
    return False


def _compared(function: ir.Function, value: ir.Expr) -> bool:
    """Whether the function compares the origin with something, or hands it to a function that may."""
    names = {node.id for node in ir.walk(ir.ExprStmt(value.at, value.end, value)) if isinstance(node, ir.Name)}
    for node in ir.walk(*function.body):
        if isinstance(node, ir.Compare) and not any(isinstance(one, ir.Const) and not one.value for one in node.rights):
            sides = {last_word(node.left), *(last_word(one) for one in node.rights)}
            if sides & names:
                return True
        if isinstance(node, (ir.If, ir.Conditional)) and not isinstance(node.test, (ir.Name, ir.Unary)):
            tested = ir.walk(ir.ExprStmt(node.test.at, node.test.end, node.test))
            if any(isinstance(one, (ir.Call, ir.Binary)) and names & set(names_in(one)) for one in tested):
                return True
    return False
