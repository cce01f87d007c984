"""Signs in files without code: from the cache, or gathered in a process of their own while this one follows values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from backend_audit.analysis import PRELOADED
from backend_audit.analysis.file import ENCODER, decoded
from backend_audit.analysis.files import Files
from backend_audit.cache import Cache, key_of
from backend_audit.catalog import rules_root
from backend_audit.finding import Problem
from backend_audit.inventory.signs import Sign, limited
from backend_audit.pool import Failure, beside
from backend_audit.signs.rows import rows_of
from backend_audit.signs.texts import asked_for, in_texts

_TEXTS = msgspec.msgpack.Decoder(list[tuple[str, str]])
_SIGNS = msgspec.msgpack.Decoder(tuple[Sign, ...])
_PATIENCE = 600.0  # seconds


class InTexts(msgspec.Struct, frozen=True):
    """The signs in the files that no parser reads, and what kept them from being read."""

    signs: tuple[Sign, ...] = ()
    problems: tuple[Problem, ...] = ()


def spotted_in_texts(request: bytes) -> bytes:
    """Encoded pairs of path and text to encoded signs."""
    return ENCODER.encode(limited(list(in_texts(_TEXTS.decode(request), rows_of(rules_root())))))


@contextmanager
def texts_beside(files: Files, cache: Cache, workers: int) -> Iterator[Callable[[], InTexts]]:
    """While in the block, the signs are gathered; what is given waits for them, once."""
    paths = asked_for(files.keys, rows_of(rules_root()))
    key = key_of(b"".join(files.keys[path] for path in paths), "signs in texts")
    known = decoded(cache.get_many([key]).get(key), _SIGNS)
    if known is not None:
        yield lambda: InTexts(known)
        return
    texts = ((path, files.readable_text(path)) for path in paths)
    job = ENCODER.encode([one for one in texts if one[1] is not None])
    with beside(spotted_in_texts, [job], workers=workers, timeout=_PATIENCE, preload=(PRELOADED,)) as wait:

        def gathered() -> InTexts:
            [answer] = wait()
            if isinstance(answer, Failure):
                return InTexts((), (Problem("", 0, answer.kind, f"gathering evidence in files without code: {answer.message}"),))
            cache.put_many({key: answer})
            return InTexts(_SIGNS.decode(answer))

        yield gathered
