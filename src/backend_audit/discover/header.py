"""What the first bytes of a file tell: binary, generated, minified, bundled, an Alembic revision."""

import os
import re
from typing import NamedTuple

from backend_audit.source import Language, Role

HEAD = 2048
_MINIFIED_FROM = 16 * 1024  # smaller files are read wholly by a person, long lines or not
_SAMPLE = 4096
_LONG = 400
_END = 256

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GENERATED = re.compile(
    r"""(?<![\w@])@generated\b(?!\s+from\s+memory)
      | ^\W*(?:this\ |the\ )?(?:following\ )?(?:file|code|module|class|client|script|document)?\W*(?:is|was|has\ been|were)?\W*
        (?:automatically|auto|machine)[-\ ]?generated\b
        (?=\W*$|\W+(?:by|from|with|using|via|file|code|on|at|do\ not|don't)\b)
      | \b(?:file|code|module|class|client)\ (?:is|was|has\ been)
        \ (?:automatically\ |auto-?|machine-?)?generated\ (?:by|from|with|using)\b
      | ^\W*(?:code\ )?(?:auto-?)?generated\ (?:by|with|using|from)\b[^\n]{0,80}
        (?:protoc\b|protocol\ (?:buffer\ )?compiler|datamodel-codegen|openapi|swagger|sqlc\b|codegen|antlr|thrift|
        kiota|speakeasy|\bfern\b)
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_DO_NOT_EDIT = re.compile(r"\b(?:do\s+not|don't|never)\s+(?:hand[-\s]?)?(?:edit|modify|change)\b", re.IGNORECASE)
_MENTIONS_GENERATION = re.compile(r"\bgenerat(?:ed|or)\b|\bcodegen\b", re.IGNORECASE)
_BUNDLED = re.compile(
    rb"^/\*{6}/|^\s*var\s+__webpack_(?:modules|require)__\b|^parcelRequire\w*\s*=|^\(function\(\)\{function r\(e,n,t\)\{",
    re.MULTILINE,
)
_MAPPED = re.compile(rb"^//[#@] ?sourceMappingURL=\S+\s*\Z", re.MULTILINE)
_ALEMBIC = re.compile(rb"^(?:down_)?revision\b[^\n=]*=", re.MULTILINE)
_DJANGO = re.compile(rb"^from django\.db import (?:[^\n]*\W)?migrations\b", re.MULTILINE)
_DJANGO_MIGRATION = re.compile(rb"^class Migration\(|^def \w+\(\w*apps\b", re.MULTILINE)
_TESTS = re.compile(
    rb"^\s*(?:async )?def test|^\s*class Test|TestCase\b"
    rb"|\b(?:import|from)\s+(?:unittest|pytest|nose|doctest|hypothesis|locust|behave|testtools)\b|\bdjango\.test\b|\babsl\.testing\b|__main__",
    re.MULTILINE,
)
_ROUTES = re.compile(
    rb"^[ \t]*@?(?:this\.)?(?:app|api|router|server|fastify)\.(?:get|post|put|patch|delete|all|route)\(\s*[\"'`]", re.MULTILINE
)
_DEFINES = re.compile(rb"^(?:class|def|async def) \w", re.MULTILINE)
_WHOLE = 256 * 1024
_DOCSTRING = re.compile(r"""[rRuU]?("{3}|'{3})""")


class Head(NamedTuple):
    """The first bytes of a file, a sample from its middle and its end (empty when the file is small)."""

    data: bytes
    middle: bytes
    end: bytes = b""

    @property
    def is_binary(self) -> bool:
        return b"\0" in self.data and not self.data.startswith(_BYTE_ORDER_MARKS)

    @property
    def is_minified(self) -> bool:
        """No line ends in four KiB from the middle, or a long one of the first has hardly a blank: no person wrote that."""
        if len(self.middle) == _SAMPLE and b"\n" not in self.middle and b"\r" not in self.middle:
            return True
        return any(map(_is_squeezed, self.data.splitlines()))

    @property
    def is_bundled(self) -> bool:
        """What webpack, Parcel or Browserify wrote, or what has a source map: the output of a build."""
        return bool(_BUNDLED.search(self.data) or _MAPPED.search(self.end))

    @property
    def is_migration(self) -> bool:
        """A revision of Alembic, or a migration of Django in a folder with a name of its own."""
        django = _DJANGO.search(self.data) and _DJANGO_MIGRATION.search(self.data)
        return bool(django) or len(_ALEMBIC.findall(self.data)) >= 2

    def is_generated(self, language: Language) -> bool:
        """Whether the opening comments or docstring say so; code that merely holds such a text does not count."""
        if b"enerat" not in self.data and b"ENERAT" not in self.data:
            return False
        opening = _opening(self.data.decode("utf-8", "replace"), language)
        if _GENERATED.search(opening):
            return True
        return bool(_DO_NOT_EDIT.search(opening) and _MENTIONS_GENERATION.search(opening))


def _is_squeezed(line: bytes) -> bool:
    """Whether a line is code whose blanks were taken out: it assigns and ends statements, as no long pattern does."""
    if len(line) < _LONG or line.count(b" ") * 20 > len(line) or line.count(b"=") + line.count(b";") < _LONG // 50:
        return False
    return sum(line.count(sign) for sign in (b";", b"{", b"(", b",")) >= _LONG // 20


def read_head(path: str, size: int, *, code: bool) -> Head:
    """Read the beginning of a file, and for larger code files a piece from the middle. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        data = os.read(handle, HEAD)
        middle, end = b"", b""
        if code and size >= _MINIFIED_FROM:
            os.lseek(handle, size // 2, os.SEEK_SET)
            middle = os.read(handle, _SAMPLE)
            os.lseek(handle, size - _END, os.SEEK_SET)
            end = os.read(handle, _END)
    finally:
        os.close(handle)
    return Head(data, middle, end)


def written_by_a_build(path: str, size: int, language: Language) -> bool:
    """Whether the beginning or the end of a file says that a program has written it; a file that cannot be read says nothing."""
    try:
        head = read_head(path, size, code=True)
    except OSError:
        return False
    return head.is_generated(language) or (language is Language.JAVASCRIPT and head.is_bundled)


def defines_but_no_test(path: str) -> bool:
    """Whether a module of Python defines something and tests nothing, however it is called; false for what cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(_WHOLE)
    except OSError:
        return False
    return bool(_DEFINES.search(data)) and not _TESTS.search(data)


def role_of_generated(path: str) -> Role:
    """The role of generated code: what registers routes (tsoa's, OpenAPI's) answers requests, and is judged, whoever wrote it."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return Role.SOURCE if _ROUTES.search(file.read(_WHOLE)) else Role.GENERATED
    except OSError:
        return Role.GENERATED


def _opening(text: str, language: Language) -> str:
    """The comments, and in Python the docstring, that stand before the first line of code."""
    text = text.removeprefix("\ufeff")
    return _opening_of_python(text) if language is Language.PYTHON else _opening_of_others(text)


def _opening_of_python(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        quotes = _DOCSTRING.match(text, at)
        if quotes:
            end = text.find(quotes[1], quotes.end())
            kept.append(text[quotes.end() : end if end >= 0 else len(text)])
            break  # what follows the docstring is code, or a comment about code
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        if line and not line.startswith("#"):
            break
        kept.append(line)
        at = end + 1
    return "\n".join(kept)


def _opening_of_others(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        if line.startswith("/*"):
            close = text.find("*/", at)
            close = len(text) if close < 0 else close
            kept.append(text[at:close])
            following = text.find("\n", close)
            at = len(text) if following < 0 else following + 1
            continue
        if line and not line.startswith(("//", "#", '"use ', "'use ", "<!--", ";")):
            break
        kept.append(line)
        at = end + 1
    return "\n".join(kept)
