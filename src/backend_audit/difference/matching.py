"""Which finding of now is which finding of before: by what they say, never by line."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from backend_audit.finding import MANY, Finding, unlaid

_DIGEST = 8
_MANY = "many-"


class Key(NamedTuple):
    """What a finding is known by: `code` stands for the code without its layout."""

    rule: str
    path: str
    symbol: str
    code: str

    @property
    def stands_for_many(self) -> bool:
        """Whether the finding is told once for a whole project: its place is that of whichever comes first."""
        return self.code.startswith(_MANY)


def key_of(finding: Finding, path: str = "") -> Key:
    """The key of a finding, under another path if one is given."""
    code = hashlib.blake2b(unlaid(finding.anchor).encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()
    many = _MANY if finding.anchor.endswith(MANY) else ""
    return Key(finding.rule, path or finding.place.path, finding.symbol, many + code)


def matched(
    old: Sequence[Key], new: Sequence[Key], *, moved: Mapping[str, str] | None = None, alive: Collection[str] = ()
) -> list[int | None]:
    """For each of `new` the index in `old` of the finding that it is; each old one is taken once.

    `moved` maps paths of files to what they are called now; `alive` are the paths that still are there. Tried in this order:
    the same place in every respect; another function of the same file; the same function in another file; a file of the
    same name in another folder, when the old one is gone; for what is told once for a project, any place. Where only a few
    places of such a thing are left, each is told by itself: all of these are the old one.
    """
    now = [one._replace(path=(moved or {}).get(one.path, one.path)) for one in old]
    free = set(range(len(old)))
    answer: list[int | None] = [None] * len(new)
    living = frozenset(alive)
    tiers: list[tuple[Callable[[Key], Hashable], Callable[[Key], bool]]] = [
        (lambda key: key, _always),
        (lambda key: (key.rule, key.path, key.code), _always),
        (lambda key: (key.rule, _last(key.symbol), key.code), lambda key: bool(key.symbol)),
        (lambda key: (key.rule, _name(key.path), key.code), lambda key: key.path not in living),
        (lambda key: (key.rule, key.code), lambda key: key.stands_for_many),
    ]
    for same, eligible in tiers:
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for index in sorted(free):
            if eligible(now[index]):
                waiting[same(now[index])].append(index)
        for at, key in enumerate(new):
            if answer[at] is None and (found := waiting.get(same(key))):
                answer[at] = found.popleft()
                free.discard(answer[at])
    fewer = {now[index].rule: index for index in sorted(free, reverse=True) if now[index].stands_for_many}
    return [fewer.get(key.rule) if at is None and not key.stands_for_many else at for key, at in zip(new, answer, strict=True)]


def _always(_: Key) -> bool:
    return True


def _last(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
