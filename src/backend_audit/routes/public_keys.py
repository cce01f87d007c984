"""Routes that hand out the public halves of keys."""

import re
from collections.abc import Iterable

from backend_audit import ir
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.intent import READS, words_of

_PUBLIC_HALF = re.compile(r"(^|_)jwks?(_|$)|public_?key|pub_?key|verifying_key", re.IGNORECASE)


def public_keys(path: str, handlers: Iterable[FunctionSymbol], methods: tuple[str, ...]) -> str:
    """That a route hands out the public halves of keys, by its path and the names in what answers; "" where not."""
    if not methods or not set(methods) <= READS or "keys" not in words_of(path):
        return ""
    said = [
        one.attr if isinstance(one, ir.Attribute) else one.id
        for handler in handlers
        for one in ir.walk(*handler.node.body)
        if isinstance(one, (ir.Attribute, ir.Name))
    ]
    return "publishing public keys" if any(_PUBLIC_HALF.search(name) for name in said) else ""
