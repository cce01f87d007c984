"""Where in a page an output stands: a small state machine over the literal text of a template.

It follows the text as written, through both branches of a condition one after the other.
https://html.spec.whatwg.org/multipage/parsing.html#tokenization
"""

import re

# Attributes whose address the browser opens as a page or runs as a script, and the elements on which it does.
URL_ATTRIBUTES = {
    "href": frozenset(("a", "area", "base")),
    "xlink:href": frozenset(("a",)),
    "src": frozenset(("script", "iframe", "frame", "embed")),
    "action": frozenset(("form",)),
    "formaction": frozenset(("button", "input")),
    "data": frozenset(("object",)),
}
_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[^\s/>=\"'<]+")
_SPACE = re.compile(r"\s*")
_RAW_END = {"script": re.compile(r"</script", re.IGNORECASE), "style": re.compile(r"</style", re.IGNORECASE)}
_JS_STOP = re.compile(r"""["'`{}]|//|/\*""")
_JS_END = {
    '"': re.compile(r'(?<!\\)(?:\\\\)*"|\n'),
    "'": re.compile(r"(?<!\\)(?:\\\\)*'|\n"),
    "`": re.compile(r"(?<!\\)(?:\\\\)*(?:`|\$\{)"),
    "//": re.compile(r"\n"),
    "/*": re.compile(r"\*/"),
}
_NOT_CODE = re.compile(r"template|json|html|text/x|mustache|handlebars", re.IGNORECASE)
# Modes: text, comment, tag (between attributes), before (a value), quoted, unquoted, script, style


class Page:
    """The state after what was fed so far."""

    def __init__(self) -> None:
        self.mode = "text"
        self.tag = ""
        self.attribute = ""
        self.quote = ""
        self.started = False  # whether something of the attribute's value stands before
        self.type = ""  # of a script
        self.js = ""  # the quote or comment that is open in a script
        self.braces: list[str] = []  # open in a script; "`" for one that began in a template literal

    def context(self) -> str:
        """The context of an output that stands here, as in `ir.Output`."""
        if self.mode in ("quoted", "unquoted", "before"):
            return self._in_attribute()
        if self.mode == "script":
            if _NOT_CODE.search(self.type):
                return "text"
            return "comment" if self.js[:1] == "/" else "string" if self.js in ('"', "'") else "script"
        return self.mode

    def _in_attribute(self) -> str:
        name = self.attribute.lower()
        if name.startswith(("on", "@", "x-on:", "v-on:", "hx-on")):
            return "handler"
        if self.mode != "quoted":
            return "unquoted"
        if self.tag in URL_ATTRIBUTES.get(name, ()) and not self.started:
            return "url"
        return "style" if name == "style" else "quoted"

    def output(self) -> None:
        """Something is written here."""
        if self.mode == "before":
            self.mode = "unquoted"
        self.started = True

    def feed(self, text: str, at: int, end: int) -> None:
        """The literal text `text[at:end]` comes next."""
        while at < end:
            at = getattr(self, f"_{self.mode}")(text, at, end)

    def _text(self, text: str, at: int, end: int) -> int:
        found = text.find("<", at, end)
        if found < 0:
            return end
        if text.startswith("<!--", found):
            self.mode = "comment"
            return found + 4
        name = _NAME.match(text, found + 1, end)
        if name is None:
            closing = _NAME.match(text, found + 2, end) if text.startswith("/", found + 1) else None
            if closing is None:
                return found + 1
            self.tag, self.mode = "/" + closing[0].lower(), "tag"
            return closing.end()
        self.tag, self.type, self.mode = name[0].lower(), "", "tag"
        return name.end()

    def _comment(self, text: str, at: int, end: int) -> int:
        found = text.find("-->", at, end)
        if found < 0:
            return end
        self.mode = "text"
        return found + 3

    def _tag(self, text: str, at: int, end: int) -> int:
        match = _SPACE.match(text, at, end)
        at = match.end() if match else at
        if at >= end:
            return end
        if text[at] == ">":
            self.mode = self.tag if self.tag in ("script", "style") else "text"
            self.js, self.braces = "", []
            return at + 1
        name = _ATTRIBUTE.match(text, at, end)
        if name is None:
            if text[at] == "=":
                self.mode, self.started = "before", False
            return at + 1
        self.attribute = name[0]
        return name.end()

    def _before(self, text: str, at: int, _: int) -> int:
        if text[at].isspace():
            return at + 1
        if text[at] in "\"'":
            self.quote, self.mode, self.started = text[at], "quoted", False
            return at + 1
        self.mode = "tag" if text[at] == ">" else "unquoted"
        return at

    def _quoted(self, text: str, at: int, end: int) -> int:
        found = text.find(self.quote, at, end)
        stop = end if found < 0 else found
        if text[at:stop].strip():
            self.started = True
            if self.tag == "script" and self.attribute.lower() == "type":
                self.type += text[at:stop]
        if found < 0:
            return end
        self.mode = "tag"
        return found + 1

    def _unquoted(self, text: str, at: int, end: int) -> int:
        while at < end and text[at] not in " \t\r\n\f>":
            at += 1
            self.started = True
        if at < end:
            self.mode = "tag"
        return at

    def _style(self, text: str, at: int, end: int) -> int:
        return self._raw("style", text, at, end)

    def _script(self, text: str, at: int, end: int) -> int:
        return self._raw("script", text, at, end)

    def _raw(self, tag: str, text: str, at: int, end: int) -> int:
        found = _RAW_END[tag].search(text, at, end)
        if tag == "script" and not _NOT_CODE.search(self.type):
            self._code(text, at, end if found is None else found.start())
        if found is None:
            return end
        self.mode = "text"
        return found.start()

    def _code(self, text: str, at: int, end: int) -> None:
        """Follow the strings and comments of a script."""
        while at < end:
            pattern = _JS_END[self.js] if self.js else _JS_STOP
            found = pattern.search(text, at, end)
            if found is None:
                return
            at = found.end()
            if self.js:
                if found[0].endswith("{"):
                    self.braces.append("`")
                self.js = ""
            elif found[0] == "{":
                self.braces.append("{")
            elif found[0] == "}":
                self.js = "`" if self.braces and self.braces.pop() == "`" else ""
            else:
                self.js = found[0]
