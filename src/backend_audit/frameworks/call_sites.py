"""Who calls a function of the project, and what it is given there: values are read back over its parameters."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.moments import NOW, CallSite
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.source import SCRIPTS

_MANY = 16  # callers of one function that are looked at
_LISTED = {"apply_async": 0, "send_with_options": -1, "send_task": 1}  # where a list of arguments may stand
_NAMED_FIRST = frozenset("send_task enqueue_job enqueue add_task".split())  # the function stands before its arguments


class CallSites:
    """The calls of the project's functions, by what is called.

    `within`: by the keys of functions, the calls that are being looked into: for their parameters these alone count.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.within: dict[str, CallSite] = {}
        self._by_callee: dict[str, list[CallSite]] | None = None

    def of(self, function: FunctionSymbol) -> list[CallSite]:
        """The calls of a function by others, in the order of the code."""
        if self._by_callee is None:
            self._by_callee = {}
            for site in self.every():
                if site.caller is not site.callee:
                    self._by_callee.setdefault(site.callee.key, []).append(site)
        return self._by_callee.get(function.key, [])[:_MANY]

    def every(self) -> Iterator[CallSite]:
        """All calls of the project's functions, in the order of the code."""
        for _, calls in sorted(self.engine.sites.items()):
            yield from (site for _, site in sorted(calls.items(), key=lambda one: one[0]))

    @contextmanager
    def reading(self, within: dict[str, CallSite]) -> Iterator[None]:
        """While something is read within these calls."""
        before, self.within = self.within, within
        try:
            yield
        finally:
            self.within = before

    def looking_into(
        self, caller: FunctionSymbol, call: ir.Call, callees: Iterable[FunctionSymbol]
    ) -> AbstractContextManager[None]:
        """While what `callees` give is read for one call."""
        return self.reading(self.within | {one.key: CallSite(caller, one, call, NOW) for one in callees})

    def given(self, function: FunctionSymbol, name: str) -> Iterator[tuple[CallSite, ir.Expr]]:
        """What callers give for the parameter called `name`, each with the call."""
        at = next((at for at, param in enumerate(function.node.params) if param.name == name), None)
        if at is None or function.node.params[at].kind in ("args", "kwargs", "receiver"):
            return
        only = self.within.get(function.key)
        for site in self.of(function) if only is None else [only]:
            value = _argument(site, at, name)
            if value is not None:
                yield site, value


def _argument(site: CallSite, at: int, name: str) -> ir.Expr | None:
    """The expression that fills a parameter; None where it is not written there, or the call means another function."""
    call, callee = site.node, site.callee
    last = call.func.attr if isinstance(call.func, ir.Attribute) else call.func.id if isinstance(call.func, ir.Name) else ""
    if callee.module.node.language in SCRIPTS:
        return _positional(call.args, at)
    params = callee.node.params
    task = bool(params) and callee.owner is None and params[0].name in ("self", "ctx")
    at -= 1 if callee.binds_first or task else 0
    if at < 0:
        return None
    listed = last in _LISTED or any(arg.name in ("args", "kwargs") and isinstance(arg.value, ir.Container) for arg in call.args)
    if listed and not any(param.name in ("args", "kwargs") for param in params):
        return _in_lists(call, at, name, _LISTED.get(last, -1))
    named = next((arg.value for arg in call.args if arg.name == name), None)
    return named if named is not None else _positional(call.args, at + (1 if last in _NAMED_FIRST else 0))


def _positional(args: list[ir.Arg], at: int) -> ir.Expr | None:
    before = args[: at + 1]
    if len(before) <= at or any(arg.star or arg.name or isinstance(arg.value, ir.Starred) for arg in before):
        return None
    return before[at].value


def _in_lists(call: ir.Call, at: int, name: str, position: int) -> ir.Expr | None:
    """What stands in `args=[…]` and `kwargs={…}` of a task that is sent."""
    lists = next((arg.value for arg in call.args if arg.name == "args"), None)
    if lists is None and position >= 0:
        lists = _positional(call.args, position)
    maps = next((arg.value for arg in call.args if arg.name == "kwargs"), None)
    for item in maps.items if isinstance(maps, ir.Container) else ():
        if isinstance(item.key, ir.Const) and item.key.value == name:
            return item.value
    items = lists.items if isinstance(lists, ir.Container) and lists.kind in ("list", "tuple") else []
    return items[at].value if at < len(items) and not items[at].star else None
