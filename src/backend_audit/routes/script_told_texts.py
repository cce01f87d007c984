"""Which answers of Node hold the text of an error, as it is written: bodies that are sent, assigned, returned or raised."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.routes.script_failures import Failure

_SENDS = frozenset(("json", "send", "jsonp", "end"))
_OF_CONTEXT = frozenset(("json", "text", "html", "body"))  # Hono's `c.json(body, status)`
_MAKERS = frozenset(("NextResponse.json", "Response.json", "Response", "NextResponse"))
_STATUSES = frozenset(("status", "code", "sendStatus", "writeHead"))
_STATUS_FIELDS = frozenset(("status", "statusCode", "code"))
_STATUS_NAME = re.compile(r"status|code$", re.IGNORECASE)
_RESPONSES = frozenset("res response reply resp".split())
_BODIES = frozenset(("ctx.body", "ctx.response.body"))
_RAISED = re.compile(
    r"^(?:HttpException|InternalServerErrorException|(?:BadGateway|ServiceUnavailable|GatewayTimeout)Exception)$"
)
_TEXTS = frozenset(("message", "sqlMessage", "detail", "toString"))
_SWITCH = re.compile(r"debug|\bdev|development|NODE_ENV|production|expose|isOperational|verbose", re.IGNORECASE)
_OF_SERVER = re.compile(
    r"^5\d\d$|INTERNAL_SERVER|SERVER_ERROR|InternalServerError|BAD_?GATEWAY|BadGateway|UNAVAILABLE|Unavailable|GatewayTimeout"
)


class Form(NamedTuple):
    """How a function answers: whether by what it returns, by the context of that name, or by raising (NestJS)."""

    returned: frozenset[int] = frozenset()  # the identities of the `return` statements that answer
    context: str = ""
    raises: bool = False
    hands_over: bool = False  # `reply.send(err)`: Fastify itself answers with the message
    fails: bool = False  # an answer without a status is one of a failure


class _Names(NamedTuple):
    error: str
    texts: frozenset[str]  # variables that hold its text


class _Answer(NamedTuple):
    body: ir.Expr
    status: ir.Expr | None = None  # where it is given with the body


def answers(failure: Failure, form: Form) -> Iterator[tuple[ir.Node, ir.Expr]]:
    """The answers that speak of a failure of the server and hold the error's text, each with that."""
    names = _Names(failure.name, frozenset(_kept(failure)))
    for node in ir.walk_scope(*failure.body):
        answer = _answer(node, form)
        text = None if answer is None else _text(answer.body, names)
        if text is None and answer is not None and form.hands_over and last_word(getattr(node, "func", None)) == "send":
            text = _itself(answer.body, names)
        if answer is not None and text is not None and _fails(node, answer.status, failure, form) and not _decides(failure, node):
            yield node, text


def _answer(node: ir.Node, form: Form) -> _Answer | None:
    """What a statement or call answers with."""
    if isinstance(node, ir.Call):
        return _sent(node, form) if node.args else None
    if isinstance(node, ir.Raise):
        return _raised(node.exc) if form.raises and isinstance(node.exc, ir.Call) else None
    assigned = isinstance(node, ir.Assign) and written(node.targets[0]) in _BODIES
    if not isinstance(node, (ir.Assign, ir.Return)) or node.value is None or not (assigned or id(node) in form.returned):
        return None
    return _Answer(node.value)


def _sent(call: ir.Call, form: Form) -> _Answer | None:
    first, second = call.args[0].value, call.args[1].value if len(call.args) > 1 else None
    if written(call.func) in _MAKERS:
        return _Answer(first, _option(second, "status"))
    if not isinstance(call.func, ir.Attribute):
        return None
    if call.func.attr in _SENDS and (first_word(call.func) in _RESPONSES or _is_got(call.func)):
        return _Answer(first)
    if call.func.attr in _OF_CONTEXT and form.context and first_word(call.func) == form.context:
        return _Answer(first, second)
    if (
        call.func.attr == "reply" and len(call.args) == 3 and second is not None
    ):  # NestJS's `httpAdapter.reply(response, body, status)`
        return _Answer(second, call.args[2].value)
    return None


