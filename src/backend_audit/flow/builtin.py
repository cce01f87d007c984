"""Python's builtins on values: methods of strings and containers, constructors, operators. Pure: values in, values out.

https://docs.python.org/3/library/stdtypes.html, https://docs.python.org/3/library/functions.html
"""

import operator
from collections.abc import Callable
from contextlib import suppress

from backend_audit.flow import lacks, lists, mappings, matches, numbers, sensitive, strings, urls
from backend_audit.flow.models import INJECTION
from backend_audit.flow.origins import NAMES, Origin, chosen_names
from backend_audit.flow.parts import ELEMENT, NAME, of_origin, of_rest
from backend_audit.flow.values import (
    CLOSED_TYPES,
    MADE,
    NONE,
    NOTHING,
    NUMBER,
    TEXT,
    UNKNOWN,
    Constant,
    Value,
    changed,
    container,
    instance,
    join,
    join_all,
)
from backend_audit.link.symbols import ObjectSymbol

Pieces = list[strings.Piece]
BOOL = instance("bool")
_SMALL = 64
_LARGE = 1 << 40
_INTEGER: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip


def iterated(value: Value) -> Value:
    """What iterating over the value gives: any element, keys of a dict."""
    if value.kind == "dict":
        keys = [Value(consts=frozenset((Constant("str" if isinstance(key, str) else "int", key),))) for key in value.items or {}]
        chosen = UNKNOWN.with_origins(chosen_names(value.origins)) if value.origins else UNKNOWN
        return mappings.held(value, join(join_all(keys), chosen if value.elem is not None or not keys else NOTHING), NAME)
    step = NAME if value.types and mappings.may_be_mapping(value) else ELEMENT
    if not value.kind and not value.shapes and _is_given(value.origins):
        inside = [_element_of_text(Value(open=True, origins=frozenset(of_origin(one, step) for one in value.origins)))]
    else:
        inside = value.inside() if value.kind else [_element_of_text(value.derived())]
    if value.refs:  # the elements of an object that is told apart are known by it: `patterns += i18n_patterns(…)`
        objects = frozenset(one for one in value.refs if isinstance(one, ObjectSymbol))
        inside += [Value(refs=objects)] if objects else []
    found = join_all(inside)
    return mappings.held(value, found) if value.kind else found


def _is_given(origins: frozenset[Origin]) -> bool:
    """Whether a value is a parameter, whatever its name says of it: each element is that part of what callers give."""
    labels = {one.label for one in origins}
    return "param" in labels and labels <= {"param", "secret"}


def _element_of_text(value: Value) -> Value:
    """What something unknown is made of: of what is called one secret, its elements are none."""
    kept = frozenset(one for one in value.origins if one.label != "secret" or not sensitive.is_one(str(one.key[0])))
    return value if len(kept) == len(value.origins) else changed(value, origins=kept)


def concatenated(left: Value, right: Value) -> Value:
    """`left + right` of lists or tuples."""
    if left.kind and right.kind and left.elem is None and right.elem is None and not left.open and not right.open:
        values = [*(left.items or {}).values(), *(right.items or {}).values()]
        return container(left.kind, dict(enumerate(values)))
    parts = [iterated(side) for side in (left, right)]
    return container(left.kind or right.kind, None, join(*parts))


def common(left: Value, right: Value) -> Value | None:
    """`asked & ALLOWED`: at most what the program's own set holds; None where neither side is such a set."""
    known = next((side for side in (right, left) if side.kind and side.is_literal()), None)
    return None if known is None else container("set", None, iterated(known))


def repeated(left: Value, right: Value) -> Value:
    """`left * right` where left is a string or list."""
    if left.kind:
        return container(left.kind, None, iterated(left))
    one, times = left.constant(), right.constant()
    count = None if times is None else times.value
    if one is not None and isinstance(one.value, str) and isinstance(count, int) and 0 <= count <= _SMALL:
        return Value(consts=frozenset((Constant(one.kind, one.value * count),)))
    return MADE if left.is_literal() else left.derived()


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """Any other operator: numbers stay numbers, constants are computed only as far as rules need them."""
    if is_number(left) and is_number(right):
        one, other = left.constant(), right.constant()
        if one is not None and other is not None and isinstance(one.value, int) and isinstance(other.value, int):
            return _computed(op, one.value, other.value)
        found = numbers.number("int", left, right)
        return numbers.bounded(found) if op in ("%", "&") and not numbers.is_free(right) else found
    if op == "&" and (shared := common(left, right)) is not None:
        return shared
    if op in ("-", "//", "**") and (is_number(left) or is_number(right)):  # no text is ever the result
        return numbers.number("int", left, right)
    if left.is_literal() and right.is_literal():
        return MADE
    if left.apis and right.apis:
        return Value(apis=left.apis | right.apis)
    origins = left.derived().origins | right.derived().origins
    return Value(open=True, origins=origins) if origins else UNKNOWN


