"""Python by the interpreter's own abstract syntax tree: fast, and only what this interpreter's grammar knows."""

from backend_audit.lower.abstract.places import ElsewhereError
from backend_audit.lower.abstract.statements import read

__all__ = ["ElsewhereError", "read"]
