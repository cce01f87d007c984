"""What results depend on besides the files: the tool, its rules and models, the parser."""

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from backend_audit import __version__

_PARSERS = ("libcst", "tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")


@cache
def tool_fingerprint(rules: Path) -> str:
    """Changes whenever this tool would judge the same file differently: versions, and (for a checkout) edited files.

    By content, which costs no more than a look at times: a runner that checks the tool out anew finds its cache again.
    """
    package = Path(__file__).parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for folder, patterns in ((package, ("*.py",)), (rules, ("*.toml", "*.md", "*.yaml"))):
        for path in sorted(path for pattern in patterns for path in folder.rglob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    parsers = " ".join(f"{name} {metadata.version(name)}" for name in _PARSERS)
    return f"{__version__} {parsers} {digest.hexdigest()}"
