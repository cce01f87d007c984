"""backend-audit: a static analyzer that reviews backends. The code map is README.md beside this file."""

__version__ = "0.1.0"
