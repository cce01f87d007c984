"""What an answer of JavaScript tells of an error: its stack, or the error as it is."""

import re
from collections.abc import Iterator
from itertools import pairwise

from backend_audit import ir
from backend_audit.checks import _patterns
from backend_audit.checks._view import FileView
from backend_audit.flow.syntax import all_of
from backend_audit.flow.written import first_word, last_word, written

_ANSWERING = frozenset(("send", "json", "jsonp", "end", "write"))
_ANSWERS = frozenset(("res", "response", "reply", "resp"))
_ERROR = re.compile(r"^(err|error|e|ex|exception|reason|cause)$|(Err|Error|Exception)$")
_OWN_FILES = (".", "@/", "~", "#", "src/")
_DEBUG = re.compile(r"debug|dev|NODE_ENV|verbose|stackTrace|showStack|env", re.IGNORECASE)


def told_error(node: ir.Call, view: FileView) -> Iterator[tuple[ir.Expr, bool]]:
    """What of an error an answer tells: the expression, and whether it is its stack; `res.send(err.stack)`, `res.send(err)`."""
    page = _patterns.method(node) == "render" and len(node.args) > 1
    if not (page or _patterns.method(node) in _ANSWERING) or not is_answer(node.func) or not node.args:
        return
    if in_debugging(view):
        return
    first = node.args[1 if page else 0].value
    trace = told_stack(first, view)
    if trace is not None or page or _chosen_for_debugging(first):
        yield from () if trace is None else ((trace, True),)
        return
    if any(isinstance(one, ir.If) and _asks_type(one.test) for one in view.ancestors):
        return  # a text, it seems
    if isinstance(first, ir.Name) and _of_own_class(first, view):
        return
    error = first if isinstance(first, ir.Name) and _ERROR.search(first.id) else None
    own = error is not None and isinstance(_patterns.given(error, view), (ir.Call, ir.Await))  # `new NotFoundError("…")`
    if error is not None and not own and _patterns.method(node) in ("send", "end", "write"):
        yield first, False


def hands_over(node: ir.Call, view: FileView) -> bool:
    """Whether the error itself goes to Fastify, as if it had been thrown: its error handler answers with the message alone."""
    by_fastify = first_word(node.func) == "reply" or any(
        isinstance(one, ir.Call) and _patterns.method(one) == "setErrorHandler" for one in view.ancestors
    )
    return by_fastify and _patterns.method(node) == "send" and bool(node.args) and isinstance(node.args[0].value, ir.Name)


def _of_own_class(error: ir.Name, view: FileView) -> bool:
    """Whether the error was found to be of a class of the project before it is sent: that chose what its objects hold."""
    path = [*view.ancestors, error]
    for outer, inner in pairwise(path):
        if not isinstance(outer, ir.If) or not any(one is inner for one in outer.body):
            continue
        for test in all_of(outer.test):
            if isinstance(test, ir.Compare) and test.ops[0] == "instanceof" and written(test.left) == error.id:
                return _is_own(test.rights[0], view)
    return False


def _is_own(owner: ir.Expr, view: FileView) -> bool:
    """Whether a class is declared in this file, or comes from another file of the project."""
    name, path = first_word(owner), view.api(owner) or ""
    for one in ir.walk(*view.module.body):
        if isinstance(one, ir.Class) and one.name == name:
            return True
        if (
            isinstance(one, ir.Assign)
            and isinstance(one.value, ir.Call)
            and written(one.value.func) == "require"
            and one.value.args
        ):
            names = {inner.id for target in one.targets for inner in ir.walk(target) if isinstance(inner, ir.Name)}
            given = one.value.args[0].value
            if name in names and isinstance(given, ir.Const):
                return str(given.value).startswith(_OWN_FILES)
    return path.startswith(_OWN_FILES)


def _kept(sent: ir.Expr, view: FileView) -> ir.Expr | None:
    """`const body = { trace: err.stack }; res.json(body)`: what the variable is given that is sent, or joined and sent."""
    name = sent.func.value if isinstance(sent, ir.Call) and isinstance(sent.func, ir.Attribute) else sent
    return _patterns.given(name, view) if isinstance(name, ir.Name) and not _ERROR.search(name.id) else None


def in_debugging(view: FileView) -> bool:
    """Whether a test of a debug switch stands around."""
    return any(isinstance(one, (ir.If, ir.Conditional)) and _asks_debug(one.test) for one in view.ancestors)


def told_stack(sent: ir.Expr, view: FileView) -> ir.Expr | None:
    """What tells the stack of an error, in what is sent or in what the variable was given that is sent."""
    kept = _kept(sent, view)
    for one in () if _chosen_for_debugging(kept or sent) else ir.walk(kept or sent):
        if isinstance(one, ir.Attribute) and one.attr == "stack" and _ERROR.search(last_word(one.value)):
            return one if kept is None else sent
    return next((one for one in ir.walk(sent) if isinstance(one, ir.Call) and _inspects(one)), None)


def _inspects(node: ir.Call) -> bool:
    """`util.inspect(err)` writes the stack as well."""
    return last_word(node.func) == "inspect" and bool(node.args) and _ERROR.search(last_word(node.args[0].value)) is not None


def _chosen_for_debugging(sent: ir.Expr) -> bool:
    """`debug ? err.stack : undefined`, `debug && err.stack`."""
    return any(
        (isinstance(one, ir.Conditional) and _asks_debug(one.test))
        or (isinstance(one, ir.Logical) and one.op == "and" and _asks_debug(one.left))
        for one in ir.walk(sent)
    )


def is_answer(func: ir.Expr) -> bool:
    """Whether a method is one of the answer: `res.status(500).send`, `host.switchToHttp().getResponse().json`."""
    return first_word(func) in _ANSWERS or any(
        isinstance(one, ir.Attribute) and one.attr == "getResponse" for one in ir.walk(func)
    )


def _asks_type(test: ir.Expr) -> bool:
    return any(isinstance(one, ir.Unary) and one.op == "typeof" for one in ir.walk(test))


def _asks_debug(test: ir.Expr) -> bool:
    return any(
        _DEBUG.search(
            last_word(one) if isinstance(one, (ir.Name, ir.Attribute)) else str(one.value) if isinstance(one, ir.Const) else ""
        )
        for one in ir.walk(test)
        if isinstance(one, (ir.Name, ir.Attribute, ir.Const))
    )
