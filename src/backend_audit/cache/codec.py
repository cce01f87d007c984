"""One entry as it is stored: checksum, size, and the value, compressed where that pays."""

import hashlib
import struct
import zlib

_HEADER = struct.Struct("<16sBI")  # checksum, form, size of the value
_PLAIN, _ZLIB = 0, 1
_WORTH_COMPRESSING = 512  # bytes
_WORTH_KEEPING = 0.8  # of the size
MAX_VALUE = 64 * 1024 * 1024


def pack(key: bytes, value: bytes) -> bytes:
    """The stored form of `value` under `key`."""
    form, body = _PLAIN, value
    if len(value) >= _WORTH_COMPRESSING:
        squeezed = zlib.compress(value, 1)
        if len(squeezed) <= len(value) * _WORTH_KEEPING:
            form, body = _ZLIB, squeezed
    return _HEADER.pack(_checksum(key, form, len(value), body), form, len(value)) + body


def unpack(key: bytes, stored: object) -> bytes | None:
    """The value, or None if this is not exactly what `pack` made for this key."""
    if not isinstance(stored, bytes) or len(stored) < _HEADER.size:
        return None
    checksum, form, size = _HEADER.unpack_from(stored)
    body = stored[_HEADER.size :]
    if size > MAX_VALUE or checksum != _checksum(key, form, size, body):
        return None
    if form == _PLAIN:
        return body if len(body) == size else None
    return _inflate(body, size) if form == _ZLIB else None


def _inflate(body: bytes, size: int) -> bytes | None:
    """A cache that came from elsewhere may lie about sizes and still have its checksums right: never inflate more."""
    try:
        value = zlib.decompressobj().decompress(body, size + 1)
    except zlib.error:
        return None
    return value if len(value) == size else None


def _checksum(key: bytes, form: int, size: int, body: bytes) -> bytes:
    digest = hashlib.blake2b(key, digest_size=16)
    digest.update(bytes((form,)) + size.to_bytes(8, "little"))
    digest.update(body)
    return digest.digest()
