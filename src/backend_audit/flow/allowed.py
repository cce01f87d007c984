"""Allow-lists: what a member of a collection may be, and which collections say that the program knows the value."""

import re

from backend_audit import ir
from backend_audit.flow.values import MADE, Constant, Value
from backend_audit.flow.written import dotted

_MANY = re.compile(  # of a kind, and neither pieces of a text nor what is refused
    r"_*(?!(?:\w+_)?(?:args|params|headers|cookies|contents|words|chars|letters|digits|errors|details|notes|comments|lines|texts|"
    r"values|includes|contains|address|status|class|process|access)$)"
    r"(?!(?:block|black|ban|deny|denied|forbid|exclud|ignor|reserv|bad|taken|used)\w*)[a-z_]\w*[a-z]s"
)


def member(allowed: Value) -> Value:
    """One of the members of a constant collection."""
    consts: set[Constant] = set()
    if allowed.elem is None and allowed.items and not allowed.made:
        for key, item in allowed.items.items():
            if allowed.kind == "dict":
                consts.add(Constant("str" if isinstance(key, str) else "int", key))
            else:
                found = item.constant()
                if found is None:
                    return MADE
                consts.add(found)
        if len(consts) <= 12:
            return Value(consts=frozenset(consts))
    return MADE


_SHORT = 2
_ALLOWING = re.compile(
    r"allow|valid|support|permit|whitelist|known|choice|available|accepted|registered|__fields__|model_fields|columns|"
    r"(edit|writ|write|sort|filter|search|order|updat|update|assign|modifi|mut|fill)able",
    re.IGNORECASE,
)


def is_allow_list(node: ir.Expr, collection: Value) -> bool:
    """Whether membership in a collection that is not constant still means that the program knows the value.

    The collection must hold nothing from outside, and be a container (in a string, `in` finds pieces) or say what it is for.
    """
    if collection.carries("untrusted") or collection.shapes or "str" in collection.types:
        return False
    return collection.kind in ("list", "set", "tuple", "dict") or named_as_allowed(node) or _is_register(node)


def _is_register(node: ir.Expr) -> bool:
    """Whether something that the program keeps is called like many of a kind: `self.application.workers`."""
    return isinstance(node, ir.Attribute) and _MANY.fullmatch(node.attr) is not None and dotted(node) is not None


def named_as_allowed(node: ir.Expr) -> bool:
    """Whether a collection says by its name that it holds what is allowed, or is written as a constant of the program."""
    name = (dotted(node.func if isinstance(node, ir.Call) else node) or "").rpartition(".")[2]
    return _ALLOWING.search(name) is not None or (len(name) > _SHORT and name.isupper())


_LISTINGS = frozenset(f"fs.{name}()" for name in ("readdirSync", "readdir", "promises.readdir", "promises.readdirSync"))


def lists_files(collection: Value) -> bool:
    """Whether a collection is what a folder holds: the names of its entries, and no ways out of it."""
    return not collection.types.isdisjoint(_LISTINGS)