def _computed(op: str, one: int, other: int) -> Value:
    """The result for small integers, as far as tests of constants are made of such."""
    if max(abs(one), abs(other)) > _LARGE or (op in ("/", "//", "%") and other == 0):
        return NUMBER
    if op == "/":
        return Value(consts=frozenset((Constant("float", one / other),)))
    compute = _INTEGER.get(op)
    return NUMBER if compute is None else Value(consts=frozenset((Constant("int", compute(one, other)),)))


def is_number(value: Value) -> bool:
    if value.open or value.shapes or value.kind or value.apis:
        return False
    return all(one.kind in ("int", "float", "bool") for one in value.consts) and value.types <= CLOSED_TYPES and not value.made


# --- methods -----------------------------------------------------------------------------------------------------------

_SAME_TEXT = frozenset("strip lstrip rstrip lower upper casefold title capitalize swapcase expandtabs encode decode".split())
_STRIPS = frozenset(("strip", "lstrip", "rstrip"))
_CLOSED_RESULT = frozenset(
    "startswith endswith isdigit isnumeric isdecimal isalpha isalnum isidentifier islower isupper isspace istitle "
    "isprintable isascii count index find rfind rindex __len__ __contains__ bit_length".split()
)
MUTATORS = frozenset(
    "append add extend insert update setdefault appendleft extendleft pop popitem remove discard clear reverse sort".split()
)


