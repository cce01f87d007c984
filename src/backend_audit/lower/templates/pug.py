"""Templates of Pug (once Jade), where indentation says what stands in what → statements, by JavaScript's own lowering.

https://pugjs.org/language/attributes.html
"""

import re
from typing import NamedTuple

from backend_audit import ir
from backend_audit.lower.templates import pug_text
from backend_audit.lower.templates.page import URL_ATTRIBUTES, Page
from backend_audit.lower.templates.pug_script import PugScript

_WORD = re.compile(r"[a-z]+")
_EACH = re.compile(r"(?:each|for)\s+([A-Za-z_$][\w$]*)\s*(?:,\s*[A-Za-z_$][\w$]*\s*)?(?:in|of)\s+(?=\S)")
_MIXIN = re.compile(r"mixin\s+([A-Za-z_$][\w$-]*)\s*(?:\(([^)]*)\))?")
_CALL = re.compile(r"\+([A-Za-z_$][\w$-]*)")
_FILE = re.compile(r"(?:include|extends?)\s+(\S.*?)\s*$")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_CODE_LOOP = re.compile(r"for\s*\(\s*(?:var|let|const)\s+([A-Za-z_$][\w$]*)\s+of\s+(.+?)\)\s*\{?$")
_CODE_EACH = re.compile(r"(.+?)\.forEach\(\s*(?:function\s*\w*\s*\(\s*([A-Za-z_$][\w$]*).*|\(?\s*([A-Za-z_$][\w$]*)[^=]*=>.*)\{$")
_HANDLERS = ("on", "@", "v-on:", "x-on:", "hx-on")


class _Block(NamedTuple):
    """What lines further in than `indent` belong to."""

    indent: int
    body: list[ir.Stmt]
    page: Page
    loop: ir.For | None


