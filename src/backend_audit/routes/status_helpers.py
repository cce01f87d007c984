"""Helpers of a project that make answers and are told their status: `return error("who are you?", 401)`."""

import re
from collections.abc import Collection, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.reach import forget
from backend_audit.routes.status import status_of, statuses

_STATUS = re.compile(r"(?:^|_)(?:status|code)(?:_?code)?$|statusCode$", re.IGNORECASE)


class StatusHelpers:
    """Those of one project."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, str] = {}

    def forget(self, keys: Collection[str]) -> None:
        """What is known of the functions with these keys may hold no longer."""
        forget(self._known, keys)

    def told(self, frame: Frame, node: ir.Expr) -> frozenset[int]:
        """The statuses that a call tells a helper to set on the answer that it makes."""
        helper = _helper(frame, node)
        name = "" if helper is None else self._set_by(helper)
        if not name or not isinstance(node, ir.Call):
            return frozenset()
        given = dict(_given(helper, node))
        return statuses(frame.eval(given[name])) if name in given else frozenset()

    def _set_by(self, function: FunctionSymbol) -> str:
        """The parameter that a function gives its answer as status, itself or by another helper; "" if there is none."""
        if function.key not in self._known:
            self._known[function.key] = ""  # of those that call themselves
            params = {one.name for one in function.node.params}
            self._known[function.key] = next((one for one in self._names(function) if one in params), "")
        return self._known[function.key]

    def _names(self, function: FunctionSymbol) -> Iterator[str]:
        """The names of variables that answers of a function are given as status: `response.status_code = code`."""
        returned = [one.value for one in function.scope.of(ir.Return) if one.value is not None]
        names = {one.id for one in returned if isinstance(one, ir.Name)}
        for node in function.scope.of(ir.Assign):
            if isinstance(node.value, ir.Name) and status_of(node) in names:
                yield node.value.id
            if node.value is not None and any(written(target) in names for target in node.targets):
                returned.append(node.value)
        for answer in returned:
            if isinstance(answer, ir.Container) and answer.kind == "tuple":  # `return body, code`
                rest = [one.value for one in answer.items[1:]]
                yield from (one.id for one in rest if isinstance(one, ir.Name) and _STATUS.search(one.id))
            elif isinstance(answer, ir.Call):
                yield from self._told_on(function, answer)

    def _told_on(self, function: FunctionSymbol, answer: ir.Call) -> Iterator[str]:
        """`Response(body, status=code)`, `other_helper(body, code)`."""
        helper = _helper(self._engine.frame(function.module, function), answer)
        asked = "" if helper is None else self._set_by(helper)
        for name, value in _given(helper, answer):
            if isinstance(value, ir.Name) and (_STATUS.search(name or value.id) if helper is None else name == asked):
                yield value.id


def _helper(frame: Frame, node: ir.Expr) -> FunctionSymbol | None:
    """The one function of the project that is called."""
    if not isinstance(node, ir.Call) or not isinstance(node.func, (ir.Name, ir.Attribute)):
        return None
    found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
    return found[0] if len(found) == 1 else None


def _given(function: FunctionSymbol | None, call: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """The arguments of a call with the names of the parameters that they are for, "" where these are not known."""
    params = [] if function is None else [one.name for one in function.node.params][1 if function.binds_first else 0 :]
    for at, arg in enumerate(call.args):
        yield arg.name or (params[at] if at < len(params) else ""), arg.value
