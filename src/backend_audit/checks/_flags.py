"""The flags that a regular expression of Python is compiled with."""

import re

from backend_audit import ir
from backend_audit.flow.concepts import Operand
from backend_audit.flow.written import last_word

_FLAGS = {
    "I": re.IGNORECASE, "IGNORECASE": re.IGNORECASE, "S": re.DOTALL, "DOTALL": re.DOTALL, "M": re.MULTILINE,
    "MULTILINE": re.MULTILINE, "X": re.VERBOSE, "VERBOSE": re.VERBOSE, "A": re.ASCII, "ASCII": re.ASCII,
}  # fmt: skip


def flags_of(operand: Operand | None) -> int:
    """The flags that an argument names: `re.I | re.S`."""
    found = 0
    if operand is not None and operand.node is not None:
        for node in ir.walk(*ir.children(operand.node), operand.node):
            name = last_word(node)
            found |= _FLAGS.get(name, 0)
    return found


def compiled_flags(compiled: Operand | None) -> int:
    """Those of a pattern that an earlier call compiled."""
    kept = None if compiled is None else (compiled.value.items or {}).get("flags")
    names = [] if kept is None else [name for text in kept.texts() for name in re.findall(r"\w+", text)]
    return sum({_FLAGS.get(name, 0) for name in names})
