"""What an expression of a handler holds, by names: ids of the request, and who calls."""

import re
from typing import NamedTuple

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.routes.absent_parts import rights_of_context
from backend_audit.routes.claim_reads import header, keyed
from backend_audit.routes.missing import caller_of_context

IDS = re.compile(r"(?:^|_)(?:id|ids|pk|pks|uuid|uuids|guid|slug|key|hash|number|code|token|name)$|^id$|^pk$|_?[a-z]+Id$")
TENANT_PARTS = frozenset("team team_membership tenant organization organisation workspace company membership household".split())
_TENANTS = "|".join(sorted(TENANT_PARTS))  # what middleware has found of the caller: `request.team`
_CALLER = re.compile(
    rf"(?:^|\.)(?:request|req|info\.context|ctx|self\.request)\.(?:user(?!_agent)\w*|auth|identity|{_TENANTS})\b|"
    r"^(?:(?:\w+\.)?g|request\.state)\.\w*user\w*|"
    r"^current_user\b|(?:^|\.)\w*auth\w*\.current_user\b|^self\.(?:current_user|current_org|user)\b|(?:^|\.)(?:request|req)\.current_\w+"
)
_CALLER_CALLS = re.compile(
    r"get_jwt_identity|get_jwt|get_current_user|current_user_id|get_jwt_subject|current_identity|get_user_id"
)
_SESSIONS = frozenset({"session", "request.session", "self.request.session"})  # read by key
_PARTS = frozenset({"auth", "identity", "current_org"}) | TENANT_PARTS
_REQUEST = re.compile(r"^(?:self\.)?(?:request|req)(?:\.state)?$|^(?:flask\.)?g$|^ctx$")
_HOLDERS = frozenset("data GET POST kwargs args form json query_params values view_args path_params match_info".split())


class Mention(NamedTuple):
    """What an expression holds: names, and whether it reads an id off the request or asks for the caller by itself."""

    names: frozenset[str]
    asks_id: bool
    asks_caller: bool


_NOTHING = Mention(frozenset(), asks_id=False, asks_caller=False)


class Mentions:
    """The mentions of expressions, each read once."""

    def __init__(self, kept: frozenset[str] = frozenset()) -> None:
        self._known: dict[int, Mention] = {}
        self._kept = kept  # what guards keep of the caller in the request

    def is_caller(self, node: ir.Node) -> bool:
        """Whether an expression asks for who calls, or for what a guard has found of them: `request.project`."""
        kept = isinstance(node, ir.Attribute) and node.attr in self._kept and bool(_REQUEST.search(written(node.value)))
        return kept or is_caller(node)

    def of(self, node: ir.Node) -> Mention:
        if isinstance(node, ir.Const):
            return _NOTHING
        known = self._known.get(id(node))
        if known is None:
            inside = list(ir.walk_scope(node))
            names = frozenset(one.id for one in inside if isinstance(one, ir.Name))
            known = self._known[id(node)] = Mention(names, any(map(_is_id, inside)), any(map(self.is_caller, inside)))
        return known

    def ids(self, node: ir.Node, names: frozenset[str]) -> bool:
        """Whether an expression holds an id of the request, `names` being those of variables that do."""
        found = self.of(node)
        return found.asks_id or not found.names.isdisjoint(names)

    def caller(self, node: ir.Node, names: frozenset[str]) -> bool:
        """Whether an expression holds the caller, `names` being those of variables that do."""
        found = self.of(node)
        return found.asks_caller or not found.names.isdisjoint(names)


def _is_id(node: ir.Node) -> bool:
    """An id taken from the request: `request.data["id"]`, `self.kwargs["pk"]`, `request.headers["X-Tenant-Id"]`."""
    base, key = keyed(node)
    if base is None:
        return False
    if header(node).endswith("-id"):
        return True
    return bool(IDS.search(key)) and written(base).rpartition(".")[2] in _HOLDERS


def is_caller(node: ir.Node) -> bool:
    """Whether an expression asks for who calls: `request.user`, `session["user_id"]`, `get_jwt_identity()`."""
    if isinstance(node, ir.Name):
        return node.id == "current_user"
    if isinstance(node, ir.Attribute):  # of `request.user.id` the inner one is asked for, too
        own = "user" in node.attr or node.attr in _PARTS or node.attr.startswith("current_")
        return own and bool(_CALLER.search(written(node)))
    if caller_of_context(node) is not None or rights_of_context(node):
        return True
    if isinstance(node, ir.Index):
        return written(node.value) in _SESSIONS
    return isinstance(node, ir.Call) and (
        bool(_CALLER_CALLS.search(written(node.func)))
        or (written(node.func).removesuffix(".get") in _SESSIONS and not _asks_database(node))
    )


def _asks_database(node: ir.Call) -> bool:
    return bool(node.args) and written(node.args[0].value)[:1].isupper()  # `session.get(Order, pk)`
