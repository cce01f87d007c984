"""Checks of a caller that say yes whoever calls, as one file shows them: predicates that are promises, functions without a no."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.sensitive import words
from backend_audit.flow.written import last_word

_PREDICATES = frozenset(("filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex"))
_LISTS = _PREDICATES | frozenset("map flat flatMap concat slice sort toSorted reverse values keys entries split".split())
_RIGHT = re.compile(
    r"perm|allow|forbid|authori|access|owner|owned|admin|role|belongs|member|^(?:can|may|cannot)(?=[A-Z_])", re.IGNORECASE
)
_STREAM = re.compile(r"stream|readable|observable|iterator|\$$", re.IGNORECASE)
_ASKING = frozenset("validate verify check is has can may authorize authorise authenticate compare".split())
_ASKED = frozenset(
    "token auth authenticated authorized permission permissions access csrf signature session password credential credentials "
    "owner admin role jwt login hmac nonce apikey".split()
)


def promised_right(node: ir.Call) -> ir.Call | None:
    """The check whose promise decides about elements: `mayRead` of `posts.filter(async (post) => await mayRead(post, user))`."""
    func = node.func
    if not isinstance(func, ir.Attribute) or func.attr not in _PREDICATES or len(node.args) != 1 or not _is_list(func.value):
        return None
    asked = node.args[0].value
    if not isinstance(asked, ir.Lambda) or not asked.function.is_async or asked.function.is_generator:
        return None
    waited = (one.value for one in ir.walk_scope(*asked.function.body) if isinstance(one, ir.Await))
    return next((one for one in waited if isinstance(one, ir.Call) and _RIGHT.search(last_word(one.func))), None)


def _is_list(node: ir.Expr) -> bool:
    """Whether it is an array as far as the code shows: no stream, and no promise that has a `filter` of its own."""
    if isinstance(node, ir.Call):
        return isinstance(node.func, ir.Attribute) and node.func.attr in _LISTS and last_word(node.func.value) != "Promise"
    return isinstance(node, ir.Await) or not _STREAM.search(last_word(node))


def never_refuses(function: ir.Function) -> ir.Compare | None:
    """The comparison that a check of the caller makes in vain: it gives `true` on every way."""
    name = words(function.name)
    if not name or name[0] not in _ASKING or _ASKED.isdisjoint(name[1:]) or function.is_generator:
        return None
    nodes = list(ir.walk_scope(*function.body))
    answers = [one for one in nodes if isinstance(one, ir.Return)]
    last = function.body[-1] if function.body else None
    if last not in answers or not all(_is_true(one) for one in answers) or any(isinstance(one, ir.Raise) for one in nodes):
        return None
    return next(_in_vain(function, nodes), None)


def _in_vain(function: ir.Function, nodes: list[ir.Node]) -> Iterator[ir.Compare]:
    """The comparisons of what the function is given on which it does nothing but say yes."""
    given = {one.name for one in function.params}
    for node in nodes:
        only = node.body[0] if isinstance(node, ir.If) and len(node.body) == 1 and not node.orelse else None
        if isinstance(node, ir.If) and isinstance(only, ir.Return):
            for one in ir.walk_scope(node.test):
                if isinstance(one, ir.Compare) and not _of_constants(one) and _names(one) & given:
                    yield one


def _of_constants(node: ir.Compare) -> bool:
    return any(isinstance(one, ir.Const) for one in (node.left, *node.rights))


def _names(node: ir.Expr) -> set[str]:
    return {one.id for one in ir.walk_scope(node) if isinstance(one, ir.Name)}


def _is_true(node: ir.Return) -> bool:
    return isinstance(node.value, ir.Const) and node.value.value is True
