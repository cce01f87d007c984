"""Variables of the environment whose names a client chooses."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._untrusted import alert, reaching
from backend_audit.flow.object_concepts import EnvironmentWrite

RULE = "environment-from-request"

_FIX = "Choose the variable's name among those that the program knows, or keep the value in an object of your own."


@check(RULE)
def name_from_outside(write: EnvironmentWrite) -> Iterator[Alert]:
    """`process.env[req.body.name] = req.body.value`."""
    origin = reaching(write.key, "fields")
    if origin is not None:
        does = "names the variable that is set here: `PATH` or `LD_PRELOAD` decide what later runs"
        yield alert(write.site, write.key, origin, does=does, fix=_FIX)
