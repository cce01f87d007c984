"""Plain constructors for LibCST's nodes: a third of a parse went into them; importing this module puts them in place.

LibCST's nodes are frozen dataclasses, whose `__init__` assigns each field with `object.__setattr__`. Here each class gets one
that says `self.x = x`, made from the class's own fields, for which the guard of frozen classes must go. Nothing else changes:
same parameters, same defaults, and a `__post_init__` of the class's own is called (the common one validates, which `quicker`
switches off). A class that does not look as expected keeps what it has.
"""

import dataclasses
from collections.abc import Callable, Iterator

import libcst as cst

_GUARDS = ("__setattr__", "__delattr__")


class _Missing:
    """The default of a parameter whose value a factory makes."""


def plain_constructors() -> None:
    """Give every node class of LibCST a plain constructor."""
    every: type = cst.CSTNode
    kinds = [kind for kind in _kinds(every) if "__init__" in vars(kind) and _understood(kind)]
    for base in {base for kind in kinds for base in kind.__mro__ if dataclasses.is_dataclass(base)}:
        for guard in _GUARDS:
            if guard in vars(base):
                delattr(base, guard)
    for kind in kinds:
        if kind.__setattr__ is object.__setattr__:
            setattr(kind, "__init__", _constructor(kind))  # noqa: B010 - mypy takes the plain form for an override


def _kinds(kind: type[cst.CSTNode]) -> Iterator[type[cst.CSTNode]]:
    yield kind
    for sub in kind.__subclasses__():
        yield from _kinds(sub)


def _understood(kind: type[cst.CSTNode]) -> bool:
    """Whether the constructor is the one that dataclasses generate for plain fields."""
    code = getattr(vars(kind)["__init__"], "__code__", None)
    if not dataclasses.is_dataclass(kind) or code is None or code.co_filename != "<string>":
        return False
    fields = dataclasses.fields(kind)
    plain = all(field.init and not field.kw_only for field in fields)
    return plain and code.co_varnames[1 : code.co_argcount] == tuple(field.name for field in fields)


def _constructor(kind: type[cst.CSTNode]) -> Callable[..., None]:
    names: dict[str, object] = {"_MISSING": _Missing}
    parameters, body = ["self"], []
    for field in dataclasses.fields(kind):
        given = field.name
        if field.default is not dataclasses.MISSING:
            names[f"_default_{given}"] = field.default
            parameters.append(f"{given}=_default_{given}")
        elif field.default_factory is not dataclasses.MISSING:
            names[f"_make_{given}"] = field.default_factory
            parameters.append(f"{given}=_MISSING")
            given = f"_make_{given}() if {given} is _MISSING else {given}"
        else:
            parameters.append(given)
        body.append(f"self.{field.name} = {given}")
    if kind.__post_init__ is not cst.CSTNode.__post_init__:
        body.append("self.__post_init__()")
    made: dict[str, Callable[..., None]] = {}
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"])
    exec(text, names, made)  # noqa: S102 - of field names alone, as dataclasses does it
    return made["__init__"]
