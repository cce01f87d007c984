"""The files that `backend-audit init` writes, as texts."""

import json
import re

from backend_audit.integrations.matcher import BEGIN, CONCISE, END, GROUPS

ACTION = "backend-audit/backend-audit"
_HOME = f"https://github.com/{ACTION}"
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"


def vscode_tasks() -> str:
    """`.vscode/tasks.json`: one task that runs once, one that watches."""
    matcher = {
        "owner": "backend-audit",
        "source": "backend-audit",
        "applyTo": "allDocuments",
        "fileLocation": ["autoDetect", "${workspaceFolder}"],
        "pattern": {"regexp": CONCISE, **GROUPS},
    }
    background = {"activeOnStart": True, "beginsPattern": BEGIN, "endsPattern": END}
    once = {
        "label": "backend-audit",
        "type": "shell",
        "command": "backend-audit scan --format concise --color never",
        "group": "test",
        "presentation": {"reveal": "silent"},
        "problemMatcher": matcher,
    }
    watch = {
        "label": "backend-audit: watch",
        "type": "shell",
        "command": "backend-audit watch",
        "isBackground": True,
        "presentation": {"reveal": "never"},
        "problemMatcher": {**matcher, "background": background},
    }
    return json.dumps({"version": "2.0.0", "tasks": [once, watch]}, indent=2) + "\n"


def github_matcher() -> str:
    """A problem matcher for jobs that run `scan --format concise` themselves."""
    pattern = {"regexp": CONCISE, **GROUPS}
    matcher = {"owner": "backend-audit", "severity": "warning", "pattern": [pattern]}  # for a note, which GitHub does not know
    return json.dumps({"problemMatcher": [matcher]}, indent=2) + "\n"


def github_workflow(branch: str, pin: str, version: str, *, upload: bool, path: str = "") -> str:
    """The workflow; `pin` is the commit of the action (or a tag), `upload` whether SARIF goes to code scanning.

    `path` is the part of the repository that is judged ("": all of it).
    """
    comment = f" # v{version}" if pin != f"v{version}" else ""
    scanning = "\n      security-events: write # upload-sarif" if upload else ""
    given = {"path": json.dumps(path) if path else "", "upload-sarif": "true" if upload else ""}
    options = "".join(f"\n          {name}: {value}" for name, value in given.items() if value)
    options = f"\n        with:{options}" if options else ""
    return f"""\
# Reviews the backend. On pull requests and in merge queues only what is new fails the job.
# Made by `backend-audit init github`; {_HOME}#github-action says what can be set.
name: backend-audit

on:
  pull_request:
  merge_group:
  push:
    branches: [{json.dumps(branch)}]

permissions: {{}}

concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true

jobs:
  backend-audit:
    name: backend-audit
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read # checkout, and more history where it is needed{scanning}
    steps:
      - uses: {_CHECKOUT}
        with:
          fetch-depth: 2
          persist-credentials: false
      - uses: {ACTION}@{pin}{comment}{options}
"""


def pre_commit_config(version: str, *, whole: bool = True, path: str = "") -> str:
    """`.pre-commit-config.yaml`, or without `whole` what to add to its `repos`. `path`: what is judged ("": all)."""
    head = "repos:\n" if whole else ""
    part = f"\n        args: [{json.dumps(path)}]\n        files: {json.dumps(f'^{re.escape(path)}/')}" if path else ""
    return f"""{head}\
  - repo: {_HOME}
    rev: v{version}
    hooks:
      - id: backend-audit # what is staged, against HEAD; backend-audit-all judges everything{part}
"""


def pyproject_table(*, alone: bool) -> str:
    """The configuration to start from: as a table of pyproject.toml, or `alone` for backend-audit.toml."""
    head = "" if alone else "[tool.backend-audit]\n"
    return f"""{head}\
fail-on = "medium"            # lesser findings do not fail the run
# mode = "advanced"           # a more demanding review
# exclude = ["legacy/"]       # as in .gitignore
# baseline = "backend-audit-baseline.jsonl"   # made by `backend-audit baseline create`
# suppression-budget = 20     # findings that ignore comments may cover
"""
