"""SSH connections to a server whose key nobody compares."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._operands import is_false, is_none, named, names
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import HostKeyPolicy

RULE = "host-key-check-off"

_ACCEPTING = {"AutoAddPolicy": "accepts and stores any unknown key", "WarningPolicy": "only warns about an unknown key"}
_RISK = "whoever answers under the address gets the credentials and the commands"
_FIX = (
    "Load the known keys (`client.load_system_host_keys()`, `known_hosts='/etc/ssh/ssh_known_hosts'`) and keep `RejectPolicy`, "
    "the default."
)


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
