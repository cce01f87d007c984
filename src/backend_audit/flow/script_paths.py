"""Node's `path` on values: how paths are put together and taken apart, and what of untrusted data can still climb out of them.

https://nodejs.org/api/path.html. `dots` is cleared where `..` has been resolved as far as it goes: only then does a test of
how the path begins say where it leads. A path that is absolute and normalised holds no `..` at all.
"""

import posixpath
from collections.abc import Callable

from msgspec import structs

from backend_audit.flow import lacks, strings
from backend_audit.flow.origins import Origin, united
from backend_audit.flow.values import MADE, UNKNOWN, Value, container, join_all, text, transform

Pieces = list[strings.Piece]
_DOTS = frozenset(("dots",))
_PATH = frozenset(("path",))
_OFFSET = frozenset(("dots", "offset"))
_RELATIVE = frozenset(("relative",))
_NO_PARENT = lacks.lacking("..")
_ONE_NAME = lacks.lacking("/")
_ALONE = frozenset(("segment", "offset"))
_MAX_PARTS = 8


def _joined(args: Pieces) -> Value:
    """`path.join(a, b)`: a text of which everything is normalised; what lacks `..` cannot leave its place."""
    if all(value.is_literal() for value, _ in args):
        return _constant(args, _with_slashes) if args else text(".")
    pieces: Pieces = []
    for value, written in args[:_MAX_PARTS]:
        pieces += [(text("/"), "")] if pieces else []
        pieces.append((_one(value), written))
    return _resolved(strings.build(pieces, "path.join"), args[0][0])


def _with_slashes(*parts: str) -> str:
    """Unlike Python's, an absolute part does not begin anew."""
    return "/".join(part for part in parts if part) or "."


def _one(value: Value) -> Value:
    """A part of a path: `MADE` where it is a constant that nobody needs to read."""
    return MADE if value.is_literal() and value.constant() is None else transform(value, lambda one: (_free(one),))


def _free(origin: Origin) -> Origin:
    """One part of a path among others: `..` in it is resolved together with what stands before."""
    return structs.replace(origin, cleared=origin.cleared - _ALONE) if origin.cleared & _ALONE else origin


def behind(value: Value) -> Value:
    """A text that something is written before: `..` at its beginning, which normalising has left there, leads up from that."""

    def change(origin: Origin) -> tuple[Origin, ...]:
        climbs = origin.cleared & _OFFSET and not origin.cleared & _NO_PARENT
        return (structs.replace(origin, cleared=origin.cleared - _OFFSET) if climbs else origin,)

    return transform(value, change) if value.origins else value


def _resolved(whole: Value, first: Value) -> Value:
    """The text after `..` was resolved in it: nothing of it is left where the first part is the root."""
    gone = _DOTS | _NO_PARENT if _is_root(first) else _DOTS
    return whole.cleared(gone) if whole.all_origins() else whole


def _is_root(value: Value) -> bool:
    begins = {str(shape.parts[0])[:1] if shape.parts else "" for shape in value.shapes} | {one[:1] for one in value.texts()}
    return begins == {"/"} and not value.open and all(one.startswith("/") and not one.strip("/.") for one in value.texts())


def _absolute(args: Pieces) -> Value:
    """`path.resolve(a, b)`: any part that is absolute takes the place of all before it."""
    if args and all(value.is_literal() for value, _ in args):
        return _stated(args, lambda *parts: posixpath.normpath(posixpath.join(*parts)), "/<project>")
    origins: list[Origin] = []
    for at, (value, _) in enumerate(args):
        for origin in value.derived().origins:
            shut = {"relative"} <= origin.cleared and origin.cleared >= _NO_PARENT
            shut = shut or (at > 0 and origin.cleared >= _ONE_NAME)  # a name that lacks `/` is not absolute, either
            origins.append(origin.clear(_DOTS | _NO_PARENT | _PATH if shut else _DOTS | _NO_PARENT))
    return Value(True, types=frozenset(("str",)), origins=united(origins)) if origins else UNKNOWN


