"""Templates with `{{ … }}` and `{% … %}`: Jinja and Django (and what is written like them)."""

import re
from collections.abc import Callable

from backend_audit import ir
from backend_audit.lower.templates import tags
from backend_audit.lower.templates.expression import expression
from backend_audit.lower.templates.page import Page
from backend_audit.lower.templates.scan import Piece, pieces

_RAW_FILTERS = frozenset(("safe", "safeseq", "raw"))


class _Open:
    """A block that is open: what ends it, the statements into which its contents go, and what to restore at its end."""

    def __init__(self, name: str, body: list[ir.Stmt], escape: str) -> None:
        self.name = name
        self.body = body
        self.escape = escape  # as it was outside


class Lowering:
    """Lowers one template."""

    def __init__(self, text: str, escape: str, *, plain: str = "") -> None:
        self.text = text
        self.plain = plain  # how its outputs count as escaped where it is no page, and nothing in it can become markup
        self.escape = escape
        self.page = Page()
        self.body: list[ir.Stmt] = []
        self.open: list[_Open] = []
        self.comments: list[ir.Comment] = []
        self.parents: list[ir.Stmt] = []  # what it extends: that runs when all names here are known

    def lower(self) -> list[ir.Stmt]:
        """The statements of the whole template."""
        top = self.body
        for piece in pieces(self.text):
            if piece.kind == "text":
                self.page.feed(self.text, piece.at, piece.end)
            elif piece.kind == "output":
                self.output(piece)
            elif piece.kind == "comment":
                self.comment(piece)
            else:
                self.tag(piece)
        return top + self.parents

    # --- outputs ----------------------------------------------------------------------------------------------------

    def output(self, piece: Piece) -> None:
        if piece.at < piece.end:
            self.write(expression(self.text, piece.at, piece.end), piece.at, piece.end)
        self.page.output()

    def write(self, value: ir.Expr, at: int, end: int) -> None:
        """One output, of a conditional expression each branch."""
        if isinstance(value, ir.Conditional):
            self.write(value.then, value.then.at, value.then.end)
            self.write(value.orelse, value.orelse.at, value.orelse.end)
            return
        if isinstance(value, ir.Const):
            return
        escape = self.plain or ("off" if _is_raw(value) else self.escape)
        self.body.append(ir.Output(at, end, value, escape, self.page.context()))

    def comment(self, piece: Piece) -> None:
        text = self.text[piece.first : piece.last]
        if "backend-audit" in text:
            line = self.text.rfind("\n", 0, piece.first) + 1
            own = not self.text[line : piece.first].strip() and not self._rest_of_line(piece.last)
            self.comments.append(ir.Comment(piece.first, piece.last, text, own))

    def _rest_of_line(self, at: int) -> str:
        end = self.text.find("\n", at)
        return self.text[at : end if end >= 0 else len(self.text)].strip()

    # --- tags -------------------------------------------------------------------------------------------------------

    def tag(self, piece: Piece) -> None:
        name = piece.name
        handler = _TAGS.get(name)
        if handler is not None:
            handler(self, piece)
        elif name.startswith("end"):
            self.close(name[3:])
        else:
            self.body += tags.bound_by(self.text, piece.rest, piece.end)

    def begin(self, name: str, body: list[ir.Stmt]) -> None:
        self.open.append(_Open(name, self.body, self.escape))
        self.body = body

    def close(self, name: str) -> None:
        """End the innermost block of this name, and with it what is open inside; a stray end is passed over."""
        if not any(one.name == name for one in self.open):
            return
        while True:
            one = self.open.pop()
            self.body, self.escape = one.body, one.escape
            if one.name == name:
                return

    def if_(self, piece: Piece) -> None:
        test = tags.test(self.text, piece.rest, piece.end)
        node = ir.If(piece.first, piece.last, test, [], [])
        self.body.append(node)
        self.begin("if", node.body)

    def elif_(self, piece: Piece) -> None:
        orelse = self._other_branch()
        if orelse is not None:
            node = ir.If(piece.first, piece.last, tags.test(self.text, piece.rest, piece.end), [], [])
            orelse.append(node)
            self.body = node.body

    def else_(self, _: Piece) -> None:
        orelse = self._other_branch()
        if orelse is not None:
            self.body = orelse

    def _other_branch(self) -> list[ir.Stmt] | None:
        """The other branch of the condition or loop whose body is being filled."""
        for one in reversed(self.open):
            if one.name in ("if", "for"):
                node = one.body[-1]
                while isinstance(node, ir.If) and node.body is not self.body and len(node.orelse) == 1:
                    node = node.orelse[0]
                return node.orelse if isinstance(node, (ir.If, ir.For)) else None
        return None

    def for_(self, piece: Piece) -> None:
        target, iterated = tags.loop(self.text, piece.rest, piece.end)
        node = ir.For(piece.first, piece.last, target, iterated, [], [], False)
        self.body.append(node)
        self.begin("for", node.body)

    def with_(self, piece: Piece) -> None:
        self.begin("with", self.body)
        self.body += tags.assignments(self.text, piece.rest, piece.end)

    def set_(self, piece: Piece) -> None:
        found = tags.assignments(self.text, piece.rest, piece.end)
        if found:
            self.body += found
            return
        self.begin("set", self.body)  # what stands up to `endset` is its value: markup already
        words = self.text[piece.rest : piece.end].split("|")[0].strip()
        if words.isidentifier():
            at = self.text.index(words, piece.rest)
            target = ir.Name(at, at + len(words), words)
            self.body.append(ir.Assign(at, at + len(words), [target], "", tags.unknown(at, at), None))

    def macro(self, piece: Piece) -> None:
        found = tags.parameters(self.text, piece.rest, piece.end)
        if found is None:
            self.begin("macro", [])
            return
        node = ir.Function(piece.first, piece.last, found[0], piece.last, found[1], [], [], None, False, False)
        self.body.append(node)
        self.begin("macro", node.body)

    def autoescape(self, piece: Piece) -> None:
        self.begin("autoescape", self.body)
        word = self.text[piece.rest : piece.end].strip().lower()
        self.escape = "off" if word in ("off", "false") else "on"

    def include(self, piece: Piece) -> None:
        found = tags.include(self.text, piece.name, piece.rest, piece.end)
        if found is not None:
            (self.parents if piece.name == "extends" else self.body).append(found)

    def block(self, piece: Piece) -> None:
        self.begin(piece.name, self.body)
        if piece.name in ("blocktrans", "blocktranslate"):
            words = self.text[piece.rest : piece.end]
            start = re.search(r"\b(with|count)\b", words)
            if start is not None:
                self.body += tags.assignments(self.text, piece.rest + start.end(), piece.end)


_BLOCKS = (
    "block call filter trans blocktrans blocktranslate spaceless cache ifchanged localize localtime timezone language compress"
)
_TAGS: dict[str, Callable[[Lowering, Piece], None]] = {
    "if": Lowering.if_,
    "elif": Lowering.elif_,
    "elseif": Lowering.elif_,
    "else": Lowering.else_,
    "empty": Lowering.else_,
    "for": Lowering.for_,
    "with": Lowering.with_,
    "set": Lowering.set_,
    "macro": Lowering.macro,
    "autoescape": Lowering.autoescape,
    "include": Lowering.include,
    "extends": Lowering.include,
    "import": Lowering.include,
    "from": Lowering.include,
    **dict.fromkeys(_BLOCKS.split(), Lowering.block),
}


def _is_raw(value: ir.Expr) -> bool:
    """Whether the last filters declare the value to be markup."""
    while isinstance(value, ir.Filter):
        if value.name in _RAW_FILTERS:
            return True
        value = value.value
    return False
