"""What is new, what stayed and what is gone: findings against an older scan or a baseline file. Pure; reads no file."""

from backend_audit.difference.baseline import Baseline, BaselineError, Entry, absorbed, entries_of, updated
from backend_audit.difference.files import kept_lines, new_lines, renamed
from backend_audit.difference.matching import Key, key_of, matched
from backend_audit.difference.reports import NOTHING_HEARD, Heard, Paths, against_base, against_baseline

__all__ = [
    "NOTHING_HEARD",
    "Baseline",
    "BaselineError",
    "Entry",
    "Heard",
    "Key",
    "Paths",
    "absorbed",
    "against_base",
    "against_baseline",
    "entries_of",
    "kept_lines",
    "key_of",
    "matched",
    "new_lines",
    "renamed",
    "updated",
]
