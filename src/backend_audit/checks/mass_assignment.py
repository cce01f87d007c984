"""Objects that take every field that a client names."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._stored import stored_target
from backend_audit.checks._untrusted import alert, reaching, reaching_value
from backend_audit.checks._wording import advice
from backend_audit.flow.object_concepts import ObjectUpdate
from backend_audit.flow.script_objects import STRIPPED
from backend_audit.flow.values import Value
from backend_audit.flow.written import last_word

RULE = "mass-assignment"
_STORES = re.compile(r"model|repo|prisma|collection|^db$|database|^tx$|entity", re.IGNORECASE)
_REMOTE = frozenset("api client sdk rest remote gateway".split())  # `api.Mission.create(body)` asks another service
_MOST_CALLS = 12  # of a chain
_WHOLE = 3  # the length of the key of a source; parts of it have longer ones
_FIX = "Name the fields that a client may set: by a Pydantic model, a form or a serializer, or by a fixed list in the program."
_FIX_NODE = "Name the fields that a client may set: `const { name, mail } = req.body`, or a schema that strips all others."


@check(RULE)
def fields_from_outside(update: ObjectUpdate) -> Iterator[Alert]:
    """`User(**request.get_json())`."""
    if update.name is not None:
        origin = reaching(update.name, "fields")
        if origin is not None:
            does = "names the attribute that {callee} sets: the client can set any, `is_admin` too"
            yield alert(update.site, update.name, origin, does=does, fix=advice(update.site, _FIX, _FIX_NODE))
        return
    if update.data is None or (update.site.api == "?.update" and not update.whole and not _of_attributes(update)):
        return
    if (update.whole and not _came_whole(update)) or _names_fields(update):
        return
    # A mapping that the program builds has keys of its own choice: only one that came in as a whole counts.
    origin = reaching_value(Value(open=True, origins=update.data.value.origins), "fields")
    if origin is not None and STRIPPED in origin.cleared:
        return  # which fields a client must not set has been thought of
    if origin is not None and not str(origin.key[0]).lower().endswith(".files"):
        takes = "is spread into {callee}" if update.into is None else "is copied into a stored object by {callee}"
        does = f"{takes}: the client can set any field, `is_admin` too"
        yield alert(update.site, update.data, origin, does=does, fix=advice(update.site, _FIX, _FIX_NODE))


def _names_fields(update: ObjectUpdate) -> bool:
    """`Account.create(req.body, { fields: ["name"] })`: the mapper takes no others."""
    options = update.site.arg("1")
    return options is not None and "fields" in (options.value.items or {})


def _came_whole(update: ObjectUpdate) -> bool:
    """Of a receiver that nothing is known about: whether the body of a request is handed over as it came in."""
    if update.site.api == "?.update":
        options = update.site.arg("1") or update.site.arg("0")  # `User.update(body, { where })`, `user.update({ where, data })`
        if (options is None or "where" not in (options.value.items or {})) and not _is_of_table(update):
            return False
    if not (_is_model(update) or _is_of_table(update) if update.into is None else stored_target(update.site, update.into)):
        return False
    value = None if update.data is None else update.data.value
    if value is None or value.shapes or "str" in value.types:
        return False
    return any("parsed" in one.cleared and len(one.key) == _WHOLE for one in value.origins)


def _is_of_table(update: ObjectUpdate) -> bool:
    """Whether the receiver is a query that begins with the name of a table: `db("users").where({ id }).update(changes)`."""
    node: ir.Expr | None = None if update.site.call is None else update.site.call.func
    for _ in range(_MOST_CALLS):
        if isinstance(node, ir.Attribute):
            node = node.value
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
            node = node.func
        else:
            break
    table = node.args[0].value if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and len(node.args) == 1 else None
    return isinstance(table, ir.Const) and isinstance(table.value, str)


def _is_model(update: ObjectUpdate) -> bool:
    """Whether the receiver is called like a class of stored objects: `User`, `db.user`, `userModel`, `prisma.user`."""
    func = None if update.site.call is None else update.site.call.func
    owner = func.value if isinstance(func, ir.Attribute) else None
    name = last_word(owner)
    if isinstance(owner, ir.Attribute) and last_word(owner.value) in _REMOTE:
        return False
    if name[:1].isupper() or _STORES.search(name):
        return True
    return isinstance(owner, ir.Attribute) and _STORES.search(last_word(owner.value)) is not None


def _of_attributes(update: ObjectUpdate) -> bool:
    """Whether the receiver of `update` is an object's dictionary of attributes."""
    func = None if update.site.call is None else update.site.call.func
    base = func.value if isinstance(func, ir.Attribute) else None
    if isinstance(base, ir.Call):
        return isinstance(base.func, ir.Name) and base.func.id == "vars"
    return isinstance(base, ir.Attribute) and base.attr == "__dict__"
