"""Flow's types in scripts, rewritten into what TypeScript's grammar knows; no offset changes.

tree-sitter's grammar of TypeScript reads most of them (`?T`, `{| a: T |}`, `import type`). https://flow.org/en/docs/types/
"""

import re

from backend_audit.lower.javascript_rewrites import blanked

_MAYBE = re.compile(rb"(?<=[:=|,<])\s*\?\s*(?=\()")  # `: ?() => void`
_UNNAMED = re.compile(rb"(?<=[:=|?<])\s*\(([^()]*)\)(?=\s*=>)")  # `: (string, options: any, any[]) => void`
_PARAMETER = re.compile(rb"(?:[^<>,]|<(?:[^<>]|<[^<>]*>)*>)+")
_HAS_NAME = re.compile(rb"^\s*[\w$]*\??\s*$|[:={}]|\.\.\.")
_BARE = re.compile(rb"(?<=[:|])(\s*)([\w$.]+)(\s*)=>(?=\s*[\w$]+\s*[;,|}])")  # `key: string => void;`
_CAST = re.compile(
    rb"(?<![\w$)\]])\(\s*[\w$.\[\]()\"']{1,200}(\s*:\s*[\w$.?*|\s<>,\[\]{}]{1,200}?)\)(?=\s*[).,;\[\]])"
)  # `((x: any): T)`
_VARIANCE = re.compile(rb"(?:(?<=[{,;|])|(?<=static)\s)(\s*)[+-](?=\s*(?:[\w$]+\??|\[[^\]\n]*\])\s*:)")  # `{ +name: string }`
_ANYTHING = re.compile(rb"(?<=[<,])(\s*)\*(?=\s*[,>])")  # `Array<*>`
_LOOP = re.compile(rb"(?<=\bfor \()((?:const|let|var)\s+[\w$]+)(\s*:\s*[\w$.?]+)(?=\s+(?:of|in)\b)")
_OPAQUE = re.compile(rb"\bopaque(?=\s+type\b)|%checks\b")
_ABOVE = re.compile(rb"(\bopaque\s+type\s+[\w$]+)(\s*:[^=;\n]*)(?==)")  # `opaque type A: string = string`
_TYPEOF = re.compile(rb"\bimport typeof\b")
_ALIAS = re.compile(rb"\btype\s+[\w$]+(?:<[^=;\n]*>)?\s*(?::[^=;\n]*)?=\s*\{")
_SPREAD = re.compile(rb"\.\.\.(?=[\w$])")


def as_typescript(text: bytes) -> bytes:
    """`text` with what Flow alone knows replaced by what TypeScript's grammar parses, of the same length."""
    text = _TYPEOF.sub(b"import type  ", _OPAQUE.sub(_blank, _ABOVE.sub(_first, text)))
    text = _VARIANCE.sub(_blank, _ANYTHING.sub(rb"\1_", text))
    text = _LOOP.sub(_first, text)
    text = _BARE.sub(_called, _UNNAMED.sub(_named, _MAYBE.sub(_blank, text)))
    return _in_aliases(_CAST.sub(_without_type, text))


def _blank(match: re.Match[bytes]) -> bytes:
    return blanked(match[0])


def _first(match: re.Match[bytes]) -> bytes:
    return match[1] + blanked(match[2])


def _named(match: re.Match[bytes]) -> bytes:
    """Names for parameters that have only a type."""
    return match[0].replace(match[1], _PARAMETER.sub(_name, match[1])) if match[1].strip() else match[0]


def _name(match: re.Match[bytes]) -> bytes:
    return match[0] if _HAS_NAME.search(match[0]) else re.sub(rb"\S", b"_", match[0])


def _called(match: re.Match[bytes]) -> bytes:
    """`string => void` has no parentheses to stand in: a type as good as another takes its place."""
    return match[1] + match[2] + match[3] + b"| "


def _without_type(match: re.Match[bytes]) -> bytes:
    return match[0].replace(match[1], blanked(match[1]))


def _in_aliases(text: bytes) -> bytes:
    """`type A = { ...B, c: string }` with a field of a name in place of what is spread."""
    found = text
    for match in _ALIAS.finditer(text):
        depth, at = 1, match.end()
        while depth and at < len(text):
            depth += {b"{": 1, b"}": -1}.get(text[at : at + 1], 0)
            at += 1
        found = found[: match.end()] + _SPREAD.sub(b"_: ", found[match.end() : at]) + found[at:]
    return found
