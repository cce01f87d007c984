"""Modules to a project: imports, classes, functions, what a name means."""
