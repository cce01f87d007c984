"""Passwords kept as a fast or broken hash: whoever gets the table gets the passwords."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import development_file, development_name
from backend_audit.checks._hashes import BROKEN, GENERAL, algorithm_of, algorithms, password_in, renews
from backend_audit.checks._operands import contents, named, numbers
from backend_audit.checks._purpose import names_in, password_name
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HashComputation, PasswordHash, Setting

RULE = "weak-password-hash"

_FIX = (
    "Hash passwords with a slow, salted scheme: `argon2.PasswordHasher().hash(password)`, or "
    "`bcrypt.hashpw(password, bcrypt.gensalt(12))`; upgrade old hashes at the next login."
)
_FIX_SALT = "Draw a salt for each password, `os.urandom(16)`, and store it beside the hash."
_FIX_SALT_NODE = "Draw a salt for each password, `crypto.randomBytes(16)`, and store it beside the hash."
_FIX_NODE = "Hash passwords with a slow, salted scheme: `argon2.hash(password)`, or `bcrypt.hash(password, 12)`."
_WEAK_SCHEMES = re.compile(
    r"(?i)^(plain|plaintext|.*(md4|md5|des_crypt|crypt16|bigcrypt|lmhash|nthash|msdcc2?|mysql323|mysql41|mssql20\d\d|oracle1\d).*|"
    r"hex_\w+|(ldap_|salted_|ldap_salted_)?sha1?|sha1_crypt|sha(1|224|256|384|512)|pbkdf1|(un)?salted_\w+|METHOD_(CRYPT|MD5)|htdigest|"
    r"cisco_\w+|pbkdf2:(md5|sha1)(:.*)?|unsalted_\w+|crypt)$"
)
_WEAK_HASHERS = re.compile(r"(MD5|SHA1|Crypt|Unsalted\w*)PasswordHasher$")


@check(RULE)
def password_through_a_fast_hash(computation: HashComputation) -> Iterator[Alert]:
    """`hashlib.sha256(password.encode())`."""
    used = algorithm_of(computation)
    password, steps = password_in(computation)
    if password is None or not (used & GENERAL or not used):
        return
    name = next((BROKEN[one] for one in sorted(used) if one in BROKEN), None)
    kind = name or (min(used).upper().replace("_", "-") if used else "a fast hash")
    confidence = Confidence.HIGH if name else Confidence.MEDIUM
    if steps:  # it comes from a caller: this helper hashes other things as well
        confidence = Confidence.MEDIUM if name else Confidence.LOW
    if renews(computation.site, password):
        confidence = Confidence.LOW
    yield Alert(
        node=computation.site.node,
        message=f"`{named(computation.site)}` hashes the password `{password}` with {kind}, which a graphics card computes "
        "billions of times a second: a stolen table is soon a list of passwords.",
        fix=advice(computation.site, _FIX, _FIX_NODE),
        confidence=confidence if used else Confidence.LOW,
        steps=steps,
    )


@check(RULE)
def weak_scheme(hashing: PasswordHash) -> Iterator[Alert]:
    """`CryptContext(schemes=["md5_crypt"])`, `generate_password_hash(p, method="sha1")`."""
    weak = _weak(hashing)
    if weak is None:
        return
    yield Alert(
        node=(hashing.name.node if hashing.name is not None else None) or hashing.site.node,
        message=f"`{named(hashing.site)}` hashes passwords with `{weak}`, which can be reversed by trying.",
        fix=advice(hashing.site, _FIX, _FIX_NODE),
        confidence=Confidence.HIGH,
    )


@check(RULE)
def too_few_rounds(hashing: PasswordHash) -> Iterator[Alert]:
    """`bcrypt.gensalt(4)`, `pbkdf2_hmac("sha256", password, salt, 1000)`."""
    rounds = numbers(hashing.rounds)
    if hashing.rounds is None or not rounds or not hashing.minimum or max(rounds) >= int(hashing.minimum):
        return
    if max(rounds) <= 0 or development_file(hashing.site.path):
        return
    yield Alert(
        node=hashing.rounds.node or hashing.site.node,
        message=f"`{named(hashing.site)}` spends {max(rounds)} rounds of {hashing.scheme} on a password; less than "
        f"{hashing.minimum} makes guessing cheap.",
        fix=f"Use the library's default, at least {hashing.minimum}.",
        confidence=_of_password(hashing),
    )


@check(RULE)
def constant_salt(hashing: PasswordHash) -> Iterator[Alert]:
    """`pbkdf2_hmac("sha256", password, b"salt", 600000)`."""
    if hashing.salt is None or not hashing.salt.value.texts() or hashing.salt.value.constants() is None:
        return
    yield Alert(
        node=hashing.salt.node or hashing.site.node,
        message=f"`{named(hashing.site)}` uses the same salt for every password: equal passwords get equal hashes, and one "
        "table of guesses serves for all.",
        fix=advice(hashing.site, _FIX_SALT, _FIX_SALT_NODE),
        confidence=_of_password(hashing),
    )


@check(RULE)
def weak_hasher_first(setting: Setting) -> Iterator[Alert]:
    """Django's `PASSWORD_HASHERS` begins with a weak one."""
    names = {setting.name, *(setting.key.value.texts() if setting.key is not None else ())}
    if "PASSWORD_HASHERS" not in names or setting.value is None:
        return
    if development_file(setting.site.path) or development_name(setting.site.symbol):
        return
    listed = contents(setting.value.value)
    first = listed[0].texts() if listed else ()
    if first and all(_WEAK_HASHERS.search(one) for one in first):
        hasher = first[0].rpartition(".")[2]
        yield Alert(
            node=setting.value.node or setting.site.node,
            message=f"`PASSWORD_HASHERS` begins with `{hasher}`: every new password is stored with it.",
            fix="Put `django.contrib.auth.hashers.Argon2PasswordHasher` or `PBKDF2PasswordHasher` first; the others stay for "
            "old hashes.",
            confidence=Confidence.HIGH,
        )


def _of_password(hashing: PasswordHash) -> Confidence:
    """Key derivation from something that is no password by name needs neither rounds nor a salt of its own."""
    node = hashing.password.node if hashing.password is not None else None
    named_so = node is None or any(password_name(name) for name in names_in(node))
    return Confidence.MEDIUM if named_so else Confidence.LOW


def _weak(hashing: PasswordHash) -> str | None:
    """The weak scheme that new passwords get, if any."""
    if hashing.name is None:
        return hashing.scheme if not hashing.rounds and _WEAK_SCHEMES.match(hashing.scheme) else None
    if hashing.scheme.startswith("pbkdf2"):
        broken = algorithms(hashing.name) & {"md2", "md4", "md5"}
        return f"pbkdf2 with {min(broken)}" if broken else None
    listed = contents(hashing.name.value)
    if not listed:
        return None
    default = hashing.site.arg("default")
    said = default.value.texts() if default is not None else listed[0].texts()
    said = said or tuple(path.rpartition(".")[2] for path in sorted(listed[0].apis))
    weak = [one for one in said if _WEAK_SCHEMES.match(one)]
    return weak[0] if weak and len(weak) == len(said) else None