class PugLowering:
    """Lowers one template."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[ir.Comment] = []
        self.script = PugScript(text)
        self.bodies: list[list[ir.Stmt]] = [[]]
        self.mixins: list[ir.Stmt] = []
        self.called: list[str] = []  # mixins, perhaps of another file
        self.files: list[ir.Include] = []
        self.parents: list[ir.Stmt] = []
        self.open = [_Block(-1, self.bodies[0], Page(), None)]

    def lower(self) -> list[ir.Stmt]:
        """The statements of the whole template."""
        lines = pug_text.lines(self.text)
        number = 0
        while number < len(lines):
            number = self._line(lines, number)
        while self.open:
            self._leave(len(self.text))
        self.script.fill(self.bodies)
        self._import_mixins()
        return self.mixins + self.bodies[0] + self.parents

    # --- lines ------------------------------------------------------------------------------------------------------

    def _line(self, lines: list[pug_text.Line], number: int) -> int:
        """One line, and what belongs to it as text; the number of the next one."""
        at, end, indent = lines[number]
        while self.open[-1].indent >= indent:
            self._leave(at)
        after = pug_text.below(lines, number, indent)
        inside = (lines[number + 1].at, lines[after - 1].end) if after > number + 1 else (end, end)
        if self.text.startswith("//", at):
            self._comment(at, inside[1])
            return after
        if self.text[at] == ":" or self.text.startswith("include:", at):  # a filter
            return after
        if self.text[at] == "-" and not self.text[at + 1 : end].strip():
            self.open[-1].body.append(self.script.statements(at, *inside))
            return after
        last = self._content(at, end, indent)
        if last > end:  # attributes on several lines
            number = next((other for other, line in enumerate(lines) if line.end >= last), len(lines) - 1)
            after = pug_text.below(lines, number, indent)
            end, inside = lines[number].end, (lines[number].end, lines[after - 1].end)
        if self.text[end - 1] == "." and last == end - 1:  # a text, down to where it ends
            self._text(*inside, self.open[-1].page)
            return after
        return number + 1

    def _content(self, at: int, end: int, indent: int) -> int:
        """What stands in a line from `at` on; where its attributes and marks end."""
        word = _WORD.match(self.text, at, end)
        handler = _WORDS.get(word[0]) if word is not None else None
        if word is not None and handler is not None and self.text[word.end() : word.end() + 1] in ("", " ", "\n", ":"):
            handler(self, at, end, indent)
            return end
        sign = self.text[at]
        if sign == "|":
            self._text(at + 1, end, self.open[-1].page)
        elif sign == "<":
            self._text(at, end, self.open[0].page)
        elif sign == "=" or self.text.startswith("!=", at):
            self._output(at + (1 if sign == "=" else 2), end, self.open[-1].page.context(), raw=sign == "!")
        elif sign == "-":
            self._code(at, end, indent)
        elif sign == "+":
            self._call(at, end)
            self._enter(indent, self.open[-1].body)
        else:
            return self._tag(at, end, indent)
        return end

    def _enter(self, indent: int, body: list[ir.Stmt], page: Page | None = None, loop: ir.For | None = None) -> None:
        if body is not self.open[-1].body:
            self.bodies.append(body)
        self.open.append(_Block(indent, body, page or Page(), loop))

    def _leave(self, at: int) -> None:
        loop = self.open.pop().loop
        if loop is not None:  # what it binds is known up to here
            loop.end = at

    def _comment(self, at: int, end: int) -> None:
        text = self.text[at:end]
        if "backend-audit" in text:
            self.comments.append(ir.Comment(at, end, re.sub(r"^//-", "// ", text), own_line=True))

    # --- tags and texts ---------------------------------------------------------------------------------------------

    def _tag(self, at: int, end: int, indent: int) -> int:
        """`a.link#id(href=url)= text`, `li: a(href=url) text`, `script.`; where what is no text ends."""
        tag = pug_text.tag(self.text, at, end)
        for one in tag.attributes:
            self._output(one.at, one.end, _place(tag.name, one.name), raw=one.raw)
        end = pug_text.line_end(self.text, tag.end) if tag.end > end else end
        page = Page()
        if tag.name in ("script", "style"):
            kind = f"<{tag.name} type='{tag.type}'>"
            page.feed(kind, 0, len(kind))
        self._enter(indent, self.open[-1].body, page)
        sign = self.text[tag.end : tag.end + 1]
        if sign == "=" or self.text.startswith("!=", tag.end):
            self._output(tag.end + (1 if sign == "=" else 2), end, page.context(), raw=sign == "!")
        elif sign == ":":
            rest = tag.end + 1 + len(self.text[tag.end + 1 : end]) - len(self.text[tag.end + 1 : end].lstrip())
            return self._content(rest, end, indent) if rest < end else end
        elif sign == "." and tag.end == end - 1:
            return tag.end
        else:
            self._text(tag.end, end, page)
        return end

    def _text(self, at: int, end: int, page: Page) -> None:
        """A text with `#{…}`, `!{…}` and `#[tag …]` in it."""
        for piece in pug_text.pieces(self.text, at, end):
            if piece.sign == "":
                page.feed(self.text, piece.at, piece.end)
            elif piece.sign == "[":
                depth = len(self.open)
                self._content(piece.at, piece.end, self.open[-1].indent)
                del self.open[depth:]
            else:
                self._output(piece.at, piece.end, page.context(), raw=piece.sign == "!")
                page.output()

    def _output(self, at: int, end: int, context: str, *, raw: bool) -> None:
        node = ir.Output(at, end, ir.Const(at, end, "str", ""), "off" if raw else "on", context)
        self.script.expression(node, "value", at, end)
        self.open[-1].body.append(node)

    # --- code -------------------------------------------------------------------------------------------------------

    def _code(self, at: int, end: int, indent: int) -> None:
        """`- const x = y`, and code that opens a block: what stands in it is read as if it ran."""
        code = self.text[at + 1 : end].strip()
        first = at + 1 + self.text[at + 1 : end].index(code)
        loop = _CODE_LOOP.match(code)
        each = None if loop is not None else _CODE_EACH.match(code)
        if loop is not None:
            self._loop(first, loop[1], first + loop.start(2), first + loop.end(2), indent)
        elif each is not None:
            self._loop(first, each[2] or each[3], first, first + each.end(1), indent)
        elif not code.startswith("}") and not re.match(r"(?:if|for|while|else|switch|case)\b", code) and not code.endswith("{"):
            self.open[-1].body.append(self.script.statements(at, first, end))

    def _loop(self, at: int, name: str, first: int, last: int, indent: int) -> None:
        node = ir.For(at, last, ir.Name(at, at, name), ir.Const(first, last, "str", ""), [], [], False, "const")
        self.script.expression(node, "iter", first, last)
        self.open[-1].body.append(node)
        self._enter(indent, node.body, loop=node)

    def each_(self, at: int, end: int, indent: int) -> None:
        found = _EACH.match(self.text, at, end)
        if found is not None:
            self._loop(at, found[1], found.end(), end, indent)

    def if_(self, at: int, end: int, indent: int) -> None:
        """`if`, `unless`, `while`: the body may run."""
        word = self.text[at:end].split(None, 1)[0]
        test: ir.Expr = ir.Const(at, end, "bool", True)
        node = ir.If(at, end, test, [], [])
        if word == "unless":
            node.test = ir.Unary(at, end, "not", test)
        self.script.expression(
            node.test if word == "unless" else node, "operand" if word == "unless" else "test", at + len(word), end
        )
        self.open[-1].body.append(node)
        self._enter(indent, node.body, self.open[-1].page)

    def else_(self, at: int, end: int, indent: int) -> None:
        """`else`, `else if test`."""
        last: ir.Stmt | None = self.open[-1].body[-1] if self.open[-1].body else None
        while isinstance(last, ir.If) and last.orelse and isinstance(last.orelse[-1], ir.If):
            last = last.orelse[-1]
        body = last.orelse if isinstance(last, (ir.If, ir.For)) else self.open[-1].body
        self._enter(indent, body, self.open[-1].page)
        rest = self.text[at + len("else") : end]
        if rest.strip().startswith("if"):
            self.if_(end - len(rest.lstrip()), end, indent)

    def case_(self, at: int, end: int, indent: int) -> None:
        """`case`, `when`, `default`, `block` and the like: what stands below is read as if it ran."""
        self._enter(indent, self.open[-1].body, self.open[-1].page)
        nested = re.compile(r"(?:when\s+(?:\"[^\"]*\"|'[^']*'|[\w.$]+)|default)\s*:\s*").match(self.text, at, end)
        if nested is not None and nested.end() < end:
            self._content(nested.end(), end, indent)

    # --- other templates and mixins ---------------------------------------------------------------------------------

    def include_(self, at: int, end: int, _: int) -> None:
        found = _FILE.match(self.text, at, end)
        if found is None:
            return
        name = found[1].strip("\"'")
        template = ir.Const(found.start(1), found.end(1), "str", name)
        node = ir.Include(at, end, template, [], False, [])
        self.files.append(node)
        (self.parents if self.text.startswith("extend", at) else self.open[-1].body).append(node)

    def mixin_(self, at: int, end: int, indent: int) -> None:
        found = _MIXIN.match(self.text, at, end)
        if found is None:
            return
        names = [(one[0], found.start(2) + one.start()) for one in _NAME.finditer(re.sub(r"=[^,]*", _blank, found[2] or ""))]
        params = [ir.Param(first, first + len(name), name, "positional", None, None) for name, first in names]
        name = found[1].replace("-", "_")
        node = ir.Function(at, end, name, found.end(1), params, [], [], None, False, False)
        self.mixins.append(node)
        self._enter(indent, node.body)

    def _call(self, at: int, end: int) -> None:
        """`+card(user, "x")`, and `+card` alone."""
        found = _CALL.match(self.text, at, end)
        if found is None:
            return
        name, last = found[1].replace("-", "_"), found.end()
        self.called.append(name)
        if self.text[last : last + 1] == "(":
            end = pug_text.closing(self.text, last, len(self.text))
            self.open[-1].body.append(self.script.called(at, name, last, end))
        else:
            call = ir.Call(at, last, ir.Name(at + 1, last, name), [])
            self.open[-1].body.append(ir.ExprStmt(at, last, call))

    def _import_mixins(self) -> None:
        """Mixins that stand in none of these lines come with a file that is included."""
        own = {one.name for one in self.mixins if isinstance(one, ir.Function)}
        missing = sorted({*self.called} - own)
        if missing:
            for node in self.files:
                aliases = [ir.Alias(node.at, node.end, name, name) for name in missing]
                self.mixins.append(ir.Include(node.at, node.end, node.template, [], True, aliases))


def _place(tag: str, name: str) -> str:
    """The context of an attribute's value, which Pug puts in quotes."""
    if name.startswith(_HANDLERS):
        return "handler"
    return "url" if tag in URL_ATTRIBUTES.get(name, ()) else "style" if name == "style" else "quoted"


def _blank(found: "re.Match[str]") -> str:
    return " " * len(found[0])


_WORDS = {
    **dict.fromkeys(("each", "for"), PugLowering.each_),
    **dict.fromkeys(("if", "unless", "while"), PugLowering.if_),
    **dict.fromkeys(("case", "when", "default", "block", "append", "prepend", "doctype"), PugLowering.case_),
    **dict.fromkeys(("include", "extends", "extend"), PugLowering.include_),
    "else": PugLowering.else_,
    "mixin": PugLowering.mixin_,
}
