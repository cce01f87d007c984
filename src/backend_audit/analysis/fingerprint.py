"""What results depend on besides the files: the tool, its rules and models, the parser."""

from functools import cache
from importlib import metadata
from pathlib import Path

from backend_audit import __version__


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
    parser = metadata.version("libcst")
    return f"{__version__} libcst {parser} {count} files {newest}"
