"""Uploads that are stored under the client's name for them, whatever they are."""

from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._handing import is_first
from backend_audit.checks._routes import called
from backend_audit.finding import Confidence
from backend_audit.routes.model import Auth, Does, Route

RULE = "unrestricted-upload"


@check(RULE)
def unrestricted_upload(route: Route) -> Iterator[Alert]:
    """`file.save(os.path.join(FOLDER, secure_filename(file.filename)))` without a look at its ending."""
    if not is_first(route):
        return
    for upload in route.uploads:
        yield Alert(
            path=upload.mark.path,
            at=upload.mark.at,
            end=upload.mark.end,
            message=f"{called(route)} stores what is uploaded under the client's name for it (`{upload.how}`), and nothing asks "
            "what it is: a page, a script or a program lies there then, to be served or run.",
            fix="Accept only endings and types from a list, name the file yourself, bound its size, and keep it where nothing is "
            "served or run from.",
            confidence=Confidence.LOW if route.auth is Auth.REQUIRED and route.guarded(Does.AUTHORIZES) else Confidence.MEDIUM,
            anchor=f"{route.name} {upload.how}",
        )
