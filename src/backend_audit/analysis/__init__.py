"""One file's analysis: what a worker process makes of a file before the project is linked."""
