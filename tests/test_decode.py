"""Bytes to text, and the byte-level gate."""

import codecs
import tokenize
from io import BytesIO

import pytest

from backend_audit.lower.decode import DecodingError, decode
from backend_audit.source import Language


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("x = 'ä€'\n".encode(), "x = 'ä€'\n"),
        (codecs.BOM_UTF8 + b"x = 1\r\n", "x = 1\r\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe4'\n", "# -*- coding: latin-1 -*-\nx = 'ä'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"\r# coding: latin-1\rx = '\xe4'\r", "\r# coding: latin-1\rx = 'ä'\r"),
        (codecs.BOM_UTF8 + "# coding: utf-8\nx = 'ä'\n".encode(), "# coding: utf-8\nx = 'ä'\n"),
        ("# coding: UTF_8-sig\nx = 'ä'\n".encode(), "# coding: UTF_8-sig\nx = 'ä'\n"),
        ("x = 1\n# coding: latin-1\n'ä'\n".encode(), "x = 1\n# coding: latin-1\n'ä'\n"),
        (b"", ""),
    ],
)
def test_python_is_decoded_as_python_does(data: bytes, text: str | None) -> None:
    decoded = decode(data, Language.PYTHON)
    if text is not None:
        assert decoded == text
    if b"\r#" not in data:  # tokenize splits lines at LF only
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        assert decoded == data.decode(encoding)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = 1\ny = '\xe4'\n", 2),
        (b"# coding: no-such-thing\n", 1),
        (b"\n# coding: rot13\n", 2),
        (b"# coding: punycode\n", 1),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", 1),
        ("x = 1\n".encode("utf-16"), 1),
    ],
)
def test_python_that_python_refuses_is_an_error(data: bytes, line: int) -> None:
    with pytest.raises(DecodingError) as caught:
        decode(data, Language.PYTHON)
    assert caught.value.line == line, caught.value


@pytest.mark.parametrize(
    "data",
    [
        "a: 'ä€😀'\n".encode(),
        codecs.BOM_UTF8 + "a: 'ä€😀'\n".encode(),
        codecs.BOM_UTF16_LE + "a: 'ä€😀'\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "a: 'ä€😀'\n".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "a: 'ä€😀'\n".encode("utf-32-le"),
    ],
)
def test_other_languages_by_their_byte_order_mark(data: bytes) -> None:
    assert decode(data, Language.CONFIG) == "a: 'ä€😀'\n"


def test_other_languages_lose_no_byte() -> None:
    assert decode(b"// caf\xe9\nkey = 1", Language.JAVASCRIPT) == "// café\nkey = 1"
    with pytest.raises(DecodingError):
        decode(codecs.BOM_UTF16_LE + b"a", Language.CONFIG)
