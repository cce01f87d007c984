"""Mako's templates: `${value | filter}`, `% for` lines, `<%include/>` and `<%def>`, blocks of Python.

Escaping is the engine's matter: without default filters nothing is escaped. https://docs.makotemplates.org/en/latest/syntax.html
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.lower.templates import tags
from backend_audit.lower.templates.braces import Lowering
from backend_audit.lower.templates.expression import expression
from backend_audit.lower.templates.scan import Piece

ENGINE = "engine"  # of `ir.Output.escape`: as the engine's default filters say

_ENDINGS = (".mako", ".mak")
_SIGNS = re.compile(r"<%(?:inherit|def|namespace|page|include|block|doc|!)[\s>]|</%(?:def|block)>")
_PIECE = re.compile(
    r"""(?P<comment>^[ \t]*\#\#[^\n]*|<%doc>.*?</%doc>)
      | <%text[^>]*>(?P<literal>.*?)</%text>
      | (?P<output>\$\{)
      | <%!?(?=\s)(?P<code>.*?)%>
      | <%(?P<tag>[\w:.]+)(?P<attributes>(?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?P<single>/?)>
      | </%(?P<end>[\w:.]+)\s*>
      | ^[ \t]*%(?!%)[ \t]*(?P<control>[^\n]*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_WORD = re.compile(r"(\w+)[ \t]*")
_ASSIGNMENT = re.compile(r"(?:^|(?<=<%)|(?<=<%!))[ \t]*([A-Za-z_]\w*[ \t]*=[^=\n][^\n]*?)[ \t]*$", re.MULTILINE)
_FILTER = re.compile(r"\w[\w.]*")
_ESCAPING = frozenset(("h", "x", "escape", "html_escape"))
_OTHER_NAMES = {"u": "urlencode"}
_WITHOUT_EFFECT = frozenset(("n", "str", "unicode", "decode.utf8", "trim"))


def is_mako(path: str, text: str) -> bool:
    """Whether the template is Mako's, by its name or its tags."""
    return path.lower().endswith(_ENDINGS) or _SIGNS.search(text) is not None


class MakoLowering(Lowering):
    """Lowers one template."""

    def __init__(self, text: str, *, plain: str = "") -> None:
        super().__init__(text, ENGINE, plain=plain)

    def lower(self) -> list[ir.Stmt]:
        """The statements of the whole template."""
        top = self.body
        at = 0
        while (found := _PIECE.search(self.text, at)) is not None:
            self.page.feed(self.text, at, found.start())
            at = self._piece(found)
        self.page.feed(self.text, at, len(self.text))
        return top + self.parents

    def _piece(self, found: re.Match[str]) -> int:
        """Lower what was found, and say where it ends."""
        kind = found.lastgroup
        first, last = found.span()
        if found["comment"] is not None:
            self.comment(Piece("comment", first, last, first, last))
        elif found["literal"] is not None:
            self.page.feed(self.text, found.start("literal"), found.end("literal"))
        elif found["output"] is not None:
            return self._output(last)
        elif found["code"] is not None:
            self._code(found.start("code"), found.end("code"))
        elif found["tag"] is not None:
            self._tag(found)
        elif found["end"] is not None:
            self.close(found["end"])
        elif kind == "control":
            self._control(found.start("control"), found.end("control"))
        return last

    def _output(self, at: int) -> int:
        end = _closing(self.text, at)
        if end < 0:
            return at
        parts = list(_split(self.text, at, end))
        start, stop = parts[0]
        names = [one[0] for first, last in parts[1:] for one in _FILTER.finditer(self.text, first, last)]
        if self.text[start:stop].strip():
            lead = len(self.text[start:stop]) - len(self.text[start:stop].lstrip())
            value = expression(self.text, start + lead, start + lead + len(self.text[start:stop].strip()))
            before = self.escape
            self.escape = "on" if not _ESCAPING.isdisjoint(names) else "off" if "n" in names else before
            self.write(_filtered(value, names), value.at, value.end)
            self.escape = before
        self.page.output()
        return end + 1

    def _code(self, at: int, end: int) -> None:
        """The plain assignments in a block of Python."""
        for found in _ASSIGNMENT.finditer(self.text, at, end):
            self.body += tags.assignments(self.text, found.start(1), found.end(1))

    def _control(self, at: int, end: int) -> None:
        word = _WORD.match(self.text, at, end)
        if word is None:
            return
        stop = at + len(self.text[at:end].rstrip().removesuffix(":"))
        name = "if" if word[1] == "while" else word[1]
        self.tag(Piece("tag", at, stop, at, stop, {"endwhile": "endif"}.get(name, name), word.end()))

    def _tag(self, found: re.Match[str]) -> None:
        name, first, last = found["tag"], found.start(), found.end()
        given = {one[1]: one.span(2 if one[2] is not None else 3) for one in _ATTRIBUTE.finditer(found["attributes"])}
        shift = found.start("attributes")
        given = {key: (at + shift, end + shift) for key, (at, end) in given.items()}
        if name == "page" and "expression_filter" in given:
            at, end = given["expression_filter"]
            self.escape = "on" if not _ESCAPING.isdisjoint(_FILTER.findall(self.text[at:end])) else self.escape
        elif name in ("include", "inherit") and "file" in given:
            at, end = given["file"]
            node = ir.Include(first, last, ir.Const(at, end, "str", self.text[at:end]), [], False, [])
            (self.parents if name == "inherit" else self.body).append(node)
        elif name == "namespace" and "file" in given and "name" in given:
            at, end = given["file"]
            alias = ir.Alias(first, last, None, self.text[slice(*given["name"])])
            self.body.append(ir.Include(first, last, ir.Const(at, end, "str", self.text[at:end]), [], True, [alias]))
        elif name == "def" and "name" in given:
            at, end = given["name"]
            self.macro(Piece("tag", at, end, first, last, "macro", at))
            self.open[-1].name = "def"
        elif found["single"] != "/":
            self.begin(name, self.body)


def _closing(text: str, at: int) -> int:
    """Where the brace closes that opens an expression before `at`; -1 where it does not."""
    depth, quote = 1, ""
    while at < len(text):
        sign = text[at]
        if quote:
            at += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if not depth:
                return at
        at += 1
    return -1


def _split(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between the `|` of an expression."""
    start = at
    depth = 0
    for position in range(at, end):
        sign = text[position]
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "|" and not depth and text[position - 1] != "|" and text[position + 1] != "|":
            yield start, position
            start = position + 1
    yield start, end


def _filtered(value: ir.Expr, names: list[str]) -> ir.Expr:
    for name in names:
        if name not in _WITHOUT_EFFECT and name not in _ESCAPING:
            value = ir.Filter(value.at, value.end, value, _OTHER_NAMES.get(name, name), [])
    return value
