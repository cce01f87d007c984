"""A template of web pages → IR: one function whose parameters are the names that the template takes from its context.

Its outputs are `ir.Output`, the templates that it runs `ir.Include`, its macros functions. Blocks stand where they are written.
"""

import re

from backend_audit import ir
from backend_audit.lower.templates.braces import Lowering
from backend_audit.lower.templates.ejs import GLOBALS, EjsLowering
from backend_audit.lower.templates.handlebars import HandlebarsLowering
from backend_audit.lower.templates.mako import MakoLowering, is_mako
from backend_audit.lower.templates.names import free_names
from backend_audit.lower.templates.pug import PugLowering
from backend_audit.source import SCRIPT_TEMPLATES, Language, LineIndex

_WORD = re.compile(r"[a-z]+")
_PLAIN = frozenset(("text", "txt", "plain", "subject", "mail", "email", "sms"))
_SYNTAX = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z!/]")
_INDENTED = (".pug", ".jade")


def is_template(path: str, text: str) -> bool:
    """Whether anything in the `text` of the file at `path` is more than literal."""
    if path.endswith(_INDENTED):
        return bool(text.strip())
    return "{{" in text or "{%" in text or "${" in text or "<%" in text or "backend-audit" in text


def is_plain(path: str, text: str) -> bool:
    """Whether the template writes no page but a text, as of a mail: it has words, no tags, and a name that says so."""
    name = path.rpartition("/")[2].lower()
    named = not name.endswith((".html", ".htm", ".xhtml")) or not _PLAIN.isdisjoint(_WORD.findall(name))
    literal = _SYNTAX.sub("", text)
    return named and not _TAG.search(literal) and bool(literal.strip()) and "{% extends" not in text


def is_text(path: str, text: str) -> bool:
    """Whether the template is plain and called so: whatever it is told of escaping, no browser reads it."""
    return is_plain(path, text) and not _PLAIN.isdisjoint(_WORD.findall(path.rpartition("/")[2].lower()))


def lower(path: str, text: str) -> ir.Module:
    """The module of the template at `path`. Nothing is raised: what cannot be read is skipped."""
    lowering = _of_node(path, text) if path.endswith(SCRIPT_TEMPLATES) else _of_python(path, text)
    given = GLOBALS if path.endswith(SCRIPT_TEMPLATES) else frozenset[str]()  # what every template has
    body = lowering.lower()
    params = [ir.Param(at, at + len(one), one, "keyword", None, None) for one, at in free_names(body) if one not in given]
    function = ir.Function(0, len(text), path.rpartition("/")[2], 0, params, body, [], None, False, False)
    return ir.Module(path, Language.TEMPLATE, [function], lowering.comments, LineIndex.of(text).starts, 0)


def _of_python(path: str, text: str) -> MakoLowering | Lowering:
    plain = "on" if is_text(path, text) else "default" if is_plain(path, text) else ""
    return MakoLowering(text, plain=plain) if is_mako(path, text) else Lowering(text, "default", plain=plain)


def _of_node(path: str, text: str) -> EjsLowering | HandlebarsLowering | PugLowering | Lowering:
    if path.endswith(".ejs"):
        return EjsLowering(text)
    if path.endswith(_INDENTED):
        return PugLowering(text)
    if path.endswith((".njk", ".nunjucks")):  # written like Jinja's; escapes unless it is told not to
        return Lowering(text, "on")
    return HandlebarsLowering(text)
