"""Plain constructors for LibCST's nodes: a third of a parse went into them; importing this module puts them in place.

LibCST's nodes are frozen dataclasses, whose `__init__` assigns each field with `object.__setattr__`. Here each class gets one
that says `self.x = x`: that of a twin which is not frozen, for which the guard of frozen classes must go. Nothing else changes:
same parameters, same defaults, and a `__post_init__` of the class's own is called (the common one validates, which `quicker`
switches off). A class that does not look as expected keeps what it has.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import libcst as cst

_GUARDS = ("__setattr__", "__delattr__")


def plain_constructors() -> None:
    """Give every node class of LibCST a plain constructor."""
    kinds = [kind for kind in node_classes() if "__init__" in vars(kind) and _understood(kind)]
    for base in {base for kind in kinds for base in kind.__mro__ if dataclasses.is_dataclass(base)}:
        for guard in _GUARDS:
            if guard in vars(base):
                delattr(base, guard)
    for kind in kinds:
        if kind.__setattr__ is object.__setattr__:
            setattr(kind, "__init__", _constructor(kind))  # noqa: B010 - mypy takes the plain form for an override


def node_classes() -> list[type[cst.CSTNode]]:
    """The classes whose names the parser looks up."""
    return [one for one in vars(cst).values() if isinstance(one, type) and issubclass(one, cst.CSTNode)]


def _understood(kind: type[cst.CSTNode]) -> bool:
    """Whether the constructor is the one that dataclasses generate for plain fields."""
    code = getattr(vars(kind)["__init__"], "__code__", None)
    if not dataclasses.is_dataclass(kind) or code is None or code.co_filename != "<string>":
        return False
    fields = dataclasses.fields(kind)
    plain = all(field.init and not field.kw_only for field in fields)
    return plain and code.co_varnames[1 : code.co_argcount] == tuple(field.name for field in fields)


def _constructor(kind: type[cst.CSTNode]) -> Callable[..., None]:
    """That of a dataclass with the same fields which is not frozen."""
    own = kind.__post_init__ is not cst.CSTNode.__post_init__
    twin = dataclasses.make_dataclass(
        kind.__name__,
        [(one.name, object, dataclasses.field(**_default(one))) for one in dataclasses.fields(kind)],
        namespace={"__post_init__": kind.__post_init__} if own else {},
        repr=False,
        eq=False,
        match_args=False,
    )
    made: Callable[..., None] = vars(twin)["__init__"]
    return made


def _default(one: "dataclasses.Field[object]") -> dict[str, Any]:
    if one.default_factory is not dataclasses.MISSING:
        return {"default_factory": one.default_factory}
    return {} if one.default is dataclasses.MISSING else {"default": one.default}
