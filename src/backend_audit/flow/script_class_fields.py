"""Fields of classes: which are functions, and of which decorators check the content.

https://github.com/typestack/class-validator#validation-decorators
"""

from collections.abc import Iterable

from backend_audit import ir
from backend_audit.flow.guards import ALL
from backend_audit.flow.script_patterns import pattern_of
from backend_audit.flow.types import LENGTH
from backend_audit.flow.values import Constant, Value
from backend_audit.flow.written import last_word
from backend_audit.link.symbols import ClassSymbol, decorator_name
from backend_audit.regex import harmless_after

# What they let through is a number, a truth value, a date, an identifier, or one of the program's own constants.
_CLOSING = frozenset(
    ("IsInt", "IsNumber", "IsBoolean", "IsDate", "IsUUID", "IsMongoId", "IsEnum", "IsIn", "IsNumberString", "IsNumericString",
     "IsPositive", "IsNegative", "IsDivisibleBy", "IsAlphanumeric", "IsAlpha", "IsHexadecimal", "IsISO8601", "IsDateString",
     "IsIP", "IsPort", "IsBooleanString", "IsObjectId", "IsULID")
)  # fmt: skip
_BOUNDING = frozenset(("MaxLength", "Length"))


def cleared_by(lineage: Iterable[ClassSymbol], attr: str) -> frozenset[str]:
    """The contexts in which what decorators of the field `attr` let through can do no harm."""
    found = frozenset[str]()
    for symbol in lineage:
        for one in symbol.node.body:
            target = one.targets[0] if isinstance(one, ir.Assign) else None
            if isinstance(one, ir.Assign) and isinstance(target, ir.Attribute) and target.attr == attr:
                found = found.union(*map(_cleared, one.decorators))
    return found


def declared(lineage: Iterable[ClassSymbol], attr: str) -> tuple[ClassSymbol, ir.Expr] | None:
    """The type that a class states for its field `attr`, and that class: `private mails: MailService;`."""
    for symbol in lineage:
        for one in symbol.node.body:
            target = one.targets[0] if isinstance(one, ir.Assign) else None
            name = last_word(target)
            if isinstance(one, ir.Assign) and name == attr and one.annotation is not None:
                return symbol, one.annotation
    return None


def _cleared(decorator: ir.Expr) -> frozenset[str]:
    name = decorator_name(decorator)
    if name in _CLOSING:
        return ALL
    if name in _BOUNDING:
        return LENGTH
    given = decorator.args[0].value if name == "Matches" and isinstance(decorator, ir.Call) and decorator.args else None
    if not isinstance(given, ir.Const) or not isinstance(given.value, str):
        return frozenset()
    text = given.value if given.kind == "regex" else f"/{given.value}/"
    found = [harmless_after(one, "search") for one in pattern_of(Value(consts=frozenset((Constant("regex", text),))))]
    return frozenset.intersection(*found) if found else frozenset()


def arrow_owners(classes: Iterable[ClassSymbol]) -> dict[int, ClassSymbol]:
    """The class whose field is an arrow function or what a wrapper makes of one, by the identity of that function."""
    return {
        id(inner.function): owner
        for owner in classes
        for member in owner.node.body
        if isinstance(member, ir.Assign) and member.value is not None
        for inner in ir.walk_scope(member.value)
        if isinstance(inner, ir.Lambda)
    }
