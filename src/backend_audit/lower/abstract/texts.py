"""String tokens, which the interpreter's tree joins and, inside of f-strings, does not place exactly before 3.12."""

import ast
import re
from collections.abc import Callable
from contextlib import suppress

from backend_audit import ir
from backend_audit.lower import strings
from backend_audit.lower.abstract.places import ElsewhereError, Places
from backend_audit.lower.constants import joined
from backend_audit.source import LineIndex

_TOKEN = re.compile(
    r"""[A-Za-z]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n\r]|\\.|\\\r\n)*'|"(?:[^"\\\n\r]|\\.|\\\r\n)*")""",
    re.DOTALL,
)
_OPENING = re.compile(r"""([A-Za-z]{0,2})('''|\"\"\"|'|")""")
_COOKED = re.compile(r"[^{}\\'\"\r\n]+|\{\{|\}\}|\\N\{[^}]*\}|\\(?:\r\n|[^{}]|(?=[{}]))|['\"\r\n]", re.DOTALL)
_RAW = re.compile(r"[^{}\\'\"\r\n]+|\{\{|\}\}|\\['\"\\]?|['\"\r\n]", re.DOTALL)
_DEBUG = re.compile(r"=\s*[!:}]")
_CONVERSION = re.compile(r"![sra]")

Lower = Callable[[ast.expr, Places], ir.Expr]


class Texts:
    """Reads the string tokens of one text; `spans` are those that were read, each a token, in the order of their reading."""

    def __init__(self, places: Places, lower: Lower) -> None:
        self.places = places
        self.spans: list[tuple[int, int]] = []
        self._text = places.text
        self._lower = lower

    def string(self, at: int, end: int) -> ir.Expr:
        """What the tokens between two offsets say together."""
        token = _TOKEN.match(self._text, at, end)
        if token is not None and token.end() == end and not _is_template(token[0]):
            self.spans.append((at, end))
            return ir.Const(at, end, *strings.evaluate(token[0]))
        found: list[ir.Expr] = []
        while at < end:
            found.append(self._one(at, end))
            at = self.places.code_from(found[-1].end)
        whole = found.pop()
        while found:  # as they nest in LibCST's tree, to the right
            left = found.pop()
            whole = joined(left.at, end, left, whole)
        return whole

    def _one(self, at: int, end: int) -> ir.Expr:
        opening = _OPENING.match(self._text, at, end)
        if opening is None:
            raise ElsewhereError
        if _is_template(opening[1]):
            parts, stop = self._parts(opening.end(), opening[2], raw="r" in opening[1].lower())
            stop += len(opening[2])
            self.spans.append((at, stop))
            return ir.Template(at, stop, parts)
        token = _TOKEN.match(self._text, at, end)
        if token is None:
            raise ElsewhereError
        self.spans.append(token.span())
        return ir.Const(*token.span(), *strings.evaluate(token[0]))

    def _parts(self, at: int, quote: str, *, raw: bool, spec: bool = False) -> tuple[list[ir.Expr], int]:
        """The parts of a template from `at` to its closing quote, or of a format to its brace; and where that stands."""
        text, parts, start = self._text, list[ir.Expr](), at

        def told() -> None:
            if at > start:
                body = text[start:at].replace("{{", "{").replace("}}", "}")
                parts.append(ir.Const(start, at, "str", body if raw else strings.unescape(body)))

        while at < len(text):
            char = text[at]
            if text.startswith(quote, at) or (spec and char == "}"):
                told()
                return parts, at
            if char == "{" and (spec or text[at + 1 : at + 2] != "{"):
                told()
                hole = self._hole(at, quote, raw=raw)
                parts.append(hole)
                at = start = hole.end
                continue
            plain = (_RAW if raw else _COOKED).match(text, at)
            if plain is None or (spec and char in "{}\\"):
                raise ElsewhereError
            at = plain.end()
        raise ElsewhereError

    def _hole(self, at: int, quote: str, *, raw: bool) -> ir.Hole:
        text = self._text
        stop = self._expression_end(at + 1)
        value = self._expression(at, stop)
        if text[stop] == "=":
            stop = self.places.code_from(stop + 1)
        conversion = None
        if _CONVERSION.match(text, stop):
            conversion, stop = text[stop + 1], stop + 2
        stop = self.places.code_from(stop)
        spec: list[ir.Expr] = []
        if text[stop] == ":":
            spec, stop = self._parts(stop + 1, quote, raw=raw, spec=True)
        if text[stop] != "}":
            raise ElsewhereError
        return ir.Hole(at, stop + 1, value, conversion, spec)

    def _expression(self, brace: int, stop: int) -> ir.Expr:
        """What stands behind a brace, parsed in parentheses, of which the first takes the place of the brace."""
        code = f"({self._text[brace + 1 : stop]})"
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(code, mode="eval")
            lines = [brace + start for start in LineIndex.of(code).starts]
            return self._lower(tree.body, Places(self._text, lines))
        raise ElsewhereError

    def _expression_end(self, at: int) -> int:
        """Where the expression of a hole ends: at `=`, `!`, `:` or `}` outside of brackets and strings."""
        text, depth = self._text, 0
        while at < len(text):
            char = text[at]
            if char in "'\"":
                at = self._nested_end(at)
                continue
            if char in "#\\":
                raise ElsewhereError
            if depth == 0 and (
                char in ":}"
                or (char == "!" and text[at + 1 : at + 2] != "=")
                or (char == "=" and text[at - 1] not in "=!<>" and _DEBUG.match(text, at))
            ):
                return at
            depth += (char in "([{") - (char in ")]}")
            at += 1
        raise ElsewhereError

    def _nested_end(self, at: int) -> int:
        """Where the string ends whose quote stands at `at`."""
        token = _TOKEN.match(self._text, at)
        if token is None:
            raise ElsewhereError
        return token.end()


def _is_template(token: str) -> bool:
    """Whether a string token, or its prefix, is an f-string or a t-string."""
    head = token[:2].lower()
    return "f" in head or "t" in head if token[:1] not in "'\"" else False
