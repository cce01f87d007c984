"""`python -m backend_audit`: as the command, whatever lies in the current directory."""

import sys
from pathlib import Path


def leave_current_directory() -> None:
    """Import nothing from where the tool was started: `-m` puts that first, and it is the scanned project's (an `email.py`)."""
    if not sys.flags.safe_path and sys.path and Path(sys.path[0] or ".").resolve() == Path.cwd():
        del sys.path[0]


if __name__ == "__main__":
    leave_current_directory()
    from backend_audit.cli import main

    main()
