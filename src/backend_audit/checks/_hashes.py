"""What the two rules on hashes share: which algorithm it is, whether it is a password that is hashed."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import scope
from backend_audit.checks._operands import apis, receiver
from backend_audit.checks._purpose import names_in, password_name
from backend_audit.flow.concepts import HashComputation, Operand, Site
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word, written
from backend_audit.source import Mark

BROKEN = {"md2": "MD2", "md4": "MD4", "md5": "MD5", "sha1": "SHA-1", "sha": "SHA-1"}
GENERAL = frozenset(
    (*BROKEN, "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s",
     "ripemd160", "sha512_256", "shake_128", "shake_256")
)  # fmt: skip
_NAMED = re.compile(r"(?i)^(md2|md4|md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512|sha3[-_]\d{3}|blake2[bs]|ripemd-?160|sha)$")
_SIGNATURE = re.compile(r"(?i)^(?:rsa|dsa|ecdsa)-(?=[a-z])|with_?rsa(?:encryption)?$")  # `RSA-MD5`, `md5WithRSAEncryption`
# A password that is fed to one of these afterwards is only shortened before the real hash; `pwned` asks for SHA-1.
_REAL_HASHES = re.compile(r"bcrypt|hashpw|checkpw|scrypt|argon|pbkdf|pwned|hibp|hmac|breach")

_RENEWING = re.compile(r"(^|_)(re_?hash|upgrade|migrate|(set|update|change)_(the_)?password)|(^|_)(make|hash|encrypt)_password$")


def algorithms(operand: Operand | None) -> frozenset[str]:
    """The algorithms that an argument can name: a string, a constructor, an instance; lower case without dashes."""
    if operand is None:
        return frozenset()
    said = {path.removesuffix("()").rpartition(".")[2] for path in apis(operand)} | set(operand.value.texts())
    said |= {path.rpartition(".")[0].rpartition(".")[2] for path in apis(operand) if path.endswith(".new")}
    return frozenset(plain(name) for name in (_SIGNATURE.sub("", one) for one in said) if _NAMED.match(name))


def plain(name: str) -> str:
    """`SHA-1` → `sha1`."""
    return name.lower().replace("-", "")


def algorithm_of(computation: HashComputation) -> frozenset[str]:
    """The algorithms that the computation may use."""
    if computation.algorithm:
        return frozenset((computation.algorithm,))
    found = algorithms(computation.name)
    if not found and computation.hasher is not None:
        found = frozenset(plain(name) for name in _maker_names(computation) if _NAMED.match(name))
    return found


def _maker_names(computation: HashComputation) -> Iterator[str]:
    """The names in the expression that made the hash object, by this function's own assignments."""
    node = receiver(computation.hasher, computation.site)
    if isinstance(node, ir.Name):
        for value in assigned(computation.site, node.id):
            yield from names_in(value)
    elif node is not None:
        yield from names_in(node)


def assigned(site: Site, name: str) -> Iterator[ir.Expr]:
    """What is assigned to the local `name` before `site`."""
    for node in ir.walk(*scope(site)):
        if not isinstance(node, ir.Assign) or node.value is None or node.at >= site.node.at:
            continue
        if any(isinstance(target, ir.Name) and target.id == name for target in node.targets):
            yield node.value


def password_in(computation: HashComputation) -> tuple[str | None, tuple[Mark, ...]]:
    """The name of the password that is hashed and how it came there; None if the data is no password by any name."""
    data = computation.data
    if data is None or data.node is None or computation.keyed:
        return None, ()
    steps: tuple[Mark, ...] = ()
    found = _password_named(data.node)
    if found is None and isinstance(data.node, ir.Name):
        for value in assigned(computation.site, data.node.id):
            found = found or _password_named(value)
    if found is None:
        origins = [origin for origin in data.value.carries("secret") if "password" in origin.what]
        found = origins[0].what if origins else None
        steps = origins[0].marks() if origins else ()
    if found is None or prehash(computation.site):
        return None, ()
    return found, steps


def _password_named(node: ir.Expr) -> str | None:
    for name in names_in(node):
        if password_name(name) and not is_checking(name):
            return name
    return None


def beside_a_strong_one(computation: HashComputation) -> bool:
    """Whether the function hashes the same data with an algorithm that stands as well: digests to look things up by."""
    if computation.data is None or computation.data.node is None:
        return False
    data = written(computation.data.node)
    for node in ir.walk(*scope(computation.site)):
        if isinstance(node, ir.Call) and any(written(arg.value) == data for arg in node.args):
            names = {plain(name) for name in names_in(node)}
            if any(name in GENERAL and name not in BROKEN for name in names):
                return True
    return False


def renews(site: Site, password: str) -> bool:
    """Whether the function hands the password on to what hashes it anew, once the old hash has fitted."""
    return any(
        isinstance(node, ir.Call)
        and _RENEWING.search(last_word(node.func))
        and any(password in names_in(arg.value) for arg in node.args)
        for node in ir.walk(*scope(site))
    )


def is_checking(name: str) -> bool:
    """`password_hash`, `hashed_password`: no longer a password."""
    return not {"hash", "hashed", "digest", "checksum", "hashes", "file", "reset", "url"}.isdisjoint(words(name))


def prehash(site: Site) -> bool:
    """Whether the function also uses a real password hash, or asks the list of breached passwords."""
    names = [site.symbol, *(one for statement in scope(site) for one in names_in(statement))]
    return any(_REAL_HASHES.search(name.lower()) for name in names)
