"""Variables that tell which way was taken: `valid = False`, `if host in HOSTS: valid = True`; later, `if not valid: abort(400)`.

Where two ways meet and a variable holds something true after one of them and something false after the other, what else each
knew is kept beside it. A test of the variable then says which of the ways it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from backend_audit import ir
from backend_audit.flow.values import Value, changed

Env: TypeAlias = dict[str, Value]
_MAY_BE_EMPTY = frozenset("str string bytes int float number bool boolean bigint".split())
_BOTH = frozenset((False, True))
_MOST = 8  # meeting points at which one variable tells


@dataclass(frozen=True, slots=True)
class Flag:
    """Ways met in `met`, where the variable has `value`. `ways`: what was known after each, by what the variable says.

    `is_none_or_true`: where it counts as false, it is None.
    """

    value: Value
    met: Env
    ways: dict[bool, Env]
    is_none_or_true: bool


class Flags:
    """The flags of one run."""

    def __init__(self) -> None:
        self._of: dict[str, list[Flag]] = {}
        self._unset: dict[int, Value] = {}
        self._wider: dict[int, tuple[Value, Value]] = {}  # by identity: a value, and what it was before a test told more of it

    def unset(self, value: Value) -> Value:
        """What a variable holds that is declared without a value, and may only hold what `value` is: `let error: string`."""
        found = changed(value)
        self._unset[id(found)] = found
        return found

    def narrowed(self, before: Value, now: Value) -> Value:
        """A test has told more of a variable, which has the value that it had: `now`."""
        self._wider[id(now)] = now, before
        return now

    def note(self, sides: tuple[Env, Env], met: Env, merge: Callable[[Env, Env], Env]) -> None:
        """Two ways meet in `met`."""
        one, other = sides
        names = [name for name in met if name in one and name in other and one[name] is not other[name]]
        for name in names:
            said = [self._says(name, side) for side in sides]
            if not all(said):
                if len(names) > 1 and any(said):
                    self._note_one(name, sides, said, met)
                continue
            if len(said[0] | said[1]) < len(_BOTH):
                continue
            ways: dict[bool, Env] = {}
            for side, says in ((side, says) for side, each in zip(sides, said, strict=True) for says in each):
                env = self._after(name, side, says=says)
                ways[says] = merge(ways[says], env) if says in ways else env
            none = all(one.value is None for one in ways[False][name].consts)
            self._of[name] = [*self._of.get(name, ()), Flag(met[name], dict(met), ways, none)][-_MOST:]

    def _note_one(self, name: str, sides: tuple[Env, Env], said: list[frozenset[bool]], met: Env) -> None:
        """After one way the variable says something, after the other it may be anything: only that one says the opposite."""
        at = 0 if said[0] else 1
        if len(said[at]) != 1:
            return
        says, before = next(iter(said[at])), dict(met)
        none = not says and all(one.value is None for one in sides[at][name].consts)
        flag = Flag(met[name], before, {says: before, not says: dict(sides[1 - at])}, none)
        self._of[name] = [*self._of.get(name, ()), flag][-_MOST:]

    def taken(self, test: ir.Expr, env: Env, *, holds: bool) -> None:
        """A variable turned out as `holds`: what the way knew after which it does is known in `env`."""
        flag = self._at(test.id, env) if isinstance(test, ir.Name) else None
        if flag is not None:
            env.update(self._told(flag, env, says=holds))

    def taken_none(self, tested: ir.Expr, env: Env, *, holds: bool) -> None:
        """A variable is None, or is not."""
        flag = self._at(tested.id, env) if isinstance(tested, ir.Name) else None
        if flag is not None and (holds or flag.is_none_or_true):
            self.taken(tested, env, holds=not holds)

    def _at(self, name: str, env: Env) -> Flag | None:
        return next((one for one in self._of.get(name, ()) if one.value is env.get(name)), None)

    def _says(self, name: str, env: Env) -> frozenset[bool]:
        """What the variable may say; nothing where it does not tell ways apart."""
        says = False if id(env[name]) in self._unset else _truth(env[name])
        if says is not None:
            return frozenset((says,))
        return frozenset() if self._at(name, env) is None else _BOTH

    def _after(self, name: str, env: Env, *, says: bool) -> Env:
        """What is known in `env` if the variable says so."""
        flag = self._at(name, env)
        return dict(env) if flag is None else {**env, **self._told(flag, env, says=says)}

    def _told(self, flag: Flag, env: Env, *, says: bool) -> Env:
        """What the way knew of variables that are in `env` what they were where the ways met."""
        way = flag.ways[says]
        return {name: way[name] for name, value in flag.met.items() if name in way and self._is(env.get(name), value)}

    def _is(self, now: Value | None, before: Value) -> bool:
        while now is not None and now is not before:
            now = self._wider.get(id(now), (None, None))[1]
        return now is before


def _truth(value: Value) -> bool | None:
    """Whether a value counts as true: constants, all of them or none; an object does."""
    consts = value.constants()
    if consts is None:
        is_object = bool(value.refs or value.types) and value.types.isdisjoint(_MAY_BE_EMPTY)
        return True if is_object and not (value.open or value.consts) else None
    found = {bool(one.value) or one.kind == "ellipsis" for one in consts}
    return found.pop() if len(found) == 1 else None
