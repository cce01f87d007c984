"""Uploaded files as libraries hand them over: what the client says of them, and what the server knows."""

from backend_audit.flow.origins import Origin

_BY_SERVER = frozenset(("path", "filename", "destination", "tempFilePath", "filepath"))
_HOLDERS = tuple(f"{owner}.{name}" for owner in ("express.Request", "koa.Request", "koa.Context") for name in ("file", "files"))
# Django takes the folders out of a name: https://docs.djangoproject.com/en/stable/ref/files/uploads/#django.core.files.uploadedfile.UploadedFile.name
_DJANGO = ("django.http.HttpRequest.FILES", "rest_framework.request.Request.FILES")
_PATH = frozenset(("path",))
_NOTHING: frozenset[str] = frozenset()


def known_by_server(origin: Origin, step: str | int) -> frozenset[str]:
    """The contexts in which the field `step` of uploaded files is harmless: the server chose where they lie."""
    if origin.label != "untrusted":
        return _NOTHING
    bare = step == "name" and origin.key[0] in _DJANGO
    return _PATH if bare or (step in _BY_SERVER and origin.key[0] in _HOLDERS) else _NOTHING
