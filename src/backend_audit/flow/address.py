"""Functions that check addresses, by their names: `is_safe_url`, `validate_host`, `is_private_ip`.

Whether an address is harmless is decided by resolving names, by lists in the configuration, by the ranges of networks:
nothing that following values can see. So a function counts as such a check by what it is called, for addresses alone.
"""

import re
from functools import lru_cache

from backend_audit import ir
from backend_audit.flow.written import last_word

_THING = r"(url|uri|link|host|hostname|domain|redirect|address|addr|ip|origin|netloc|target|next|endpoint)s?"
_GOOD = r"(safe|valid|allowed|trusted|whitelisted|allowlisted|permitted|relative|public|registered|approved)"
_BAD = r"(private|internal|blocked|forbidden|unsafe|disallowed|denied|blacklisted|loopback|reserved|banned|invalid|local)"
_CHECK = r"(validate|check|verify|assert|ensure|require|guard)"
_ADMITS = re.compile(rf"(^|_){_GOOD}(_\w+)?_{_THING}(_|$)|(^|_){_THING}_(\w+_)?{_GOOD}(_|$)|^_?{_CHECK}_(\w+_)?{_THING}$")
_REFUSES = re.compile(rf"(^|_){_BAD}(_\w+)?_{_THING}(_|$)|(^|_){_THING}_(\w+_)?{_BAD}(_|$)")
_RAISES = re.compile(rf"(^|_){_CHECK}_(\w+_)?{_THING}(_|$)")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


@lru_cache(maxsize=4096)
def lets_through(name: str, *, holds: bool) -> bool:
    """Whether an address is fit for use when the function `name` has answered with true (or, `holds` being false, with false)."""
    words = _snake(name)
    if _REFUSES.search(words):
        return not holds
    return holds and _ADMITS.search(words) is not None


_PLACES = frozenset(
    "host hosts hostname hostnames domain domains dns ip ips ipv4 ipv6 ipaddr cidr address addresses private internal local"
    " localhost loopback origin origins netmask allowlist whitelist denylist blocklist blacklist".split()
)


def looks_at_host(function: ir.Function) -> bool:
    """Whether anything in a function is called after the places that an address can lead to."""
    for node in ir.walk(*function.body):
        name = last_word(node)
        if name and not _PLACES.isdisjoint(_snake(name).split("_")):
            return True
        if isinstance(node, ir.Item) and isinstance(node.key, ir.Const) and str(node.key.value) in _PLACES:
            return True
    return False


@lru_cache(maxsize=4096)
def raises(name: str) -> bool:
    """Whether the function `name` raises on an address that is unfit: it has come back, so it was fit."""
    return _RAISES.search(_snake(name)) is not None


_RANGES = frozenset("is_private is_global is_loopback is_link_local is_reserved is_multicast range isPrivate isLoopback".split())


def refuses_each(loop: ir.For) -> bool:
    """`for info in getaddrinfo(host, None): if ip_address(info[4][0]).is_private: raise`."""
    return any(isinstance(one, ir.If) and _leaves(one.body) and _asks_range(one.test) for one in loop.body)


def _leaves(body: list[ir.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], (ir.Raise, ir.Return))


def _asks_range(test: ir.Expr) -> bool:
    for node in ir.walk(test):
        name = node.attr if isinstance(node, ir.Attribute) else ""
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Name):
            name = node.func.id
        if name in _RANGES or (name and _REFUSES.search(_snake(name))):
            return True
    return False


def refuses_networks(function: ir.Function) -> bool:
    """Whether a function raises and asks in which network an address lies: what it lets through, it has looked up."""
    raises = asks = False
    for node in ir.walk(*function.body):
        raises = raises or isinstance(node, ir.Raise)
        asks = asks or (isinstance(node, ir.Attribute) and node.attr in _RANGES)
    return raises and asks