def _raised(call: ir.Call) -> _Answer | None:
    """An exception of NestJS, whose text is the answer's: `new HttpException(err.message, 500)`."""
    if not call.args or not _RAISED.match(last_word(call.func)):
        return None
    plain = last_word(call.func) != "HttpException"
    return _Answer(call.args[0].value, call.func if plain or len(call.args) < 2 else call.args[1].value)


def _option(options: ir.Expr | None, name: str) -> ir.Expr | None:
    items = options.items if isinstance(options, ir.Container) else []
    return next((one.value for one in items if isinstance(one.key, ir.Const) and one.key.value == name), None)


def _is_got(node: ir.Expr) -> bool:
    """`host.switchToHttp().getResponse().status(500).json`."""
    return any(isinstance(one, ir.Attribute) and one.attr == "getResponse" for one in ir.walk_scope(node))


def _kept(failure: Failure) -> Iterator[str]:
    """The variables that hold the error's text: `const message = err.message || "failed"`, `const { message } = err`."""
    names = _Names(failure.name, frozenset())
    for one in ir.walk_scope(*failure.body):
        target = one.targets[0] if isinstance(one, ir.Assign) else None
        if not isinstance(one, ir.Assign) or one.value is None:
            continue
        if isinstance(target, ir.Name) and _text(one.value, names) is not None:
            yield target.id
        elif isinstance(target, ir.Container) and isinstance(one.value, ir.Name) and one.value.id == failure.name:
            yield from (
                str(item.key.value) for item in target.items if isinstance(item.key, ir.Const) and item.key.value in _TEXTS
            )


def _text(node: ir.Expr, names: _Names) -> ir.Expr | None:
    """`err.message`, `String(err)`, `` `failed: ${err}` `` in a body; not what a function of the program makes of the error."""
    if isinstance(node, ir.Name):
        return node if node.id in names.texts else None
    if isinstance(node, ir.Attribute):
        return node if node.attr in _TEXTS and isinstance(node.value, ir.Name) and node.value.id == names.error != "" else None
    if isinstance(node, ir.Call):
        return _made_text(node, names)
    if isinstance(node, ir.Logical):
        return _text(node.left, names) or _text(node.right, names)
    if isinstance(node, ir.Conditional):
        chosen = _text(node.then, names) or _text(node.orelse, names)
        return None if chosen is None or _tells_apart(node.test, names.error) else chosen
    if isinstance(node, ir.Container):
        return next((found for item in node.items if (found := _text(item.value, names)) is not None), None)
    pasted = node.parts if isinstance(node, ir.Template) else [node.left, node.right] if isinstance(node, ir.Binary) else []
    values = [part.value if isinstance(part, ir.Hole) else part for part in pasted]
    return next((found for one in values if (found := _itself(one, names) or _text(one, names)) is not None), None)


def _made_text(call: ir.Call, names: _Names) -> ir.Expr | None:
    if isinstance(call.func, ir.Attribute) and call.func.attr == "toString":
        return _text(call.func, names)
    if written(call.func) not in ("String", "JSON.stringify") or not call.args:
        return None
    return _itself(call.args[0].value, names) or _text(call.args[0].value, names)


def _itself(node: ir.Expr, names: _Names) -> ir.Expr | None:
    return node if isinstance(node, ir.Name) and node.id == names.error != "" else None


def _tells_apart(test: ir.Expr, name: str) -> bool:
    """Whether a test asks what kind of error it is, or something else; `err instanceof Error` is all of them."""
    return not isinstance(test, ir.Compare) or not _is_any(test, name)


def _is_any(test: ir.Expr, name: str) -> bool:
    if not isinstance(test, ir.Compare) or test.ops != ["instanceof"] or written(test.rights[0]) != "Error":
        return False
    return isinstance(test.left, ir.Name) and test.left.id == name


