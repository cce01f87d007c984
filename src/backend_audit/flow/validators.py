"""What a validator of a whole model refuses: a field that is not among those that it allows.

https://docs.pydantic.dev/latest/concepts/validators/: `@root_validator` and `@model_validator(mode="before")` get the fields by
name, `mode="after"` gets the object.
"""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.flow.allowed import named_as_allowed
from backend_audit.flow.syntax import all_of
from backend_audit.link.symbols import FunctionSymbol, decorator_name

_OF_MODELS = frozenset(("root_validator", "model_validator"))
_DEPTH = 6  # of conditions around each other


def refused(method: FunctionSymbol) -> frozenset[str]:
    """The fields whose values the method holds against a list and raises; what else it asks is only whether there is a value."""
    if not any(decorator_name(one) in _OF_MODELS for one in method.node.decorators):
        return frozenset()
    return frozenset(_held(method.node.body, _Fields(method.node), _DEPTH))


class _Fields:
    """Which field an expression of the method reads."""

    def __init__(self, node: ir.Function) -> None:
        self.holders = {param.name for param in node.params[:2]}
        self.kept = {
            target.id: field
            for one in ir.walk_scope(*node.body)
            if isinstance(one, ir.Assign) and one.value is not None and (field := self.read(one.value))
            for target in one.targets
            if isinstance(target, ir.Name)
        }

    def read(self, node: ir.Expr) -> str:
        """`values.get("sort")`, `values["sort"]`, `self.sort`."""
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
            holder, key = node.func.value, node.args[0].value
        elif isinstance(node, ir.Index):
            holder, key = node.value, node.index
        elif isinstance(node, ir.Attribute):
            return node.attr if isinstance(node.value, ir.Name) and node.value.id in self.holders else ""
        else:
            return ""
        text = key.value if isinstance(key, ir.Const) and isinstance(key.value, str) else ""
        return text if isinstance(holder, ir.Name) and holder.id in self.holders else ""

    def of(self, node: ir.Expr) -> str:
        """The same of a variable that holds one."""
        return self.kept.get(node.id, "") if isinstance(node, ir.Name) else self.read(node)


def _held(body: Sequence[ir.Stmt], fields: _Fields, depth: int) -> Iterator[str]:
    lists = {
        target.id
        for one in body
        if isinstance(one, ir.Assign) and one.value is not None and _allows(one.value)
        for target in one.targets
        if isinstance(target, ir.Name)
    }
    for one in body:
        if not isinstance(one, ir.If) or not depth:
            continue
        tests = all_of(one.test)
        rest = [test for test in tests if not _is_presence(test)]
        if not rest:
            yield from _held(one.body, fields, depth - 1)
        elif len(rest) == 1 and one.body and isinstance(one.body[-1], ir.Raise):
            test = rest[0]
            if isinstance(test, ir.Compare) and test.ops == ["not in"]:
                right = test.rights[0]
                if _allows(right) or (isinstance(right, ir.Name) and right.id in lists):
                    yield fields.of(test.left)


def _is_presence(test: ir.Expr) -> bool:
    """Whether it only asks if something is there: `if sort and model`, `if sort is not None`."""
    if isinstance(test, ir.Compare):
        none = test.rights[0]
        return test.ops == ["is not"] and isinstance(none, ir.Const) and none.value is None
    return isinstance(test, (ir.Name, ir.Attribute, ir.Index)) or (isinstance(test, ir.Call) and not _asks(test))


def _asks(call: ir.Call) -> bool:
    """Whether a call says more than that there is something: all but `values.get("sort")`."""
    return not (isinstance(call.func, ir.Attribute) and call.func.attr == "get")


def _allows(node: ir.Expr) -> bool:
    """Whether the collection is written here, or says by its name that it holds what is allowed: `model.__fields__`."""
    if isinstance(node, ir.Logical):
        return _allows(node.left) or _allows(node.right)
    return isinstance(node, ir.Container) or named_as_allowed(node)
