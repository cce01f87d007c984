"""What the hardening checks ask about an argument: is it off, is it on, what does it name."""

import ast

from backend_audit import ir
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, Site
from backend_audit.flow.values import Constant, Value
from backend_audit.flow.written import written


def truth(operand: Operand | None) -> bool | None:
    """True or False when every value that the argument can have is so, else None."""
    if operand is None:
        return None
    if operand.value.kind and operand.value.items is not None:
        return bool(operand.value.items)
    found = operand.value.constants()
    if found is None:
        return None
    truths = {bool(one.value) for one in found if one.kind != "ellipsis"}
    return truths.pop() if len(truths) == 1 else None


def is_none(operand: Operand | None) -> bool:
    """Whether the argument is given and is None, whatever happens."""
    return operand is not None and operand.value.is_just(None)


def is_false(operand: Operand | None) -> bool:
    """Whether the argument is given and is False or 0; None is no false here, libraries read it as "the default"."""
    return truth(operand) is False and not is_none(operand)


def may_be_false(operand: Operand | None) -> bool:
    """Whether False is one of the values that the argument is known to take."""
    return operand is not None and operand.value.may_be(False)


def may_be_true(operand: Operand | None) -> bool:
    """Whether True is one of the values that the argument is known to take."""
    return operand is not None and operand.value.may_be(True)


def apis(operand: Operand | None) -> frozenset[str]:
    """The API paths that the argument is, or is an instance of."""
    return frozenset() if operand is None else operand.value.apis | operand.value.types


def names(operand: Operand | None) -> frozenset[str]:
    """Last parts of its API paths, and its string constants: how the value would be called in documentation."""
    if operand is None:
        return frozenset()
    return frozenset(path.rpartition(".")[2].removesuffix("()") for path in apis(operand)) | frozenset(operand.value.texts())


def numbers(operand: Operand | None) -> list[int]:
    """The integers that the argument can be when it can be nothing else, sorted."""
    found = None if operand is None else operand.value.constants()
    if found is None:
        return []
    return sorted(number for one in found if (number := _integer(one)) is not None)


def _integer(one: Constant) -> int | None:
    if isinstance(one.value, int) and not isinstance(one.value, bool):
        return one.value
    if one.kind == "int" and isinstance(one.value, str):
        try:
            number = ast.literal_eval(one.value)
        except (ValueError, SyntaxError):
            return None
        return number if isinstance(number, int) else None
    return None


def entries(operand: Operand | None) -> list[Value]:
    """What stands in the container that the argument is; a value that is none stands for itself."""
    if operand is None:
        return []
    return contents(operand.value)


def contents(value: Value) -> list[Value]:
    """What stands in a container, by position; the value itself if it is none."""
    if not value.kind:
        return [value]
    found = [] if value.items is None else list(value.items.values())
    return found if value.elem is None else [*found, value.elem]


def shown(operand: Operand | None) -> str:
    """The argument as written, without the text of string literals longer than a word."""
    node = None if operand is None else operand.node
    if isinstance(node, ir.Const) and node.kind in ("str", "bytes") and len(str(node.value)) > 40:
        return "…"
    return written(node)


def receiver(operand: Operand | None, site: Site) -> ir.Expr | None:
    """The expression of an operand that is the object whose method is called (`x` of `x.f()`)."""
    if operand is None or operand.node is None:
        return None
    if site.call is not None and operand.node is site.call.func and isinstance(operand.node, ir.Attribute):
        return operand.node.value
    return operand.node


def named(site: Site) -> str:
    """The call as written, for a message."""
    return site.written or site.api.rpartition(".")[2]


def stronger(left: Confidence, right: Confidence) -> Confidence:
    """The higher of two."""
    order = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
    return order[min(order.index(left), order.index(right))]


def weaker(left: Confidence, right: Confidence) -> Confidence:
    """The lower of two."""
    order = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
    return order[max(order.index(left), order.index(right))]


def spread(site: Site) -> bool:
    """Whether the call takes arguments from a list or a `**mapping` whose content is not known."""
    return any(
        key in ("*", "**") and not (operand.value.kind and operand.value.items is not None and operand.value.elem is None)
        for key, operand in site.args
    )
