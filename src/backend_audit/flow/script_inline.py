"""Templates that are compiled, and those that stand in the code as a constant text: what they put in as it is.

https://lodash.com/docs/#template, https://ejs.co/#docs, https://github.com/janl/mustache.js#variables,
https://handlebarsjs.com/guide/#html-escaping, https://pugjs.org/language/interpolation.html
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.values import TEXT, Value

if TYPE_CHECKING:
    from backend_audit.flow.script_calls import ScriptCalls

_TEMPLATE = "~template"
_ERB = re.compile(r"<%([-=]?)_?\s*(.*?)\s*[-_]?%>", re.DOTALL)
_BRACES = re.compile(r"\{\{(\{|&)?~?\s*([\w.]+)\s*~?\}?\}\}")
_PUG = re.compile(r"([!#])\{\s*([^{}]*)\}|^[ \t]*[\w.#-]*(?:\([^)]*\))?(!?=)(?!=)[ \t]*(.+)$", re.MULTILINE)
_HTML = frozenset(("html",))
_NAMES = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPES = {"lodash.template": "-", "ejs.render": "=", "ejs.compile": "="}  # the sign of places that are escaped
_INDENTED = frozenset(("pug.render", "pug.compile"))
_CURLY = frozenset(("mustache.render", "handlebars.compile"))
_FILES = frozenset(("pug.compileFile",))
_COMPILE = frozenset(("lodash.template", "ejs.compile", "handlebars.compile", "pug.compile"))


def filled(frame: "ScriptCalls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What `ejs.render(text, data)` and `_.template(text)(data)` give for a constant text; None for any other call."""
    maker = path.removesuffix("()")
    if path in _FILES:
        name = argument(args, "0")
        return None if name is None else Value(types=frozenset((f"{path}()",)), items={"template": name.value})
    if maker not in _ESCAPES and maker not in _CURLY and maker not in _INDENTED:
        return None
    if path in _COMPILE:
        text = None if argument(args, "1.noEscape") is not None else argument(args, "0")
        if text is None or len(text.value.texts()) != 1 or text.value.constants() is None:
            return None
        return Value(types=frozenset((f"{path}()",)), items={_TEMPLATE: text.value})
    compiled = path != maker
    text = None if compiled else argument(args, "0")
    value = (frame.eval(node.func).items or {}).get(_TEMPLATE) if compiled else None if text is None else text.value
    data = argument(args, "0" if compiled else "1")
    if value is None or len(value.texts()) != 1 or value.constants() is None or data is None:
        return None
    places = list(_places(maker, value.texts()[0], data.value))
    return TEXT.with_origins(one for part, raw in places for one in (part if raw else part.cleared(_HTML)).origins)


def _places(maker: str, text: str, data: Value) -> Iterator[tuple[Value, bool]]:
    """What stands in the places of a template, and whether as it is."""
    for raw, inside in _written(maker, text):
        for name in _NAMES.findall(inside):
            held = data.item(name) if data.kind == "dict" else data.derived()
            if held is not None:
                yield held.derived(), raw


def _written(maker: str, text: str) -> Iterator[tuple[bool, str]]:
    """The expressions whose values a template writes, and whether as they are."""
    if maker in _INDENTED:
        for mark, place, sign, line in _PUG.findall(text):
            yield (mark or sign)[0] == "!", place or line
    elif maker in _CURLY:
        for sign, inside in _BRACES.findall(text):
            yield bool(sign), inside
    else:
        for sign, inside in _ERB.findall(text):
            if sign:  # other code writes nothing by itself
                yield sign != _ESCAPES[maker], inside
