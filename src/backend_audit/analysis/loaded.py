"""Imported by the server that forks workers, so that each is born with the compiled patterns of secrets.

They are loaded by reading a file; freezing keeps the workers' collections of garbage from looking at them. What only work beside
the flow needs (the checks, the engine) is not: the first workers would wait for it.
"""

import gc

from backend_audit.analysis.file import facts_of
from backend_audit.source import Language, Role, SourceFile

facts_of(SourceFile("loaded.py", "", Language.PYTHON, Role.SOURCE, 0), b"key = open(__file__)\n")
gc.freeze()
