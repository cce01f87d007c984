"""Cached values that nothing ever removes: they grow without bound, and are wrong for ever once they are wrong."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._operands import named
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand
from backend_audit.flow.work_concepts import CacheWrite
from backend_audit.flow.written import written
from backend_audit.source import Language

RULE = "cache-without-expiry"

_CACHE = re.compile(r"(?:^|[^a-z])(?:cache[ds]?|caching|memo(?:ize)?d?)(?:$|[^a-z])", re.IGNORECASE)
_ENDING = frozenset(("expire", "pexpire", "expireat", "pexpireat"))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@check(RULE)
def cache_without_expiry(write: CacheWrite) -> Iterator[Alert]:
    """`redis.set(f"cache:{id}", data)`, `cache.set(key, data, timeout=None)`."""
    forever = write.expiry is not None and write.expiry.value.is_just(None)
    if not forever and (write.expiry is not None or write.defaults):
        return
    if not write.cache and (not _is_cache(write) or _expires_later(write) or _is_mark(write)):
        return
    script = write.site.module is not None and write.site.module.language is not Language.PYTHON
    yield Alert(
        node=write.site.node,
        message=f"`{named(write.site)}` keeps a cached value {'for ever (`timeout=None`)' if forever else 'without an expiry'}: "
        "what is never asked for again stays, and what is out of date is never asked for anew.",
        fix=f"Give it a time to live (`{'EX' if script else 'timeout=600' if write.cache else 'ex=600'}`"
        f"{', 600' if script else ''}), even where writes remove it as well.",
        confidence=Confidence.MEDIUM,
    )


def _expires_later(write: CacheWrite) -> bool:
    """Whether the function gives the same key its end by a command of its own: `redis.expire(key, 60)`."""
    function, key = write.site.function, write.key
    if function is None or key is None or key.node is None:
        return False
    calls = (one for one in ir.walk_scope(*function.body) if isinstance(one, ir.Call) and one.args)
    ends = (one for one in calls if isinstance(one.func, ir.Attribute) and one.func.attr.lower() in _ENDING)
    return any(written(one.args[0].value) == written(key.node) for one in ends)


def _is_mark(write: CacheWrite) -> bool:
    """Whether what is kept is a constant, which says how far something is and copies nothing: `set("cache:ready", "true")`."""
    given = [] if write.site.call is None else [one.value for one in write.site.call.args if one.name in (None, "value")]
    return len(given) > 1 and isinstance(given[1], ir.Const)


def _is_cache(write: CacheWrite) -> bool:
    """Whether the key, the function or the object says that what a key-value store keeps is only a copy."""
    function = write.site.function
    words = [*_texts(write.key), write.site.symbol, "" if function is None else function.name]
    words.append(write.site.written.rpartition(".")[0])
    return any(_CACHE.search(_CAMEL.sub("_", one)) for one in words)


def _texts(key: Operand | None) -> list[str]:
    if key is None:
        return []
    shapes = [part for shape in key.value.shapes for part in shape.parts if isinstance(part, str)]
    return [*key.value.texts(), *shapes, written(key.node) if key.node is not None else ""]
