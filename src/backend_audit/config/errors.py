"""What a wrong configuration is answered with: one sentence that names the place, the key and a way out."""


class ConfigError(Exception):
    """A configuration that cannot be followed. Its text is for the user; the exit code is 2."""
