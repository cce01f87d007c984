"""Where the requests and messages of a program go: to an address that somebody has registered, or to one of its configuration."""

import re

from backend_audit import ir
from backend_audit.flow.arguments import argument
from backend_audit.flow.bindings import Bindings
from backend_audit.flow.concepts import OutgoingRequest, Site
from backend_audit.flow.work_concepts import MessageSending
from backend_audit.flow.written import first_word, last_word, written
from backend_audit.frameworks.call_sites import CallSites
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.sent_away import Target

_HOOK = re.compile(
    r"web_?hook|hook(?:s|_?ur[il])?$|^hook|call_?back|subscri|notif(?:y|ication)_?ur[il]|listener|post_?back", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:ur[il]|uris|urls|endpoint|address|target|href|link|callback|webhook)s?$", re.IGNORECASE)
_CONFIGURED = re.compile(
    r"^(?:settings?|config(?:uration)?|conf|env|environ|process|os|app|current_app|constants?|cfg|options|import)$"
)
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]{2,}$")
_MAX_DEPTH = 5

Sending = OutgoingRequest | MessageSending

# What receivers are by their names, of which nothing else is known; the emitters of a process tell nobody else.
_CLIENTS = re.compile(
    r"(?:^|[_.])(?:io|ws|nsp)$|socket|gateway|server|namespace|room|clients?$|connection|conn$|peer|pusher|ably|sse|broadcast",
    re.IGNORECASE,
)
_BROKERS = re.compile(
    r"kafka|rabbit|amqp|nats|redis|broker|producer|publisher|pub_?sub|sns|sqs|topic|channel|exchange|queue|message_?bus|event_?bridge|"
    r"stream|mqtt|bus$|pub$|client$|outbox",
    re.IGNORECASE,
)
_JOBS = re.compile(r"queue|jobs?$|bull|agenda|worker", re.IGNORECASE)
_TELLS_CLIENTS = frozenset("broadcast broadcast_json send_event".split())
_OF_BROKERS = frozenset("publish publish_event publish_message publishEvent send_and_wait produce dispatchEvent".split())


