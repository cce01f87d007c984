"""What results depend on besides the files: the tool, its rules and models, the parser."""

from functools import cache
from importlib import metadata
from pathlib import Path

from backend_audit import __version__

_PARSERS = ("libcst", "tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")


@cache
def tool_fingerprint(rules: Path) -> str:
    """Changes whenever this tool would judge the same file differently: versions, and (for a checkout) edited files."""
    package = Path(__file__).parent.parent
    newest = count = 0
    for folder, patterns in ((package, ("*.py",)), (rules, ("*.toml", "*.md", "*.yaml"))):
        for pattern in patterns:
            for path in folder.rglob(pattern):
                newest = max(newest, path.stat().st_mtime_ns)
                count += 1
    parsers = " ".join(f"{name} {metadata.version(name)}" for name in _PARSERS)
    return f"{__version__} {parsers} {count} files {newest}"
