"""Requests of the server whose address comes from a client."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._address import control
from backend_audit.checks._commands import program_names
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.checks._wording import advice, in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, OutgoingRequest, ShellCommand
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import UNKNOWN

RULE = "server-side-request-forgery"
_FETCHERS = frozenset("curl wget aria2c axel lynx w3m http https xh wkhtmltopdf wkhtmltoimage".split())  # they ask addresses
_FILTERING = "net.FilteringAgent"  # what opens connections, and refuses addresses of the own network
_FIX = (
    "Let the client choose among addresses that the program knows, or compare the parsed host with a fixed list before the "
    "request, switch redirects off, and refuse addresses of the own network."
)
_PLACE = "becomes part of the address that {callee} asks on a fixed host: `../` and `?` in it reach other resources there"
_QUERY = "becomes part of the query that {callee} sends to a fixed host: `&` in it adds and overwrites parameters"
_PART = "Quote the part (`urllib.parse.quote(part, safe='')`) or convert it to the type that it must have."

_PART_NODE = "Encode the part (`encodeURIComponent(part)`) or convert it to the type that it must have."


@check(RULE)
def address_from_outside(request: OutgoingRequest) -> Iterator[Alert]:
    """`requests.get(request.args["url"])`."""
    if request.option is not None and not any("URL" in path for path in request.option.value.apis):
        return
    if (request.option is not None and _opens_itself(request)) or _refuses_own_network(request):
        return
    for operand in (request.host, request.base):
        origin = reaching(operand, "url")
        if origin is not None and not _own_host(origin):
            place = request.url if operand is request.base and request.url is not None else operand
            yield alert(request.site, place, origin, does="decides to which host {callee} sends a request", fix=_FIX)
            return
    found = control(request.url, queries=in_python(request.site))
    if found is None or _own_host(found.origin):
        return
    if found.whole and request.base is None and request.host is None:
        yield alert(request.site, request.url, found.origin, does="decides to which host {callee} sends a request", fix=_FIX)
    else:
        does = _QUERY if found.query else _PLACE
        yield alert(
            request.site,
            request.url,
            found.origin,
            does=does,
            fix=advice(request.site, _PART, _PART_NODE),
            confidence=Confidence.LOW if (found.one_segment and not found.query) or _is_proxy(request) else Confidence.MEDIUM,
        )


@check(RULE)
def address_for_a_program(command: ShellCommand) -> Iterator[Alert]:
    """`execFile("curl", ["-s", url])`, `subprocess.run(["wget", url])`."""
    listed = command.arguments or command.command
    words = [] if listed is None else [one for _, one in sorted((listed.value.items or {}).items(), key=lambda one: str(one[0]))]
    first = command.program if command.program is not None else command.command if command.arguments is not None else None
    program = words.pop(0) if first is None and words else UNKNOWN if first is None else first.value
    if listed is None or not _FETCHERS.intersection(program_names(program)):
        return
    for one in words:
        found = control(Operand(one, None))
        if found is not None and found.whole:
            yield alert(command.site, listed, found.origin, does="is the address that the program of {callee} asks", fix=_FIX)
            return


def _is_proxy(request: OutgoingRequest) -> bool:
    """Whether the call hands a request on as it is, method and headers too: that its address goes along is what it is for."""
    call = request.site.call
    options = [arg.value for arg in call.args if isinstance(arg.value, ir.Container)] if call is not None else []
    held = {item.key.value: item.value for one in options for item in one.items if isinstance(item.key, ir.Const)}
    return all(
        name in held and any(isinstance(one, ir.Attribute) and one.attr == name for one in ir.walk(held[name]))
        for name in ("method", "headers")
    )


def _opens_itself(request: OutgoingRequest) -> bool:
    """Whether the program opens the handle's connections itself, where it sees the address: `OPENSOCKETFUNCTION`."""
    function = request.site.function
    return function is not None and any(
        isinstance(node, ir.Attribute) and node.attr == "OPENSOCKETFUNCTION" for node in ir.walk_scope(*function.body)
    )


def _refuses_own_network(request: OutgoingRequest) -> bool:
    """Whether what opens the connection looks at the address that it leads to, unless a setting says otherwise."""
    return request.agent is not None and _FILTERING in request.agent.value.types


def _own_host(origin: Origin) -> bool:
    """The server's own name, which the framework has compared with its list of allowed hosts."""
    return str(origin.key[0]).rpartition(".")[2] in ("get_host", "get_port", "build_absolute_uri")
