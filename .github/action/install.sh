#!/bin/bash
# Installs what the lock file names, by its hashes, into an environment beside the workspace. The tool itself is this checkout.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home="$RUNNER_TEMP/backend-audit"
"$PYTHON" -m venv "$home/venv"
python="$home/venv/bin/python"
[ -x "$python" ] || python="$home/venv/Scripts/python.exe" # Windows
"$python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --no-deps \
    --require-hashes --requirement "$here/requirements.lock"

mkdir -p "$home/cache"
lock=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()[:12])' "$here/requirements.lock")
version=$(PYTHONPATH="$here/../../src" "$python" -c 'import backend_audit; print(backend_audit.__version__)')
{
    echo "python=$python"
    echo "cache=$home/cache"
    echo "key=backend-audit-$RUNNER_OS-$version-$lock"
} >>"$GITHUB_OUTPUT"
