"""Outgoing requests of JavaScript that nothing ends when the other side accepts them and stays silent.

https://axios-http.com/docs/req_config, https://nodejs.org/api/http.html#requestsettimeouttimeout-callback
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, HttpClient, Operand, OutgoingRequest, Site
from backend_audit.flow.written import last_word
from backend_audit.link.script_imports import loaded, server_side
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.work import Habit, Work, as_practice, happens_later

# What is called `fetch` and waits as `http.request` does: without end.
_OWN_FETCHES = frozenset(
    "node-fetch node-fetch-commonjs cross-fetch isomorphic-fetch isomorphic-unfetch make-fetch-happen minipass-fetch".split()
)
_ENDS = re.compile(r"time_?d?_?out|abort|^race$|deadline", re.IGNORECASE)
_TIMERS = frozenset(("setTimeout", "clearTimeout"))  # a pause, unless what they run ends the request
_CUTS = re.compile(r"^(?:destroy|cancel|reject|rej|abort|end)$", re.IGNORECASE)
_ADDRESS = re.compile(r"ur[il]s?$|href|link|endpoint|address|host|path|webhook|server|api$", re.IGNORECASE)

_CALLBACK = re.compile(r"^(?:resolve|cb|done|next|fn|on[A-Z]\w*)$|callback$|handler$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UntimedRequest(Habit):
    """A request without a time-out. `root`: the handler that waits for it, where one does; `patience` as in `OutgoingRequest`.

    `others`: further ones in the same function.
    """

    root: str = ""
    patience: str = ""
    others: int = 0


@dataclass(frozen=True, slots=True)
class UntimedClient(Concept):
    """An instance without a default for its requests. `waited`: a handler waits for one of those that give no time-out either."""

    waited: bool = False


class Untimed:
    """Finds them, by the calls of the project's functions."""

    def __init__(self, work: Work, project: ScriptProject) -> None:
        self.work = work
        self.modules = {module.path: module for module in project.modules.values()}
        self.server = server_side(project)
        settled = (one for one in work.facts.clients if one.everywhere and one.timeout is not None and not _is_off(one.timeout))
        self.settled = {one.everywhere for one in settled}
        self._ending: dict[int, bool] = {}  # by the identities of functions
        self.requests = [(function, one) for function, one in work.facts.work if isinstance(one, OutgoingRequest)]

    def concepts(self) -> Iterator[Concept]:
        """Requests first, by how they wait; then instances."""
        groups: dict[tuple[bool, str], list[UntimedRequest]] = {}
        for one in self._first_of_each():
            groups.setdefault((bool(one.root), one.patience), []).append(one)
        for (waited, patience), group in groups.items():
            yield from group if waited and not patience else as_practice(group)
        for client in self.work.facts.clients:
            if client.waits_forever and not client.everywhere and _lacks(client.timeout, client.site):
                yield from self._client(client)

    def _first_of_each(self) -> Iterator[UntimedRequest]:
        together: dict[tuple[str, str], list[OutgoingRequest]] = {}
        functions: dict[str, FunctionSymbol] = {}
        seen: set[int] = set()  # what a function handed to another does, both are told
        for function, request in self.requests:
            if id(request.site.node) not in seen and self._waits(function, request) and not _of_instance(request):
                seen.add(id(request.site.node))
                functions[function.key] = function
                together.setdefault((function.key, self._patience(request)), []).append(request)
        for (key, patience), requests in together.items():
            first = min(requests, key=lambda one: one.site.node.at)
            others = len({one.site.node.at for one in requests}) - 1
            reached = None if happens_later(first.site) else self.work.serving.get(key)
            way = () if reached is None else self.work.way(self.work.serving, functions[key])
            root = "" if reached is None else self.work.called(reached.root)
            yield UntimedRequest(first.site, way, root=root, patience=patience, others=others)

    def _waits(self, function: FunctionSymbol, request: OutgoingRequest) -> bool:
        if not (request.waits_forever or request.patience) or _library(request.site) in self.settled:
            return False
        if function.key not in self.work.serving and function.module.key not in self.server:
            return False  # of a page, it seems
        waited = not (self._ended(request.site, function) or _is_let_go(request.site))
        return waited and _lacks(request.timeout, request.site)

    def _ended(self, site: Site, function: FunctionSymbol) -> bool:
        """Whether the code around gives the request an end: `Promise.race`, `req.setTimeout(…)`, an `AbortController`."""
        around = [function.node, *([] if site.function is None else [site.function])]
        return any(_ENDS.search(one.name) is not None or self._ends_something(one) for one in around)

    def _ends_something(self, function: ir.Function) -> bool:
        known = self._ending.get(id(function))
        if known is None:
            known = self._ending[id(function)] = any(_ends(node) for node in ir.walk(*function.body))
        return known

    def _patience(self, request: OutgoingRequest) -> str:
        module = self.modules.get(request.site.path)
        own = request.patience and module is not None and not _OWN_FETCHES.isdisjoint(loaded(module))
        return "" if own else request.patience

    def _client(self, client: HttpClient) -> Iterator[UntimedClient]:
        module, library = self.modules.get(client.site.path), _library(client.site)
        if module is None or module.key not in self.server or library in self.settled:
            return
        made = [(function, one) for function, one in self.requests if _of_instance(one) and _library(one.site) == library]
        waiting = [function for function, one in made if self._waits(function, one)]
        if waiting or not made:
            yield UntimedClient(client.site, waited=any(one.key in self.work.serving for one in waiting))


