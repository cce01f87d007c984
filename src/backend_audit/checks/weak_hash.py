"""MD5, SHA-1 and older where a hash must resist an attacker."""

import re
from collections.abc import Iterator
from dataclasses import replace

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import scope
from backend_audit.checks._hashes import BROKEN, algorithm_of, beside_a_strong_one, password_in
from backend_audit.checks._operands import is_false, named, truth
from backend_audit.checks._purpose import Purpose, first, names_in, purpose_of, secret_name
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HashComputation, Site
from backend_audit.flow.written import written

RULE = "weak-hash"
_FIX = (
    "Use `hashlib.sha256` (or `hmac` with it, where a key is involved); if it is only a name or a check against accidents, say "
    "so: `usedforsecurity=False`."
)
_PREFIX = 5
_SHORT = 16  # characters of a digest: 64 bits, in which chance alone finds two
_OF_SOCKETS = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FIX_NODE = "Use SHA-256: `createHash('sha256')`, or `createHmac('sha256', key)` where a key is involved."

# Uses that need no resistance: names for things, checks against accidents, protocols that prescribe the algorithm.
_BENIGN = re.compile(
    r"cache|(^|_)e_?tag|checksum|check_sum|gravatar|avatar|libravatar|dedup|duplicate|import_tag|shard|bucket|partition|file_?name|colou?r|"
    r"identicon|content_md5|md5sum|unique_key|(^|_)(unique_)?(hash_)?(id|ids|uid|uuid|guid)$|slug|(^|_)lock|constraint|alias|query_hash|"
    r"(^|_)chunks?(_|$)|(^|_)model(_|$)|block_?list|black_?list|"
    r"(^|_)blobs?(_|$)|static|template|(^|_)sql(_|$)|css|image|thumb|(^|_)git(_|$)|sec_websocket|websocket|"
    r"digest_auth|(^|_)ha[12]$|hotp|totp|x5t|thumbprint|(^|_)cert(ificate)?_(hash|digest)|(^|_)motp|(^|_)ocra|(^|_)fh$|file_(hash|digest|content)|fingerprint|bloom|etl|snapshot|revision|version|"
    r"index_name|(^|_)memo|(^|_)seed|hash_ring|sample|job_key|group_key|task_(id|name|key)|(^|_)url_hash|bundle|asset|"
    r"legacy|(^|_)path(_|$)|nevra|package|vocab|corpus|embedding|document_(hash|id)|content_hash|text_hash|row_hash|data_hash|"
    r"(^|_)e?mails?_(hash|md5|digest)|(^|_)query_params$|^params$|(^|_)(kw)?(arg|param)s?_(hash|digest|md5)|(^|_)user_?name$|pwned|hibp|breach|throttl|rate_?limit|statsd|metric|schema|config_hash|hashkey|hash_key|cachekey|redis_key|(^|_)source_(hash|digest)|digest_size|key_prefix|"
    r"(^|_)(s3|md5)_?(hash|digest|sum)?$|anonymi|pseudonymi|experiment|ab_test|rollout|percent"
)


@check(RULE)
def broken_hash(computation: HashComputation) -> Iterator[Alert]:
    """`hashlib.md5(data)` where nothing says that it is no matter of security."""
    if computation.hasher is not None or is_false(computation.usedforsecurity):
        return  # a hash object is told where it is made
    if computation.usedforsecurity is not None and truth(computation.usedforsecurity) is None:
        return
    used = algorithm_of(computation)
    broken = sorted(one for one in used if one in BROKEN)
    if not broken or len(broken) < len(used):
        return
    if computation.keyed and broken[0] in ("sha1", "sha"):
        return  # HMAC-SHA1 still stands
    if computation.data is not None and computation.data.value.constants() is not None:
        return  # of a text of the program's own
    if password_in(computation)[0] is not None:
        return  # weak-password-hash tells it
    if _again(computation.site):
        return  # the first round is told
    purpose = purpose_of(computation.site)
    fed = _fed(computation.site)
    if fed:
        purpose = replace(purpose, inputs=[*purpose.inputs, *fed])
    confidence, why = _judge(purpose, keyed=computation.keyed, signs=_signs(computation))
    if confidence is Confidence.MEDIUM and (_cut(computation.site) or beside_a_strong_one(computation)):
        confidence = Confidence.LOW  # too short to resist anybody, whatever computes it, or one of several: a name
    if broken[0] in ("sha1", "sha") and _asks_a_list(computation.site):
        confidence = Confidence.LOW
    if _keys_a_mac(computation.site) or _accepts_a_socket(computation.site):
        confidence = Confidence.LOW  # two keys of one digest help nobody; a protocol says which hash it is
    name = BROKEN[broken[0]]
    yield Alert(
        node=computation.site.node,
        message=f"`{named(computation.site)}` computes {name}{why}; two inputs with the same {name} can be made at will.",
        fix=advice(computation.site, _FIX, _FIX_NODE),
        confidence=confidence,
    )


def _again(site: Site) -> bool:
    """Whether it hashes on what the same hash gave before: `key = md5(data)`, then `key = md5(key + data)`."""
    if site.call is None:
        return False
    taken = {node.id for arg in site.call.args for node in ir.walk(arg.value) if isinstance(node, ir.Name)}
    return any(
        isinstance(one, ir.Call) and one.at < site.call.at and written(one.func) == site.written and not taken.isdisjoint(names)
        for statement in ir.walk(*scope(site))
        if isinstance(statement, ir.Assign) and statement.value is not None and statement.end <= site.call.at
        for names in ({target.id for target in statement.targets if isinstance(target, ir.Name)},)
        if names
        for one in ir.walk(statement.value)
    )


