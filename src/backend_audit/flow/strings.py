"""Building strings: every way of it gives constants where all is constant, else shapes of constant parts and gaps."""

import re
from collections.abc import Callable, Sequence
from itertools import product
from string import Formatter

from backend_audit.flow import lacks
from backend_audit.flow.origins import DERIVED, united
from backend_audit.flow.parts import ELEMENT, of_origin
from backend_audit.flow.telling import fewer, most_telling
from backend_audit.flow.values import (
    CLASS,
    CLOSED_TYPES,
    MADE,
    MAX_CONSTS,
    MAX_PARTS,
    MAX_SHAPES,
    Constant,
    Gap,
    Key,
    Part,
    Shape,
    Value,
    changed,
    container,
    join_all,
    transform,
)

Piece = tuple[Value, str]  # a value and how it is written
_ONE_LINE = frozenset(("log", "header"))
_QUOTING = frozenset("ra")  # conversions: `repr` and `ascii`
_PERCENT = re.compile(r"%(?:\((?P<name>[^)]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<kind>[diouxXeEfFgGcrsa%])")
_DOLLAR = re.compile(r"\$(?:\$|(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\})")
_FORMATTER = Formatter()


def is_text(value: Value) -> bool:
    """Whether the value is known to be (or may be) a string."""
    return bool(value.shapes) or "str" in value.types or any(one.kind in ("str", "bytes") for one in value.consts) or value.made


def _alternatives(value: Value, written: str, *, as_text: bool) -> list[tuple[Part, ...]]:
    """The ways in which a value can stand in a string, as parts."""
    consts = [one for one in sorted(value.consts, key=repr) if one.kind in ("str", "bytes") or as_text]
    found: list[tuple[Part, ...]] = [(str(one.value),) for one in consts]
    found.extend(shape.parts for shape in value.shapes)
    given = any(one.label == "param" and one.key[-1] != DERIVED for one in value.origins)  # an object's own beside its class's
    if not found or value.open or value.made or given or (value.origins and (value.apis or value.types)):  # not these alone
        remaining = value if not found else Value(
            open=value.open, apis=value.apis, types=value.types, refs=value.refs, origins=value.origins, made=value.made,
            items=value.items, elem=value.elem, kind=value.kind,
        )  # fmt: skip
        found.append((Gap(remaining, written),))
    return found


