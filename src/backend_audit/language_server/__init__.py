"""The language server: an editor's buffers in, diagnostics, hovers and code actions out. The only room that knows pygls."""

from backend_audit.language_server.server import serve

__all__ = ["serve"]
