"""Privileges that a request may set on what it stores: serializers of all fields, models that let any field through."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Does, Route, Taken

RULE = "extra-fields-persisted"

_FIX = {
    "all": "List the fields that a client may set, and put the others under `read_only_fields`.",
    "listed": "Put them under `read_only_fields`, and let another route, for those who may, change them.",
    "handed": "Hand over the fields one by one, and let the program set what its owner may do.",
    "extra": "Forbid unknown fields (`extra='forbid'`), or name the fields that are stored one by one.",
}


@check(RULE)
def extra_fields_persisted(route: Route) -> Iterator[Alert]:
    """`fields = "__all__"` of a model with `is_staff`; told once for each place, at the first route that anybody may use."""
    for taken in route.taken:
        others = [one for one in route.table.routes if taken in one.taken and not one.guarded(Does.AUTHORIZES)]
        if not others or others[0] is not route:
            continue
        names = ", ".join(f"`{one}`" for one in taken.fields[:4]) or "any column"
        yield Alert(
            path=taken.mark.path,
            at=taken.mark.at,
            end=taken.mark.end,
            message=f"{called(route)} lets its caller set {names} of `{taken.owner}`: {_says(taken)}.",
            fix=_FIX[taken.how],
            confidence=Confidence.MEDIUM,
            anchor=f"{taken.by} {taken.owner}",
        )


def _says(taken: Taken) -> str:
    if taken.how == "all":
        return f"`{taken.by}` takes every field of the model that it does not leave out"
    if taken.how == "listed":
        return f"`{taken.by}` lists them and does not say that they are only read"
    if taken.how == "handed":
        return f"`{taken.by}` reads it off what it is given, which is the whole body"
    return f"`{taken.by}` keeps fields that it does not know, and all of them are stored"
