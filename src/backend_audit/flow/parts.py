"""Parts of data: of a parameter's, the same part of what callers give is meant."""

from backend_audit.flow import sensitive, uploads
from backend_audit.flow.origins import DERIVED, MEMBER, NAMES, Origin, chosen_names, ordered
from backend_audit.flow.values import CLASS, UNKNOWN, Value, join_all

ELEMENT = "[]"  # the step to an element whose position does not matter
NAME = "[name]"  # the step to one of a mapping's keys
_DICT = frozenset((*dir(dict), ELEMENT, NAME))
_LIST = frozenset((*dir(list), ELEMENT, NAME)) | frozenset(  # what lists have by name, in both languages
    "at concat entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach groups includes index "
    "indexOf input join keys lastIndexOf length map push raw reduce reduceRight shift slice some splice toLocaleString "
    "toReversed toSorted toSpliced toString unshift values with".split()
)
_WHOLE = 2  # the length of the key of an origin that is a parameter, and no part of it
_NO_SECRET = frozenset(("secret",))
_DEEPEST = 4  # parts of parts are told apart down to here


def of_origin(origin: Origin, step: str | int) -> Origin:
    """The origin of a part of data, which `step` leads to: a name, a key, `ELEMENT`."""
    if origin.label != "param":
        return origin.clear(uploads.known_by_server(origin, step))
    if origin.key[-1] == DERIVED or len(origin.key) > _DEEPEST:
        told = isinstance(step, int) or step in (ELEMENT, NAME) or sensitive.gives_away(step)
        return origin.derived() if told else origin.derived().clear(_NO_SECRET)  # `JSON.parse(token).email`
    return Origin("param", (*origin.key, step), origin.what, origin.cleared, origin.trace)


def of_rest(rest: Value, key: str | int) -> Value | None:
    """What a function's own `*args` or `**kwargs` hold at a key that is known: that part of what its callers give."""
    if rest.elem is None or key in (rest.items or {}) or len(rest.origins) != 1 or rest.elem.consts:
        return None
    (whole,) = rest.origins
    each = of_origin(whole, ELEMENT)
    if whole.label != "param" or len(whole.key) != _WHOLE or rest.elem.origins != frozenset((each,)):
        return None
    return Value(open=True, origins=frozenset((of_origin(whole, key),)))


def is_rest(value: Value) -> bool:
    """Whether a value is a function's own `**kwargs`, with what it has put into them."""
    return value.kind == "dict" and of_rest(value, "") is not None


def of_spread(whole: Value, name: str) -> Value | None:
    """What `{ id, ...options }` holds under a name that is not written there: the same part of `options`, a parameter."""
    if whole.kind != "dict" or whole.elem is None or name in (whole.items or {}) or not whole.elem.origins:
        return None
    parts: list[Origin] = []
    for one in ordered(whole.elem.origins):
        if one.label != "param" or one.key[-1] != DERIVED or one not in whole.origins or len(one.key) > _DEEPEST:
            return None
        parts.append(Origin("param", (*one.key[:-1], name), one.what, one.cleared, one.trace))
    return UNKNOWN.with_origins(parts)


def gives_away(path: tuple[str | int, ...]) -> bool:
    """Whether the part at `path` of an object with a secret in it may be the secret: `self.password`, not `self.email`."""
    return all(not isinstance(step, str) or step == "[]" or sensitive.gives_away(step) for step in path)


def part_of(argument: Value, path: tuple[str | int, ...]) -> Value:
    """What an access path of a parameter is in the argument."""
    value = argument
    for at, step in enumerate(path):
        if value.items is not None and step in value.items:
            value = _held(value, step)
        elif step == NAME and value.kind == "dict" and all(one.label == NAMES for one in value.origins):
            return UNKNOWN.with_origins(chosen_names(value.origins))  # all others are the program's own: `search(table, owner=…)`
        elif value.kind in ("list", "tuple") and isinstance(step, str) and step not in _LIST:
            return UNKNOWN  # options are no list: `execFile(file, args)` takes them in the place of `args` as well
        elif step in (ELEMENT, NAME) and value.kind and value.items:
            value = join_all(value.inside())
        elif value.kind and value.elem is not None:
            value = value.elem
        else:
            remaining = path[at:]
            apart = not value.kind or (value.kind == "dict" and remaining[0] not in _DICT)
            fields = value.items is not None and apart and not value.shapes  # what one holds is not in another
            origins = [
                Origin("param", (*one.key, *remaining)[:6], one.what, one.cleared, one.trace)
                if one.label == "param" and one.key[-1] != DERIVED
                else one.clear(uploads.known_by_server(one, remaining[-1]))
                for one in (value.origins if fields else value.all_origins())
                if one.label != MEMBER and (one.label != "secret" or gives_away(remaining))
            ]
            return UNKNOWN.with_origins(origins)
    return value


def _held(whole: Value, step: str | int) -> Value:
    """What is known to be held; of a parameter's object of a class, what all objects hold is not all that this one may."""
    held = (whole.items or {}).get(step, UNKNOWN)
    if not whole.origins or not any(name[:1] == CLASS for name in whole.types):
        return held
    own = [one for one in ordered(whole.origins) if one.label == "param" and one.key[-1] != DERIVED]
    return held.with_origins(Origin("param", (*one.key, step)[:6], one.what, one.cleared, one.trace) for one in own)
