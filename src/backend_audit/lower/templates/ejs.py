"""Templates of Node with `<% … %>` (EJS and what is written like it) → statements, by JavaScript's own lowering.

What stands between the tags becomes blanks, `<%= name %>` a call of the same length, so that every offset stays what it was.
https://ejs.co/#docs
"""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.lower.templates.page import Page
from backend_audit.source import Language

GLOBALS = frozenset(
    "JSON Math Object Array String Number Boolean Date RegExp Map Set Symbol Promise Error Intl URL URLSearchParams parseInt "
    "parseFloat isNaN isFinite encodeURIComponent encodeURI decodeURIComponent decodeURI escape unescape undefined NaN Infinity "
    "console process require include locals window document".split()
)
_TAG = re.compile(r"<%(?P<kind>[=\-_#%]?)(?P<code>.*?)(?P<end>[-_]?%>)", re.DOTALL)
_SIGN = re.compile(r"[^\n]")
_LOCALS = re.compile(r"\blocals\.(?=[A-Za-z_$])")
_ENDS = re.compile(r"[\w$)\]'\"`]\s*$")  # of a statement: what follows is another one
_RAW, _ESCAPED = "$r(", "$e("


class EjsLowering:
    """Lowers one template."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[ir.Comment] = []
        self.contexts: dict[int, str] = {}  # by the offset of an output

    def lower(self) -> list[ir.Stmt]:
        """The statements of the whole template."""
        from backend_audit.lower import javascript  # noqa: PLC0415 - most projects have no such template

        body = javascript.lower("template.js", self._as_script(), Language.JAVASCRIPT).module.body
        for node in list(ir.walk(*body)):
            for name in node.__struct_fields__:
                held = getattr(node, name)
                if isinstance(held, list) and any(isinstance(one, ir.ExprStmt) for one in held):
                    held[:] = self._converted(held)
        return self._converted(body)

    def _as_script(self) -> str:
        page, out, last = Page(), [], 0
        for tag in _TAG.finditer(self.text):
            page.feed(self.text, last, tag.start())
            out += [_SIGN.sub(" ", self.text[last : tag.start()]), self._code(tag, page)]
            last = tag.end()
        return _LOCALS.sub("       ", "".join([*out, _SIGN.sub(" ", self.text[last:])]))

    def _code(self, tag: "re.Match[str]", page: Page) -> str:
        kind, code, end = tag["kind"], tag["code"], tag["end"]
        if kind in ("#", "%") or not code.strip():
            return _SIGN.sub(" ", tag[0])
        if kind in ("=", "-"):
            self.contexts[tag.start()] = page.context()
            page.output()
            bare = code.rstrip().removesuffix(";")
            return (_RAW if kind == "-" else _ESCAPED) + bare + " " * (len(code) - len(bare)) + ");".rjust(len(end))
        return " " * (2 + len(kind)) + code + (";" if _ENDS.search(code) else " ").ljust(len(end))

    def _converted(self, body: list[ir.Stmt]) -> list[ir.Stmt]:
        found: list[ir.Stmt] = []
        for node in body:
            call = node.value if isinstance(node, ir.ExprStmt) else None
            if isinstance(call, ir.Call) and call.at in self.contexts and isinstance(call.func, ir.Name) and call.args:
                found += self._written(call.args[0].value, call.func.id + "(", self.contexts[call.at])
            else:
                found.append(node)
        return found

    def _written(self, value: ir.Expr, how: str, context: str) -> Iterator[ir.Stmt]:
        """One output, of a conditional expression each branch; a template that is included runs there."""
        if isinstance(value, ir.Conditional):
            yield from self._written(value.then, how, context)
            yield from self._written(value.orelse, how, context)
        elif isinstance(value, ir.Call) and isinstance(value.func, ir.Name) and value.func.id == "include" and value.args:
            yield ir.Include(value.at, value.end, value.args[0].value, list(_given(value)), False, [])
        elif not isinstance(value, ir.Const):
            yield ir.Output(value.at, value.end, value, "off" if how == _RAW else "on", context)


def _given(call: ir.Call) -> Iterator[ir.Arg]:
    """The names that an included template gets besides: `include('head', { title })`."""
    given = call.args[1].value if len(call.args) > 1 else None
    for item in given.items if isinstance(given, ir.Container) else ():
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            yield ir.Arg(item.at, item.end, item.value, item.key.value, 0)
