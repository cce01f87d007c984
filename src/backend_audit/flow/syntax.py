"""What the engine reads off syntax alone: what a class writes, what an annotation marks, what a module is for."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.frame import FrameState
from backend_audit.flow.values import Key, Value
from backend_audit.flow.written import dotted, last_word, written
from backend_audit.link.symbols import FunctionSymbol, decorator_name


def validates(method: FunctionSymbol, attr: str) -> bool:
    """Whether a decorator makes the method a validator of the field `attr`."""
    return any(
        isinstance(decorator, ir.Call)
        and decorator_name(decorator) in ("validator", "field_validator")
        and any(isinstance(arg.value, ir.Const) and arg.value.value == attr for arg in decorator.args)
        for decorator in method.node.decorators
    )


def constructed(frame: FrameState, me: str) -> dict[Key, Value]:
    """The fields that a constructor's way out leaves in its object `me`, in terms of its parameters."""
    prefix = f"{me}."
    return {
        name.removeprefix(prefix): value
        for name, value in frame.env.items()
        if name.startswith(prefix) and "." not in name.removeprefix(prefix)
    }


def is_bare(default: ir.Expr | None) -> bool:
    return isinstance(default, ir.Call) and not default.args


def annotated_call(annotation: ir.Expr | None) -> ir.Call | None:
    """The marker of `Annotated[T, Depends(f)]`."""
    if isinstance(annotation, ir.Index) and isinstance(annotation.index, ir.Container):
        for item in annotation.index.items[1:]:
            if isinstance(item.value, ir.Call):
                return item.value
    return None


def is_settings(path: str) -> bool:
    parts = path.lower().split("/")
    return any(word in part for part in parts[-2:] for word in ("setting", "config")) or parts[-1] in (
        "conf.py",
        "app.py",
        "main.py",
    )


def is_configuration(name: str) -> bool:
    last = name.rsplit(".", 1)[-1].lower()
    return "config" in last or "settings" in last


def left(frame: FrameState, me: str) -> dict[Key, Value]:
    """The fields of its object `me` that a method has changed, in terms of its parameters."""
    return {key: value for key, value in constructed(frame, me).items() if f"{me}.{key}" in frame.assigned}


def attributes(body: list[ir.Stmt]) -> Iterator[str]:
    """The fields that a class declares without annotations: `name = attr.ib()`."""
    for node in body:
        call = node.value if isinstance(node, ir.Assign) and node.annotation is None else None
        if isinstance(node, ir.Assign) and isinstance(call, ir.Call) and isinstance(node.targets[0], ir.Name):
            name = last_word(call.func)
            if name in ("ib", "attrib"):
                yield node.targets[0].id


def self_grows(body: list[ir.Stmt], me: str, mutators: Collection[str]) -> Iterator[str]:
    """Attributes of `me` that a statement calls a mutating method on: `self.parts.append(part)`."""
    stack: list[ir.Node] = list(reversed(body))
    while stack:
        node = stack.pop()
        func = node.value.func if isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Call) else None
        held = func.value if isinstance(func, ir.Attribute) and func.attr in mutators else None
        if isinstance(held, ir.Attribute) and dotted(held.value) == me:
            yield held.attr
        elif isinstance(node, (ir.For, ir.With, ir.If, ir.While, ir.Try, ir.Handler, ir.Block)):
            stack.extend(reversed([one for one in ir.children(node) if isinstance(one, _GROWING)]))


_GROWING = (ir.ExprStmt, ir.For, ir.With, ir.If, ir.While, ir.Try, ir.Handler, ir.Block)


def self_writes(body: list[ir.Stmt], me: str) -> Iterator[str]:
    """Attributes of the first parameter that are assigned anywhere in the body, nested functions included."""
    stack: list[ir.Node] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Attribute) and dotted(node.value) == me:
            yield node.attr
        if isinstance(node, (ir.Assign, ir.For, ir.With, ir.If, ir.While, ir.Try, ir.Match, ir.Handler, ir.Case, ir.WithItem)):
            stack.extend(reversed(_written_parts(node)))


def _written_parts(node: ir.Node) -> list[ir.Node]:
    if isinstance(node, ir.Assign):
        targets: list[ir.Node] = []
        for target in node.targets:
            targets += [item.value for item in target.items] if isinstance(target, ir.Container) else [target]
        return [target for target in targets if isinstance(target, ir.Attribute)]
    if isinstance(node, ir.WithItem):
        return [] if node.target is None else [node.target]
    return [child for child in ir.children(node) if not isinstance(child, (ir.Function, ir.Class)) and _holds_statements(child)]


def _holds_statements(node: ir.Node) -> bool:
    return isinstance(node, (ir.Assign, ir.For, ir.With, ir.If, ir.While, ir.Try, ir.Match, ir.Handler, ir.Case, ir.WithItem))


def is_numeric(hole: ir.Hole) -> bool:
    """Whether the hole of a template string writes a number: `{total:.2f}`."""
    last = hole.spec[-1] if hole.spec else None
    return isinstance(last, ir.Const) and isinstance(last.value, str) and last.value[-1:] in set("bdeEfFgGnoxX")


def all_of(*tests: ir.Expr) -> list[ir.Expr]:
    """What holds where all of `tests` do, `a and b` taken apart."""
    return _apart("and", tests)


def any_of(*tests: ir.Expr) -> list[ir.Expr]:
    """What is enough where one of `tests` is, `a or b` taken apart."""
    return _apart("or", tests)


def _apart(op: str, tests: Iterable[ir.Expr]) -> list[ir.Expr]:
    found: list[ir.Expr] = []
    waiting = [*tests]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ir.Logical) and one.op == op:
            waiting += [one.left, one.right]
        else:
            found.append(one)
    return found


def aborts(body: Sequence[ir.Stmt]) -> bool:
    """Whether a block ends by raising, or by a call that does: `abort(403)`."""
    last = body[-1] if body else None
    call = last.value if isinstance(last, ir.ExprStmt) else None
    return isinstance(last, ir.Raise) or (isinstance(call, ir.Call) and "abort" in written(call.func))


def always_raises(function: ir.Function) -> bool:
    """`function deny(text): never { throw new Error(text) }`; a stub that a subclass fills says nothing."""
    body = function.body
    first = next((one for one in body if not isinstance(one, ir.ExprStmt)), None)  # behind a docstring
    stub = first is None or (isinstance(first, ir.Raise) and first.exc is not None and "NotImplemented" in written(first.exc))
    left = function.is_generator or any(isinstance(one, ir.Return) for one in ir.walk_scope(*body))
    return not stub and not left and _ends_raising(body)


def _ends_raising(body: Sequence[ir.Stmt]) -> bool:
    last = body[-1] if body else None
    if isinstance(last, ir.If):
        return _ends_raising(last.body) and _ends_raising(last.orelse)
    return isinstance(last, ir.Raise)


def refuses(body: Sequence[ir.Stmt]) -> bool:
    """Whether a block ends its function: by an error, an answer, or a call such as `abort(403)`."""
    return aborts(body) or (bool(body) and isinstance(body[-1], ir.Return))