def method(receiver: Value, name: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    """What a method of a string or container gives; None when this is no method of such a value."""
    if receiver.kind:
        found = _container_method(receiver, name, args)
        if found is not None:
            return found
    if strings.is_text(receiver):
        return _text_method(receiver, name, args, named)
    return None


_ONE_LINE = frozenset(("log", "header"))
_ESCAPING = frozenset(("unicode_escape", "unicode-escape"))
_ONLY_OF_TEXT = frozenset(
    "split rsplit splitlines partition rpartition strip lstrip rstrip lower upper casefold encode decode removeprefix "
    "removesuffix zfill ljust rjust count rfind rindex hex isdigit isalpha isalnum startswith endswith".split()
)


def text_method(receiver: Value, name: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    """What a method gives that only texts have, on an object of which nothing else is known; None for other methods."""
    if name not in _ONLY_OF_TEXT or receiver.kind:
        return None
    return _text_method(Value(open=True, types=frozenset(("str",)), origins=receiver.origins), name, args, named)


def filled_text(name: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    """What a text of which nothing is known (a setting, a file) has in it once something was put in; None for other methods."""
    if name in ("format", "format_map") or (name == "replace" and len(args) > 1):
        found = _from_all(UNKNOWN, args[1:2] if name == "replace" else args, named)
        return None if found is UNKNOWN else found
    return None


def _text_method(receiver: Value, name: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    first = args[0][0] if args else UNKNOWN
    if name == "format":
        return strings.format_call(receiver, args, named) or _from_all(receiver, args, named)
    if name == "format_map" and args:
        fields = {str(key): (value, str(key)) for key, value in (first.items or {}).items()}
        return strings.format_call(receiver, [], fields) or _from_all(receiver, args, named)
    if name == "join" and args:
        return strings.join_strings(receiver, first, args[0][1])
    if name in _SAME_TEXT:
        return _mapped(receiver, name, args).cleared(lacks.after_stripping(name, args[0][0].texts() if args else ()))
    if name == "hex":
        return receiver.derived().cleared(INJECTION)  # `bytes.hex()`: digits
    if name in _CLOSED_RESULT:
        return BOOL if name.startswith(("is", "starts", "ends", "__c")) else NUMBER
    if name in ("split", "rsplit", "splitlines", "partition", "rpartition"):
        in_words = name == "splitlines" or (name in ("split", "rsplit") and not args)  # no line break is left
        return strings.split(receiver, name, args).cleared(_ONE_LINE if in_words else frozenset())
    if name in ("replace", "zfill", "ljust", "rjust", "center", "translate", "removeprefix", "removesuffix"):
        return _replaced(receiver, name, args)
    if name in ("append", "extend", "get", "items", "keys", "values"):
        return None
    return receiver.derived() if receiver.origins or receiver.shapes else None


def _apart(args: Pieces) -> Value:
    """`os.path.split(path)`, `splitext(path)`: the last part holds no separator, and the ending begins with a dot."""
    if not args or args[0][0].is_literal():
        return UNKNOWN if not args else container("tuple", {0: MADE, 1: MADE})
    whole = args[0][0].derived()
    return container("tuple", {0: whole, 1: whole.cleared(frozenset(("path",)))})


def _mapped(receiver: Value, name: str, args: Pieces) -> Value:
    """strip(), lower() and the like: constants are computed, shapes and origins stay."""
    asked = args[:1] if name in _STRIPS else []
    given = [one.value for value, _ in asked if (one := value.constant()) is not None and isinstance(one.value, str)]
    if receiver.consts and len(given) < len(asked):
        return _mapped(changed(receiver, consts=frozenset(), made=True), name, [])
    if name in ("encode", "decode"):
        found = Value(
            receiver.open, receiver.consts, receiver.shapes, types=receiver.types, origins=receiver.derived().origins,
            made=receiver.made,
        )  # fmt: skip
        escaped = name == "encode" and args and set(args[0][0].texts()) & _ESCAPING
        return found.cleared(_ONE_LINE) if escaped else found
    consts = frozenset(
        Constant(one.kind, getattr(one.value, name)(*given)) if isinstance(one.value, str) else one for one in receiver.consts
    )
    origins = receiver.derived().origins if receiver.origins else receiver.origins
    return Value(receiver.open, consts, receiver.shapes, types=receiver.types, origins=origins, made=receiver.made)


def _replaced(receiver: Value, name: str, args: Pieces) -> Value:
    if receiver.is_literal() and all(value.is_literal() for value, _ in args):
        one = receiver.constant()
        given = [value.constant() for value, _ in args]
        if name == "replace" and one is not None and len(given) == 2 and isinstance(one.value, str):
            old, new = (None if each is None else each.value for each in given)
            if isinstance(old, str) and isinstance(new, str):
                return Value(consts=frozenset((Constant(one.kind, one.value.replace(old, new)),)))
        return MADE
    if name == "replace" and receiver.is_literal() and len(args) > 1:
        return _template_replace(receiver, args)
    receiver = (
        strings.masked(receiver, args[0][0]) if name == "replace" and len(args) > 1 and args[1][0].is_literal() else receiver
    )
    origins = receiver.derived().origins
    kept = args[1:] if name == "replace" else () if name.startswith("remove") else args  # what is taken out is gone
    for value, _ in kept:
        origins |= value.derived().origins
    return Value(open=True, shapes=receiver.shapes, origins=origins)


def _template_replace(receiver: Value, args: Pieces) -> Value:
    """`"… {x} …".replace("{x}", value)`: the value fills a hole of a constant string."""
    one, marker = receiver.constant(), args[0][0].constant()
    if one is None or marker is None or not isinstance(one.value, str) or not isinstance(marker.value, str):
        return strings.build([(MADE, ""), args[1]], "replace")
    pieces: Pieces = []
    for index, part in enumerate(one.value.split(marker.value) if marker.value else [one.value]):
        pieces += [args[1]] if index else []
        pieces.append((Value(consts=frozenset((Constant("str", part),))), ""))
    return strings.build(pieces, "replace")


def _from_all(receiver: Value, args: Pieces, named: dict[str, strings.Piece]) -> Value:
    origins = receiver.derived().origins
    for value, _ in (*args, *named.values()):
        origins |= value.derived().origins
    return Value(open=True, origins=origins) if origins else UNKNOWN


def _container_method(receiver: Value, name: str, args: Pieces) -> Value | None:
    first = args[0][0] if args else UNKNOWN
    if name in ("get", "pop", "setdefault") and receiver.kind == "dict":
        return _dict_get(receiver, first, args[1][0] if len(args) > 1 else NONE)
    if name == "items":
        pairs = container("tuple", {0: iterated(receiver), 1: _all_values(receiver)})
        return container("list", None, pairs)
    if name == "values":
        return container("list", None, _all_values(receiver))
    if name == "keys":
        return container("list", None, iterated(receiver))
    if name in ("copy", "__iter__", "sort", "reverse"):
        return receiver if name == "copy" else NONE
    if name in ("pop", "popleft"):
        at = lists.popped(receiver, name, args[0][0] if args else None)
        return iterated(receiver) if at is None else (receiver.items or {})[at]
    if name == "intersection" and args and (shared := common(receiver, args[0][0])) is not None:
        return shared
    if name in ("union", "intersection", "difference", "symmetric_difference"):
        return join_all([receiver, *(value for value, _ in args)])
    if name in ("append", "add", "extend", "insert", "update", "remove", "discard", "clear", "appendleft"):
        return NONE
    if name in ("index", "count"):
        return NUMBER
    return None


def _all_values(receiver: Value) -> Value:
    return mappings.held(receiver, join_all(receiver.inside()))


def _dict_get(receiver: Value, key: Value, default: Value) -> Value:
    texts = key.constants()
    if texts is None:
        return join(mappings.held(receiver, mappings.any_value(receiver)), default)
    found = NOTHING
    for one in texts:
        key_of = one.value if isinstance(one.value, (str, int)) else None
        known = None if key_of is None else of_rest(receiver, key_of) or receiver.item(key_of)
        if known is not None and key_of is not None and key_of not in (receiver.items or {}):
            known = mappings.held(receiver, known, key_of)
        found = join(found, default if known is None else known)
        if receiver.elem is not None:
            found = join(found, default)
    if receiver.open and receiver.origins:  # `event["body"] or {}`: it may as well be data
        found = join(found, Value(open=True, origins=frozenset(one.derived() for one in receiver.origins if one.label != NAMES)))
    return found


def mutated(receiver: Value, name: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    """The container after a mutating method; None when nothing about it changes."""
    if not receiver.kind or name not in MUTATORS:
        return None
    value = args[-1][0] if args else UNKNOWN
    items = dict(receiver.items or {})
    if name in ("append", "add", "appendleft") and args:
        if receiver.kind == "list" and receiver.elem is None and name == "append":
            items[len(items)] = value
            return container(receiver.kind, items)
        return container(receiver.kind, items or None, value if receiver.elem is None else join(receiver.elem, value))
    if name in ("extend", "extendleft") and args:
        if value.kind and value.elem is None and receiver.elem is None:
            return container(receiver.kind, dict(enumerate([*items.values(), *(value.items or {}).values()])))
        added = iterated(value)
        return container(receiver.kind, items or None, added if receiver.elem is None else join(receiver.elem, added))
    if name == "insert" and len(args) > 1:
        return lists.inserted(receiver, args[0][0], value)
    if name == "update":
        return _updated(receiver, args, named)
    if name == "setdefault" and len(args) > 1:
        return with_item(receiver, args[0][0], args[1][0])
    if name == "clear":
        return container(receiver.kind)
    if name == "pop" and receiver.kind == "dict" and args:
        key = args[0][0].constant()
        if key is not None and isinstance(key.value, (str, int)) and key.value in items:
            del items[key.value]
            return container("dict", items, receiver.elem)
    if name in ("reverse", "sort") and receiver.kind == "list":
        return lists.reordered(receiver, name, iterated)
    at = lists.popped(receiver, name, args[0][0] if args else None)
    if at is not None:
        return container("list", dict(enumerate(value for key, value in items.items() if key != at)))
    if name in ("pop", "popitem", "remove", "discard", "popleft") and receiver.kind in ("list", "set"):
        return _taken(receiver, name, args)
    return None


def _taken(receiver: Value, name: str, args: Pieces) -> Value:
    """A list or set after an element was taken out of it: the others move up where all are known by position."""
    values = list((receiver.items or {}).values())
    at = 0 if name == "popleft" else _position(args)
    known = name in ("pop", "popleft") and receiver.kind == "list" and receiver.elem is None
    if known and at is not None and -len(values) <= at < len(values):
        del values[at]
        return container("list", dict(enumerate(values)))
    return container(receiver.kind, None, iterated(receiver))


def _position(args: Pieces) -> int | None:
    if not args:
        return -1
    one = args[0][0].constant()
    return one.value if one is not None and isinstance(one.value, int) else None


def _updated(receiver: Value, args: Pieces, named: dict[str, strings.Piece]) -> Value:
    items, elem = dict(receiver.items or {}), receiver.elem
    for value, _ in args:
        items.update(value.items or {} if value.kind == "dict" else {})
        if value.kind != "dict" or value.elem is not None:
            mapped = value.elem if value.kind == "dict" else None
            rest = mappings.second(iterated(value), receiver) if mapped is None else mappings.held(value, mapped)
            elem = rest if elem is None else join(elem, rest)
    for key, (value, _) in named.items():
        items[key] = value
    names = [one for value, _ in args for one in mappings.names_in(value)]
    return container(receiver.kind, items or None, elem).with_origins(names)


def with_item(base: Value, key: Value, value: Value) -> Value:
    """The container after `base[key] = value`."""
    one = key.constant()
    items = dict(base.items or {})
    if one is not None and isinstance(one.value, (str, int)):
        items[one.value] = value
        return container(base.kind or "dict", items, base.elem)
    return container(base.kind or "dict", items or None, value if base.elem is None else join(base.elem, value))


# --- functions ---------------------------------------------------------------------------------------------------------


_NO_DOCUMENT = frozenset(("nosql",))  # a text is no document with operators


def _text_of(args: Pieces) -> Value:
    if not args:
        return Value(consts=frozenset((Constant("str", ""),)))
    value = args[0][0]
    if len(args) == 1 and value.consts and not value.open and value.constants() is not None:
        return Value(consts=frozenset(Constant("str", str(one.value)) for one in value.consts))
    if value.shapes or strings.is_text(value) or value.types & CLOSED_TYPES:
        return value.cleared(_NO_DOCUMENT) if value.open else value  # `str(name or "")`: one of several
    return Value(value.open or not value.made, origins=value.all_origins(), made=value.made, types=frozenset(("str",)))


def _number_of(name: str, args: Pieces) -> Value:
    one = args[0][0].constant() if args else None
    if one is not None and name == "int" and len(args) == 1 and isinstance(one.value, (int, str)):
        with suppress(ValueError):
            return Value(consts=frozenset((Constant("int", int(one.value)),)))
    return numbers.number(name, *(value for value, _ in args[:1]))


def _collected(kind: str, args: Pieces, named: dict[str, strings.Piece]) -> Value:
    if kind == "dict":
        return _updated(container("dict"), args, named)
    if not args:
        return container(kind)
    value = args[0][0]
    if value.kind and value.kind != "dict":
        return Value(kind=kind, items=value.items, elem=value.elem)
    return container(kind, None, iterated(value))


def _pairs(args: Pieces) -> Value:
    return container("list", None, container("tuple", {at: iterated(value) for at, (value, _) in enumerate(args)}))


def _enumerated(args: Pieces) -> Value:
    inner = iterated(args[0][0]) if args else UNKNOWN
    return container("list", None, container("tuple", {0: NUMBER, 1: inner}))


def _same(args: Pieces) -> Value:
    return args[0][0] if args else UNKNOWN


def _ordered(args: Pieces) -> Value:
    return container("list", None, iterated(args[0][0])) if args else UNKNOWN


def _one_of(args: Pieces) -> Value:
    if len(args) == 1:
        return iterated(args[0][0])
    return join_all(value for value, _ in args)


def _least(args: Pieces) -> Value:
    found = _one_of(args)
    return numbers.bounded(found) if any(is_number(value) and not numbers.is_free(value) for value, _ in args) else found


def _reduced(args: Pieces) -> Value:
    """`reduce(operator.add, lists)`: what a function makes of the elements carries them; of lists it mostly makes one."""
    if len(args) < 2:
        return UNKNOWN
    whole = lists.together(args[1][0], concatenated, iterated)
    return iterated(args[1][0]).derived() if whole is None else whole


def _summed(args: Pieces) -> Value:
    """`sum(numbers)`, `sum(lists, [])`."""
    start = args[1][0] if len(args) > 1 else None
    whole = lists.together(args[0][0], concatenated, iterated) if start is not None and start.kind else None
    return NUMBER if whole is None else concatenated(args[1][0], whole)


def _in_one_line(args: Pieces) -> Value:
    return strings.in_one_line(args[0][0]) if args and args[0][0].all_origins() else _text_of(args)


_FUNCTIONS: dict[str, Callable[[Pieces], Value]] = {
    "str": _text_of,
    "repr": _in_one_line,
    "ascii": _in_one_line,
    "format": _text_of,
    "zip": _pairs,
    "itertools.zip_longest": _pairs,
    "enumerate": _enumerated,
    "sorted": _ordered,
    "reversed": _ordered,
    "iter": _same,
    "next": _one_of,
    "filter": lambda args: container("list", None, iterated(args[1][0])) if len(args) > 1 else UNKNOWN,
    "min": _least,
    "max": _one_of,
    "itertools.repeat": lambda args: container("list", None, _same(args)),
    "functools.reduce": _reduced,
    "sum": _summed,
    "textwrap.dedent": _same,
    "textwrap.indent": _same,
    "inspect.cleandoc": _same,
    "sys.intern": _same,
    "len": lambda args: lists.length(args[0][0]) if args else NUMBER,
    "typing.cast": lambda args: args[1][0] if len(args) > 1 else UNKNOWN,
    **urls.FUNCTIONS,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "asyncio.wait_for": _same,
    "re.compile": matches.compiled,
    "string.Template": lambda args: Value(types=frozenset(("string.Template",)), items={"template": _same(args)}),
    "asyncio.shield": _same,
    "os.fspath": _same,
    "contextlib.closing": _same,
    "os.path.split": _apart,
    "os.path.splitext": _apart,
    "bytes": lambda args: args[0][0].derived() if args else UNKNOWN,
    "bytearray": lambda args: args[0][0].derived() if args else UNKNOWN,
}
_CLOSED_FUNCTIONS = {
    "ord": NUMBER, "hash": NUMBER, "id": NUMBER, "round": NUMBER, "abs": NUMBER,
    "bool": BOOL, "isinstance": BOOL, "issubclass": BOOL, "hasattr": BOOL, "callable": BOOL, "any": BOOL, "all": BOOL,
    "complex": instance("complex"), "range": container("list", None, NUMBER), "print": NONE,
    "uuid.UUID": instance("uuid.UUID"), "uuid.uuid4": instance("uuid.UUID"), "uuid.uuid1": instance("uuid.UUID"),
    "decimal.Decimal": instance("decimal.Decimal"), "fractions.Fraction": instance("fractions.Fraction"),
    "time.time": NUMBER, "time.monotonic": NUMBER, "time.perf_counter": NUMBER, "time.time_ns": NUMBER,
    "datetime.datetime.now": instance("datetime.datetime"), "datetime.datetime.utcnow": instance("datetime.datetime"),
    "datetime.date.today": instance("datetime.date"), "datetime.datetime.fromisoformat": instance("datetime.datetime"),
    "datetime.datetime.strptime": instance("datetime.datetime"), "datetime.timedelta": instance("datetime.timedelta"),
    "datetime.datetime": instance("datetime.datetime"), "datetime.date": instance("datetime.date"),
    "ipaddress.ip_address": instance("ipaddress.IPv4Address"), "chr": Value(types=frozenset(("str",)), made=True),
    "hex": Value(types=frozenset(("str",)), made=True), "bin": Value(types=frozenset(("str",)), made=True),
}  # fmt: skip


_NUMBERS = frozenset({"int", "float"})
_COLLECTIONS = {
    "list": "list", "tuple": "tuple", "set": "set", "frozenset": "set", "dict": "dict", "collections.OrderedDict": "dict",
    "collections.deque": "list", "collections.ChainMap": "dict", "types.MappingProxyType": "dict", "collections.UserDict": "dict",
}  # fmt: skip
_BY_NAME = frozenset({"types.SimpleNamespace", "argparse.Namespace"})  # their attributes are what they are given by name
_FACTORIES = {"list": "list", "set": "set", "dict": "dict"}
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"})
FUNCTIONS = (
    _ENVIRONMENT
    | frozenset(_FUNCTIONS)
    | frozenset(_CLOSED_FUNCTIONS)
    | _NUMBERS
    | frozenset(_COLLECTIONS)
    | _BY_NAME
    | {"collections.defaultdict"}
)


def function(path: str, args: Pieces, named: dict[str, strings.Piece]) -> Value | None:
    """What a call of the builtin (or plain standard library function) `path` gives; None if it is none of `FUNCTIONS`."""
    closed = _CLOSED_FUNCTIONS.get(path)
    if closed is not None:
        return closed
    if path in _NUMBERS:
        return _number_of(path, args)
    kind = _COLLECTIONS.get(path)
    if kind is not None:
        return _collected(kind, args, named)
    if path in _ENVIRONMENT:
        default = args[1] if len(args) > 1 else named.get("default")
        return TEXT if default is None else join(TEXT, default[0])
    if path == "collections.defaultdict":
        made = _FACTORIES.get(next(iter(args[0][0].apis), "")) if args else None
        missing = UNKNOWN if made is None else container(made, None, UNKNOWN)
        return _updated(container("dict", None, missing), args[1:], named)
    if path in _BY_NAME:
        return Value(types=frozenset((path,)), items={name: value for name, (value, _) in named.items()} or None)
    known = _FUNCTIONS.get(path)
    return None if known is None else known(args)
