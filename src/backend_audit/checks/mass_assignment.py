"""Objects that take every field that a client names."""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching, reaching_value
from backend_audit.checks._wording import advice
from backend_audit.flow.object_concepts import ObjectUpdate
from backend_audit.flow.values import Value

RULE = "mass-assignment"
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
    if update.whole and not _came_whole(update):
        return
    # A mapping that the program builds has keys of its own choice: only one that came in as a whole counts.
    origin = reaching_value(Value(open=True, origins=update.data.value.origins), "fields")
    if origin is not None and not str(origin.key[0]).lower().endswith(".files"):
        does = "is spread into {callee}: the client can set any field, `is_admin` too"
        yield alert(update.site, update.data, origin, does=does, fix=advice(update.site, _FIX, _FIX_NODE))


def _came_whole(update: ObjectUpdate) -> bool:
    """Of a receiver that nothing is known about: whether the body of a request is handed over as it came in."""
    if update.site.api == "?.update":
        options = update.site.arg("1")
        if options is None or "where" not in (options.value.items or {}):
            return False
    value = None if update.data is None else update.data.value
    if value is None or value.shapes or "str" in value.types:
        return False
    return any("parsed" in one.cleared and len(one.key) == _WHOLE for one in value.origins)


def _of_attributes(update: ObjectUpdate) -> bool:
    """Whether the receiver of `update` is an object's dictionary of attributes."""
    func = None if update.site.call is None else update.site.call.func
    base = func.value if isinstance(func, ir.Attribute) else None
    if isinstance(base, ir.Call):
        return isinstance(base.func, ir.Name) and base.func.id == "vars"
    return isinstance(base, ir.Attribute) and base.attr == "__dict__"
