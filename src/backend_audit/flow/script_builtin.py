"""JavaScript's builtins on values: methods of strings, arrays and objects, global functions. Pure: values in, values out.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects
"""

from collections.abc import Callable

from msgspec import structs

from backend_audit.flow import lacks, script_constant_texts, script_lists, strings
from backend_audit.flow.models import INJECTION
from backend_audit.flow.origins import MEMBER, NAMES, Origin, chosen_names
from backend_audit.flow.script_patterns import cleared_by_replacing, escaped_for_scripts, hit, strips_parents, takes_every_sign
from backend_audit.flow.values import (
    MADE,
    NONE,
    NOTHING,
    NUMBER,
    UNKNOWN,
    Constant,
    Key,
    Shape,
    Value,
    changed,
    constant,
    container,
    instance,
    join,
    join_all,
    text,
    transform,
)

Pieces = list[strings.Piece]
BOOL = instance("bool")
UNDEFINED = constant("undefined", None)

_PATH = frozenset(("path",))

# --- texts -------------------------------------------------------------------------------------------------------------

_MAPPED: dict[str, Callable[[str], str]] = {
    "toLowerCase": str.lower, "toUpperCase": str.upper, "toLocaleLowerCase": str.lower, "toLocaleUpperCase": str.upper,
    "trim": str.strip, "trimStart": str.lstrip, "trimEnd": str.rstrip, "trimLeft": str.lstrip, "trimRight": str.rstrip,
    "toString": str, "valueOf": str, "normalize": str, "toWellFormed": str,
}  # fmt: skip
_ENCODINGS = {  # what the letters of an encoding cannot do
    "hex": frozenset(("all",)),
    "base64": frozenset("sql html shell log header ldap xpath template regex dn".split()),
    "base64url": frozenset("sql html shell log header ldap xpath template regex dn path url".split()),
}
_TESTS = frozenset("includes startsWith endsWith test localeCompare".split())
_NUMBERS = frozenset("indexOf lastIndexOf search charCodeAt codePointAt".split())
_PARTS = frozenset(
    "slice substring substr charAt at padStart padEnd repeat replace replaceAll match matchAll concat split".split()
)
_ONLY_OF_TEXT = (frozenset(_MAPPED) | _PARTS | _TESTS | _NUMBERS) - frozenset(
    "slice at concat includes indexOf lastIndexOf toString valueOf search match test normalize replace".split()
)
THROWING = _ONLY_OF_TEXT | frozenset("search match normalize replace".split())  # on what is no text, if it is data
NO_OBJECT = frozenset(("nosql", "lookup"))  # the contexts in which a text does no harm and an object may
_LIKELY_OF_TEXT = _ONLY_OF_TEXT | frozenset("replace slice concat includes indexOf lastIndexOf toString match".split())


def text_method(receiver: Value, name: str, args: Pieces) -> Value | None:
    """What a method of a string gives; None when strings have no such method. What `trim` gives is a text: objects have none."""
    found = _text_method(receiver, name, args)
    return found if found is None or name not in THROWING or not found.origins else found.cleared(NO_OBJECT)


def _text_method(receiver: Value, name: str, args: Pieces) -> Value | None:
    first = args[0][0] if args else UNKNOWN
    if name in _MAPPED:
        return _mapped(receiver, name) if name != "toString" or not args else _encoded(receiver, first)
    if (told := script_constant_texts.folded(receiver, name, [value for value, _ in args])) is not None:
        return told
    if name in _TESTS:
        return NUMBER if name == "localeCompare" else BOOL
    if name in _NUMBERS:
        return NUMBER
    if name == "concat":
        return strings.build([(receiver, ""), *args], "+")
    if name == "split":
        if (parts := script_lists.parts(receiver, [value for value, _ in args])) is not None:
            return parts
        part = MADE if receiver.is_literal() else receiver.derived()
        gone = cleared_by_replacing(first, text(""), every=True) if first.constant() is not None else frozenset[str]()
        gone = (gone - _PATH) | lacks.SEGMENT if gone >= _PATH else gone  # `..` may be one of the parts
        return container("list", None, part.cleared(gone) if gone and part.origins else part)
    if name in ("replace", "replaceAll"):
        return _replaced(receiver, name, args)
    if name == "match":
        return join(NONE, hit(receiver.derived(), first))
    if name == "matchAll":
        return join(NONE, container("list", None, container("list", None, receiver.derived())))
    if name in _PARTS:
        if receiver.is_literal():
            return MADE
        return (
            Value(receiver.open, shapes=receiver.shapes, origins=receiver.derived().origins)
            if receiver.shapes
            else receiver.derived()
        )
    return None