def _is_let_go(site: Site) -> bool:
    """Whether the code says that nobody waits: `void axios.post(…).catch(…);`."""
    nodes = () if site.function is None else ir.walk_scope(*site.function.body)
    dropped = [one.operand for one in nodes if isinstance(one, ir.Unary) and one.op == "void"]
    return any(one.at <= site.node.at and site.node.end <= one.end for one in dropped)


def _library(site: Site) -> str:
    """`axios` of `axios.get`, `@nestjs/axios` of `@nestjs/axios.HttpService.get`."""
    return site.api.partition(".")[0]


def _of_instance(request: OutgoingRequest) -> bool:
    return request.client is not None and any(one.endswith(".Instance") for one in request.client.value.types)


def _is_off(timeout: Operand) -> bool:
    """Whether the argument is 0, null or false, whatever happens: the libraries read that as no time-out."""
    found = timeout.value.constants()
    return bool(found) and not any(one.value for one in found or ())


def _lacks(timeout: Operand | None, site: Site) -> bool:
    """Whether no time-out is given: none, 0, or one that could only stand in what is the address."""
    if _by_agent(site):
        return False
    if timeout is None or _is_off(timeout):
        return True
    given = [arg.value for arg in site.call.args] if site.call is not None else []
    return any(timeout.node is one and _is_no_object(one) for one in given)


def _by_agent(site: Site) -> bool:
    """Whether an agent is given that ends silent connections of itself (https://github.com/node-modules/agentkeepalive)."""
    given = [operand.value for _, operand in site.args]
    held = [each for one in given for each in (one, *(one.items or {}).values())]
    return any(name.startswith("agentkeepalive") for one in held for name in one.apis | one.types)


def _is_no_object(node: ir.Expr) -> bool:
    """Whether an argument that may be an object of options reads like an address or a call-back."""
    if isinstance(node, ir.Lambda) or _CALLBACK.search(last_word(node)):
        return True
    if isinstance(node, (ir.Const, ir.Template, ir.Binary)):
        return True
    if isinstance(node, ir.Call):
        return last_word(node.func) in ("URL", "String", "encodeURI") or _ADDRESS.search(last_word(node.func)) is not None
    return _ADDRESS.search(last_word(node)) is not None


def _ends(node: ir.Node) -> bool:
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "setTimeout":
        return any(_CUTS.search(last_word(one)) for one in ir.walk(*node.args))
    if isinstance(node, ir.Call) and last_word(node.func) in ("on", "once") and node.args:
        first = node.args[0].value
        return isinstance(first, ir.Const) and first.value == "timeout"
    name = node.name if isinstance(node, ir.Function) else last_word(node)
    return bool(name) and not (isinstance(node, ir.Name) and name in _TIMERS) and _ENDS.search(name) is not None
