"""Asymmetric keys that are too short to last."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named, names, numbers
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import KeyGeneration

RULE = "weak-key-size"

_LEAST_BITS = 2048
_LEAST_CURVE = 256
_LEAST_SYMMETRIC = 128
_WORD = 32
_KINDS = {
    "rsa": "RSA",
    "dsa": "DSA",
    "dh": "DH",
    "elgamal": "ElGamal",
    "TYPE_RSA": "RSA",
    "TYPE_DSA": "DSA",
    "RSA": "RSA",
    "ssh-rsa": "RSA",
    "RSA-PSS": "RSA",
    "RSA-OAEP": "RSA",
    "RSASSA-PKCS1-v1_5": "RSA",
    "rsa-pss": "RSA",
}
_GROUPS = {"modp1": 768, "modp2": 1024, "modp5": 1536}  # RFC 2409, RFC 3526
_CURVE_BITS = re.compile(r"(?:^|[^0-9])(\d{3})(?:[^0-9]|$)")


@check(RULE)
def short_key(key: KeyGeneration) -> Iterator[Alert]:
    """`rsa.generate_private_key(65537, 1024)`."""
    kind = _KINDS.get(key.algorithm) or next((_KINDS[name] for name in sorted(names(key.kind)) if name in _KINDS), None)
    if kind is None:
        return
    sizes = numbers(key.bits) or [_GROUPS[name] for name in sorted(names(key.curve)) if name in _GROUPS]
    if key.bits is None and key.default_bits:
        sizes = [int(key.default_bits)]
    short = [size for size in sizes if 0 < size < _LEAST_BITS]
    if not short:
        return
    sure = len(short) == len(sizes)
    yield Alert(
        node=(key.bits.node if key.bits is not None else None) or key.site.node,
        message=f"`{named(key.site)}` makes {'an' if kind == 'RSA' else 'a'} {kind} key of {short[0]} bits, which can be broken; "
        f"{_LEAST_BITS} is the least that is still accepted.",
        fix="Generate at least 2048 bits (3072 for keys that must hold beyond 2030), or use an elliptic curve such as Ed25519.",
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
    )


@check(RULE)
def short_symmetric_key(key: KeyGeneration) -> Iterator[Alert]:
    """`crypto.generateKeySync("hmac", { length: 64 })`."""
    if key.algorithm != "symmetric":
        return
    operand = key.bits if key.words is None else key.words
    sizes = [size if key.words is None else size * _WORD for size in numbers(operand)]
    short = [size for size in sizes if 0 < size < _LEAST_SYMMETRIC]
    if short and operand is not None:
        yield Alert(
            node=operand.node or key.site.node,
            message=f"`{named(key.site)}` makes a key of {short[0]} bits, found by trying; {_LEAST_SYMMETRIC} is the least.",
            fix="Make keys of at least 128 bits, better 256.",
            confidence=Confidence.HIGH if len(short) == len(sizes) else Confidence.MEDIUM,
        )


@check(RULE)
def small_curve(key: KeyGeneration) -> Iterator[Alert]:
    """`ec.generate_private_key(ec.SECP192R1())`."""
    if key.curve is None or key.algorithm not in ("ec", ""):
        return
    found = {name: int(match[1]) for name in sorted(names(key.curve)) if (match := _CURVE_BITS.search(name))}
    small = {name: bits for name, bits in found.items() if bits < _LEAST_CURVE}
    if not small or len(small) < len(found):
        return
    name, bits = min(small.items(), key=lambda one: one[1])
    yield Alert(
        node=key.curve.node or key.site.node,
        message=f"`{named(key.site)}` uses the curve {name}: {bits} bits give about {bits // 2} bits of security, less than the "
        "128 that new keys should have.",
        fix="Use `SECP256R1` (P-256), a larger curve, or Ed25519/X25519.",
        confidence=Confidence.HIGH,
    )
