"""What other programs need to know of this one: problem matchers, tasks, workflows, hooks. Pure: texts of files."""

from backend_audit.integrations.files import (
    ACTION,
    github_matcher,
    github_workflow,
    pre_commit_config,
    pyproject_table,
    vscode_tasks,
)
from backend_audit.integrations.matcher import BEGIN, CONCISE, END

__all__ = [
    "ACTION",
    "BEGIN",
    "CONCISE",
    "END",
    "github_matcher",
    "github_workflow",
    "pre_commit_config",
    "pyproject_table",
    "vscode_tasks",
]
