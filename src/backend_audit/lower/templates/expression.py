"""Expressions of templates: Jinja's and Django's in one grammar, read leniently, with offsets into the whole text.

https://jinja.palletsprojects.com/en/stable/templates/#expressions, https://docs.djangoproject.com/en/stable/ref/templates/language/
"""

import re

from backend_audit import ir
from backend_audit.lower.templates.words import Token, names_in, tokens

_CONSTANTS: dict[str, tuple[str, bool | None]] = {
    "true": ("bool", True), "True": ("bool", True), "false": ("bool", False), "False": ("bool", False),
    "none": ("none", None), "None": ("none", None), "null": ("none", None),
}  # fmt: skip
_LEVELS = (("~",), ("+", "-"), ("*", "/", "//", "%"), ("**",))
_COMPARED = frozenset(("==", "!=", "<", ">", "<=", ">=", "<>"))
_MAX_DEPTH = 60
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class UnreadableError(Exception):
    """What stands there is no expression that this grammar knows."""


def expression(text: str, at: int, end: int) -> ir.Expr:
    """The expression in `text[at:end]`; of one that cannot be read, the names in it, as a tuple."""
    reader = Reader(tokens(text, at, end))
    try:
        found = reader.expression()
        reader.word("end")
    except UnreadableError:
        return names_in(tokens(text, at, end))
    return found


