"""Regular expressions as automata: which patterns a crafted text can make run for ever.

`exponential(pattern, flags)` answers with the text to repeat, or None; `polynomial` the same for the weaker kind,
`harmless_after` with what a text that matched cannot hold, `harmless_unmatched` with what one that did not. Patterns are data:
they are parsed, never run.
"""

from backend_audit.regex.accepts import harmless_after, harmless_without
from backend_audit.regex.lacking import harmless_unmatched, lacked_signs, lacked_text, python_pattern
from backend_audit.regex.search import Pump, exponential, polynomial

__all__ = [
    "Pump", "exponential", "harmless_after", "harmless_unmatched", "harmless_without", "lacked_signs", "lacked_text",
    "polynomial", "python_pattern",
]  # fmt: skip
