"""Regular expressions as automata: which patterns a crafted text can make run for ever.

`exponential(pattern, flags)` answers with the text to repeat, or None; `polynomial` the same for the weaker kind,
`harmless_after` with what a text that matched cannot hold. Patterns are data: they are parsed, never run.
"""

from backend_audit.regex.accepts import harmless_after
from backend_audit.regex.search import Pump, exponential, polynomial

__all__ = ["Pump", "exponential", "harmless_after", "polynomial"]