def _cut(site: Site) -> bool:
    """Whether only the beginning of the digest is used: `hashlib.md5(name).hexdigest()[:8]`."""
    for node in ir.walk(*scope(site)) if site.call is not None else ():
        if isinstance(node, ir.Index) and isinstance(node.index, ir.Slice) and isinstance(node.index.upper, ir.Const):
            digest = node.value
            while isinstance(digest, (ir.Call, ir.Attribute)) and digest is not site.call:
                digest = digest.func if isinstance(digest, ir.Call) else digest.value
            if digest is site.call:
                return isinstance(node.index.upper.value, int) and node.index.upper.value <= _SHORT
    return _cut_later(site)


def _cut_later(site: Site) -> bool:
    """`digest = hashlib.md5(tag).hexdigest()`, of which each use takes a few characters: `int(digest[:4], 16)`."""
    statements = list(ir.walk(*scope(site))) if site.call is not None else []
    name = next(
        (
            one.targets[0].id
            for one in statements
            if isinstance(one, ir.Assign)
            and isinstance(one.targets[0], ir.Name)
            and one.value is not None
            and any(node is site.call for node in ir.walk(one.value))
        ),
        "",
    )
    parts = [one.index for one in statements if _is_part(one, name) and isinstance(one, ir.Index)]
    cuts = [one.upper.value for one in parts if isinstance(one, ir.Slice) and isinstance(one.upper, ir.Const)]
    reads = sum(isinstance(one, ir.Name) and one.id == name for one in statements) - 1
    return bool(cuts) and len(cuts) == reads and all(isinstance(one, int) and one <= _SHORT for one in cuts)


def _accepts_a_socket(site: Site) -> bool:
    """Whether it answers a browser that opens a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-1.3."""
    return any(isinstance(one, ir.Const) and one.value == _OF_SOCKETS for one in ir.walk(*scope(site), site.node))


def _keys_a_mac(site: Site) -> bool:
    """Whether the digest is the key of a message's code: `hmac.new(hashlib.sha1(secret).digest(), …)`."""
    if site.call is None:
        return False
    statements = list(ir.walk(*scope(site)))
    made = [one for one in statements if isinstance(one, ir.Assign) and one.value is not None and site.call in ir.walk(one.value)]
    held = {target.id for one in made for target in one.targets if isinstance(target, ir.Name)}
    for one in statements:
        if isinstance(one, ir.Call) and one.args and "hmac" in written(one.func).lower():
            keys = [arg.value for arg in one.args if arg.name == "key"] or [one.args[0].value]
            if any(node is site.call or (isinstance(node, ir.Name) and node.id in held) for node in ir.walk(*keys)):
                return True
    return False


def _asks_a_list(site: Site) -> bool:
    """`digest[:5], digest[5:]`: a service that lists leaked passwords is asked by the first five signs of a digest.

    https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
    """
    ends: set[tuple[object, object]] = set()
    for one in ir.walk(*scope(site)) if site.call is not None else ():
        if isinstance(one, ir.Index) and isinstance(one.index, ir.Slice):
            bounds = [part.value if isinstance(part, ir.Const) else None for part in (one.index.lower, one.index.upper)]
            ends.add((bounds[0], bounds[1]))
    return (None, _PREFIX) in ends and (_PREFIX, None) in ends


def _is_part(node: ir.Node, name: str) -> bool:
    return isinstance(node, ir.Index) and isinstance(node.value, ir.Name) and node.value.id == name


def _fed(site: Site) -> tuple[str, ...]:
    """The names of what the object that the call makes is fed with in the same chain: `createHash("md5").update(filename)`."""
    if site.call is None or in_python(site):
        return ()
    return tuple(
        name
        for node in ir.walk(*scope(site))
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.value is site.call
        for arg in node.args
        for name in names_in(arg.value)
    )


def _signs(computation: HashComputation) -> bool:
    """Whether it is the digest of a signature or a certificate."""
    return computation.site.api.rpartition(".")[2] in ("sign", "verify", "sign_hash")


def _nearer(benign: str, reached: str, uses: list[str]) -> bool:
    """Whether the digest becomes the one before anything of it becomes the other."""
    return benign in uses and (reached not in uses or uses.index(benign) < uses.index(reached))


def _judge(purpose: Purpose, *, keyed: bool, signs: bool) -> tuple[Confidence, str]:
    if signs:
        return Confidence.HIGH, " for a signature"
    if keyed:
        return Confidence.LOW, ""
    around = [*purpose.uses, purpose.function]
    benign = first(around, _BENIGN) or first(purpose.inputs, _BENIGN)
    reached = next((name for name in (*purpose.uses, *purpose.inputs) if secret_name(name)), None)
    if benign is not None and (reached is None or benign in purpose.uses[:2] or _nearer(benign, reached, purpose.uses)):
        return Confidence.LOW, f" (for `{benign}`, it seems)"
    if reached is not None:
        return Confidence.HIGH, f" for `{reached}`"
    return Confidence.MEDIUM, ""