class Reader:
    """Reads tokens from left to right."""

    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> Token:
        return self.words[min(self.at + ahead, len(self.words) - 1)]

    def next(self) -> Token:
        found = self.peek()
        self.at += 1
        return found

    def take(self, *texts: str) -> bool:
        """Whether one of these words comes next; it is then behind us."""
        found = self.peek()
        if found.kind in ("op", "name") and found.text in texts:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        found = self.next()
        if found.text != text:
            raise UnreadableError
        return found

    def word(self, kind: str) -> Token:
        found = self.next()
        if found.kind != kind:
            raise UnreadableError
        return found

    def expression(self) -> ir.Expr:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnreadableError
        found = self.either()
        if self.take("if"):
            test = self.either()
            orelse: ir.Expr = self.expression() if self.take("else") else ir.Const(test.end, test.end, "str", "")
            found = ir.Conditional(found.at, max(test.end, orelse.end), test, found, orelse)
        self.depth -= 1
        return found

    def either(self) -> ir.Expr:
        found = self.both()
        while self.take("or", "||"):
            right = self.both()
            found = ir.Logical(found.at, right.end, "or", found, right)
        return found

    def both(self) -> ir.Expr:
        found = self.negated()
        while self.take("and", "&&"):
            right = self.negated()
            found = ir.Logical(found.at, right.end, "and", found, right)
        return found

    def negated(self) -> ir.Expr:
        start = self.peek()
        if self.take("not", "!"):
            inner = self.negated()
            return ir.Unary(start.at, inner.end, "not", inner)
        return self.compared()

    def compared(self) -> ir.Expr:
        left = self.level(0)
        ops: list[str] = []
        rights: list[ir.Expr] = []
        while True:
            word = self.peek()
            if word.text in _COMPARED or word.text == "in":
                self.next()
                ops.append("!=" if word.text == "<>" else word.text)
            elif word.text == "not" and self.peek(1).text == "in":
                self.at += 2
                ops.append("not in")
            elif word.text == "is":
                self.next()
                ops.append("is not" if self.take("not") else "is")
                rights.append(self.tested())
                continue
            else:
                break
            rights.append(self.level(0))
        return ir.Compare(left.at, rights[-1].end, left, ops, rights) if ops else left

    def tested(self) -> ir.Expr:
        """The right side of `is`: a constant, or the name of a test with its argument."""
        word = self.peek()
        if word.kind == "name" and word.text not in _CONSTANTS:
            self.next()
            if self.peek().text == "(":
                self.arguments()
            elif self.peek().kind in ("str", "int"):
                self.next()
            return ir.Name(word.at, word.end, f"is {word.text}")
        return self.level(0)

    def level(self, number: int) -> ir.Expr:
        if number == len(_LEVELS):
            return self.signed()
        found = self.level(number + 1)
        while self.peek().kind == "op" and self.peek().text in _LEVELS[number]:
            op = self.next().text
            right = self.level(number + 1)
            found = ir.Binary(found.at, right.end, "+" if op == "~" else op, found, right)
        return found

    def signed(self) -> ir.Expr:
        start = self.peek()
        if self.take("-", "+"):
            inner = self.signed()
            return ir.Unary(start.at, inner.end, start.text, inner)
        return self.filtered(self.postfix(self.primary()))

    def filtered(self, found: ir.Expr) -> ir.Expr:
        while self.take("|"):
            word = self.word("name")
            name, end = word.text, word.end
            while self.peek().text == "." and self.peek(1).kind == "name":
                self.next()
                word = self.next()
                name, end = f"{name}.{word.text}", word.end
            args: list[ir.Arg] = []
            if self.peek().text == "(":
                args, end = self.arguments()
            elif self.take(":"):  # Django: one argument, without filters of its own
                value = self.postfix(self.primary())
                args, end = [ir.Arg(value.at, value.end, value, None, 0)], value.end
            found = ir.Filter(found.at, end, found, name, args)
            found = self.postfix(found)
        return found

    def postfix(self, found: ir.Expr) -> ir.Expr:
        while True:
            word = self.peek()
            if word.text == "." and self.peek(1).kind in ("name", "int"):
                self.next()
                part = self.next()
                if part.kind == "int":
                    key = ir.Const(part.at, part.end, "int", _int(part.text))
                    found = ir.Index(found.at, part.end, found, key)
                else:
                    found = ir.Attribute(found.at, part.end, found, part.text)
            elif word.text == "(":
                args, end = self.arguments()
                found = ir.Call(found.at, end, found, args)
            elif word.text == "[":
                self.next()
                index = self.index()
                found = ir.Index(found.at, self.expect("]").end, found, index)
            else:
                return found

    def index(self) -> ir.Expr:
        start = self.peek().at
        parts: list[ir.Expr | None] = [None]
        while self.peek().text != "]":
            if self.take(":"):
                parts.append(None)
            else:
                parts[-1] = self.expression()
                if self.peek().text not in ("]", ":"):
                    raise UnreadableError
        if len(parts) == 1 and parts[0] is not None:
            return parts[0]
        lower, upper, step = (*parts, None, None, None)[:3]
        return ir.Slice(start, self.peek().at, lower, upper, step)

    def arguments(self) -> tuple[list[ir.Arg], int]:
        self.expect("(")
        args: list[ir.Arg] = []
        while self.peek().text != ")":
            start = self.peek()
            star = 1 if self.take("*") else 2 if self.take("**") else 0
            name = None
            if not star and start.kind == "name" and self.peek(1).text == "=":
                name = start.text
                self.at += 2
            value = self.expression()
            args.append(ir.Arg(start.at, value.end, value, name, star))
            if not self.take(",") and self.peek().text != ")":
                raise UnreadableError
        return args, self.next().end

    def primary(self) -> ir.Expr:
        word = self.next()
        if word.kind == "str":
            return ir.Const(word.at, word.end, "str", _ESCAPE.sub(r"\1", word.text[1:-1]))
        if word.kind == "int":
            return ir.Const(word.at, word.end, "int", _int(word.text))
        if word.kind == "float":
            return ir.Const(word.at, word.end, "float", float(word.text))
        if word.kind == "name" and word.text in _CONSTANTS:
            kind, value = _CONSTANTS[word.text]
            return ir.Const(word.at, word.end, kind, value)
        if word.kind == "name" and word.text not in ("and", "or", "in", "else", "if"):
            if word.text == "_" and self.peek().text == "(" and self.peek(1).kind == "str" and self.peek(2).text == ")":
                self.next()  # a translated text is a text
                text = self.next()
                return ir.Const(word.at, self.next().end, "str", text.text[1:-1])
            return ir.Name(word.at, word.end, word.text)
        if word.text == "(":
            return self.group(word, ")", "tuple")
        if word.text == "[":
            return self.group(word, "]", "list")
        if word.text == "{":
            return self.mapping(word)
        raise UnreadableError

    def group(self, opening: Token, closing: str, kind: str) -> ir.Expr:
        items: list[ir.Item] = []
        comma = kind == "list"
        while self.peek().text != closing:
            value = self.expression()
            items.append(ir.Item(value.at, value.end, None, value, 0))
            if self.take(","):
                comma = True
            elif self.peek().text != closing:
                raise UnreadableError
        end = self.next().end
        return ir.Container(opening.at, end, kind, items) if comma or not items else items[0].value

    def mapping(self, opening: Token) -> ir.Expr:
        items: list[ir.Item] = []
        while self.peek().text != "}":
            key = self.expression()
            self.expect(":")
            value = self.expression()
            items.append(ir.Item(key.at, value.end, key, value, 0))
            if not self.take(",") and self.peek().text != "}":
                raise UnreadableError
        return ir.Container(opening.at, self.next().end, "dict", items)


def _int(text: str) -> int:
    return int(text) if len(text) < 18 else 0
