"""The life of a TLS context as its own file tells it: how it was made, and which settings it got before a place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.checks._context import meant, scope
from backend_audit.checks._operands import receiver
from backend_audit.flow.concepts import Site, TlsContext
from backend_audit.flow.written import dotted, last_word

_DEPTH = 3
_CONNECTING = frozenset(("wrap_socket", "wrap_bio"))
_READS_CERTIFICATE = frozenset("getpeercert get_peer_certificate get_peer_cert_chain get_unverified_chain".split())
_SENDS = frozenset("send sendall sendto sendfile recv read readline write makefile request post get put login bind".split())
_FLEXIBLE = {"PROTOCOL_TLS": "tls", "PROTOCOL_SSLv23": "tls", "SSLv23_METHOD": "tls", "TLS_METHOD": "tls"}
_CHECKED = {
    "PROTOCOL_TLS_CLIENT": "client",
    "PROTOCOL_TLS_SERVER": "server",
    "TLS_CLIENT_METHOD": "client",
    "TLS_SERVER_METHOD": "server",
}
OLD_FLAGS = ("OP_NO_SSLv3", "OP_NO_TLSv1", "OP_NO_TLSv1_1")


@dataclass(slots=True)
class History:
    """`kind`: tls (any version), client, server, default (`create_default_context`), other; "" when unknown."""

    kind: str = ""
    server: bool = False
    verify_set: bool = False
    disabled: set[str] = field(default_factory=set)
    allowed_again: set[str] = field(default_factory=set)
    minimum: str = ""  # as named in ssl.TLSVersion


def history(site: Site, expr: ir.Expr | None) -> History:
    """What happened to the context that `expr` names before `site`."""
    return next(iter(histories(site, expr)), History())


def histories(site: Site, expr: ir.Expr | None) -> list[History]:
    """The same for each way in which the context can have come here: of a parameter, one for each call in this file."""
    body = site.module.body if site.module is not None else []
    reader = _Reader({one.name: one for one in ir.walk(*body) if isinstance(one, ir.Function)}, site.module)
    found = reader.of(expr, scope(site), site.node.at, _DEPTH)
    if found.kind or not isinstance(expr, ir.Name):
        return [found]
    function = site.function
    positions = [at for at, param in enumerate(function.params) if param.name == expr.id] if function is not None else []
    if function is not None and positions:
        return list(_from_callers(reader, body, function.name, expr.id, positions[0]))
    return [reader.of(expr, body, site.node.at, _DEPTH)]


def _from_callers(reader: "_Reader", body: Sequence[ir.Stmt], name: str, param: str, at: int) -> Iterator[History]:
    scopes = [body, *(one.body for one in ir.walk(*body) if isinstance(one, ir.Function))]
    for statements in scopes:
        for call in _statements(statements):
            if not isinstance(call, ir.Call) or last_word(call.func) != name:
                continue
            given = next((arg.value for arg in call.args if arg.name == param), None)
            if given is None and at < len(call.args) and call.args[at].name is None:
                given = call.args[at].value
            yield reader.of(given, statements, call.at, _DEPTH)


class _Reader:
    def __init__(self, functions: dict[str, ir.Function], module: ir.Module | None) -> None:
        self.functions = functions
        self.module = module

    def of(self, expr: ir.Expr | None, body: Sequence[ir.Stmt], before: int, depth: int) -> History:
        if isinstance(expr, ir.Call):
            return self.made(expr, depth)
        name = dotted(expr)
        found = History()
        if name is None or depth == 0:
            return found
        for node in sorted(_statements(body), key=lambda one: one.at):
            if node.at >= before:
                break
            if isinstance(node, ir.Assign):
                found = self.assigned(node, name, found, depth)
            elif isinstance(node, ir.Call):
                self.called(node, name, found)
        return found

    def assigned(self, node: ir.Assign, name: str, found: History, depth: int) -> History:
        for target in node.targets:
            if dotted(target) == name and isinstance(node.value, ir.Call):
                return self.made(node.value, depth)
            if isinstance(target, ir.Attribute) and dotted(target.value) == name:
                self.written(target.attr, node, found)
        return found

    def made(self, call: ir.Call, depth: int) -> History:
        name = self.name(call.func)
        if name == "create_default_context":
            return History("default", server=any(self.mentions(arg.value, "CLIENT_AUTH") for arg in call.args))
        if name in ("SSLContext", "Context"):
            given = next((arg.value for arg in call.args if arg.name in (None, "protocol", "method")), None)
            protocol = self.name(given)
            kind = "tls" if given is None else _FLEXIBLE.get(protocol) or _CHECKED.get(protocol, "other")
            return History(kind, server=kind == "server")
        function = self.functions.get(name) if isinstance(call.func, ir.Name) else None
        if function is None or depth == 0:
            return History()
        returns = [one for one in ir.walk(*function.body) if isinstance(one, ir.Return) and one.value is not None]
        return self.of(returns[-1].value, function.body, returns[-1].at, depth - 1) if returns else History()

    def written(self, attr: str, node: ir.Assign, found: History) -> None:
        if attr == "verify_mode":
            found.verify_set = True
        elif attr == "minimum_version":
            found.minimum = self.name(node.value)
        elif attr == "options" and node.value is not None:
            self.options(node.value, node.op, found)

    def called(self, call: ir.Call, name: str, found: History) -> None:
        if not isinstance(call.func, ir.Attribute) or dotted(call.func.value) != name or not call.args:
            return
        if call.func.attr == "set_options":
            self.options(call.args[0].value, "|", found)
        elif call.func.attr == "set_min_proto_version":
            found.minimum = self.name(call.args[0].value)
        elif call.func.attr == "set_verify":
            found.verify_set = True

    def options(self, value: ir.Expr, op: str, found: History) -> None:
        flags = {self.name(one) for one in _below(value)} & set(OLD_FLAGS)
        if op.startswith("&"):
            found.disabled -= flags
            found.allowed_again |= flags
        else:
            found.disabled |= flags
            found.allowed_again -= flags

    def mentions(self, value: ir.Expr, name: str) -> bool:
        return any(self.name(one) == name for one in _below(value))

    def name(self, node: ir.Expr | None) -> str:
        return meant(node, self.module)


def _statements(body: Sequence[ir.Stmt]) -> Iterator[ir.Node]:
    """Assignments and calls of `body` itself: not those of functions defined in it."""
    stack: list[ir.Node] = [one for one in body if not isinstance(one, (ir.Function, ir.Class))]
    while stack:
        node = stack.pop()
        if isinstance(node, (ir.Assign, ir.Call)):
            yield node
        stack.extend(child for child in ir.children(node) if not isinstance(child, (ir.Function, ir.Class)))


def _below(value: ir.Expr) -> Iterator[ir.Expr]:
    for one in ir.walk(ir.ExprStmt(value.at, value.end, value)):
        if isinstance(one, (ir.Name, ir.Attribute)):
            yield one


def for_server(context: TlsContext) -> bool:
    """Whether the context whose setting is written is made for the server's side, where clients show no certificate."""
    node = context.site.node
    target = node.targets[0] if isinstance(node, ir.Assign) and node.targets else node
    if isinstance(target, ir.Attribute):
        return history(context.site, target.value).server
    return False


