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
_SIGNS = msgspec.msgpack.Decoder(list[Sign])
_FOUND = msgspec.msgpack.Decoder(list[list[Sign]])
_PATIENCE = 600.0  # seconds


class InTexts(msgspec.Struct, frozen=True):
    """The signs in the files that no parser reads, and what kept them from being read."""

    signs: tuple[Sign, ...] = ()
    problems: tuple[Problem, ...] = ()


def spotted_in_texts(request: bytes) -> bytes:
    """Encoded pairs of path and text to the encoded signs of each."""
    rows = rows_of(rules_root())
    return ENCODER.encode([limited(list(in_texts([one], rows))) for one in _TEXTS.decode(request)])


@contextmanager
def texts_beside(files: Files, cache: Cache, workers: int) -> Iterator[Callable[[], InTexts]]:
    """While in the block, the files that the cache does not know are looked at; what is given waits for all, once."""
    paths = asked_for(files.keys, rows_of(rules_root()))
    keys = {path: key_of(files.keys[path], "signs in a text") for path in paths}
    cached = cache.get_many(keys.values())
    known = {path: found for path, key in keys.items() if (found := decoded(cached.get(key), _SIGNS)) is not None}
    rest = [(path, text) for path in paths if path not in known and (text := files.readable_text(path)) is not None]
    jobs = [ENCODER.encode(rest)] if rest else []
    with beside(spotted_in_texts, jobs, workers=workers, timeout=_PATIENCE, preload=(PRELOADED,)) as wait:

        def gathered() -> InTexts:
            problems: list[Problem] = []
            for answer in wait():
                if isinstance(answer, Failure):
                    text = f"gathering evidence in files without code: {answer.message}"
                    problems.append(Problem("", 0, answer.kind, text))
                else:
                    found = zip((path for path, _ in rest), _FOUND.decode(answer), strict=True)
                    known.update(found)
                    cache.put_many({keys[path]: ENCODER.encode(known[path]) for path, _ in rest})
            return InTexts(tuple(limited([sign for path in paths for sign in known.get(path, ())])), tuple(problems))

        yield gathered
