"""Encryption that does not hold: broken ciphers, ECB, an initialization vector that is always the same."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._operands import is_none, named, names, numbers, shown
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import CipherUse, Operand, Site
from backend_audit.flow.written import dotted, last_word
from backend_audit.source import Mark

RULE = "broken-cipher"

_BROKEN = {
    "des": ("DES", "its 56-bit keys are found by trying all of them"),
    "3des": ("Triple DES", "its blocks of 64 bits leak data after some gigabytes, and NIST has withdrawn it"),
    "rc2": ("RC2", "it is broken"),
    "rc4": ("RC4", "its key stream is biased, and plaintext can be recovered"),
    "blowfish": ("Blowfish", "its blocks of 64 bits leak data after some gigabytes"),
    "cast5": ("CAST5", "its blocks of 64 bits leak data after some gigabytes"),
    "idea": ("IDEA", "its blocks of 64 bits leak data after some gigabytes"),
    "seed": ("SEED", "it is no longer recommended"),
    "xor": ("XOR", "one known plaintext gives the key"),
}
_FIX = (
    "Use authenticated encryption with a nonce per message: `AESGCM(key).encrypt(os.urandom(12), data, None)` from "
    "`cryptography.hazmat.primitives.ciphers.aead`, or `Fernet`."
)

_FIX_NODE = "Use authenticated encryption with a nonce per message: `createCipheriv('aes-256-gcm', key, randomBytes(12))`."
_OCTETS = frozenset(("alloc", "from", "parse", "fromhex", "unhexlify", "b64decode", "bytes"))  # what makes some of constants
_ECB = frozenset(("MODE_ECB", "ECB"))
_ENCRYPTS = frozenset(("encrypt", "update", "encrypt_and_digest"))
_DECRYPTS = re.compile(r"decrypt|decipher|unseal", re.IGNORECASE)  # it takes the vector that the message was made with
_NAMES = {
    "des": "des", "des3": "3des", "desx": "des", "rc2": "rc2", "rc4": "rc4", "arcfour": "rc4", "bf": "blowfish",
    "blowfish": "blowfish", "cast": "cast5", "cast5": "cast5", "idea": "idea", "seed": "seed", "3des": "3des",
}  # fmt: skip


@check(RULE)
def derived_vector(cipher: CipherUse) -> Iterator[Alert]:
    """`crypto.createCipher("aes192", password)`."""
    if cipher.derives and (cipher.algorithm or _algorithm(cipher.name)) not in _BROKEN:
        yield Alert(
            node=cipher.site.node,
            message=f"`{named(cipher.site)}` makes key and initialization vector of the password alone, by MD5 without salt: "
            "equal texts become equal ciphertexts, and passwords are tried by the billion.",
            fix=_FIX_NODE,
            confidence=Confidence.HIGH,
        )


@check(RULE)
def broken_algorithm(cipher: CipherUse) -> Iterator[Alert]:
    """`DES.new(key)`, `algorithms.ARC4(key)`."""
    found = _BROKEN.get(cipher.algorithm or _algorithm(cipher.name))
    if found is not None:
        name, why = found
        yield Alert(
            node=cipher.site.node,
            message=f"`{named(cipher.site)}` encrypts with {name}: {why}.",
            fix=advice(cipher.site, _FIX, _FIX_NODE),
            confidence=Confidence.HIGH,
            steps=_to_its_use(cipher.site),
        )


@check(RULE)
def electronic_codebook(cipher: CipherUse) -> Iterator[Alert]:
    """`AES.new(key, AES.MODE_ECB)`, `modes.ECB()`."""
    if cipher.algorithm in _BROKEN or _algorithm(cipher.name) in _BROKEN:
        return
    given = cipher.mode_value is not None
    ecb = (
        cipher.mode == "ecb"
        or _mode(cipher.name) == "ecb"
        or names(cipher.mode_value) & _ECB
        or (given and numbers(cipher.mode_value) == [1])
    )
    by_default = not given and cipher.default_mode == "ecb" and not cipher.mode
    if ecb or by_default:
        how = "" if ecb else " by default, as no mode is given"
        yield Alert(
            node=(cipher.mode_value.node if cipher.mode_value is not None else None) or cipher.site.node,
            message=f"`{named(cipher.site)}` encrypts in ECB mode{how}: equal blocks of plaintext stay equal.",
            fix=advice(cipher.site, _FIX, _FIX_NODE),
            confidence=Confidence.HIGH if ecb else Confidence.MEDIUM,
            steps=_to_its_use(cipher.site),
        )


@check(RULE)
def constant_iv(cipher: CipherUse) -> Iterator[Alert]:
    """`modes.CBC(b"0" * 16)`."""
    if cipher.iv is None or is_none(cipher.iv) or cipher.algorithm in _BROKEN or not _constant(cipher.iv):
        return
    if "MODE_ECB" in names(cipher.mode_value) or (
        cipher.site.function is not None and _DECRYPTS.search(cipher.site.function.name)
    ):
        return
    if _algorithm(cipher.name) in _BROKEN or _mode(cipher.name) == "ecb":
        return
    stream = (cipher.mode or _mode(cipher.name)) in ("gcm", "ctr") or bool(
        names(cipher.mode_value) & {"MODE_GCM", "MODE_CTR", "MODE_EAX"}
    )
    effect = "two messages under one nonce reveal both" if stream else "equal beginnings of messages become visible"
    by_name = isinstance(cipher.iv.node, (ir.Name, ir.Attribute))
    written = f"`{shown(cipher.iv)}`" if by_name else "initialization vector"
    yield Alert(
        node=cipher.iv.node or cipher.site.node,
        message=f"`{named(cipher.site)}` always gets the same {written}: {effect}.",
        fix="Draw a new one for every message, `os.urandom(16)` (12 bytes for GCM), and send it along with the ciphertext.",
        confidence=Confidence.LOW if _only_decrypts(cipher.site) else Confidence.HIGH if stream else Confidence.MEDIUM,
    )


def _only_decrypts(site: Site) -> bool:
    """Whether the cipher reads what another call has written: that one is told, where it takes the same vector."""
    return "Decipher" in site.api


def _to_its_use(site: Site) -> tuple[Mark, ...]:
    """Where the cipher is made and where it first encrypts something, if the file does both."""
    names: set[str] = set()
    for node in ir.walk(*([] if site.module is None else site.module.body)):
        if isinstance(node, ir.Assign) and node.value is not None and node.end > site.node.at:
            made = any(one is site.node or (isinstance(one, ir.Name) and one.id in names) for one in ir.walk(node.value))
            names |= {name for target in node.targets if made and (name := dotted(target))}
        elif _encrypts(node, names):
            made_here = Mark(site.path, site.node.at, site.node.end, "the cipher is made here")
            return made_here, Mark(site.path, node.at, node.end, "it encrypts here")
    return ()


def _encrypts(node: ir.Node, names: set[str]) -> bool:
    """`cipher.encrypt(data)` of one of `names`."""
    if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or not node.args:
        return False
    return node.func.attr in _ENCRYPTS and dotted(node.func.value) in names


def _algorithm(name: Operand | None) -> str:
    """`des` of "des-cbc", `3des` of "des-ede3-cbc"; nothing where the name is not known."""
    texts = () if name is None else name.value.texts()
    parts = texts[0].lower().split("-") if len(texts) == 1 else [""]
    return "3des" if parts[:1] == ["des"] and any("ede" in part for part in parts) else _NAMES.get(parts[0], "")


def _mode(name: Operand | None) -> str:
    texts = () if name is None else name.value.texts()
    return texts[0].lower().rpartition("-")[2] if len(texts) == 1 and "-" in texts[0] else ""


def _constant(iv: Operand) -> bool:
    return (iv.value.is_literal() and not iv.value.kind) or _of_constants(iv.node)


def _of_constants(node: ir.Expr | None) -> bool:
    """`Buffer.alloc(16)`, `bytes.fromhex("00")` where the vector is given: nobody can have filled it since."""
    if not isinstance(node, ir.Call) or last_word(node.func) not in _OCTETS or not node.args:
        return False
    return all(isinstance(arg.value, ir.Const) and not arg.star for arg in node.args)
