"""To which directory a login goes, and whether TLS hides it: read from the code around, for python-ldap and ldap3."""

from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks._context import calls_in, path_to, scope
from backend_audit.checks._operands import names
from backend_audit.flow.concepts import LdapBind, Site
from backend_audit.flow.written import dotted, last_word

_OPENS = frozenset(("initialize", "open", "init"))
_SERVERS = frozenset(("Server",))
_ENCRYPTS = frozenset(("start_tls", "start_tls_s"))
_TLS_PORT = 636
_HIDDEN = frozenset(("SASL", "NTLM", "AUTO_BIND_TLS_BEFORE_BIND", "AUTO_BIND_TLS_AFTER_BIND", "TLS_BEFORE_BIND"))
_OPTIONS = ("OPT_X_TLS_DEMAND", "OPT_X_TLS_NEWCTX")


def plain_address(bind: LdapBind) -> str:
    """The address of a directory that is asked without TLS, as it is written; "" where that is not known."""
    site = bind.site
    if names(bind.mechanism) & _HIDDEN or names(site.arg("auto_bind")) & _HIDDEN or _starts_tls(site):
        return ""
    call = site.call
    if call is None:
        return ""
    server = _argument(call, 0, "server") if last_word(call.func) == "Connection" else None
    if server is not None:
        return _of_server(server, site)
    if isinstance(call.func, ir.Attribute):
        for made in _made(call.func.value, site):
            if isinstance(made, ir.Call) and last_word(made.func) in _OPENS:
                return _address(_argument(made, 0, "uri"), site)
    return ""


def _of_server(node: ir.Expr, site: Site) -> str:
    for made in (node, *_made(node, site)):
        if isinstance(made, ir.Const):
            return _address(made, site)
        if isinstance(made, ir.Call) and last_word(made.func) in _SERVERS:
            hidden, port = _argument(made, 2, "use_ssl"), _argument(made, 1, "port")
            secret_port = isinstance(port, ir.Const) and port.value == _TLS_PORT
            off = hidden is None or (isinstance(hidden, ir.Const) and hidden.value is False)
            return _address(_argument(made, 0, "host"), site) if off and not secret_port else ""
    return ""


def _address(node: ir.Expr | None, site: Site) -> str:
    if isinstance(node, ir.Name):
        node = next((one for one in _made(node, site) if isinstance(one, ir.Const)), node)
    text = node.value if isinstance(node, ir.Const) and isinstance(node.value, str) else ""
    return "" if text.lower().startswith(("ldaps:", "ldapi:")) else text


def _argument(call: ir.Call, at: int, name: str) -> ir.Expr | None:
    given = [arg for arg in call.args if arg.name == name or (arg.name is None and not arg.star)]
    named = next((arg.value for arg in given if arg.name == name), None)
    positional = [arg.value for arg in given if arg.name is None]
    return named if named is not None else positional[at] if at < len(positional) else None


def _made(node: ir.Expr, site: Site) -> Iterator[ir.Expr]:
    """What a name was given before: in the function, in another method of the class (`self.server`), in the module."""
    name = dotted(node)
    module = [] if site.module is None else site.module.body
    around: Sequence[ir.Node] = _classes(site)
    within = (
        around if name is not None and "." in name else (*scope(site), *(one for one in module if isinstance(one, ir.Assign)))
    )
    for one in ir.walk(*within):
        if isinstance(one, ir.Assign) and one.value is not None and any(dotted(target) == name for target in one.targets):
            yield one.value


def _classes(site: Site) -> list[ir.Stmt]:
    return [one for one in path_to(site) if isinstance(one, ir.Class)]


def _starts_tls(site: Site) -> bool:
    """Whether the function, or the class around it, asks for TLS."""
    body = [*scope(site), *_classes(site)]
    if any(last_word(call.func) in _ENCRYPTS for call in calls_in(body)):
        return True
    return any(isinstance(one, ir.Attribute) and one.attr in _OPTIONS for one in ir.walk(*body))
