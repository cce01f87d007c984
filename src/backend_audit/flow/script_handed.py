"""The functions that are handed to a library, as the rows of its model say where they stand."""

from collections.abc import Callable, Iterator

from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

_Opened = Callable[[Value], Value]


def called(spec: str, args: Args, opened: _Opened) -> Iterator[Value]:
    """What a row's `function` means: `1*` all arguments from there on, `0.handler` a field (`*`: any) of an object or a list's.

    `a|b`: both. `opened` tells what a function gives that stands in the place of such an object: `fields: () => ({…})`.
    """
    if "|" in spec:
        for one in spec.split("|"):
            yield from called(one, args, opened)
        return
    if "." in spec:
        head, _, name = spec.partition(".")
        whole = argument(args, head)
        inside = [] if whole is None else [whole.value, *(whole.value.items or {}).values()]
        for value in inside:
            yield from _held(value, name.split("."), opened)
        return
    first = int(spec.rstrip("*"))
    for key, operand in args:
        if key.isdigit() and (int(key) == first or (int(key) > first and spec.endswith("*"))):
            yield operand.value


def _held(value: Value, names: list[str], opened: _Opened) -> Iterator[Value]:
    """What an object holds at the end of a path; `*` is any name."""
    if not names:
        yield value
        return
    if value.refs and not value.kind:
        value = opened(value)
    if names[0] == "*":
        for inner in (value.items or {}).values() if value.kind else ():
            yield from _held(inner, names[1:], opened)
        return
    held = argument((("0", Operand(value, None)),), f"0.{names[0]}")
    if held is not None:
        yield from _held(held.value, names[1:], opened)


def functions(value: Value) -> list[FunctionSymbol]:
    """The functions that a value is, or holds as a list."""
    inside = [value, *value.inside()] if value.kind else [value]
    return [symbol for one in inside for symbol in one.refs if isinstance(symbol, FunctionSymbol)]
