"""Fields of models that hold texts and numbers, whatever they are called after."""

import re

from backend_audit import ir
from backend_audit.flow.written import written

_FIELD = re.compile(r"(?:^|\.)(?:Char|Text|Slug|Integer|Boolean|Float|Decimal|Date|Time|URL|Email|JSON|UUID)\w*(?:Field)?$")
_TYPE = re.compile(r"(?:^|\.)(?:String|Text|Unicode|Boolean|Float|Numeric|Date|Time|JSON)\w*")


def is_plain(value: ir.Call) -> bool:
    """Whether a field holds a text or number: `db.Column(db.String)`, and not `db.Column(db.ForeignKey("keys.id"))`."""
    func = written(value.func)
    column = func.rpartition(".")[2] in ("Column", "mapped_column") and bool(value.args)
    return bool(_FIELD.search(func)) or (column and _TYPE.search(written(value.args[0].value)) is not None)


def is_address(name: str, field: ir.Assign) -> bool:
    """Whether a field called `domain` names a domain of the web rather than a tenant: `domain = ForeignKey("LinkDomain")`."""
    given = [arg.value for arg in field.value.args[:1]] if isinstance(field.value, ir.Call) else []
    named = [str(one.value) if isinstance(one, ir.Const) else written(one) for one in given]
    return name.startswith("domain") and any(one.rpartition(".")[2].lower() not in ("domain", "tenant") for one in named)


def holds_users(field: ir.Assign) -> bool:
    """Whether a field relates to several users: `ManyToManyField(settings.AUTH_USER_MODEL)`."""
    call = field.value
    if not isinstance(call, ir.Call) or written(call.func).rpartition(".")[2] not in ("ManyToManyField", "relationship"):
        return False
    given = [arg.value for arg in call.args if arg.name in (None, "to", "argument")][:1]
    named = [str(one.value) if isinstance(one, ir.Const) else written(one) for one in given]
    return any(one.rpartition(".")[2] in ("AUTH_USER_MODEL", "User", "CustomUser", "Account") for one in named)
