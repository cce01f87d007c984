"""Tokens whose signature nobody checks: whoever writes one is whoever they say they are."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import calls_in, scope
from backend_audit.checks._operands import contents, is_false, is_none, may_be_false, named, shown, spread, truth
from backend_audit.checks._tokens import from_issuer, hands_on, reads_header, reads_times
from backend_audit.checks._view import local_imports
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import JwtDecode, JwtEncode, Operand, Site
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word, written

RULE = "jwt-not-verified"

_RISK = "anyone can write a token with any user and any role in it"
_FIX = "Verify it: `jwt.decode(token, key, algorithms=['RS256'])`, with the one algorithm that the issuer uses."
_FIX_NODE = "Verify it: `jwt.verify(token, key, { algorithms: ['RS256'] })`, with the one algorithm that the issuer uses."
_LOOKS_ONLY = re.compile(r"^_*(is|has|peek|looks)_|unverified|without_verif|no_verify|insecure|issuer|expir|key_?id|header")
_LOOKS_ONLY_CAMEL = re.compile(
    r"[eE]xpir|[uU]nverified|[wW]ithoutVerif|^peek|[iI]ssuer|^getHeader|[hH]eader(?:Of|From)?Token|[kK]eyId|^isJ(?:WT|wt)$|^log[A-Z]"
)
_SERVER = frozenset("server backend api routes controllers middleware middlewares services functions".split())
_VERIFIES = re.compile(r"(?:^|_)(?:verif|validat)|[a-z](?:Verif|Validat)|^check_?[sS]ign")
_DECODERS = frozenset(("decode", "decode_complete", "verify", "verify_jwt", "validate"))


@check(RULE)
def signature_not_checked(token: JwtDecode) -> Iterator[Alert]:
    """`jwt.decode(token, options={"verify_signature": False})`."""
    found = _not_checked(token)
    if found is None:
        return
    how, confidence, operand = found
    function = token.site.function
    looks = function is not None and _only_looks(function.name)
    looks |= _callers_verify(token)
    looks |= reads_times(token.site) or reads_header(token.site) or hands_on(token.site)
    if looks or _verified_elsewhere(token) or _in_browser(token.site) or from_issuer(token):
        confidence = Confidence.LOW  # read for the issuer, the key id or the expiry; trusted by another check, if at all
    yield Alert(
        node=(operand.node if operand is not None else None) or token.site.node,
        message=f"`{named(token.site)}` does not check the signature ({how}): {_RISK}.",
        fix=advice(token.site, _FIX, _FIX_NODE),
        confidence=confidence,
    )


@check(RULE)
def none_algorithm_accepted(token: JwtDecode) -> Iterator[Alert]:
    """`jwt.decode(token, key, algorithms=["HS256", "none"])`."""
    if token.algorithms is None or not _has_none(token.algorithms):
        return
    yield Alert(
        node=token.algorithms.node or token.site.node,
        message=f"`{named(token.site)}` accepts the algorithm `none`, which means no signature at all: {_RISK}.",
        fix=advice(token.site, _FIX, _FIX_NODE),
        confidence=Confidence.HIGH,
    )


@check(RULE)
def algorithm_chosen_by_the_token(token: JwtDecode) -> Iterator[Alert]:
    """`jwt.decode(token, key, algorithms=[header["alg"]])`, or python-jose without a list."""
    node: ir.Node
    if token.algorithms is not None and token.algorithms.node is not None:
        indexes = [one for one in ir.walk(ir.ExprStmt(0, 0, token.algorithms.node)) if isinstance(one, ir.Index)]
        taken_apart = {id(one.value) for one in indexes}  # `settings["alg"]["enum"]`
        read = [
            one for one in indexes if isinstance(one.index, ir.Const) and one.index.value == "alg" and id(one) not in taken_apart
        ]
        if not read or all(_signs_with(token.site, one.value) for one in read):
            return
        node, how = token.algorithms.node, "takes the algorithm from the token itself"
    elif token.any_algorithm and token.algorithms is None and token.key is not None and not spread(token.site):
        node, how = token.site.node, "accepts every algorithm, as no list is given"
    else:
        return
    yield Alert(
        node=node,
        message=f"`{named(token.site)}` {how}: a token signed with the public key as if it were a shared secret passes.",
        fix=advice(token.site, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM,
    )


def _signs_with(site: Site, header: ir.Expr) -> bool:
    """Whether the header is one that the function signs a token with: no token has brought it."""
    signing = (call for call in calls_in(scope(site)) if last_word(call.func) in ("encode", "sign"))
    return any(written(arg.value) == written(header) for call in signing for arg in call.args)


@check(RULE)
def expiry_not_checked(token: JwtDecode) -> Iterator[Alert]:
    """`jwt.verify(token, key, { ignoreExpiration: true })`."""
    if token.expired is not None and token.expired.value.is_just(True):
        yield Alert(
            node=token.expired.node or token.site.node,
            message=f"`{named(token.site)}` accepts tokens after their time: one that was stolen once opens the door for ever.",
            fix="Leave the check of `exp` on, and issue a new token with a refresh token instead.",
            confidence=Confidence.MEDIUM,
        )


@check(RULE)
def token_signed_with_nothing(token: JwtEncode) -> Iterator[Alert]:
    """`jwt.encode(payload, "", algorithm="HS256")`."""
    if token.key is None or not _is_empty(token.key) or (token.algorithm is not None and _has_none(token.algorithm)):
        return
    node, function = token.key.node, token.site.function
    if isinstance(node, ir.Name) and function is not None and any(param.name == node.id for param in function.params):
        return  # its default stands for a key that callers give
    yield Alert(
        node=node or token.site.node,
        message=f"`{named(token.site)}` signs the token with an empty key: anybody can sign one alike.",
        fix="Take the key from the environment, and refuse to start without one.",
        confidence=Confidence.HIGH,
    )


@check(RULE)
def unsigned_token_made(token: JwtEncode) -> Iterator[Alert]:
    """`jwt.encode(payload, None, algorithm="none")`."""
    if token.algorithm is None or not (_has_none(token.algorithm) or is_none(token.algorithm)):
        return
    yield Alert(
        node=token.algorithm.node or token.site.node,
        message=f"`{named(token.site)}` makes a token without a signature: whoever accepts it accepts any.",
        fix="Sign it: `jwt.encode(payload, key, algorithm='HS256')`, or an asymmetric algorithm where others verify it.",
        confidence=Confidence.HIGH,
    )


def _only_looks(name: str) -> bool:
    """Whether a function says that it reads a token for what decides about nobody."""
    return bool(_LOOKS_ONLY.search(name) or _LOOKS_ONLY_CAMEL.search(name))


def _not_checked(token: JwtDecode) -> tuple[str, Confidence, Operand | None] | None:
    if token.unverified:
        return "it only reads the token", Confidence.MEDIUM, None
    if token.skips is not None and truth(token.skips) is True:
        return f"`{shown(token.skips)}` switches that off", Confidence.HIGH, token.skips
    takes_none = token.algorithms is not None or token.site.api.startswith("jsonwebtoken.")  # before 9.0, an unsigned token
    if token.key is not None and takes_none and _is_empty(token.key) and not _is_handed_in(token):
        return f"the key is `{shown(token.key)}`", Confidence.HIGH, token.key
    if token.verify is not None and is_false(token.verify):
        return f"`{shown(token.verify)}`" if token.legacy else "`verify=False`", Confidence.HIGH, token.verify
    if token.legacy:
        return None
    if token.verify is not None and may_be_false(token.verify) and not token.verify.value.may_be(True):
        return f"`verify={shown(token.verify)}`", Confidence.LOW, token.verify
    option = None if token.options is None else _signature_option(token.options.value)
    if token.options is not None and option is not None and truth(Operand(option, None)) is False:
        return "`verify_signature` is off", Confidence.HIGH, token.options
    return None


def _in_browser(site: Site) -> bool:
    """Whether a library for browsers reads the token, and nothing says that the file runs on a server."""
    return site.api.startswith("jwt-decode") and _SERVER.isdisjoint(site.path.lower().split("/"))


def _is_handed_in(token: JwtDecode) -> bool:
    """Whether the key is a parameter of the function around: its default stands for a key that callers give."""
    node, function = (None if token.key is None else token.key.node), token.site.function
    return isinstance(node, ir.Name) and function is not None and any(param.name == node.id for param in function.params)


def _is_empty(key: Operand) -> bool:
    """Whether there is no key at all: a library that accepts `none` then takes any token."""
    known = key.value.constants()
    return known is not None and all(not one.value for one in known)


def _signature_option(options: Value) -> Value | None:
    return options.items.get("verify_signature") if options.items is not None else None


def _has_none(algorithms: Operand) -> bool:
    return any(text.lower() == "none" for one in contents(algorithms.value) for text in one.texts())


def _verified_elsewhere(token: JwtDecode) -> bool:
    """Whether the same function decodes a token a second time, or hands it to what verifies it."""
    given = "" if token.token is None or token.token.node is None else written(token.token.node)
    if given and any(
        call is not token.site.call
        and _VERIFIES.search(last_word(call.func))
        and given in {written(arg.value) for arg in call.args}
        for call in calls_in(scope(token.site))
    ):
        return True
    return any(
        call is not token.site.call
        and last_word(call.func) in _DECODERS
        and any("key" in (arg.name or "") or len(call.args) > 1 for arg in call.args)
        for call in calls_in(scope(token.site))
        if _is_of_jwt(call.func, token.site)
    )


def _callers_verify(token: JwtDecode) -> bool:
    """Whether the function gives who calls it what it has read, and all of the module that do so verify the same token."""
    function, module = token.site.function, token.site.module
    given = None if token.token is None else token.token.node
    if (
        function is None
        or module is None
        or not isinstance(given, ir.Name)
        or given.id not in [one.name for one in function.params]
    ):
        return False
    asking = [
        (one, written(call.args[0].value))
        for one in ir.walk(*module.body)
        if isinstance(one, ir.Function) and one is not function
        for call in calls_in(one.body)
        if last_word(call.func) == function.name and call.args
    ]
    return bool(asking) and all(_verifies(one, text) for one, text in asking)


def _verifies(function: ir.Function, text: str) -> bool:
    """Whether a function hands the token to what verifies it with a key: `jwt.verify(token, user.secret)`."""
    verifying = (
        one for one in calls_in(function.body) if last_word(one.func) in _DECODERS or _VERIFIES.search(last_word(one.func))
    )
    return any(len(one.args) > 1 and written(one.args[0].value) == text for one in verifying)


def _is_of_jwt(func: ir.Expr, site: Site) -> bool:
    """Whether a function is one of a library for tokens: `jwt.verify`, or `verify` that was imported from there."""
    if isinstance(func, ir.Name) and site.module is not None:
        return _is_jwt(local_imports(site.module).get(func.id, ""))
    return _is_jwt(last_name_of_receiver(func))


def last_name_of_receiver(func: object) -> str:
    """`jwt` of `jwt.decode`."""
    receiver = getattr(func, "value", None)
    return last_word(receiver)


def _is_jwt(receiver: str) -> bool:
    return any(word in receiver.lower() for word in ("jwt", "jws", "jose", "token"))
