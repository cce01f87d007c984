"""The ids that a handler of Node takes from its request, by name: `req.body.serverId`, `input.serverId`, `@Param("serverId")`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, decorator_name
from backend_audit.routes.script_caller import RECORDS, CallerReads
from backend_audit.routes.script_missing import is_request
from backend_audit.routes.script_unread import takes_request

_ID = re.compile(r"^_?id$|(?:_id|Id|ID|_uuid|Uuid|UUID|Slug)$")
_ROUNDS = 3
_WHOLE = frozenset(("input", "body", "params", "query"))
_PARTS = frozenset(("Body", "Query", "Param", "Params", "QueryParams", "Args", "Arg"))


def taken_ids(function: FunctionSymbol) -> frozenset[str]:
    """Their names, of a handler and of the functions in it."""
    return frozenset(one for one in _read(function) if _ID.search(one))


def inputs_of(function: FunctionSymbol) -> frozenset[str]:
    """The names in a handler of what a client has sent as a whole: `{ input }` of a procedure, `@Body() order`."""
    return frozenset(one for one, name in _given(function) if not name)


def is_input(node: ir.Expr, inputs: frozenset[str]) -> bool:
    """Whether an expression is one of these, or such a part of the request: `req.body`, `opts.input`."""
    if isinstance(node, ir.Name):
        return node.id in inputs
    if not isinstance(node, ir.Attribute) or node.attr not in _WHOLE:
        return False
    return is_request(written(node.value)) or written(node) in inputs


def _read(function: FunctionSymbol) -> Iterator[str]:
    inputs = inputs_of(function)
    yield from (name for _, name in _given(function) if name)
    for node in ir.walk(*function.node.body):
        if isinstance(node, ir.Attribute) and is_input(node.value, inputs):
            yield node.attr
        elif isinstance(node, ir.Assign) and node.value is not None and is_input(node.value, inputs):
            for target in node.targets:
                yield from _keys(target)


def _given(function: FunctionSymbol) -> Iterator[tuple[str, str]]:
    """The names that parameters bind to what a client has sent, each with the name of the part that it is ("" for all)."""
    for at, param in enumerate(function.node.params):
        for decorator in param.decorators:
            if decorator_name(decorator) in _PARTS:
                told = decorator.args[0].value if isinstance(decorator, ir.Call) and decorator.args else None
                yield param.name, str(told.value) if isinstance(told, ir.Const) else ""
        if at:
            continue
        yield f"{param.name}.input", ""
        for item in param.pattern.items if isinstance(param.pattern, ir.Container) else ():
            if isinstance(item.key, ir.Const) and item.key.value in _WHOLE:
                if isinstance(item.value, ir.Name):
                    yield item.value.id, ""
                yield from ((name, name) for name in _keys(item.value))


def _keys(target: ir.Expr) -> Iterator[str]:
    for item in target.items if isinstance(target, ir.Container) and target.kind == "dict" else ():
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            yield item.key.value


def unmet_ids(function: FunctionSymbol, reads: CallerReads, ids: frozenset[str]) -> frozenset[str]:
    """Those of its ids that a handler brings together with the caller nowhere: in no call, test or condition."""
    return frozenset(one for one in ids if not _meets(reads, _names_of(function, reads, one)))


def _names_of(function: FunctionSymbol, reads: CallerReads, name: str) -> "_Held":
    """What an id is in a handler: the inputs that hold it, and the variables that are it or are made with it."""
    held = _Held(name, inputs_of(function), {one for one, part in _given(function) if part == name})
    assigned = [one for one in reads.nodes if isinstance(one, ir.Assign) and one.value is not None]
    for _ in range(_ROUNDS):
        before = len(held.names)
        for one in assigned:
            if one.value is not None and is_input(one.value, held.inputs):
                held.names |= {each for target in one.targets for key, each in _bound(target) if key == name}
            elif one.value is not None and held.within(one.value):
                held.names |= {each.id for target in one.targets for each in ir.walk_scope(target) if isinstance(each, ir.Name)}
        for each in reads.nodes:
            if isinstance(each, ir.Call) and isinstance(each.func, ir.Attribute) and held.within(each.func.value):
                held.names |= set(_elements(each))
        if len(held.names) == before:
            break
    return held


@dataclass(slots=True)
class _Held:
    """One id of a request: its name there, the names of what holds it, and those of variables that are it or are made with it."""

    name: str
    inputs: frozenset[str]
    names: set[str]

    def within(self, node: ir.Node) -> bool:
        """Whether an expression holds it: `input.serverId`, `server` of `findServer(input.serverId)`, `input` as a whole."""
        if isinstance(node, (ir.Name, ir.Attribute)) and is_input(node, self.inputs):
            return True
        if isinstance(node, ir.Attribute) and is_input(node.value, self.inputs):
            return node.attr == self.name
        if isinstance(node, ir.Name):
            return node.id in self.names
        return not isinstance(node, (ir.Lambda, ir.Function)) and any(map(self.within, ir.children(node)))


def _meets(reads: CallerReads, held: _Held) -> bool:
    """Whether some call, test or condition has both an id, or what was made with it, and the caller."""
    for node in reads.nodes:
        part: ir.Node | None = node if isinstance(node, (ir.Call, ir.Compare, ir.Logical, ir.Container)) else None
        if isinstance(node, (ir.If, ir.Conditional)):
            part = node.test
        if part is None or not held.within(part):
            continue
        if not isinstance(part, ir.Call):
            if reads.mentions(part):
                return True
        elif not RECORDS.search(written(part.func)) and (takes_request(part) or reads.mentions(part)):
            return True
    return False


def _elements(node: ir.Call) -> Iterator[str]:
    """What a function is called with that a method of a list is given: `servers.some((one) => …)`."""
    for arg in node.args:
        function = arg.value.function if isinstance(arg.value, ir.Lambda) else None
        for param in function.params[:1] if function is not None else ():
            yield param.name


def _bound(target: ir.Expr) -> Iterator[tuple[str, str]]:
    """The keys of a pattern, each with the variable that it binds."""
    for item in target.items if isinstance(target, ir.Container) and target.kind == "dict" else ():
        value = item.value.target if isinstance(item.value, ir.Defaulted) else item.value
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str) and isinstance(value, ir.Name):
            yield item.key.value, value.id
