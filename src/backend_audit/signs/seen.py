"""What one file shows, before the project has told what its names mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.signs.paths import Meanings, Path

FOR_ERRORS = re.compile(r"err|exception|fail", re.IGNORECASE)  # names of functions that have to do with errors
_END = "\0"  # of a root: what is imported may have a name with blanks
_STEP = re.compile(r"\(\)|\.[^.()]+")


class Sight(msgspec.Struct, frozen=True, array_like=True):
    """A sign that needs no project: the row's number, and the rest as in `Spotted`."""

    row: int
    what: str
    at: int
    end: int
    symbol: str


class Use(msgspec.Struct, frozen=True, array_like=True):
    """A reference or call of something; `rest` is how its path goes on."""

    rest: str
    at: int
    end: int
    symbol: str
    called: bool


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a file shows. `uses` are encoded lists by what their paths begin with: most of them mean nothing, and stay encoded.

    `open` are uses of what may mean one thing or another, `callees` the names of functions that are called and fit rows,
    `mentioned` those of functions for errors that are called or handed over.
    """

    spotted: tuple[Sight, ...] = ()
    uses: dict[str, msgspec.Raw] = {}
    open: tuple[tuple[Meanings, Use], ...] = ()
    callees: dict[str, list[int]] = {}
    mentioned: tuple[str, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_USES = msgspec.msgpack.Decoder(list[Use])


@dataclass(slots=True)
class Sights:
    """Gathers what a walk sees."""

    spotted: list[Sight] = field(default_factory=list)
    callees: dict[str, list[int]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    _uses: dict[str, list[Use]] = field(default_factory=dict)
    _open: list[tuple[Meanings, Use]] = field(default_factory=list)

    def use(self, meant: Meanings, at: int, end: int, symbol: str, *, called: bool) -> None:
        """Something with these meanings, if any, is used."""
        if len(meant) > 1:
            self._open.append((meant, Use("", at, end, symbol, called)))
        elif meant:
            start, rest = beginning(meant[0])
            self._uses.setdefault(start, []).append(Use(rest, at, end, symbol, called))

    def mention(self, *nodes: ir.Expr) -> None:
        """These are called or handed over, be it in a list."""
        for node in nodes:
            if isinstance(node, ir.Container) and node.kind != "dict":
                self.mention(*(item.value for item in node.items))
            elif isinstance(node, (ir.Name, ir.Attribute)) and FOR_ERRORS.search(
                node.id if isinstance(node, ir.Name) else node.attr
            ):
                self.mentioned.add(written(node))

    def seen(self) -> Seen:
        """All of it."""
        uses = {start: msgspec.Raw(_ENCODER.encode(some)) for start, some in self._uses.items()}
        callees = {name: rows for name, rows in self.callees.items() if rows}
        return Seen(tuple(self.spotted), uses, tuple(self._open), callees, tuple(sorted(self.mentioned)))


def beginning(path: Path) -> tuple[str, str]:
    """What a path begins with (root and first step: a module's name tells nothing without), and how it goes on."""
    step = _STEP.match(path.rest) if path.root else None
    cut = 0 if step is None else step.end()
    return (f"{path.root}{_END}{path.rest[:cut]}", path.rest[cut:]) if path.root else (f"{_END}{path.rest}", "")


def begun(start: str) -> tuple[str, str]:
    """Root and first step of a beginning; no root: the whole API path."""
    root, _, step = start.partition(_END)
    return root, step


def uses_in(raw: msgspec.Raw) -> Iterator[Use]:
    """The uses of one beginning."""
    yield from _USES.decode(raw)
