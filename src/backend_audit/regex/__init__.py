"""Regular expressions as automata: which patterns a crafted text can make run for ever.

`exponential(pattern, flags)` answers with the text to repeat, or None; `polynomial` the same for the weaker kind.
Patterns are data: they are parsed, never run. Nothing here knows the rest of the tool.
"""

from backend_audit.regex.search import Pump, exponential, polynomial

__all__ = ["Pump", "exponential", "polynomial"]
