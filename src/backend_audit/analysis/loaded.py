"""Imported by the server that forks workers, so that each is born with LibCST, the checks and the compiled patterns.

They are loaded by judging a file; freezing keeps the workers' collections of garbage from looking at them.
"""

import gc

from backend_audit.analysis.file import ENCODER, facts_of
from backend_audit.analysis.local import LocalJob, looked_at
from backend_audit.source import Language, Role, SourceFile

_FILE, _DATA = SourceFile("loaded.py", "", Language.PYTHON, Role.SOURCE, 0), b"key = open(__file__)\n"
_facts = facts_of(_FILE, _DATA)
looked_at(ENCODER.encode(LocalJob(_FILE, _DATA, (), _facts.module)))
gc.freeze()
