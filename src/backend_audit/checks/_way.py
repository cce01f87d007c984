"""The functions that a finding's data passes through, what it is called in each, and what is asked about it there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.checks._view import local_imports
from backend_audit.flow.models import Models
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol, ModuleSymbol
from backend_audit.source import Mark

_NOT_DATA = frozenset(("self", "cls", "request"))
_RETURNED = "() returns it"  # the end of the engine's note at a call of the project's own function
_PARTS = frozenset(
    "lower upper strip lstrip rstrip split rsplit partition rpartition splitlines removeprefix removesuffix replace encode "
    "decode casefold get pop resolve absolute joinpath with_suffix with_name as_posix format join urlparse urlsplit unquote "
    "Path PurePath str match fullmatch search".split()
)
_ENDS = frozenset(("abort", "exit", "_exit"))


@dataclass(frozen=True, slots=True)
class Passage:
    """One function on the way: `names` are what the data is called in it, `until` is where it leaves it."""

    module: ModuleSymbol
    body: Sequence[ir.Stmt]
    names: frozenset[str]
    until: int

    def mentions(self, node: ir.Node) -> str:
        """How `node` names the data; "" if it does not."""
        if isinstance(node, (ir.Name, ir.Attribute, ir.Index, ir.Call)) and written(node) in self.names:
            return written(node)
        return next((found for child in ir.children(node) if (found := self.mentions(child))), "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A test of the data: one operand of `and` and `or`, without its `not`; `idle`: what follows runs either way."""

    test: ir.Expr
    idle: bool


def passages(steps: Sequence[Mark], modules: Mapping[str, ModuleSymbol], models: Models) -> Iterator[Passage]:
    """The functions on the way of `steps`, in its order; helpers that gave the data back come where they were called."""
    seen: set[int] = set()
    for step in steps:
        module = modules.get(step.path)
        if module is None:
            continue
        if step.note.endswith(_RETURNED):
            helper = _helper(step.note.removesuffix(_RETURNED), module, modules)
            if helper is not None and id(helper.node) not in seen:
                seen.add(id(helper.node))
                names = frozenset(param.name for param in helper.node.params) - _NOT_DATA
                yield _passage(helper.module, helper.node, names, _end(helper.node), models)
        function = _around(module, step.at)
        if id(function) in seen:
            continue
        seen.add(id(function))
        here = [one for one in steps if one.path == step.path and _around(module, one.at) is function]
        seeds = {name for mark in here for name in _named(function or module.node, mark)}
        last = max(mark.end for mark in here)
        yield _passage(module, function, frozenset(seeds - _NOT_DATA), last, models)


def _passage(module: ModuleSymbol, function: ir.Function | None, seeds: frozenset[str], until: int, models: Models) -> Passage:
    body = module.node.body if function is None else function.body
    before = [node for node in ir.walk_scope(*body) if isinstance(node, ir.Assign) and node.at < until]
    params = set() if function is None else {param.name for param in function.params}
    assigned = params | {target.id for one in before for target in one.targets if isinstance(target, ir.Name)}
    made = _backward(before, set(seeds)) & assigned - _NOT_DATA
    imports = local_imports(module.node)

    def same(call: ir.Call) -> bool:
        """Whether the call gives its arguments' data back, in whole or in part; a look-up by it gives other data."""
        path = api_path(call.func, imports)
        return models.canonical(path) in models.transfers or path.rpartition(".")[2] in _PARTS

    return Passage(module, body, frozenset(_forward(before, set(seeds | made), same)), until)


def _forward(assigns: list[ir.Assign], names: set[str], same: Callable[[ir.Call], bool]) -> set[str]:
    """`names`, and what is made of them."""
    for one in assigns:
        if one.value is not None and _made_of(one.value, names, same):
            names |= {written(target) for target in one.targets if isinstance(target, (ir.Name, ir.Attribute))}
    return names


def _made_of(node: ir.Node, names: set[str], same: Callable[[ir.Call], bool]) -> bool:
    if isinstance(node, (ir.Name, ir.Attribute, ir.Index, ir.Call)) and written(node) in names:
        return True
    if isinstance(node, ir.Call) and not same(node):
        return False
    return any(_made_of(child, names, same) for child in ir.children(node))


def _backward(assigns: list[ir.Assign], names: set[str]) -> set[str]:
    """What `names` are computed from."""
    for one in reversed(assigns):
        if one.value is not None and any(written(target) in names for target in one.targets):
            names |= leaves(one.value)
    return names


