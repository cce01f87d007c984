"""What the body and the status of an answer tell whoever reads it, by how they are written."""

import re
from enum import StrEnum

from backend_audit import ir
from backend_audit.flow.written import last_word

_GOOD_STATUS = frozenset(("OK", "CREATED", "ACCEPTED", "NO_CONTENT"))
ERROR_WORDS = re.compile(
    r"error|fail|bad|abort|problem|notfound|not_found|forbidden|unauthorized|invalid|exception", re.IGNORECASE
)


class Outcome(StrEnum):
    """What an answer tells its reader."""

    SUCCESS = "success"  # says so, by its status and its words
    CONTRADICTION = "contradiction"  # a success status around the text of an error
    EMPTY = "empty"  # a success status around nothing
    ERROR = "error"
    UNKNOWN = "unknown"


def status_of(node: ir.Expr) -> bool | None:
    """Whether a status says success; None when it is no status or not known."""
    if isinstance(node, ir.Const) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value < 400
    name = last_word(node) if isinstance(node, ir.Attribute | ir.Name) else ""
    if name in ("value", "phrase") and isinstance(node, ir.Attribute):
        name = last_word(node.value)
    numbered = re.match(r"HTTP_([1-5])\d\d", name)
    if numbered is not None:
        return numbered[1] in "123"
    if isinstance(node, ir.Attribute) and re.fullmatch(r"[A-Z][A-Z_]+", name):
        return name in _GOOD_STATUS
    return None


def is_text_of_error(node: ir.Expr) -> bool:
    """`str(error)`."""
    return isinstance(node, ir.Call) and last_word(node.func) in ("str", "repr", "format_exc")


def of_body(body: ir.Expr) -> Outcome:
    """What the body of an answer with a success status says."""
    if isinstance(body, ir.Container):
        if body.kind == "dict":
            return _of_mapping(body)
        return Outcome.EMPTY if not body.items else Outcome.UNKNOWN
    if isinstance(body, ir.Const):
        text = body.value if isinstance(body.value, str) else ""
        return Outcome.CONTRADICTION if ERROR_WORDS.search(text) else Outcome.UNKNOWN
    if isinstance(body, ir.Template):
        text = "".join(part.value for part in body.parts if isinstance(part, ir.Const) and isinstance(part.value, str))
        return Outcome.CONTRADICTION if ERROR_WORDS.search(text) else Outcome.UNKNOWN
    return Outcome.CONTRADICTION if is_text_of_error(body) else Outcome.UNKNOWN


def _of_mapping(body: ir.Container) -> Outcome:
    found = Outcome.EMPTY if not body.items else Outcome.UNKNOWN
    empty = 0
    for item in body.items:
        key = item.key.value if isinstance(item.key, ir.Const) else None
        value = item.value.value if isinstance(item.value, ir.Const) else None
        if not isinstance(key, str):
            return Outcome.UNKNOWN
        word = key.lower()
        if word in ("success", "ok", "succeeded") and value is True:
            return Outcome.SUCCESS
        if word in ("status", "result", "state") and isinstance(value, str):
            if value.lower() in ("ok", "success", "succeeded", "done", "accepted"):
                return Outcome.SUCCESS
            if ERROR_WORDS.search(value):
                found = Outcome.CONTRADICTION
        if ERROR_WORDS.search(word) or (word in ("success", "ok") and value is False):
            found = Outcome.CONTRADICTION
        empty += _is_empty(item.value)
    if found is Outcome.UNKNOWN and empty == len(body.items):
        return Outcome.EMPTY
    return found


def _is_empty(node: ir.Expr) -> bool:
    if isinstance(node, ir.Container):
        return not node.items
    return isinstance(node, ir.Const) and node.value in (None, 0, "")
