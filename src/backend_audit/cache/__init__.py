"""A store of results by content, so that what did not change is not analysed again.

What it holds is never trusted further than its checksums, and what goes wrong with it never stops a scan.
"""

import hashlib
import os
from pathlib import Path

import platformdirs

from backend_audit.cache.store import Cache

__all__ = ["Cache", "default_directory", "key_of"]

_KEY_BYTES = 20


def default_directory() -> Path:
    """`BACKEND_AUDIT_CACHE_DIR`, else the user's cache folder of this system."""
    configured = os.environ.get("BACKEND_AUDIT_CACHE_DIR")
    return Path(configured) if configured else Path(platformdirs.user_cache_dir("backend-audit", appauthor=False))


def key_of(content: bytes, *circumstances: str) -> bytes:
    """The key of what is computed from `content` under `circumstances` (tool version, configuration, path, …)."""
    digest = hashlib.blake2b(digest_size=_KEY_BYTES)
    for part in (*(text.encode("utf-8", "surrogatepass") for text in circumstances), content):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
