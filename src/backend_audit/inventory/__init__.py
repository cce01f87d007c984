"""The routes of a project in words: records, rows for other programs, what a team declares, and how two inventories differ."""

from backend_audit.inventory.declared import Declared
from backend_audit.inventory.paths import RoutePattern
from backend_audit.inventory.records import GuardRecord, RouteRecord
from backend_audit.inventory.rows import GuardRow, RouteRow, counts, rows_of

__all__ = ["Declared", "GuardRecord", "GuardRow", "RoutePattern", "RouteRecord", "RouteRow", "counts", "rows_of"]
