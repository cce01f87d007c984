"""One file's analysis: what a worker process makes of a file before the project is linked."""

PRELOADED = "backend_audit.analysis.loaded"  # the module that workers should be born with
