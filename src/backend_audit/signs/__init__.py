"""Evidence: what a project's code, settings and files show that it does, found by the rows of `rules/evidence/*.toml`."""
