"""The header by which an answer says who may read it, where code writes it itself."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to, scope
from backend_audit.checks._operands import is_none
from backend_audit.checks._untrusted import reaching
from backend_audit.flow.concepts import HeaderWrite, Operand, Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Value
from backend_audit.link.symbols import FunctionSymbol

_ALLOWS = "access-control-allow-origin"
_ASKED = 2  # what such a function gets: the origin, and what to call with the answer
_CREDENTIALS = "access-control-allow-credentials"


def allowed(header: HeaderWrite) -> Operand | None:
    """The value of the header that names the allowed origin, if this is it."""
    if header.name is not None and any(text.lower() == _ALLOWS for text in header.name.value.texts()):
        return header.value
    items = {} if header.headers is None else header.headers.value.items or {}
    found = next((value for key, value in items.items() if str(key).lower() == _ALLOWS), None)
    return None if found is None or header.headers is None else Operand(found, header.headers.node)


def reflected(value: Operand) -> Origin | None:
    """The source of the origin that is allowed, where it is whichever the client names."""
    return reaching(value, "url")


def is_null(value: Operand) -> bool:
    """Whether the origin `null` is allowed, which pages in a sandbox have, those of others too."""
    return is_none(value) or value.value.texts() == ("null",)


def lets_all_in(value: Value) -> bool:
    """Whether a function that is asked for each origin allows all: `(origin, done) => done(null, true)`."""
    functions = [one.node for one in value.refs if isinstance(one, FunctionSymbol)]
    return bool(functions) and all(_says_yes(one) for one in functions)


def _says_yes(function: ir.Function) -> bool:
    names = [param.name for param in function.params if param.kind == "positional"][:2]
    if len(names) != _ASKED:
        return False
    origin, answer = names
    nodes = list(ir.walk(*function.body))
    answers = [one for one in nodes if isinstance(one, ir.Call) and isinstance(one.func, ir.Name) and one.func.id == answer]
    yes = [one.args[1].value for one in answers if len(one.args) > 1]
    sure = all((isinstance(one, ir.Const) and one.value is True) or _is_name(one, origin) for one in yes)
    given = {id(one) for one in yes}
    asked = any(_is_name(one, origin) and id(one) not in given for one in nodes)
    return bool(yes) and len(yes) == len(answers) and sure and not asked


def _is_name(node: ir.Node, name: str) -> bool:
    return isinstance(node, ir.Name) and node.id == name


def with_credentials(site: Site) -> bool:
    """Whether a function around also allows cookies to go along."""
    around = [scope(site), *(node.body for node in path_to(site) if isinstance(node, ir.Function))]
    return any(_switches_on(node) for body in around for node in ir.walk(*body))


def _switches_on(node: ir.Node) -> bool:
    if isinstance(node, ir.Call):
        texts = [arg.value.value if isinstance(arg.value, ir.Const) else None for arg in node.args]
        at = next((at for at, text in enumerate(texts) if str(text).lower() == _CREDENTIALS), None)
        return at is not None and at + 1 < len(node.args) and _is_on(node.args[at + 1].value)
    return any(_is_on(value) for key, value in _entries(node) if key == _CREDENTIALS)


def _entries(node: ir.Node) -> Iterator[tuple[str, ir.Expr]]:
    for item in node.items if isinstance(node, ir.Container) else ():
        if isinstance(item.key, ir.Const):
            yield str(item.key.value).lower(), item.value


def _is_on(value: ir.Expr) -> bool:
    return not isinstance(value, ir.Const) or str(value.value).lower() == "true"
