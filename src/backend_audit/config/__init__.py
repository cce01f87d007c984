"""The effective configuration of a scan. Command line > `BACKEND_AUDIT_*` > files (nearest first) > mode > built-in."""

from backend_audit.config.errors import ConfigError
from backend_audit.config.paths import common_directory, place_in, reanchored, scan_root
from backend_audit.config.resolve import Config, PerPath, load, moved_config
from backend_audit.config.schema import KEYS, Settings, json_schema
from backend_audit.config.selection import Selection, selection

__all__ = [
    "KEYS",
    "Config",
    "ConfigError",
    "PerPath",
    "Selection",
    "Settings",
    "common_directory",
    "json_schema",
    "load",
    "moved_config",
    "place_in",
    "reanchored",
    "scan_root",
    "selection",
]