def _encoded(receiver: Value, encoding: Value) -> Value:
    """`buffer.toString("hex")`; of a number, a base."""
    if encoding.is_just("hex"):
        return receiver.derived().cleared(INJECTION)
    found = _mapped(receiver, "toString")
    named = encoding.texts() if encoding.constants() is not None else ()
    cleared = frozenset.intersection(*(_ENCODINGS.get(one.lower(), frozenset()) for one in named)) if named else frozenset[str]()
    return changed(found, shapes=()).cleared(cleared) if cleared else found


def only_of_text(name: str) -> bool:
    """Whether only strings have a method of this name."""
    return name in _ONLY_OF_TEXT


def likely_of_text(name: str) -> bool:
    """Whether data of which nothing else is known is a string if a method of this name is called on it (or an array)."""
    return name in _LIKELY_OF_TEXT


def _mapped(receiver: Value, name: str) -> Value:
    change = _MAPPED[name]
    consts = frozenset(Constant(one.kind, change(one.value)) if isinstance(one.value, str) else one for one in receiver.consts)
    return Value(
        receiver.open, consts, receiver.shapes, types=receiver.types, origins=receiver.derived().origins, made=receiver.made
    )  # fmt: skip


def _replaced(receiver: Value, name: str, args: Pieces) -> Value:
    """A text replaces every hit of a pattern with `g` (or of `replaceAll`), else the first alone, which clears nothing."""
    if receiver.is_literal() and all(value.is_literal() for value, _ in args):
        return MADE
    origins = receiver.derived().origins
    new = args[1][0] if len(args) > 1 else UNKNOWN
    if new.is_literal() and takes_every_sign(args[0][0]):  # `password.replace(/./g, "*")`
        return MADE
    if not new.refs:  # what a function makes of a hit is its own
        origins |= new.derived().origins
    found = Value(True, shapes=receiver.shapes or _around(receiver, new, args), origins=origins)
    if not args:
        return found
    gone = cleared_by_replacing(args[0][0], new, every=name == "replaceAll")
    if strips_parents(args[0][0]):
        return transform(found, lambda one: (one.clear(gone | lacks.lacking("..") if "dots" in one.cleared else gone),))
    return escaped_for_scripts(found.cleared(gone), args[0][0], new)


def _around(receiver: Value, new: Value, args: Pieces) -> tuple[Shape, ...]:
    """`page.replace("{head}", markup)`: a text that the program has built stands in another."""
    if new.refs or not new.shapes or receiver.all_origins():
        return ()
    return strings.build([(receiver, "…"), (new, args[1][1]), (receiver, "…")], "replace").shapes


# --- arrays and objects ------------------------------------------------------------------------------------------------


def values(receiver: Value) -> Value:
    """Any of what a container holds; of anything else, something of its data."""
    if not receiver.kind:
        return receiver.derived()
    held = join_all(receiver.inside())
    return join(held, UNKNOWN.with_origins(receiver.derived().origins)) if receiver.open and receiver.origins else held


def any_item(receiver: Value) -> Value:
    """What a container may hold under a name that is not known: in an object, nothing too."""
    found = values(receiver)
    return join(found, UNDEFINED) if receiver.kind == "dict" and found is not NOTHING else found


def keys(receiver: Value) -> Value:
    """Any of the names or positions under which an object holds something."""
    chosen = chosen_names(receiver.origins)
    if chosen:
        return changed(keys(receiver.without(NAMES)), open=True).with_origins(chosen)
    if receiver.kind in ("list", "tuple"):
        return MADE
    if receiver.kind == "dict" and receiver.elem is None and not receiver.open:
        return join_all(text(str(key)) for key in receiver.items or {})
    return receiver.derived().without("secret").cleared(NO_OBJECT)  # names are texts, and tell nothing of what they stand for


