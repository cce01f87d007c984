"""SSH connections to a server whose key nobody compares."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, _errors, check
from backend_audit.checks._operands import is_false, is_none, named, names
from backend_audit.checks._view import FileView
from backend_audit.finding import Confidence
from backend_audit.flow.machine_concepts import HostKeyPolicy
from backend_audit.flow.written import last_word
from backend_audit.source import SCRIPTS, Language

RULE = "host-key-check-off"

_ACCEPTING = {"AutoAddPolicy": "accepts and stores any unknown key", "WarningPolicy": "only warns about an unknown key"}
_RISK = "whoever answers under the address gets the credentials and the commands"
_OPTION = re.compile(r"\bStrictHostKeyChecking(?:=|\s+)(?:no|off)\b", re.IGNORECASE)
_FIX_NODE = (
    "Compare the key with the one that you know: `hostVerifier: (key) => timingSafeEqual(key, known)`, from a file that the "
    "deployment ships."
)
_FIX = (
    "Load the known keys (`client.load_system_host_keys()`, `known_hosts='/etc/ssh/ssh_known_hosts'`) and keep `RejectPolicy`, "
    "the default."
)


@check(RULE, Language.PYTHON, *SCRIPTS)
def told_by_option(node: ir.Const, view: FileView) -> Iterator[Alert]:
    """`ssh -o StrictHostKeyChecking=no`, in a command, its arguments or its environment."""
    found = _OPTION.search(node.value) if node.kind == "str" and isinstance(node.value, str) else None
    docstring = bool(view.ancestors) and isinstance(view.ancestors[-1], ir.ExprStmt)
    if found is None or docstring or _only_tells(view):
        return
    yield Alert(
        node=node,
        message=f"`{found[0]}` lets ssh accept whatever key the server shows: {_RISK}.",
        fix="Ship the keys of the hosts (`-o UserKnownHostsFile=…`) and leave the check on; `StrictHostKeyChecking=accept-new` "
        "takes unknown hosts once, and changed keys never.",
        confidence=Confidence.MEDIUM,
    )


def _only_tells(view: FileView) -> bool:
    """Whether a text is only logged or raised."""
    called = (last_word(one.func) for one in view.ancestors if isinstance(one, ir.Call))
    return any(_errors.is_report(one) or one.endswith("Error") for one in called)


@check(RULE)
def any_key_by_default(policy: HostKeyPolicy) -> Iterator[Alert]:
    """`new Client().connect({ host, username })` of ssh2, `hostVerifier: () => true`."""
    node = None if policy.verifier is None else policy.verifier.node
    if policy.verifier is None and policy.accepts_any:
        yield Alert(
            node=policy.site.callee,
            message=f"`{named(policy.site)}` gets no `hostVerifier` and takes every host key: {_RISK}.",
            fix=_FIX_NODE,
            confidence=Confidence.MEDIUM,
        )
    elif isinstance(node, ir.Lambda) and _says_yes(node.function):
        yield Alert(
            node=node, message=f"This `hostVerifier` takes every host key: {_RISK}.", fix=_FIX_NODE, confidence=Confidence.HIGH
        )


def _says_yes(function: ir.Function) -> bool:
    """`() => true`, `(key, verify) => verify(true)`."""
    if len(function.body) != 1:
        return False
    only = function.body[0]
    value = only.value if isinstance(only, (ir.Return, ir.ExprStmt)) else None
    if isinstance(value, ir.Call) and len(value.args) == 1:
        last = function.params[-1].name if len(function.params) > 1 else ""
        value = value.args[0].value if last and last_word(value.func) == last else None
    return isinstance(value, ir.Const) and value.value is True


@check(RULE)
def any_host_key_accepted(policy: HostKeyPolicy) -> Iterator[Alert]:
    """`client.set_missing_host_key_policy(paramiko.AutoAddPolicy())`."""
    found = names(policy.policy) & _ACCEPTING.keys()
    if policy.policy is not None and found:
        name = min(found)
        yield Alert(
            node=policy.policy.node or policy.site.node,
            message=f"`{name}` {_ACCEPTING[name]}: {_RISK}.",
            fix=_FIX,
            confidence=Confidence.HIGH,
        )
    elif policy.known_hosts is not None and is_none(policy.known_hosts):
        yield Alert(
            node=policy.known_hosts.node or policy.site.node,
            message=f"`{named(policy.site)}` checks no host key (`None`): {_RISK}.",
            fix=_FIX,
            confidence=Confidence.HIGH,
        )
    elif policy.strict is not None and is_false(policy.strict):
        yield Alert(
            node=policy.strict.node or policy.site.node,
            message=f"`{named(policy.site)}` does not insist on the host key: {_RISK}.",
            fix=_FIX,
            confidence=Confidence.MEDIUM,
        )
