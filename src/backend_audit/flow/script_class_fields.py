"""Fields of classes: which are functions, and of which decorators check the content.

https://github.com/typestack/class-validator#validation-decorators
"""

from collections.abc import Iterable

from backend_audit import ir
from backend_audit.link.symbols import ClassSymbol, decorator_name

# What they let through is a number, a truth value, a date, an identifier, or one of the program's own constants.
_CLOSING = frozenset(
    ("IsInt", "IsNumber", "IsBoolean", "IsDate", "IsUUID", "IsMongoId", "IsEnum", "IsIn", "IsNumberString", "IsNumericString",
     "IsPositive", "IsNegative", "IsDivisibleBy", "IsAlphanumeric", "IsAlpha", "IsHexadecimal", "IsISO8601", "IsDateString",
     "IsIP", "IsPort", "IsBooleanString", "IsObjectId", "IsULID")
)  # fmt: skip


def is_checked(lineage: Iterable[ClassSymbol], attr: str) -> bool:
    """Whether decorators of the field `attr` let nothing through that can do harm anywhere."""
    return any(
        isinstance(one, ir.Assign)
        and isinstance(one.targets[0], ir.Attribute)
        and one.targets[0].attr == attr
        and any(decorator_name(decorator) in _CLOSING for decorator in one.decorators)
        for symbol in lineage
        for one in symbol.node.body
    )


def arrow_owners(classes: Iterable[ClassSymbol]) -> dict[int, ClassSymbol]:
    """The class whose field is an arrow function, by the identity of that function."""
    return {
        id(member.value.function): owner
        for owner in classes
        for member in owner.node.body
        if isinstance(member, ir.Assign) and isinstance(member.value, ir.Lambda)
    }
