"""Checks of texts that an array passes, for a parameter of the request that may be either."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._context import path_to, scope
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.object_concepts import TextTest
from backend_audit.flow.origins import Origin
from backend_audit.flow.script_loops import ARRAY
from backend_audit.flow.script_schemas import DESCRIBED
from backend_audit.flow.written import dotted

RULE = "type-confusion"
_TEXT_ONLY = frozenset(
    "trim trimStart trimEnd toLowerCase toUpperCase startsWith endsWith match matchAll replace replaceAll split charAt "
    "charCodeAt codePointAt substring substr padStart padEnd normalize localeCompare search".split()
)
_ARRAY_ONLY = frozenset(
    "map forEach filter find findIndex some every reduce flatMap join push pop shift unshift sort splice".split()
)
_SIGNS = re.compile(r"[^\w\s-]|^$")
_EXAMPLE = {"length": "an array is as long as it has elements, however long these are"}
_FIX = "Refuse what is no text before (`if (typeof {name} !== 'string') return res.sendStatus(400)`), or let a schema say so."


@check(RULE)
def type_confusion(test: TextTest) -> Iterator[Alert]:
    """`if (file.indexOf("..") !== -1) return res.sendStatus(400)`, where `file` is `req.query.file`."""
    operand = test.text
    origin = None if operand is None else _source(test)
    name = None if operand is None or operand.node is None else dotted(operand.node)
    if operand is None or origin is None or name is None:
        return
    uses = _Uses(test.site, name)
    if uses.known or not (uses.coerced or (test.method != "length" and _asks_for_signs(test.wanted))):
        return
    if test.method != "includes" and not _compared(test.site):
        return
    why = _EXAMPLE.get(test.method, "an array is asked for an element that is just this, and not for a piece of a text")
    yield alert(
        test.site,
        Operand(operand.value, test.site.node if isinstance(test.site.node, ir.Attribute) else operand.node),
        origin,
        does=f"may be an array (a client sends `key[]=…`), which passes this test: {why}",
        fix=_FIX.format(name=name),
        confidence=Confidence.LOW if DESCRIBED in origin.cleared else Confidence.MEDIUM,
    )


def _source(test: TextTest) -> Origin | None:
    found = reaching(test.text, "nosql")
    return found if found is not None and "parsed" in found.cleared and ARRAY not in found.cleared else None


def _asks_for_signs(wanted: Operand | None) -> bool:
    """Whether a piece of a text is looked for, as `..`, `<` and `://` are, rather than a word that a list may hold."""
    texts = () if wanted is None else wanted.value.texts()
    return bool(texts) and all(_SIGNS.search(text) for text in texts)


class _Uses:
    """How a function uses a value beside the test: `known` as a text or an array (others fail there), `coerced` to a text."""

    def __init__(self, site: Site, name: str) -> None:
        self.known = False
        self.coerced = False
        for node in ir.walk(*scope(site)):
            if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and dotted(node.func.value) == name:
                self.known = self.known or node.func.attr in _TEXT_ONLY | _ARRAY_ONLY
            elif isinstance(node, ir.For):
                self.known = self.known or dotted(node.iter) == name
            elif isinstance(node, ir.Binary) and node.op == "+":
                self.coerced = self.coerced or name in (dotted(node.left), dotted(node.right))
            elif isinstance(node, ir.Hole):
                self.coerced = self.coerced or dotted(node.value) == name


def _compared(site: Site) -> bool:
    """Whether the answer is held against a number."""
    around = path_to(site)
    return bool(around) and isinstance(around[-1], (ir.Compare, ir.Unary))