def merged_parts(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring texts made one, cut to a bounded number."""
    out: list[Part] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    if len(out) > MAX_PARTS:
        out = [*out[:MAX_PARTS], *(part for part in out[MAX_PARTS:] if isinstance(part, Gap))][: 2 * MAX_PARTS]
    return tuple(out)


def build(pieces: Sequence[Piece], how: str, *, as_text: bool = True) -> Value:
    """The string that is made of `pieces` one after the other."""
    choices = [most_telling(_alternatives(value, written, as_text=as_text), MAX_SHAPES) for value, written in pieces]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > 4 * MAX_SHAPES:
        choices = [_narrow(choice, value, written) for choice, (value, written) in zip(choices, pieces, strict=True)]
    consts: set[Constant] = set()
    shapes: dict[Shape, None] = {}
    made = False
    for combination in product(*choices):
        parts = merged_parts([part for choice in combination for part in choice])
        gaps = [part for part in parts if isinstance(part, Gap)]
        if not gaps:
            consts.add(Constant("str", "".join(str(part) for part in parts)))
        elif all(gap.value.made and gap.value.is_literal() for gap in gaps) and len(parts) == len(gaps):
            made = True
        else:
            shapes[Shape(parts, how)] = None
    if len(consts) > MAX_CONSTS:
        consts, made = set(), True
    return Value(consts=frozenset(consts), shapes=fewer(shapes, MAX_SHAPES), made=made)


def _narrow(choice: Sequence[tuple[Part, ...]], value: Value, written: str) -> Sequence[tuple[Part, ...]]:
    """One alternative for many: the gap that stands for all of them, so that combinations stay few."""
    if len(choice) == 1:
        return choice
    gaps = [alternative for alternative in choice if any(isinstance(part, Gap) for part in alternative)]
    return most_telling(gaps, 1) or [(Gap(value, written),)]


def in_one_line(value: Value) -> Value:
    """What `repr` and `ascii` write of a value: it has no line breaks."""
    if value.types & CLOSED_TYPES or not value.all_origins():
        return value
    own = frozenset(name for name in value.types if name[:1] == CLASS)  # an object of the project: how it is printed, it says
    return changed(value.derived().cleared(_ONE_LINE), types=own)


def converted(value: Value, conversion: str | None) -> Value:
    """A value as a format writes it: `{name!r}`, `%r`."""
    return in_one_line(value) if conversion in _QUOTING else value


def conversions(text: str) -> list[str]:
    """How a `%` format writes each of its values."""
    return [kind for match in _PERCENT.finditer(text) if (kind := match["kind"]) != "%"]


def percent(format_: Value, right: Value, written: str, *parts: str) -> Value | None:
    """`format_ % right`, `parts` being what stands in a tuple; None when the format is no known string."""
    return filled(format_, "%", lambda text: _percent_pieces(text, right, written, parts))


def filled(format_: Value, how: str, pieces_of: Callable[[str], list[Piece]]) -> Value | None:
    """What a format gives whose texts `pieces_of` fills in; None when it is no known string."""
    found = [build(pieces_of(text), how) for text in format_.texts()]
    for shape in format_.shapes:
        pieces: list[Piece] = []
        for part in shape.parts:
            pieces += pieces_of(part) if isinstance(part, str) else [(part.value, part.written)]
        found.append(build(pieces, how))
    return join_all(found) if found else None


def _percent_pieces(text: str, right: Value, written: str, parts: Sequence[str]) -> list[Piece]:
    pieces: list[Piece] = []
    at = index = 0
    single = right.kind not in ("tuple", "dict")
    for match in _PERCENT.finditer(text):
        pieces.append((_constant(text[at : match.start()]), ""))
        at = match.end()
        if match["kind"] == "%":
            pieces.append((_constant("%"), ""))
            continue
        key: Key = match["name"] if match["name"] is not None else index
        name = written if single else parts[index] if key == index < len(parts) else f"{written}[{key!r}]"
        index += match["name"] is None
        value = right if single else right.item(key)
        if match["kind"] in "diouxXeEfFgG":
            value = Value(types=frozenset(("float",)))
        pieces.append((converted(value, match["kind"]) if value is not None else Value(open=True), name))
    pieces.append((_constant(text[at:]), ""))
    return pieces


def format_call(receiver: Value, positional: Sequence[Piece], named: dict[str, Piece]) -> Value | None:
    """`receiver.format(…)`; None when the receiver is no known string."""
    return filled(receiver, ".format", lambda text: _format_pieces(text, positional, named))


def _format_pieces(text: str, positional: Sequence[Piece], named: dict[str, Piece]) -> list[Piece]:
    pieces: list[Piece] = []
    automatic = 0
    try:
        fields = list(_FORMATTER.parse(text))
    except ValueError:
        return [(_constant(text), "")]
    for literal, name, spec, conversion in fields:
        pieces.append((_constant(literal), ""))
        if name is None:
            continue
        head = re.split(r"[.\[]", name, maxsplit=1)[0]
        if head == "":
            index, automatic = automatic, automatic + 1
            piece = positional[index] if index < len(positional) else None
        elif head.isdigit():
            piece = positional[int(head)] if int(head) < len(positional) else None
        else:
            piece = named.get(head) or _hidden(named, head)
        value, written = piece if piece is not None else (Value(open=True), name)
        if head != name:
            value, written = value.derived(), name
        if spec and spec[-1] in "bdeEfFgGnoxX":
            value = Value(types=frozenset(("float",)))
        pieces.append((converted(value, conversion), written))
    return pieces


def _hidden(named: dict[str, Piece], name: str) -> Piece | None:
    """What `"{name}".format(**values)` puts there of something that is not known part by part."""
    whole = named.get("**")
    return None if whole is None else (Value(open=True, origins=united(of_origin(one, name) for one in whole[0].origins)), name)


def template_call(template: Value, positional: Sequence[Piece], named: dict[str, Piece]) -> Value | None:
    """`string.Template(template).substitute(…)`; None when the template is no known string."""
    given = dict(named)
    if positional:
        mapping, written = positional[0]
        given = {str(key): (value, f"{written}[{key!r}]") for key, value in (mapping.items or {}).items()} | given
    found = [build(_template_pieces(one, given), "Template") for one in template.texts()]
    for shape in template.shapes:
        pieces: list[Piece] = []
        for part in shape.parts:
            pieces += _template_pieces(part, given) if isinstance(part, str) else [(part.value, part.written)]
        found.append(build(pieces, "Template"))
    return join_all(found) if found else None


def _template_pieces(text: str, given: dict[str, Piece]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for match in _DOLLAR.finditer(text):
        pieces.append((_constant(text[at : match.start()]), ""))
        at = match.end()
        name = match["plain"] or match["braced"]
        pieces.append((_constant("$"), "") if name is None else given.get(name, (Value(open=True), name)))
    pieces.append((_constant(text[at:]), ""))
    return pieces


def join_strings(separator: Value, joined: Value, written: str) -> Value:
    """`separator.join(joined)`."""
    glue = separator.texts()
    between = _constant(glue[0]) if len(glue) == 1 else separator
    if (
        joined.kind
        and joined.items
        and joined.elem is None
        and not joined.origins
        and all(isinstance(key, int) for key in joined.items)
    ):
        pieces: list[Piece] = []
        for key in sorted(joined.items, key=str):
            pieces += [(between, "")] if pieces else []
            pieces.append((joined.items[key], f"{written}[{key}]"))
        return build(pieces, "join")
    inner = join_all(joined.inside()) if joined.kind else joined.derived()
    if joined.kind and joined.origins:  # of a container that came from elsewhere
        inner = changed(inner, open=True).with_origins(of_origin(one, ELEMENT) for one in joined.origins)
    if joined.kind and inner.is_literal():
        return Value(made=True)
    pair = build([(inner, written), (between, ""), (inner, written)], "join")
    return pair if pair.shapes else Value(open=True, origins=inner.all_origins())


def _constant(value: str) -> Value:
    return Value(consts=frozenset((Constant("str", value),)))


_REPLACED = {"\n": frozenset(("log", "header")), "\r\n": frozenset(("log", "header")), "<": frozenset(("html",))}


def cleared_by_replacing(old: Value) -> frozenset[str]:
    """The contexts that `text.replace(old, …)` makes safe: no line break ends a log line, no `<` begins a tag."""
    found: frozenset[str] = frozenset()
    for one in old.texts():
        found |= _REPLACED.get(one, frozenset())
    return found


_LAST = frozenset(("path",))  # what the last part of a path leads to lies in its folder


def split(receiver: Value, name: str, args: Sequence[Piece]) -> Value:
    """The parts of a text; those that lie between all separators hold none of them."""
    part = MADE if receiver.is_literal() else _with_shapes(receiver.derived(), receiver)
    separator = args[0][0].texts() if args else ()
    gone = lacks.lacking(separator[0]) if len(separator) == 1 and len(separator[0]) == 1 else frozenset()
    if not gone or not part.origins:
        return container("list", None, part)
    inner = Value(True, origins=part.origins).cleared(gone)
    last = inner.cleared(_LAST) if separator[0] == "/" else inner
    if name in ("partition", "rpartition"):
        return container("tuple", {0: part, 1: MADE, 2: last} if name == "rpartition" else {0: inner, 1: MADE, 2: part})
    if len(args) == 1:
        return container("list", {-1: last} if last is not inner else None, inner)
    limit = args[1][0].constant()
    if limit is not None and limit.value == 1:
        return container("list", {0: part, 1: last} if name == "rsplit" else {0: inner, 1: part})
    return container("list", None, part)


def _with_shapes(value: Value, like: Value) -> Value:
    return Value(value.open, value.consts, like.shapes, origins=value.origins) if like.shapes else value


def masked(value: Value, taken: Value) -> Value:
    """A text without a secret that was taken out of it: `dsn.replace(password, "***")`."""
    gone = {one.key for one in taken.carries("secret")}
    return transform(value, lambda one: () if one.label == "secret" and one.key in gone else (one,)) if gone else value
