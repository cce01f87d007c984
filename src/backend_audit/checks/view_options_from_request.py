"""Objects of a request that become the data of a view as a whole, its engine's settings among them."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert
from backend_audit.flow.origins import Origin, ordered
from backend_audit.flow.values import Value
from backend_audit.flow.web_concepts import ViewOptions

RULE = "view-options-from-request"

_FIX = "Name what the view shows: `res.render('profile', { name: req.body.name })`."
_WHOLE = 3  # the length of the key of what comes in, and is no part of it


@check(RULE)
def whole_object(view: ViewOptions) -> Iterator[Alert]:
    """`res.render("profile", req.body)`, `res.render("profile", { ...req.query })`."""
    if view.options is None:
        return
    origin = _object_from_outside(view.options.value)
    if origin is not None:
        does = "is all that the view in {callee} gets: `layout`, `settings` and the like in it are read by the template engine"
        yield alert(view.site, view.options, origin, does=does, fix=_FIX)


def _object_from_outside(value: Value) -> Origin | None:
    """The source of an object whose names a client chooses."""
    if value.kind not in ("", "dict") or value.shapes or "str" in value.types:
        return None
    for one in ordered(value.origins):
        if (
            one.label == "untrusted"
            and not one.cleared & {"all", "fields"}
            and ("parsed" in one.cleared or len(one.key) == _WHOLE)
        ):
            return one
    return None