class Targets:
    """Reads where something goes."""

    def __init__(self, sites: CallSites) -> None:
        self.sites = sites
        self.bindings = Bindings()

    def of(self, function: FunctionSymbol, sending: Sending) -> Target:
        """The target of a request or message, with the words that are known of it."""
        around = f"{function.name} {'' if function.owner is None else function.owner.name}"
        if isinstance(sending, MessageSending):
            how = guessed(sending.site) if sending.guess else sending.reach
            return Target(how, f"{_topic(sending.site, sending.topic)} {around} {sending.site.written}")
        url = sending.url or sending.host or sending.base
        node = None if url is None else url.node
        texts = [] if url is None else [*url.value.texts(), *(shape.text(" ") for shape in url.value.shapes)]
        how = "unknown" if node is None else self._how(function, node, _MAX_DEPTH)
        if how == "unknown" and _HOOK.search(around):
            how = "subscriber"
        return Target(how, " ".join((written(node) if node is not None else "", *texts, around)))

    def _how(self, function: FunctionSymbol, node: ir.Expr, depth: int) -> str:
        if depth == 0:
            return "unknown"
        if isinstance(node, ir.Const):
            return "service"
        if isinstance(node, (ir.Template, ir.Binary)):
            parts = list(node.parts) if isinstance(node, ir.Template) else [node.left, node.right]
            first = parts[0] if parts else None
            first = first.value if isinstance(first, ir.Hole) else first
            return "unknown" if first is None else self._how(function, first, depth - 1)
        if isinstance(node, ir.Call):
            return self._called(function, node, depth)
        if isinstance(node, (ir.Conditional, ir.Logical)):
            return self._how(function, node.then if isinstance(node, ir.Conditional) else node.left, depth - 1)
        if isinstance(node, (ir.Attribute, ir.Index)):
            return self._field(node)
        return self._variable(function, node, depth) if isinstance(node, ir.Name) else "unknown"

    def _field(self, node: ir.Attribute | ir.Index) -> str:
        """`hook.url`, `subscription["endpoint"]`: of a row; `settings.PARTNER_URL`, `self.base_url`: of the configuration."""
        key = node.attr if isinstance(node, ir.Attribute) else ""
        if isinstance(node, ir.Index) and isinstance(node.index, ir.Const):
            key = str(node.index.value)
        holder = first_word(node)
        text = written(node)
        if _CONFIGURED.match(holder) or _CONSTANT.match(key) or "config" in text.lower() or "settings" in text.lower():
            return "service"
        if holder in ("self", "this"):
            return "subscriber" if _HOOK.search(text) else "unknown"
        return "subscriber" if _ADDRESS.search(key) or _HOOK.search(text) else "unknown"

    def _called(self, function: FunctionSymbol, node: ir.Call, depth: int) -> str:
        """`str(hook.url)`, `new URL(path, base)`, `hook.get_url()`, `os.getenv("PARTNER")`."""
        last = last_word(node.func)
        if last in ("getenv", "get_setting", "getConfig") or _CONFIGURED.match(first_word(node.func)):
            return "service"
        if node.args and (
            last in ("str", "String", "URL", "urljoin", "HttpUrl", "encodeURI", "format", "strip", "trim") or node.form == "new"
        ):
            return self._how(function, node.args[-1 if last == "URL" else 0].value, depth - 1)
        if isinstance(node.func, ir.Attribute):
            return "subscriber" if _HOOK.search(written(node.func)) else self._how(function, node.func.value, depth - 1)
        return "subscriber" if _HOOK.search(last) else "unknown"

    def _variable(self, function: FunctionSymbol, node: ir.Name, depth: int) -> str:
        if _CONSTANT.match(node.id):
            return "service"
        values = self.bindings.values(function, node.id, node.at)
        if values:
            found = self._how(function, values[-1], depth - 1)
            return "subscriber" if found == "unknown" and _HOOK.search(node.id) else found
        if any(param.name == node.id for param in function.node.params):
            callers = self.sites.given(function, node.id) if depth > 1 else ()
            given = {self._how(site.caller, value, depth - 2) for site, value in callers}
            known = next((one for one in ("subscriber", "service") if one in given), "unknown")
        elif function.parent is not None:
            known = self._variable(function.parent, node, depth - 1) if depth > 1 else "unknown"
        else:
            known = "unknown"
        return "subscriber" if known == "unknown" and _HOOK.search(node.id) else known


def guessed(site: Site) -> str:
    """Whom a call tells whose receiver is known by its name alone; "" for nobody, or for parts of the program itself."""
    func = None if site.call is None else site.call.func
    if not isinstance(func, ir.Attribute):
        return ""
    receiver = written(func.value)
    if _HOOK.search(receiver):
        return "subscriber" if func.attr in ("trigger", "send", "emit", "publish", "dispatchEvent", "enqueue") else ""
    if func.attr in _TELLS_CLIENTS:
        return "clients"
    if func.attr in ("add", "addJob", "enqueue"):
        return "queue" if _JOBS.search(receiver) else ""
    if func.attr == "emit":
        named = last_word(func.value)
        if _BROKERS.search(named) and not re.search("bus$|event", named, re.IGNORECASE):
            return "bus"
        return "clients" if _CLIENTS.search(named) or _CLIENTS.search(receiver.partition("(")[0]) else ""
    if func.attr in _OF_BROKERS:
        return "bus"
    if _BROKERS.search(receiver):
        return "bus"
    return "clients" if _CLIENTS.search(receiver) else ""


def _topic(site: Site, spec: str) -> str:
    """What is known of the topic, channel or event that a message is for."""
    found = argument(site.args, spec) if spec else None
    if found is None:
        return ""
    return " ".join((*found.value.texts(), "" if found.node is None else written(found.node)))
