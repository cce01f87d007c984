"""Upper bounds that schemas of a JavaScript project declare by name: `limit: z.number().max(100)`, `@Max(50) take: number`.

https://zod.dev/api#numbers, https://joi.dev/api/, https://json-schema.org/understanding-json-schema/reference/numeric,
https://github.com/typestack/class-validator#validation-decorators, https://express-validator.github.io/docs/
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import decorator_name

_BOUNDS = frozenset(
    "max lte lt less maximum valid enum oneOf literal picklist isIn nativeEnum transform refine custom exclusiveMaximum".split()
)
_KEYS = frozenset("maximum max enum exclusiveMaximum lte const".split())
_DECORATORS = frozenset("Max IsIn IsEnum Transform Validate".split())


class DeclaredBounds:
    """Which names any schema of the project bounds; read once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._names: set[str] | None = None

    def bounds(self, name: str) -> bool:
        """Whether a schema says how large a number of that name may be."""
        if self._names is None:
            modules = self.engine.project.modules
            self._names = {one for path in sorted(modules) for one in _bounded(modules[path].node)}
        return name in self._names


def _bounded(module: ir.Module) -> Iterator[str]:
    for node in ir.walk(*module.body):
        if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and isinstance(node.key.value, str):
            if _says(node.value):
                yield node.key.value
        elif isinstance(node, ir.Assign) and any(decorator_name(one) in _DECORATORS for one in node.decorators):
            yield last_word(node.targets[0])
        elif isinstance(node, ir.Call) and last_word(node.func) in _BOUNDS | {"isInt"}:
            yield from _of_chain(node)


def _says(node: ir.Expr) -> bool:
    """Whether what describes a field bounds it: a call in its chain, or a key of its JSON schema."""
    if isinstance(node, ir.Container):
        return any(isinstance(item.key, ir.Const) and item.key.value in _KEYS for item in node.items)
    current: ir.Expr = node
    while isinstance(current, (ir.Call, ir.Attribute)):
        if isinstance(current, ir.Call):
            options = (arg.value for arg in current.args)
            if last_word(current.func) in _BOUNDS or any(isinstance(one, ir.Container) and _says(one) for one in options):
                return True
        current = current.func if isinstance(current, ir.Call) else current.value
    return False


def _of_chain(node: ir.Call) -> Iterator[str]:
    """`query("limit").isInt({ max: 100 })`."""
    if last_word(node.func) == "isInt" and not any(_says(arg.value) for arg in node.args):
        return
    current: ir.Expr = node
    while isinstance(current, (ir.Call, ir.Attribute)):
        if isinstance(current, ir.Call) and last_word(current.func) in ("query", "check", "param", "body") and current.args:
            first = current.args[0].value
            if isinstance(first, ir.Const) and isinstance(first.value, str):
                yield first.value
        current = current.func if isinstance(current, ir.Call) else current.value