def container_method(receiver: Value, name: str, args: Pieces) -> Value | None:
    """What a method of an array, Map or Set gives that takes no function; None when they have none of that name."""
    first = args[0][0] if args else UNKNOWN
    placed = script_lists.method(receiver, name, args)
    if placed is not None:
        return placed
    if name == "join":
        glue = first if args else text(",")
        return transform(strings.join_strings(glue, receiver, "items"), lambda one: (_whole(one),))
    if name in ("pop", "shift", "at", "get", "next"):
        one = first.constant() if args else None
        known = receiver.item(one.value) if one is not None and isinstance(one.value, (str, int)) else None
        found = values(receiver) if known is None else known
        return UNKNOWN if found is NOTHING else found  # what is empty here, something else fills
    if name == "concat":
        return script_lists.concatenated([receiver, *(value for value, _ in args)], values)
    if name in _PUTTING:
        put = [value for value, _ in args[_PUTTING[name] :]][: None if name == "toSpliced" else 1]
        return container("list", None, join_all([values(receiver), *put]))
    if name in ("slice", "splice", "flat", "reverse", "sort", "values", "toSorted", "toReversed"):
        return (
            receiver
            if name in ("reverse", "sort") or (not args and name == "slice")
            else container("list", None, values(receiver))
        )
    if name == "keys":
        return container("list", None, keys(receiver))
    if name == "entries":
        return container("list", None, container("list", {0: keys(receiver), 1: values(receiver)}))
    if name == "filter":
        return container("list", None, values(receiver))
    if name in ("includes", "has", "hasOwnProperty"):
        return BOOL
    if name in ("indexOf", "lastIndexOf", "push", "unshift", "findIndex"):
        return NUMBER
    return UNDEFINED if name in ("add", "set", "delete", "clear", "forEach") else None


def _whole(origin: Origin) -> Origin:
    """What was a part between separators, together with others."""
    return structs.replace(origin, cleared=origin.cleared - lacks.SEGMENT) if origin.cleared >= lacks.SEGMENT else origin


_PUTTING = {"fill": 0, "with": 1, "toSpliced": 2}  # methods that put something into a list: the first argument that is put
MUTATORS = frozenset("push unshift pop shift splice fill add set".split())


def mutated(receiver: Value, name: str, args: Pieces) -> Value | None:
    """The container after a mutating method; None when nothing is known of it."""
    if not receiver.kind or name not in MUTATORS:
        return None
    items = dict(receiver.items or {})
    shorter = script_lists.mutated(receiver, name)
    if shorter is not None:
        return shorter
    if name == "push" and receiver.elem is None and not receiver.open:
        for value, _ in args:
            items[len(items)] = value
        return container(receiver.kind, items)
    if name == "set" and len(args) > 1:
        return with_item(receiver, args[0][0], args[1][0])
    if name in ("push", "unshift", "add", "splice", "fill"):
        added = join_all(value for value, _ in (args[2:] if name == "splice" else args))
        return container(receiver.kind, None, join(values(receiver), added))
    return container(receiver.kind, None, values(receiver))


def grown(before: Value, after: Value) -> Value:
    """A container after a mutation that happens any number of times: what is added has no known place in a list."""
    if before.kind != "list" or after.kind != "list":
        return after
    known = before.items or {}
    added = [value for key, value in (after.items or {}).items() if known.get(key) is not value]
    elem = join_all([*added, *(one for one in (before.elem, after.elem) if one is not None)])
    return changed(after, items=before.items, elem=None if elem is NOTHING else elem)


def with_item(base: Value, key: Value, value: Value) -> Value:
    """The object after `base[key] = value`."""
    one = key.constant()
    if one is not None and isinstance(one.value, (str, int)):
        return changed(base, items={**(base.items or {}), one.value: value}, made=False)
    if base.kind:
        return changed(base, elem=value if base.elem is None else join(base.elem, value), made=False)
    return base


def merged(parts: list[Value]) -> Value:
    """`Object.assign({}, a, b)`, `{...a, ...b}`: a new object, whatever names the parts were found by."""
    items: dict[Key, Value] = {}
    elem: Value | None = None
    origins = frozenset(origin for one in parts if not one.kind for origin in one.without(MEMBER).derived().origins)
    for one in parts:
        rest = one.elem if one.kind else one.derived() if one.origins else None
        if rest is not None:
            items = {key: join(value, rest) for key, value in items.items()}  # it may be overwritten
        items.update(one.items or {})
        if rest is not None:
            elem = rest if elem is None else join(elem, rest)
    return changed(container("dict", items or None, elem), origins=origins)
