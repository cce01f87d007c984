"""Compressed data from outside that is unfolded without a bound."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import inside, scope
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._view import walk
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Decompression, Operand, Site

RULE = "decompression-bomb"

_COMPRESSIONS = frozenset(("infer", "gzip", "bz2", "zip", "xz", "zstd"))
_SIZES = frozenset(("file_size", "size", "getbuffer", "unpacked_size", "uncompressed"))


@check(RULE)
def decompression_bomb(unfolding: Decompression) -> Iterator[Alert]:
    """`gzip.decompress(request.body)`, `ZipFile(upload.file).extractall(folder)`."""
    origin = reaching(unfolding.data, "content")
    if origin is None or _writes(unfolding.mode) or _not_compressed(unfolding.compression):
        return
    if unfolding.limit is not None and not unfolding.limit.value.is_just(0):
        return
    if _measures(unfolding.site):
        return
    yield alert(
        unfolding.site,
        unfolding.data,
        origin,
        does="is unfolded by {callee} without a bound: a few kilobytes can fill memory or disk",
        fix="Read the declared sizes first (`ZipInfo.file_size`), and unfold in pieces with a limit: "
        "`zlib.decompressobj().decompress(data, n)`.",
        confidence=Confidence.MEDIUM,
    )


def _writes(mode: Operand | None) -> bool:
    texts = () if mode is None else mode.value.texts()
    return bool(texts) and all(text[:1] in ("w", "a", "x") for text in texts)


def _not_compressed(compression: Operand | None) -> bool:
    if compression is None:
        return False
    texts = compression.value.texts()
    return compression.value.is_just(None) or (bool(texts) and not _COMPRESSIONS & set(texts))


def _measures(site: Site) -> bool:
    """Whether the function compares a declared or counted size with something."""
    compared: list[ir.Node] = [node for node in inside(scope(site)) if isinstance(node, ir.Compare)]
    return any(isinstance(part, ir.Attribute) and part.attr in _SIZES for part in walk(compared))
