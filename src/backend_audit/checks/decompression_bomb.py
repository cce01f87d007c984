"""Compressed data from outside that is unfolded without a bound."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._archives import name_of
from backend_audit.checks._context import scope
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Decompression, Operand, Site
from backend_audit.flow.lacks import is_segment
from backend_audit.flow.written import dotted, last_word

RULE = "decompression-bomb"
_FIX = (
    "Read the declared sizes first (`ZipInfo.file_size`), and unfold in pieces with a limit: "
    "`zlib.decompressobj().decompress(data, n)`."
)
_FIX_NODE = (
    "Give a bound: `zlib.gunzip(data, { maxOutputLength: 10_000_000 }, …)`, and refuse entries by their `uncompressedSize`."
)

_COMPRESSIONS = frozenset(("infer", "gzip", "bz2", "zip", "xz", "zstd"))
_CHECKS = re.compile(r"verify|check|validate|ensure|guard|limit|refuse|inspect", re.IGNORECASE)
_SIZES = frozenset(("file_size", "size", "getbuffer", "unpacked_size", "uncompressed", "uncompressedSize", "originalSize"))


@check(RULE)
def decompression_bomb(unfolding: Decompression) -> Iterator[Alert]:
    """`gzip.decompress(request.body)`, `ZipFile(upload.file).extractall(folder)`."""
    origin = reaching(unfolding.data, "content")
    if unfolding.into is not None and not _unfolds(unfolding.into):
        return
    if origin is None or is_segment(origin) or _writes(unfolding.mode) or _not_compressed(unfolding.compression):
        return
    if unfolding.rows is not None or (unfolding.limit is not None and not unfolding.limit.value.is_just(0)):
        return
    if _reads_pieces(unfolding.site) or _measures(unfolding.site) or _is_checked(unfolding.site, unfolding.data):
        return
    yield alert(
        unfolding.site,
        unfolding.data if unfolding.into is None else unfolding.into,
        origin,
        does="is unfolded by {callee} without a bound: a few kilobytes can fill memory or disk",
        fix=advice(unfolding.site, _FIX, _FIX_NODE),
        confidence=Confidence.MEDIUM,
    )


def _unfolds(into: Operand) -> bool:
    """Whether the stream that the data is piped into unfolds it, and was given no limit when it was made."""
    if "stream.Unfolding" not in into.value.types:
        return False
    given = into.node.args if isinstance(into.node, ir.Call) else []
    items = [item for arg in given if isinstance(arg.value, ir.Container) for item in arg.value.items]
    return not any(isinstance(item.key, ir.Const) and str(item.key.value).startswith("max") for item in items)


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
    compared: list[ir.Node] = [node for node in ir.walk(*scope(site)) if isinstance(node, ir.Compare)]
    parts = list(ir.walk(*compared))
    if any(isinstance(part, ir.Attribute) and part.attr in _SIZES for part in parts):
        return True
    return any(isinstance(part, ir.Index) and isinstance(part.index, ir.Const) and part.index.value in _SIZES for part in parts)


def _reads_pieces(site: Site) -> bool:
    """Whether what is opened as a stream is read a piece at a time: `member.read(CHUNK)`."""
    nodes = list(ir.walk(*scope(site)))
    streams = {name for node in nodes if (name := _stream(node, site))}
    return any(
        isinstance(node, ir.Call)
        and isinstance(node.func, ir.Attribute)
        and node.func.attr == "read"
        and len(node.args) == 1
        and (node.func.value is site.node or dotted(node.func.value) in streams)
        for node in nodes
    )


def _stream(node: ir.Node, site: Site) -> str | None:
    """The name that is given to what the call at `site` opens, if `node` is what gives it."""
    if isinstance(node, ir.WithItem) and node.context is site.node and node.target is not None:
        return dotted(node.target)
    if isinstance(node, ir.Assign) and node.value is site.node:
        return dotted(node.targets[0])
    return None


def _is_checked(site: Site, data: Operand | None) -> bool:
    """Whether the archive was handed before to a function that checks it and raises: `verify_zip(archive)`."""
    name = name_of(None if data is None else data.node)
    return bool(name) and any(
        isinstance(node, ir.ExprStmt)
        and isinstance(node.value, ir.Call)
        and node.at < site.node.at
        and _CHECKS.search(last_word(node.value.func))
        and any(name_of(arg.value) == name for arg in node.value.args)
        for node in ir.walk(*scope(site))
    )
