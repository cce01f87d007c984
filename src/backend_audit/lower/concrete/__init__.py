"""Python by LibCST's concrete syntax tree: all syntax of 3.8 to 3.14, on any host."""
