"""Bytes to text: PEP 263 for Python, byte order marks and UTF-8 for everything else."""

import codecs
import re

from backend_audit.source import Language

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?$")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LONGER_MARKS_FIRST = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Text encodings by name, but none that a source file is in; IDNA and Punycode take quadratic time.
_NO_SOURCE_ENCODING = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})


class DecodingError(ValueError):
    """A file that is not the text it should be; `line` is 1-based, 0 if the whole file is meant."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def decode(data: bytes, language: Language) -> str:
    """The text of a file, without its byte order mark; line ends stay as they are.

    Python is strict, since Python would refuse such a file too. Elsewhere bytes that are not UTF-8 are read as Latin-1:
    no byte is lost and every column is right.

    Raises:
        DecodingError: the encoding is unknown, contradictory, or not the one that the bytes are in.
    """
    if language is Language.PYTHON:
        return _decode_python(data)
    for mark, encoding in _LONGER_MARKS_FIRST:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _decode_python(data: bytes) -> str:
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DecodingError("UTF-16 is no encoding for Python source", 1)
    name, line = _declared(data)
    if not name:
        return _strictly(data, "utf-8")
    normalized = name.lower().replace("_", "-")
    is_utf8 = normalized == "utf-8" or normalized.startswith("utf-8-") or normalized == "utf8"
    if is_utf8:
        return _strictly(data, "utf-8")
    if marked:
        raise DecodingError(f"the byte order mark says UTF-8, the first lines say {name}", line)
    if normalized in _NO_SOURCE_ENCODING:
        raise DecodingError(f"{name} is no encoding for Python source", line)
    return _strictly(data, normalized, line)


def _declared(data: bytes) -> tuple[str, int]:
    """The encoding that one of the first two lines declares and its line; the second only counts after a blank one."""
    lines = _LINE_END.split(data[:4096], maxsplit=2)[:2]
    for number, line in enumerate(lines, 1):
        if found := _COOKIE.match(line):
            return found[1].decode("ascii", "replace"), number
        if not _BLANK.match(line):
            break
    return "", 0


def _strictly(data: bytes, encoding: str, declared_on: int = 0) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise DecodingError(f"unknown encoding {encoding}", declared_on) from None
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data[: error.start])) + 1
        raise DecodingError(f"byte {error.start} is not {encoding}: {error.reason}", line) from None
    except ValueError as error:
        raise DecodingError(f"not {encoding}: {error}") from None
