"""From a pattern to its position automaton: one state for each character that the pattern can consume.

An edge counts the ways of getting from one position to the next without consuming anything (two are as good as many):
an engine that backtracks tries each. Empty rounds of a loop are no way: engines leave the loop then.
"""

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from re import _parser as sre  # type: ignore[attr-defined]  # the only parser that reads exactly what `re` reads
from typing import Any

from backend_audit.regex import charset
from backend_audit.regex.charset import Ranges

MAX_POSITIONS = 400
_MAX_COPIES = 20
_MAX_SPREAD = 8
_MAX_DEPTH = 60
_FEW = 256  # rounds that a bound allows, and that are soon done
_SHOWN = 3  # of those, how many stand for all of them

Token = tuple[Any, Any]  # the parser's (opcode, argument): what the argument is depends on the opcode
Ways = dict[int, int]  # position → ways (1 or 2) of reaching it


class UnsupportedError(Exception):
    """A pattern that is invalid or too large to be judged."""


@dataclass(slots=True)
class Part:
    """A piece of the pattern: where it begins and ends, and in how many ways it matches nothing."""

    first: Ways
    last: Ways
    empty: int


@dataclass(slots=True)
class Automaton:
    """`sets[p]`: the characters of position p; `follow[p]`: what comes after it; `last`: where it may end; `fixed`: atomic."""

    sets: list[Ranges] = field(default_factory=list)
    follow: list[Ways] = field(default_factory=list)
    first: Ways = field(default_factory=dict)
    last: Ways = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)


