"""Tokens that are read without a look at their signature, and why that is right: what is read of them, where they come from."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to, scope
from backend_audit.flow.concepts import JwtDecode, Site
from backend_audit.flow.written import last_word, written

_TIMES = frozenset("exp iat nbf header kid alg".split())
_WHOLE = frozenset(("payload", "header"))
_STEPS = 4  # variables between the answer of the issuer and the token
_ISSUES = re.compile(r"(?i)token|exchange|^(?:fetch|post|request|refresh|callback|authori[sz]e|grant)|(?:fetch|post)$")
_ANSWERED = frozenset(("text", "json"))  # what a server has answered: who asked it by TLS knows who that was
_CLIENTS = frozenset("fetch post request axios got superagent needle ky".split())
_ID_TOKENS = frozenset(("id_token", "idToken"))
_REFRESH = re.compile(r"_*refresh_?[tT]oken")
_OF_CALLERS = re.compile(r"(?i)^_?(?:req|request|ctx|context|event|headers?|cookies?|socket|message|handshake)$")


def reads_times(site: Site) -> bool:
    """Whether of what was read nothing is used but when it ends, or how it was signed: `decoded.payload.exp`."""
    nodes = list(ir.walk(*scope(site)))
    names: set[str] = set()
    for one in nodes:
        if not isinstance(one, ir.Assign) or one.value is None:
            continue
        made = any(node is site.node for node in ir.walk(one.value))
        if made or (isinstance(one.value, ir.Attribute) and one.value.attr == "payload" and _base(one.value) in names):
            held = [item.value for target in one.targets if isinstance(target, ir.Container) for item in target.items]
            names |= {target.id for target in (*one.targets, *held) if isinstance(target, ir.Name)}
    read = {one.attr for one in nodes if isinstance(one, ir.Attribute) and _base(one) in names} - {"payload"}
    taken = _taken_out(nodes, site)
    return bool(read or taken) and read <= _TIMES and taken <= _TIMES | _WHOLE


def _taken_out(nodes: list[ir.Node], site: Site) -> set[str]:
    """`exp` of `const { exp } = decodeJwt(token)`."""
    targets = [one.targets[0] for one in nodes if isinstance(one, ir.Assign) and one.value is site.node]
    held = [item.key for one in targets if isinstance(one, ir.Container) and one.kind == "dict" for item in one.items]
    return {str(key.value) for key in held if isinstance(key, ir.Const)}


def hands_on(site: Site) -> bool:
    """`export function decodeJWT(token) { return decodeJwt(token); }`: what becomes of it, its callers decide."""
    function = site.function
    if function is None or "decode" not in function.name.lower():
        return False
    last = function.body[-1] if function.body else None
    given = last.value if isinstance(last, ir.Return) else None
    return given is site.node and not any(isinstance(one, ir.If) for one in function.body)


def reads_header(site: Site) -> bool:
    """`jwt.decode(token, { complete: true })?.header?.alg`: how it was signed, and nothing that it claims."""
    read = [one.attr for one in ir.walk(*scope(site)) if isinstance(one, ir.Attribute) and one.value is site.node]
    return bool(read) and set(read) <= _TIMES


def _base(node: ir.Attribute) -> str:
    """The name that an attribute is read from, if need be from the payload of it."""
    inner = node.value
    if isinstance(inner, ir.Attribute) and inner.attr == "payload":
        inner = inner.value
    return inner.id if isinstance(inner, ir.Name) else ""


def from_issuer(token: JwtDecode) -> bool:
    """Whether the function itself has just asked the issuer for the token: `const tokens = await client.fetchToken(code)`.

    TLS says who answered: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation, 6.
    """
    node = None if token.token is None else token.token.node
    if node is None or (token.token is not None and token.token.value.carries("untrusted")):
        return False
    if _is_of_login(node, token.site):
        return True
    for _ in range(_STEPS):
        name = next((one.id for one in ir.walk(node) if isinstance(one, ir.Name)), "")
        given = list(_given(name, token.site))
        if len(given) != 1:
            return False
        node = given[0]
        asked = next((one.value for one in ir.walk(node) if isinstance(one, ir.Await) and isinstance(one.value, ir.Call)), None)
        if isinstance(asked, ir.Call):
            names = _chain(asked.func)
            told = names[-1] in _ANSWERED and not any(map(_OF_CALLERS.match, names[:1])) and not asked.args
            if told or (names[0] not in _parameters(token.site) and not _CLIENTS.isdisjoint(names)):
                return told or not _reads_caller(asked, names[0])  # `await response.text()`, `await request.post(url).send(body)`
            return bool(_ISSUES.search(last_word(asked.func))) and not _reads_caller(asked)
        while isinstance(node, ir.Call) and node.args:  # `camelcaseKeys(answer)`
            node = node.args[0].value
    return False


def _is_of_login(node: ir.Expr, site: Site) -> bool:
    """`params.id_token` in what a strategy calls with what the issuer has given: `(accessToken, refreshToken, params) => …`."""
    if not isinstance(node, ir.Attribute) or not isinstance(node.value, ir.Name) or node.attr not in _ID_TOKENS:
        return False
    for one in path_to(site):
        names = [param.name for param in one.params] if isinstance(one, ir.Function) else []
        if node.value.id in names and any(map(_REFRESH.fullmatch, names)):
            return True
    return False


def _chain(func: ir.Expr) -> list[str]:
    """The names of a chain of calls: `request`, `post`, `send` of `request.post(url).send`."""
    found: list[str] = []
    node: ir.Expr = func
    while isinstance(node, (ir.Attribute, ir.Call)):
        found += [node.attr] if isinstance(node, ir.Attribute) else []
        node = node.value if isinstance(node, ir.Attribute) else node.func
    return [node.id if isinstance(node, ir.Name) else "", *reversed(found)]


def _given(name: str, site: Site) -> Iterator[ir.Expr]:
    """What a variable of the function is given, taken apart or whole."""
    for node in ir.walk_scope(*scope(site)):
        if not isinstance(node, ir.Assign) or node.value is None:
            continue
        for target in node.targets:
            held = [item.value for item in target.items] if isinstance(target, ir.Container) else [target]
            if any(isinstance(one, ir.Name) and one.id == name for one in held):
                yield node.value


def _parameters(site: Site) -> frozenset[str]:
    """The names of the parameters of all functions around."""
    return frozenset(param.name for one in path_to(site) if isinstance(one, ir.Function) for param in one.params)


def _reads_caller(call: ir.Call, own: str = "") -> bool:
    """`await extractToken(req)`: what it gives is what a client sent; `own`: what it is called on is the program's."""
    parts = [
        *(one for one in (written(call.func).partition(".")[0],) if one != own),
        *(one.id for arg in call.args for one in ir.walk(arg.value) if isinstance(one, ir.Name)),
    ]
    return any(_OF_CALLERS.match(one) for one in parts)
