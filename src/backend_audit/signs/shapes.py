"""Shapes of code that are evidence without any library: error handlers of Express, loops that try again."""

from backend_audit import ir
from backend_audit.flow.written import written

_ERRORS = frozenset({"err", "error", "e", "ex", "exception"})
_WAITS = ("sleep", "delay", "wait", "setTimeout", "timeout", "pause")


def handles_errors(node: ir.Expr) -> bool:
    """Whether a function takes an error, a request, an answer and what comes next, as Express's error handlers do."""
    return isinstance(node, ir.Lambda) and len(node.function.params) == 4


def is_error_handler(node: ir.Function) -> bool:
    """Whether a function names its four parameters as such a handler does: `(err, req, res, next)`."""
    names = [param.name.lower().lstrip("_") for param in node.params if param.kind == "positional"]
    return len(names) == 4 and names[0] in _ERRORS and names[3] == "next"


def configured_plugin(body: list[ir.Stmt]) -> ir.Call | None:
    """A module that a loader of plugins calls with its own options, as if that call were written; None if it is none.

    `export const autoConfig = {…}; export default plugin`. https://github.com/fastify/fastify-autoload#override-autoload-options
    """
    given = {_exported(target): one.value for one in body if isinstance(one, ir.Assign) for target in one.targets}
    plugin, options = given.get("default"), given.get("autoConfig")
    if isinstance(options, ir.Lambda):
        made = [one.value for one in ir.walk_scope(*options.function.body) if isinstance(one, ir.Return)]
        options = made[0] if made else None
    if plugin is None or not isinstance(options, ir.Container):
        return None
    return ir.Call(plugin.at, plugin.end, plugin, [ir.Arg(options.at, options.end, options, None, 0)])


def _exported(target: ir.Expr) -> str:
    """The name under which an assignment at the top of a module exports: `default` for `module.exports`."""
    if isinstance(target, ir.Name):
        return target.id
    text = written(target) if isinstance(target, ir.Attribute) else ""
    return "default" if text == "module.exports" else text.removeprefix("module.exports.")


def waits_between_attempts(node: ir.While | ir.For) -> ir.Call | None:
    """The call by which a loop waits before it tries again what failed; None if it is no such loop."""
    tries = [one for one in ir.walk_scope(*node.body) if isinstance(one, ir.Try) and one.handlers]
    if not tries:
        return None
    in_handlers = [one for each in tries for handler in each.handlers for one in ir.walk_scope(*handler.body)]
    return next((one for one in in_handlers if isinstance(one, ir.Call) and _waits(one)), None)


def grows(wait: ir.Call) -> bool:
    """Whether it waits longer each time, by how the time is written: `base * 2 ** attempt`."""
    return any(isinstance(one, ir.Binary) and one.op in {"*", "**"} for arg in wait.args for one in ir.walk_scope(arg.value))


def _waits(node: ir.Call) -> bool:
    return written(node.func).rpartition(".")[2] in _WAITS
