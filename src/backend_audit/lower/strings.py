"""Values of Python string tokens, without the interpreter's warnings and whatever the host's version.

https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
"""

import re
import unicodedata

_ESCAPE = re.compile(r"\\(\r\n|[\n\r\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\})")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


def _replacement(match: re.Match[str]) -> str:
    body = match[1]
    head = body[0]
    if head in "\r\n":
        return ""
    if head in _SIMPLE:
        return _SIMPLE[head]
    if head == "N":
        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return match[0]
    code = int(body, 8) if head in "01234567" else int(body[1:], 16)
    if 0xD800 <= code <= 0xDFFF:  # half of a surrogate pair cannot be stored
        return "\ufffd"
    return chr(code) if code <= 0x10FFFF else match[0]


def unescape(body: str) -> str:
    """`body` with Python's escape sequences resolved; unknown ones stay as they are."""
    return _ESCAPE.sub(_replacement, body) if "\\" in body else body


def evaluate(token: str) -> tuple[str, str]:
    """Kind (str or bytes) and value of a whole string token with prefix and quotes; octets of bytes as latin-1."""
    quote = 0
    while token[quote] not in "'\"":
        quote += 1
    prefix = token[:quote].lower()
    width = 3 if token[quote : quote + 3] in ('"""', "'''") else 1
    body = token[quote + width : -width]
    text = body if "r" in prefix else unescape(body)
    return "bytes" if "b" in prefix else "str", text
