"""What `/` gives that divides no numbers: paths (`base / name`)."""

from backend_audit.flow import lacks, strings
from backend_audit.flow.values import CLOSED_TYPES, Value
from backend_audit.source import Language


def is_path(left: Value, right: Value, language: Language) -> bool:
    """Whether `left / right` is a path: nothing else of Python is divided by a text."""
    known = left.apis or left.types
    return not left.types & CLOSED_TYPES if known else language is Language.PYTHON and not left.kind and strings.is_text(right)


def path_join(left: Value, right: Value) -> Value:
    """`path / part`: a path still, with the data of both."""
    origins = left.origins | lacks.placed_in_path(right)
    types = left.types if left.apis or left.types else frozenset(("pathlib.Path",))
    return Value(open=left.open, types=types, apis=left.apis if not left.types else frozenset(), origins=origins)