def only_compares_keys(site: Site) -> bool:
    """Whether the context that `site` makes holds a key against a certificate, and no connection ever gets it."""
    nodes = list(ir.walk_scope(*scope(site)))
    made = next((one for one in nodes if isinstance(one, ir.Assign) and one.value is site.call and site.call is not None), None)
    if site.function is None or made is None or len(made.targets) != 1 or not isinstance(made.targets[0], ir.Name):
        return False
    name = made.targets[0].id
    asked = [
        one for one in nodes if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute) and dotted(one.func.value) == name
    ]
    methods = [one.func.attr for one in asked if isinstance(one.func, ir.Attribute)]
    held = {one.value.at for one in nodes if isinstance(one, ir.Attribute) and dotted(one.value) == name}
    leaves = any(
        isinstance(one, ir.Name) and one.id == name and one.at not in held and one.at != made.targets[0].at for one in nodes
    )
    return not leaves and "check_privatekey" in methods and _CONNECTING.isdisjoint(methods)


def only_reads_certificate(site: Site) -> bool:
    """Whether a function connects to look at the certificate, which need not be a good one, and sends nothing."""
    called = {
        one.func.attr for one in ir.walk_scope(*scope(site)) if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)
    }
    return site.function is not None and not called.isdisjoint(_READS_CERTIFICATE) and called.isdisjoint(_SENDS)


def unverified_client(context: TlsContext) -> bool:
    """Whether a context of the bare class, which verifies nothing by default, is used to talk to a named server."""
    call = context.site.call
    if call is None or context.value is None or not any(arg.name == "server_hostname" for arg in call.args):
        return False
    past = history(context.site, receiver(context.value, context.site))
    return past.kind == "tls" and not past.verify_set
