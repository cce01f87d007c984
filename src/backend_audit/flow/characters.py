"""What a text consists of: a pattern has matched it, or a test says so of each character or of all of them.

`re.fullmatch(r"[a-z]+", name)`, `all(c.isalnum() or c in "-_" for c in name)`, `set(name) <= set(DIGITS)`, `name.isdigit()`.
"""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards
from backend_audit.flow.matches import patterns_in
from backend_audit.flow.values import Value
from backend_audit.flow.written import dotted
from backend_audit.regex import harmless_after
from backend_audit.source import Language

if TYPE_CHECKING:
    from backend_audit.flow.expressions import Expressions

MATCHING = {f"{owner}.{how}": how for owner in ("re", "re.Pattern") for how in ("fullmatch", "match", "search")}
_WORDS = {
    "isdigit": r"\d", "isnumeric": r"\d", "isdecimal": r"\d", "isalnum": r"\w", "isalpha": r"\w", "isidentifier": r"\w",
}  # fmt: skip
_CLASSES = {**_WORDS, "isprintable": r"\x20-\x7e\u00a1-\u00ac\u00ae-\u167f"}
_LONGEST = 200  # characters that a class of them is written of


def is_word_test(name: str) -> bool:
    """Whether the method of a text says that it holds nothing but letters, digits or `_`."""
    return name in _WORDS


def as_call(frame: "Expressions", test: ir.Expr) -> ir.Expr:
    """`{% if page.isdigit %}` of a template: what can be called is called."""
    if not isinstance(test, ir.Attribute) or test.attr not in _WORDS or frame.module.node.language is not Language.TEMPLATE:
        return test
    return ir.Call(test.at, test.end, test, [])


def told_by_match(frame: "Expressions", test: ir.Call, api: str) -> tuple[ir.Expr | None, frozenset[str]]:
    """What a pattern that has matched says of which expression; all, where the pattern is not known."""
    values = [arg.value for arg in test.args if not arg.star and arg.name is None]
    pattern: Value | None
    if api.startswith("re.Pattern.") and isinstance(test.func, ir.Attribute):
        pattern, subject = frame.eval(test.func.value), values[0] if values else None
    else:
        pattern, subject = frame.eval(values[0]) if values else None, values[1] if len(values) > 1 else None
    texts = () if pattern is None else patterns_in(pattern)
    how = MATCHING[api]
    if not texts:
        return subject, guards.ALL if how != "search" else frozenset()
    return subject, frozenset.intersection(*(harmless_after(text, how) for text in texts))


def assume_each(frame: "Expressions", call: ir.Call, *, holds: bool) -> bool:
    """`all(c in LETTERS for c in name)` is true, `any(c not in LETTERS for c in name)` is not; whether it was such a test."""
    asked = "all" if holds else "any"
    search = call.args[0].value if isinstance(call.func, ir.Name) and call.func.id == asked and call.args else None
    if not isinstance(search, ir.Comprehension) or len(search.clauses) != 1 or search.clauses[0].conditions:
        return False
    clause = search.clauses[0]
    if not isinstance(clause.target, ir.Name):
        return False
    allowed = _allowed(frame, search.value, clause.target.id, holds=holds)
    whole = frame.eval(clause.iter) if allowed else None
    if whole is None or whole.kind:
        return False
    guards.clear_data(frame, whole, _of_class(allowed), node=clause.iter)
    return True


def assume_subset(frame: "Expressions", part: ir.Expr, whole: ir.Expr) -> None:
    """`set(name) <= set(LETTERS)` holds."""
    name, allowed = in_set(part), _class_of(frame, in_set(whole) or whole)
    if name is not None and allowed:
        guards.clear_data(frame, frame.eval(name), _of_class(allowed), node=name)


def within(allowed: Value) -> frozenset[str]:
    """The contexts in which a piece of a constant text is harmless: `name in "abcdef"`."""
    texts = allowed.texts() if allowed.is_literal() and not allowed.kind else ()
    return _of_class(re.escape(texts[0])) if len(texts) == 1 and 0 < len(texts[0]) <= _LONGEST else frozenset()


def in_set(node: ir.Expr) -> ir.Expr | None:
    """What a set is made of: `name` of `set(name)`."""
    is_set = isinstance(node, ir.Call) and dotted(node.func) in ("set", "frozenset") and len(node.args) == 1
    return node.args[0].value if is_set and isinstance(node, ir.Call) else None


def _of_class(allowed: str) -> frozenset[str]:
    return harmless_after(f"[{allowed}]*", "fullmatch")


def _allowed(frame: "Expressions", test: ir.Expr, name: str, *, holds: bool) -> str:
    """The characters that `name` may be if `test` turns out so, as the inside of a pattern's class; "" where that is open."""
    if isinstance(test, ir.Unary) and test.op == "not":
        return _allowed(frame, test.operand, name, holds=not holds)
    if isinstance(test, ir.Logical) and test.op in ("or", "and"):
        left, right = (_allowed(frame, one, name, holds=holds) for one in (test.left, test.right))
        if (test.op == "or") is holds:
            return left + right if left and right else ""
        return left or right
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and dotted(test.func.value) == name:
        return _CLASSES.get(test.func.attr, "") if holds and not test.args else ""
    asked = ("in", "==") if holds else ("not in", "!=")
    if isinstance(test, ir.Compare) and len(test.ops) == 1 and test.ops[0] in asked and dotted(test.left) == name:
        return _class_of(frame, test.rights[0])
    return ""


def _class_of(frame: "Expressions", node: ir.Expr) -> str:
    """The characters of a constant text, or those that a constant collection holds."""
    value = frame.eval(node)
    if not value.is_literal() or value.elem is not None or value.made:
        return ""
    texts = [text for one in (value.items or {}).values() for text in one.texts()] if value.kind else list(value.texts())
    known = "".join(texts)
    return re.escape(known) if known and len(known) <= _LONGEST and len(texts) >= len(value.items or {}) else ""


def stripped(node: ir.Expr) -> ir.Expr:
    """`x` for `x.lower()`, `str(x)` …: normalised before the comparison, the same data all the same."""
    method = node.func if isinstance(node, ir.Call) and not node.args else None
    if isinstance(method, ir.Attribute) and method.attr in ("lower", "upper", "strip", "casefold", "rstrip", "lstrip"):
        return stripped(method.value)
    return node.target if isinstance(node, ir.Walrus) else node


def is_entry(node: ir.Expr) -> bool:
    """`request.args["name"]`, `request.args.get("name")`."""
    if isinstance(node, ir.Index):
        return isinstance(node.index, ir.Const) and node.index.kind == "str" and dotted(node.value) is not None
    return isinstance(node, ir.Call) and (dotted(node.func) or "").endswith(".get")
