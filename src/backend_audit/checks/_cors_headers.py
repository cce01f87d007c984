"""The header by which an answer says who may read it, where code writes it itself."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks._context import path_to, scope
from backend_audit.checks._operands import is_none
from backend_audit.checks._untrusted import reaching
from backend_audit.flow.concepts import HeaderWrite, Operand, Site
from backend_audit.flow.values import Origin

_ALLOWS = "access-control-allow-origin"
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
