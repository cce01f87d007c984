"""What a call is given, held against the options that a row asks for."""

import re
from collections.abc import Iterator
from functools import cache

from backend_audit import ir
from backend_audit.flow.written import last_word

_OPTION = re.compile(r"^([\w$-]+|\d)(?:(!?=)(.*))?$")
_MAX_NESTING = 3  # of objects in a call's arguments that hold options


def fits(option: str, node: ir.Call) -> bool:
    """Whether a call is given an option: `ttl`, `debug=true` (that value, in any case of letters), `max!=0` (another one).

    A number names a position: `0=Exception`, `0=object` or `0=number` (one that is written there), `0` (whatever is given);
    `0=name`: a variable; `!ttl` asks that it is not given; `a & b`: both; a value `no-*` is a beginning, `*limiter` an end.
    `self` is the last word of what the method is called on.
    """
    if " & " in option:
        return all(fits(one, node) for one in option.split(" & "))
    if option.startswith("!"):
        return not fits(option[1:], node)
    read = _read_option(option)
    if read is None:
        return False
    name, sign, wanted = read
    if name == "self":
        receiver = node.func.value if isinstance(node.func, ir.Attribute) else None
        return _means(last_word(receiver).lower(), wanted) == (sign == "=")
    if name.isdigit():
        if int(name) >= len(node.args):
            return False
        value = node.args[int(name)].value
        if wanted == "number":
            return isinstance(value, ir.Const) and type(value.value) in (int, float)
        if wanted == "name":
            return isinstance(value, (ir.Name, ir.Attribute)) == (sign == "=")
        return not sign or _means(_last_word(value), wanted) == (sign == "=")
    for key, value in options(node):
        known = key.id if isinstance(key, ir.Name) else str(key.value)
        if known == name:
            only = value.items[0].value if isinstance(value, ir.Container) and len(value.items) == 1 else value
            text = str(only.value).lower() if isinstance(only, ir.Const) else None  # None: not known
            if not sign or (text is not None and _means(text, wanted.lower())) == (sign == "="):
                return True
    return False


@cache
def _read_option(option: str) -> tuple[str, str | None, str] | None:
    """Name, `=` or `!=` if there is one, and the value."""
    matched = _OPTION.match(option)
    return None if matched is None else (matched[1], matched[2], matched[3] or "")


def _means(text: str, wanted: str) -> bool:
    if wanted.startswith("*") and len(wanted) > 1:
        return text.endswith(wanted[1:])
    return text.startswith(wanted[:-1]) if wanted.endswith("*") and len(wanted) > 1 else text == wanted


def _last_word(node: ir.Expr) -> str:
    """What an argument says in one word: a constant, or the last part of a dotted name."""
    if isinstance(node, ir.Const):
        return str(node.value)
    if isinstance(node, ir.Container):
        return "object" if node.kind == "dict" else node.kind
    return last_word(node)


def options(node: ir.Call) -> Iterator[tuple[ir.Name | ir.Const, ir.Expr]]:
    """The keywords of a call and the keys of the objects and dicts that it is given, with what they hold."""
    for arg in node.args:
        if arg.name is not None:
            yield ir.Name(arg.at, arg.end, arg.name), arg.value
        yield from _keys(arg.value, _MAX_NESTING)


def _keys(node: ir.Expr, depth: int) -> Iterator[tuple[ir.Name | ir.Const, ir.Expr]]:
    if isinstance(node, ir.Container) and depth:
        for item in node.items:
            if isinstance(item.key, (ir.Const, ir.Name)):
                yield item.key, item.value
            yield from _keys(item.value, depth - 1)