def _normalised(args: Pieces) -> Value:
    if not args or args[0][0].is_literal():
        return _constant(args, posixpath.normpath) if args else UNKNOWN
    value = args[0][0]
    begins = {shape.parts[0] for shape in value.shapes}
    rooted = bool(begins) and not value.open and all(isinstance(one, str) and one.startswith("/") for one in begins)
    if rooted and begins != {"/"}:
        return _absolute(args[:1])  # `/files/../../etc` is `/etc`
    return value.cleared(_DOTS | _NO_PARENT if rooted else _DOTS)


def _constant(args: Pieces, compute: Callable[..., str]) -> Value:
    found = [value.constant() for value, _ in args]
    texts = [one.value for one in found if one is not None and isinstance(one.value, str)]
    return text(posixpath.normpath(compute(*texts))) if len(texts) == len(args) else MADE


def _stated(args: Pieces, compute: Callable[..., str], start: str = "") -> Value:
    """What a function makes of texts that the program states; `start` is how they must begin for anybody to read it."""
    found = [value.constant() for value, _ in args]
    texts = [one.value for one in found if one is not None and isinstance(one.value, str)]
    made = compute(*texts) if texts and len(texts) == len(args) else None
    return text(made) if made is not None and made.startswith(start) else MADE


def _offset(args: Pieces) -> Value:
    """`path.relative(folder, path)`: begins with `..` if and only if the path lies outside of the folder."""
    if len(args) == 2 and all(value.constant() is not None for value, _ in args):
        return _stated(args, lambda start, to: posixpath.relpath(to, start or "."))
    below = _OFFSET if not args or not _is_root(args[0][0]) else _OFFSET | _DOTS | _NO_PARENT | _RELATIVE  # all lies below `/`
    origins = united(origin.clear(below) for value, _ in args for origin in value.derived().origins)
    return Value(True, types=frozenset(("str",)), origins=origins) if origins else UNKNOWN


def _name(args: Pieces) -> Value:
    """`path.basename(x)`, `path.extname(x)`: no separator is in it."""
    return _above(args).cleared(_PATH)


def _base(args: Pieces) -> Value:
    """`path.basename(x)`, `path.basename(x, ".js")`."""
    if args and all(value.constant() is not None for value, _ in args):
        return _stated(args, lambda name, ending="": posixpath.basename(name.rstrip("/")).removesuffix(ending))
    return _name(args)


def _ending(args: Pieces) -> Value:
    if args and args[0][0].constant() is not None:
        return _stated(args[:1], lambda name: posixpath.splitext(name)[1])
    return _name(args)


def _folder(args: Pieces) -> Value:
    """`path.dirname(x)`."""
    return _stated(args[:1], posixpath.dirname) if args and args[0][0].constant() is not None else _above(args)


def _above(args: Pieces) -> Value:
    return UNKNOWN if not args else MADE if args[0][0].is_literal() else args[0][0].derived()


def _parts(args: Pieces) -> Value:
    folder, base, ending = _folder(args), _base(args), _ending(args)
    stem = _stated([(base, ""), (ending, "")], str.removesuffix) if base.constant() and ending.constant() else base
    return container("dict", {"root": folder, "dir": folder, "base": base, "name": stem, "ext": ending})


def _formatted(args: Pieces) -> Value:
    parts = args[0][0] if args else UNKNOWN
    held = parts.items or {}
    return join_all([held.get("dir", UNKNOWN), held.get("base", UNKNOWN)]) if parts.kind else parts.derived()


_FUNCTIONS: dict[str, Callable[[Pieces], Value]] = {
    "join": _joined, "resolve": _absolute, "normalize": _normalised, "relative": _offset, "basename": _base, "extname": _ending,
    "dirname": _folder, "parse": _parts, "format": _formatted, "toNamespacedPath": _normalised,
}  # fmt: skip


def attribute(path: str) -> Value | None:
    """What a constant of `path` is; None if it is none of them."""
    return {"path.sep": text("/"), "path.delimiter": text(":")}.get(path.replace(".posix.", "."))


def function(path: str, args: Pieces) -> Value | None:
    """What the function of `path` that is called so gives; None if it is none of them."""
    head, _, name = path.rpartition(".")
    known = _FUNCTIONS.get(name) if head in ("path", "path.posix", "path.win32") else None
    return None if known is None else known(args)
