"""A module that has changed, in the place of what it was: its functions and classes stay the symbols that others refer to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from backend_audit import ir
from backend_audit.link.alike import alike
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol, Symbol

_Defined = TypeVar("_Defined", FunctionSymbol, ClassSymbol)


@dataclass(frozen=True, slots=True)
class Renewed:
    """A module that holds other code now.

    `had` are the keys of the functions and classes that it had, `symbols` those that it has by the identity of their nodes,
    `changed` the keys of functions that are not what they were or are gone; `around`: what the module says outside of functions
    is not what it was, so that all of them are among these; `classes` are the keys of those that say something else themselves.
    """

    module: ModuleSymbol
    had: frozenset[str]
    symbols: dict[int, Symbol]
    changed: frozenset[str]
    around: bool
    classes: frozenset[str]


def renewed(module: ModuleSymbol, fresh: ModuleSymbol, old: Iterable[Symbol], made: Mapping[int, Symbol]) -> Renewed:
    """Let `module` hold what `fresh` does.

    `old` are the functions and classes that it had, `made` those of `fresh` by the identity of their nodes. What is called as one
    of the old is that one from now on, with its new code.
    """
    old = list(old)
    before = {one.key: one.node for one in old if isinstance(one, FunctionSymbol)}
    around = not alike(_outside(module.node.body), _outside(fresh.node.body), {})
    functions = _standing([one for one in old if isinstance(one, FunctionSymbol)], _of(made, FunctionSymbol))
    classes = _standing([one for one in old if isinstance(one, ClassSymbol)], _of(made, ClassSymbol))
    for new, function in functions.items():
        function.node, function.module = new.node, module
        function.owner = None if new.owner is None else classes[new.owner]
        function.parent = None if new.parent is None else functions[new.parent]
        function.nested = [functions[one] for one in new.nested]
        function.reread()
    others = frozenset(one.key for one in {*old, *classes.values()} if isinstance(one, ClassSymbol))
    others -= {one.key for new, one in classes.items() if one is not new and _say_the_same(one.node, new.node)}
    for made_class, owner in classes.items():
        owner.node, owner.module = made_class.node, module
        owner.methods = {name: functions[one] for name, one in made_class.methods.items()}
    module.node = fresh.node
    module.functions = {name: functions[one] for name, one in fresh.functions.items()}
    module.classes = {name: classes[one] for name, one in fresh.classes.items()}
    module.every = [functions[one] for one in fresh.every]
    module.exported, module.reexported, module.replaced = fresh.exported, fresh.reexported, fresh.replaced
    module.reread()
    changed = {one.key for one in functions.values() if around or not alike(before.pop(one.key, None), one.node, {})}
    symbols: dict[int, Symbol] = {id(one.node): one for one in functions.values()}
    symbols |= {id(one.node): one for one in classes.values()}
    had = frozenset(one.key for one in old)
    return Renewed(module, had, symbols, frozenset(changed | before.keys()), around, others)


def _outside(body: list[ir.Stmt]) -> list[ir.Node]:
    """What a module says outside of the functions at its top level and in its classes."""
    found: list[ir.Node] = []
    for one in body:
        if isinstance(one, ir.Class):
            found += [*one.bases, *one.decorators, *_outside(one.body)]
        elif not isinstance(one, ir.Function):
            found.append(one)
    return found


def _say_the_same(before: ir.Class, now: ir.Class) -> bool:
    """Whether two classes differ in their methods alone."""
    return alike(_outside([before]), _outside([now]), {})


def _of(made: Mapping[int, Symbol], kind: type[_Defined]) -> list[_Defined]:
    return [one for one in made.values() if isinstance(one, kind)]


def _standing(old: list[_Defined], made: list[_Defined]) -> dict[_Defined, _Defined]:
    """The symbol that each new one is: the old one of its name, the first for the first; else itself, under a key of its own."""
    waiting: dict[str, list[_Defined]] = {}
    for one in sorted(old, key=lambda one: one.node.at):
        waiting.setdefault(one.name, []).append(one)
    keys = {one.key for one in old}
    found: dict[_Defined, _Defined] = {}
    for one in sorted(made, key=lambda one: one.node.at):
        if waiting.get(one.name):
            found[one] = waiting[one.name].pop(0)
            continue
        if one.key in keys:
            one.key = next(key for number in count() if (key := f"{one.key}+{number}") not in keys)
        keys.add(one.key)
        found[one] = one
    return found