def leaves(node: ir.Node) -> set[str]:
    """The data that an expression is made of, as written: names, and attributes and items of them."""
    if isinstance(node, ir.Name):
        return {node.id}
    if isinstance(node, ir.Call):
        inner = {leaf for arg in node.args for leaf in leaves(arg.value)}
        receiver = leaves(node.func.value) if isinstance(node.func, ir.Attribute) else set()
        return {written(node), *inner, *receiver}
    if isinstance(node, (ir.Attribute, ir.Index)):
        base = leaves(node.value) if not isinstance(node, ir.Attribute) or isinstance(node.value, ir.Call) else set()
        return {written(node), *base}
    return {leaf for child in ir.children(node) for leaf in leaves(child)}


def _named(scope: ir.Function | ir.Module, mark: Mark) -> set[str]:
    """The data that stands where `mark` points: a parameter, an assigned name, the arguments of a call."""
    params = scope.params if isinstance(scope, ir.Function) else []
    own = {param.name for param in params if param.at == mark.at and mark.end <= param.end}
    call: ir.Call | None = None
    for node in () if own else ir.walk_scope(*scope.body):
        if isinstance(node, ir.Call) and node.at <= mark.at and mark.end <= node.end:
            call = node  # the innermost one comes last
        if isinstance(node, ir.Name) and (node.at, node.end) == (mark.at, mark.end):
            return {node.id}
    if call is None:
        return own
    pointed_at = [arg.value for arg in call.args if arg.value.at <= mark.at and mark.end <= arg.value.end]
    whole = (mark.at, mark.end) == (call.at, call.end)
    callee = mark.end == call.func.end
    parts = pointed_at or [arg.value for arg in call.args if whole or callee]
    if not parts and callee and isinstance(call.func, ir.Attribute):
        parts = [call.func.value]
    return {leaf for part in parts for leaf in leaves(part)} | ({written(call)} if whole else set())


def asked(passage: Passage) -> Iterator[Asked]:
    """The tests of the data before it leaves the function, in source order."""
    for node in ir.walk_scope(*passage.body):
        if node.at >= passage.until:
            continue
        if isinstance(node, (ir.If, ir.Assert, ir.While, ir.Conditional)):
            idle = isinstance(node, ir.If) and _is_idle(node, passage)
            for test in operands(node.test):
                if test.end <= passage.until and passage.mentions(test):
                    yield Asked(test, idle)


def _is_idle(node: ir.If, passage: Passage) -> bool:
    """Whether neither branch ends the function, gives the data another value or holds what comes next."""
    for inner in ir.walk_scope(*node.body, *node.orelse):
        if isinstance(inner, (ir.Return, ir.Raise, ir.Jump)) and getattr(inner, "kind", "") != "pass":
            return False
        if isinstance(inner, ir.Assign) and any(written(target) in passage.names for target in inner.targets):
            return False
        if isinstance(inner, ir.Call) and written(inner.func).rpartition(".")[2] in _ENDS:
            return False
    return not any(one.at <= passage.until <= one.end for one in (*node.body, *node.orelse))


def operands(test: ir.Expr) -> Iterator[ir.Expr]:
    """The conditions that a test is put together from by `and`, `or` and `not`."""
    if isinstance(test, ir.Unary) and test.op == "not":
        yield from operands(test.operand)
    elif isinstance(test, ir.Logical):
        yield from operands(test.left)
        yield from operands(test.right)
    else:
        yield test


def api_path(node: ir.Expr, imports: Mapping[str, str]) -> str:
    """The dotted name that a callee means by its file's imports."""
    head, dot, rest = written(node).partition(".")
    return imports.get(head, head) + dot + rest


def _helper(name: str, module: ModuleSymbol, modules: Mapping[str, ModuleSymbol]) -> FunctionSymbol | None:
    """The function of that name: this module's, else the only one in the project."""
    found = [one for one in module.every if one.node.name == name]
    if not found:
        found = [one for other in modules.values() for one in other.every if one.node.name == name]
    return found[0] if len(found) == 1 else None


def _around(module: ModuleSymbol, at: int) -> ir.Function | None:
    """The innermost function around an offset."""
    covering = [one.node for one in module.every if one.node.at <= at < _end(one.node)]
    return max(covering, key=lambda node: node.at, default=None)


def _end(node: ir.Function) -> int:
    return max([node.end, *(statement.end for statement in node.body)])
