"""One file's bytes to IR."""
