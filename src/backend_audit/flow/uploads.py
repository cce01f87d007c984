"""Uploaded files as JavaScript's libraries hand them over: what the client says of them, and what the server knows."""

from backend_audit.flow.origins import Origin

_BY_SERVER = frozenset(("path", "filename", "destination", "tempFilePath", "filepath"))
_HOLDERS = tuple(f"{owner}.{name}" for owner in ("express.Request", "koa.Request", "koa.Context") for name in ("file", "files"))
_PATH = frozenset(("path",))
_NOTHING: frozenset[str] = frozenset()


def known_by_server(origin: Origin, step: str | int) -> frozenset[str]:
    """The contexts in which the field `step` of uploaded files is harmless: the server chose where they lie."""
    return _PATH if step in _BY_SERVER and origin.label == "untrusted" and origin.key[0] in _HOLDERS else _NOTHING
