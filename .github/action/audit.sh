#!/bin/bash
# Judges the workspace with the tool of this checkout. `-P`: nothing of the workspace can be imported.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cd "${GITHUB_WORKSPACE:-.}"
PYTHONPATH="$here/../../src" PYTHONUTF8=1 exec "$PYTHON" -P -m backend_audit action
