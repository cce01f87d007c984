"""Templates with `{{ name }}` and `{{{ name }}}` whose blocks begin with `#`: Handlebars and Mustache.

A name means a field of what the block around it is about (`{{#each orders}}{{ total }}{{/each}}`), at the top a name of the
context. What helpers of the application make is not known: they are left out.
https://handlebarsjs.com/guide/expressions.html, https://mustache.github.io/mustache.5.html
"""

import re

from backend_audit import ir
from backend_audit.lower.templates.page import Page

_TAG = re.compile(
    r"\{\{~?(?:!--.*?--|!.*?|\{\s*(?P<raw>[^{}]*?)\s*\}|(?P<sign>[#/>&^]?)\s*(?P<code>[^{}]*?)\s*)~?\}\}", re.DOTALL
)
_PATH = re.compile(r"(?:@root\.|this[./]|\.\./|\./)*[A-Za-z_$][\w$]*(?:[./][A-Za-z_$][\w$]*)*$|(?:\.\./)*this$|\.$")
_WORD = re.compile(r"[^\s=]+=(?:\"[^\"]*\"|'[^']*'|\S+)|\"[^\"]*\"|'[^']*'|\([^)]*\)|\S+")
_NAMED = re.compile(r"\bas\s+\|\s*([\w$]+)[^|]*\|\s*$")
_TESTS = frozenset(("if", "unless"))


class HandlebarsLowering:
    """Lowers one template."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[ir.Comment] = []
        self.page = Page()
        self.bodies: list[list[ir.Stmt]] = [[]]  # of the blocks that are open, the top first
        self.contexts: list[ir.Expr | None] = [None]  # what each of them is about; None: the names of the context
        self.open: list[tuple[str, ir.For | None]] = []  # their names, and the loops that they are

    def lower(self) -> list[ir.Stmt]:
        """The statements of the whole template."""
        last = 0
        for tag in _TAG.finditer(self.text):
            self.page.feed(self.text, last, tag.start())
            last = tag.end()
            self._tag(tag)
        return self.bodies[0]

    def _tag(self, tag: "re.Match[str]") -> None:
        group = "code" if tag["raw"] is None else "raw"
        code, sign, at = tag[group], tag["sign"], tag.start(group)
        if code is None or code.startswith("else") or (sign == "^" and not code):
            return  # a comment, or the other branch: both are read one after the other
        if sign == "/":
            self._leave(code, tag.end())
        elif sign in ("#", "^"):
            self._enter(code, at, inverted=sign == "^")
        elif sign == ">":
            self._include(code, at)
        else:
            value = self._path(code, at)
            if value is not None:
                escape = "off" if group == "raw" or sign == "&" else "on"
                self.bodies[-1].append(ir.Output(value.at, value.end, value, escape, self.page.context()))
            self.page.output()

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _enter(self, code: str, at: int, *, inverted: bool) -> None:
        """`{{#each orders as |order|}}`, `{{#with order}}`, `{{#if order}}`, and a section of Mustache: `{{#orders}}`."""
        named = _NAMED.search(code)
        words = _WORD.findall(code[: named.start()] if named else code)
        word = words[0] if words else ""
        loop: ir.For | None = None
        context, body = self.contexts[-1], self.bodies[-1]
        about = (
            words[1] if word in ("each", "with") and len(words) > 1 else word if len(words) == 1 and word not in _TESTS else ""
        )
        value = None if inverted or not about else self._path(about, at + code.index(about, len(word) if about != word else 0))
        if value is not None and word == "with":
            context = value
        elif value is not None:
            target = ir.Name(at, at, named[1] if named else f"$item{len(self.contexts)}")
            loop = ir.For(at, value.end, target, value, [], [], False, "const")
            body.append(loop)
            context, body = (context if named else target), loop.body
        self.open.append((word.lstrip("#>*"), loop))
        self.contexts.append(context)
        self.bodies.append(body)

    def _leave(self, name: str, end: int) -> None:
        while any(opened == name for opened, _ in self.open):
            opened, loop = self.open.pop()
            self.bodies.pop()
            self.contexts.pop()
            if loop is not None:  # what it binds is known up to here
                loop.end = end
            if opened == name:
                return

    def _include(self, code: str, at: int) -> None:
        """`{{> header title=heading}}`: a partial, with the names known here."""
        words = _WORD.findall(code)
        if not words or not re.fullmatch(r"[\"']?[\w@./-]+[\"']?", words[0]):
            return
        args = []
        for word in words[1:]:
            name, equals, given = word.partition("=")
            value = self._path(given, at + code.index(word) + len(name) + 1) if equals else None
            if value is not None:
                args.append(ir.Arg(value.at, value.end, value, name, 0))
        template = ir.Const(at, at + len(words[0]), "str", words[0].strip("\"'"))
        self.bodies[-1].append(ir.Include(at, at + len(code), template, args, False, []))

    # --- expressions ------------------------------------------------------------------------------------------------

    def _path(self, code: str, at: int) -> ir.Expr | None:
        """What a path means where it stands; None for calls of helpers, literals and what Handlebars counts by itself."""
        if not _PATH.match(code):
            return None
        up, context, rest = code.count("../"), self.contexts[-1], code.replace("../", "")
        if up:
            context = self.contexts[-1 - up] if up < len(self.contexts) else None
        if rest.startswith("@root."):
            context, rest = None, rest[len("@root.") :]
        found, end = context, at + len(code)
        for part in [one for one in re.split(r"[./]", rest) if one and one != "this"]:
            known = found is None or (found is context and any(self._is_named(body, part) for body in self.bodies))
            found = ir.Name(at, end, part) if known else ir.Attribute(at, end, found, part) if found is not None else None
        return found

    def _is_named(self, body: list[ir.Stmt], name: str) -> bool:
        """Whether a block that is open has given its elements this name."""
        last = body[-1] if body else None
        return isinstance(last, ir.For) and isinstance(last.target, ir.Name) and last.target.id == name
