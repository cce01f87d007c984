"""What TypeScript and JSX know and tree-sitter's grammars do not, rewritten so that they do; no offset changes.

Only for texts that do not parse as they are: `import("./x.js").Name[]` within a type, `(string) => void`, whose parameter is
called like a type, `export type *`, and a bare `&` in the texts of JSX. https://www.typescriptlang.org/docs/handbook/modules/reference.html#import-types
"""

import re

_IMPORT = re.compile(
    rb"""(?<![\w$.])import\(\s*(["'])[^"'\n]*\1\s*\)(?=\s*[.\[](?!(?:then|catch|finally)\b))|"""
    rb"""(?<=typeof )import\(\s*(["'])[^"'\n]*\2\s*\)"""
)
_WAITED = re.compile(rb"(?:await|return|=>?)\s*\(*\s*$")
_ALIAS = re.compile(rb"\btype\s+[\w$]+(?:<[^=;]*>)?\s*=\s*$")
_PARAMETERS = re.compile(rb"(?<=:)\s*\(([\w$,\s?]*)\)(?=\s*=>)")
_KEYWORD = re.compile(rb"(?<![\w$])(?:any|string|number|boolean|object|unknown|symbol|never|void)(?=\s*(?:,|$))")
_QUERY = re.compile(rb"(?<=\w)&(?=[\w.%\[\]-]+=)")  # of an address: `?a=1&b=2`
_TEXT = re.compile(rb">[^<>{}();]*\s&\s[^<>{}();]*</")
_TYPES = re.compile(rb"(?<=\bexport )type(?=\s*\*)")  # `export type * from "./models"`
_BEFORE = 200  # bytes that are looked at in front of an import


def blanked(text: bytes, sign: bytes = b" ") -> bytes:
    """A text of the same length and lines that says nothing."""
    return re.sub(rb"[^\n]", sign, text)


def as_known(text: bytes) -> bytes:
    """`text` with such types and signs replaced by what parses, of the same length."""
    text = _TEXT.sub(lambda one: one[0].replace(b" & ", b" _ "), _QUERY.sub(b"_", text))
    return _PARAMETERS.sub(_renamed, _IMPORT.sub(_named, _TYPES.sub(b"    ", text)))


def _named(match: re.Match[bytes]) -> bytes:
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if match[2] is None and _WAITED.search(before) and not _ALIAS.search(before):
        return match[0]  # a module that is loaded here
    return blanked(match[0], b"_")


def _renamed(match: re.Match[bytes]) -> bytes:
    return match[0].replace(match[1], _KEYWORD.sub(lambda one: one[0][:-1] + b"_", match[1])) if match[1].strip() else match[0]