def automaton(pattern: str, flags: int = 0, *, whole: bool = False, bounds: bool = False) -> Automaton:
    """The automaton of `pattern`; with `whole` a match must reach the text's end, with `bounds` no bounded repetition is a loop.

    Raises:
        UnsupportedError: Python cannot read the pattern, or it is too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = sre.parse(pattern, flags)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise UnsupportedError(str(error)) from error
    builder = _Builder(tree.state.flags, bounds=bounds)
    part = builder.sequence(list(tree), trailing=True)
    if whole:
        part = builder.joined(part, builder.position(((charset.END, charset.END),)))
    builder.graph.first, builder.graph.last = part.first, part.last
    return builder.graph


class _Builder:
    def __init__(self, flags: int, *, bounds: bool) -> None:
        self.flags = flags
        self.bounds = bounds
        self.graph = Automaton()
        self.groups: dict[int, list[Token]] = {}
        self.depth = 0

    # --- combining parts --------------------------------------------------------------------------------------------

    def position(self, ranges: Ranges) -> Part:
        at = len(self.graph.sets)
        if at >= MAX_POSITIONS:
            raise UnsupportedError("too large")
        if self.flags & re.IGNORECASE:
            ranges = charset.folded(ranges)
        self.graph.sets.append(ranges)
        self.graph.follow.append({})
        return Part({at: 1}, {at: 1}, 0)

    def connect(self, last: Ways, first: Ways) -> None:
        for before, ways in last.items():
            follow = self.graph.follow[before]
            for after, more in first.items():
                follow[after] = min(2, follow.get(after, 0) + ways * more)

    def joined(self, left: Part, right: Part) -> Part:
        self.connect(left.last, right.first)
        first = _added(left.first, right.first, left.empty)
        last = _added(right.last, left.last, right.empty)
        return Part(first, last, min(2, left.empty * right.empty))

    @staticmethod
    def either(parts: Iterable[Part]) -> Part:
        first: Ways = {}
        last: Ways = {}
        empty = 0
        for part in parts:
            first, last, empty = _added(first, part.first, 1), _added(last, part.last, 1), min(2, empty + part.empty)
        return Part(first, last, empty)

    # --- the parser's tree ------------------------------------------------------------------------------------------

    def sequence(self, tokens: list[Token], *, trailing: bool) -> Part:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnsupportedError("too deep")
        found = Part({}, {}, 1)
        for at, token in enumerate(tokens):
            at_end = trailing and at == len(tokens) - 1
            before = tokens[at - 1] if at else None
            found = self.joined(found, self.token(token, before, trailing=at_end))
        self.depth -= 1
        return found

    def token(self, token: Token, before: Token | None, *, trailing: bool) -> Part:
        name, argument = str(token[0]), token[1]
        ranges = self.characters(token)
        if ranges is not None:
            return self.position(ranges)
        if name == "AT":
            return self.anchor(str(argument), before, trailing=trailing)
        build = _TOKENS.get(name)
        if build is None:
            raise UnsupportedError(name)
        return build(self, argument, trailing)

    def characters(self, token: Token) -> Ranges | None:
        """The characters that a token stands for, if it consumes exactly one."""
        name, argument = str(token[0]), token[1]
        if name == "LITERAL":
            return ((argument, argument),)
        if name == "NOT_LITERAL":
            one: Ranges = ((argument, argument),)
            return charset.complement(charset.folded(one) if self.flags & re.IGNORECASE else one)
        if name == "ANY":
            return charset.ALL if self.flags & re.DOTALL else charset.complement(charset.NEWLINE)
        if name == "RANGE":
            return ((argument[0], argument[1]),)
        if name == "CATEGORY":
            return charset.category(str(argument), self.flags)
        if name == "IN":
            return self.members(argument)
        return None

    def members(self, tokens: list[Token]) -> Ranges:
        negated = bool(tokens) and str(tokens[0][0]) == "NEGATE"
        sets = [found for token in tokens if (found := self.characters(token)) is not None]
        ranges = charset.union(sets)
        if negated:
            return charset.complement(charset.folded(ranges) if self.flags & re.IGNORECASE else ranges)
        return ranges

    def anchor(self, name: str, before: Token | None, *, trailing: bool) -> Part:
        """`^` and `$` consume the marks at the ends of the text; a word boundary at the pattern's end asks for what follows."""
        multiline = bool(self.flags & re.MULTILINE)
        nothing = Part({}, {}, 1)
        if name == "AT_BEGINNING_STRING" or (name == "AT_BEGINNING" and not multiline):
            again = before is not None and str(before[0]) == "AT" and "BEGINNING" in str(before[1])
            return nothing if again else self.position(((charset.BEGIN, charset.BEGIN),))
        if name == "AT_END_STRING" or (name == "AT_END" and not multiline):
            return self.position(((charset.END, charset.END),))
        if name == "AT_END" and trailing:
            return self.position(((charset.END, charset.END), *charset.NEWLINE))
        if name == "AT_BOUNDARY" and trailing and before is not None:
            ranges = self.characters(before)
            if ranges is not None:
                word = charset.category("WORD", self.flags)
                if _within(ranges, word):
                    return self.position(((charset.END, charset.END), *charset.complement(word)))
                if _within(ranges, charset.complement(word)):
                    return self.position(word)
        return nothing

    def branch(self, argument: tuple[Any, list[list[Token]]], trailing: bool) -> Part:
        return self.either([self.sequence(list(one), trailing=trailing) for one in argument[1]])

    def group(self, argument: tuple[int | None, int, int, list[Token]], trailing: bool) -> Part:
        number, added, removed, tokens = argument
        if number is not None:
            self.groups[number] = list(tokens)
        before = self.flags
        self.flags = (self.flags | added) & ~removed
        part = self.sequence(list(tokens), trailing=trailing)
        self.flags = before
        return part

    def reference(self, argument: int, _trailing: bool) -> Part:
        tokens = self.groups.get(argument)
        return Part({}, {}, 1) if tokens is None else self.sequence(tokens, trailing=False)

    def conditional(self, argument: tuple[int, list[Token], list[Token] | None], trailing: bool) -> Part:
        other = [] if argument[2] is None else list(argument[2])
        return self.either([self.sequence(list(argument[1]), trailing=trailing), self.sequence(other, trailing=trailing)])

    def ahead(self, argument: tuple[int, list[Token]], trailing: bool) -> Part:
        """Looking ahead is read like matching where nothing comes after it; elsewhere it is passed over."""
        direction, tokens = argument
        return self.sequence(list(tokens), trailing=True) if trailing and direction > 0 else Part({}, {}, 1)

    def not_ahead(self, argument: tuple[int, list[Token]], trailing: bool) -> Part:
        direction, tokens = argument
        ranges = self.characters(tokens[0]) if len(tokens) == 1 else None
        if trailing and direction > 0 and ranges is not None:
            return self.position(((charset.END, charset.END), *charset.complement(ranges)))
        return Part({}, {}, 1)

    def atomic(self, tokens: list[Token], _trailing: bool) -> Part:
        start = len(self.graph.sets)
        part = self.sequence(list(tokens), trailing=False)
        self.graph.fixed.update(range(start, len(self.graph.sets)))
        return part

    def possessive(self, argument: tuple[int, Any, list[Token]], trailing: bool) -> Part:
        start = len(self.graph.sets)
        part = self.repeat(argument, trailing)
        self.graph.fixed.update(range(start, len(self.graph.sets)))
        return part

    def repeat(self, argument: tuple[int, Any, list[Token]], _trailing: bool) -> Part:
        low, high, body = argument
        tokens = list(body)
        if self.bounds and str(high) != "MAXREPEAT" and high <= _FEW:
            return self.copies(tokens, min(low, _SHOWN), min(int(high), _SHOWN))
        endless = str(high) == "MAXREPEAT" or high > _MAX_COPIES or high - low > _MAX_SPREAD
        if not endless or (low == high and low > _MAX_COPIES):
            return self.copies(tokens, min(low, _MAX_COPIES), min(int(high), _MAX_COPIES))
        found = Part({}, {}, 1)
        for _ in range(min(low, _MAX_SPREAD) - 1):
            found = self.joined(found, self.sequence(tokens, trailing=False))
        loop = self.sequence(tokens, trailing=False)
        self.connect(loop.last, loop.first)
        return self.joined(found, Part(loop.first, loop.last, 1 if low == 0 or loop.empty else 0))

    def copies(self, tokens: list[Token], low: int, high: int) -> Part:
        """`low` times for certain, then up to `high` times, each only after the one before."""
        rest = Part({}, {}, 1)
        for _ in range(high - low):
            once = self.joined(self.sequence(tokens, trailing=False), rest)
            rest = Part(once.first, once.last, 1)
        found = Part({}, {}, 1)
        for _ in range(low):
            found = self.joined(found, self.sequence(tokens, trailing=False))
        return self.joined(found, rest)


def _added(left: Ways, right: Ways, times: int) -> Ways:
    if not times:
        return dict(left)
    out = dict(left)
    for position, ways in right.items():
        out[position] = min(2, out.get(position, 0) + ways * times)
    return out


def _within(inner: Ranges, outer: Ranges) -> bool:
    return all(any(low >= start and high <= end for start, end in outer) for low, high in inner)


_TOKENS: dict[str, Callable[[_Builder, Any, bool], Part]] = {
    "BRANCH": _Builder.branch,
    "SUBPATTERN": _Builder.group,
    "GROUPREF": _Builder.reference,
    "GROUPREF_EXISTS": _Builder.conditional,
    "ASSERT": _Builder.ahead,
    "ASSERT_NOT": _Builder.not_ahead,
    "ATOMIC_GROUP": _Builder.atomic,
    "POSSESSIVE_REPEAT": _Builder.possessive,
    "MAX_REPEAT": _Builder.repeat,
    "MIN_REPEAT": _Builder.repeat,
}