def _decides(failure: Failure, answer: ir.Node) -> bool:
    """Whether what is known of the error, or a switch for debugging, decides about the answer."""
    statuses = {
        id(one.value)
        for one in ir.walk_scope(*failure.body)
        if isinstance(one, ir.Assign) and _STATUS_NAME.search(last_word(one.targets[0]))
    }
    for one in ir.walk_scope(*failure.body):
        if isinstance(one, ir.Switch):
            return True
        if not isinstance(one, (ir.If, ir.Conditional)):
            continue
        if any(_SWITCH.search(_word(each)) for each in ir.walk_scope(one.test)):
            return True
        chooses = id(one) not in statuses and not (isinstance(one, ir.If) and _leaves(one, answer, failure.name))
        if chooses and _asks(one.test, failure.name):
            return True
    return False


def _asks(test: ir.Expr, name: str) -> bool:
    """Whether a test names the error, other than to see that it is one."""
    plain = {id(one.left) for one in ir.walk_scope(test) if isinstance(one, ir.Compare) and _is_any(one, name)}
    return bool(name) and any(isinstance(one, ir.Name) and one.id == name and id(one) not in plain for one in ir.walk_scope(test))


def _leaves(branch: ir.If, answer: ir.Node, name: str) -> bool:
    """`if (err instanceof OwnError) return …` before the answer: that is then for all other errors."""
    known = isinstance(branch.test, ir.Compare) and branch.test.ops in (["instanceof"], ["=="])
    known &= not _OF_SERVER.search(" ".join(map(_word, branch.test.rights)) if isinstance(branch.test, ir.Compare) else "")
    known |= isinstance(branch.test, ir.Attribute) and branch.test.attr == "validation"
    if not known or _is_any(branch.test, name) or branch.orelse or branch.end > answer.at:
        return False
    return bool(branch.body) and isinstance(branch.body[-1], (ir.Return, ir.Raise))


def _fails(node: ir.Node, status: ir.Expr | None, failure: Failure, form: Form) -> bool:
    """Whether the answer speaks of a failure of the server, by its status; one of 4xx is about what the client sent."""
    if status is not None:
        return any(_OF_SERVER.search(one) for one in _written_in(status, failure))
    for one in (*_along(node), *ir.walk_scope(*failure.body)):
        given: ir.Expr | None = None
        if isinstance(one, ir.Call) and last_word(one.func) in _STATUSES and _of_answer(one.func, node):
            given = one.args[0].value if one.args else None
        elif isinstance(one, ir.Assign) and last_word(one.targets[0]) in _STATUS_FIELDS:
            given = one.value
        if given is not None:
            return any(_OF_SERVER.search(one) for one in _written_in(given, failure))
    return bool(failure.tried) or form.fails


def _of_answer(func: ir.Expr, answer: ir.Node) -> bool:
    """Whether a status is set on the answer: `res.status`, `c.status` beside `c.json`."""
    same = isinstance(answer, ir.Call) and first_word(func) == first_word(answer.func) != ""
    return same or first_word(func) in _RESPONSES or _is_got(func)


def _written_in(status: ir.Expr, failure: Failure) -> Iterator[str]:
    """The constants and names that a status is one of: `err.status || 500`, a variable that was given that before."""
    name = written(status)
    kept: list[ir.Expr] = []
    for one in ir.walk_scope(*failure.body):
        if isinstance(one, ir.Assign) and one.value is not None and written(one.targets[0]) == name:
            kept.append(one.value)
        elif isinstance(one, ir.Defaulted) and written(one.target) == name:  # `const { statusCode = 500 } = err`
            kept.append(one.default)
    for node in (one for each in (status, *kept) for one in ir.walk_scope(each)):
        yield _word(node)


def _word(node: ir.Node) -> str:
    if isinstance(node, ir.Const):
        return str(node.value)
    return written(node) if isinstance(node, (ir.Name, ir.Attribute)) else ""


def _along(node: ir.Node) -> Iterator[ir.Call]:
    """The calls before the last one of a chain: `res.status(500)` of `res.status(500).json(body)`."""
    inner = node.func if isinstance(node, ir.Call) else None
    while isinstance(inner, (ir.Call, ir.Attribute)):
        if isinstance(inner, ir.Call):
            yield inner
        inner = inner.func if isinstance(inner, ir.Call) else inner.value
