"""What is wrong with a file that cannot be lowered."""


class LoweringError(Exception):
    """A file that cannot be lowered: `line` (1-based, 0 if unknown) and whether it is the syntax or the depth."""

    def __init__(self, message: str, line: int, *, too_deep: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.too_deep = too_deep
