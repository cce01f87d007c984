"""Source files as the pipeline passes them on: what they are, where a character stands, what could not be read."""

import bisect
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Language(StrEnum):
    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TEMPLATE = "template"  # of web pages: Jinja, Django, Mako, EJS, Handlebars, Nunjucks, Pug
    CONFIG = "config"  # .env, YAML, TOML, INI, JSON, Dockerfile, compose, shell, PEM
    OTHER = "other"


SCRIPTS = (Language.JAVASCRIPT, Language.TYPESCRIPT)
SCRIPT_TEMPLATES = (".ejs", ".hbs", ".handlebars", ".mustache", ".njk", ".nunjucks", ".pug", ".jade")  # what scripts render


class Role(StrEnum):
    """What a file is for. Only `SOURCE`, `SCRIPT` and `CONFIG` are judged by default; `MIGRATION` by some rules."""

    SOURCE = "source"
    TEST = "test"
    MIGRATION = "migration"
    SCRIPT = "script"
    GENERATED = "generated"
    VENDORED = "vendored"
    CONFIG = "config"


class SourceFile(msgspec.Struct, frozen=True, order=True):
    """A file found by discover. `path` is relative to the scan's root, with forward slashes."""

    path: str
    absolute: str
    language: Language
    role: Role
    size: int  # bytes


class Position(NamedTuple):
    """1-based line and 1-based column, in code points."""

    line: int
    column: int


class Mark(NamedTuple):
    """A stop on a value's way, as flow and checks state it: offsets in the file `path`, and a note."""

    path: str
    at: int
    end: int
    note: str


class LineIndex:
    """Turns a character offset of a text into a `Position`; lines end at LF, CR LF or CR."""

    def __init__(self, starts: list[int]) -> None:
        self.starts = starts

    @classmethod
    def of(cls, text: str) -> "LineIndex":
        starts = [0]
        if "\r" not in text:
            for line in text.split("\n")[:-1]:
                starts.append(starts[-1] + len(line) + 1)
            return cls(starts)
        at, size = 0, len(text)
        while at < size:
            lf, cr = text.find("\n", at), text.find("\r", at)
            if lf < 0 and cr < 0:
                break
            lone = lf < 0 or 0 <= cr < lf
            at = cr + (2 if text[cr + 1 : cr + 2] == "\n" else 1) if lone else lf + 1
            starts.append(at)
        return cls(starts)

    def position(self, offset: int) -> Position:
        line = bisect.bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)
