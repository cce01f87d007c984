"""`init`: the files with which editors, GitHub and hooks run the tool. No file is changed that is there already."""

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import click

from backend_audit import __version__

_FORCE = click.option("--force", is_flag=True, help="Replace a file that is there.")


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    text: str
    snippet: str = ""  # what to add to a file that is there already; empty: the whole text


@click.group("init", short_help="Write files for editors, GitHub, hooks and configuration.")
def init_command() -> None:
    """Write the files with which other programs run backend-audit, into the current directory."""


@init_command.command("vscode")
@_FORCE
def vscode_command(*, force: bool) -> int:
    """Tasks for VS Code: a scan, and one that watches; findings appear among the problems."""
    from backend_audit.integrations import vscode_tasks  # noqa: PLC0415 - not needed for --help

    return _write([_File(".vscode/tasks.json", vscode_tasks())], "Run them with “Tasks: Run Task”.", force=force)


@init_command.command("github")
@click.option("--upload-sarif", "upload", is_flag=True, help="Send the findings to code scanning.")
@click.option("--branch", default="", help="The branch to which work goes.  [default: the remote's main branch]")
@click.option("--pin", default="", metavar="COMMIT", help="The commit of the action.  [default: this version's]")
@_FORCE
def github_command(*, upload: bool, branch: str, pin: str, force: bool) -> int:
    """A workflow for GitHub, and a problem matcher for jobs that run the tool themselves."""
    from backend_audit.integrations import ACTION, github_matcher, github_workflow  # noqa: PLC0415 - not needed for --help

    pin = pin or _own_commit() or f"v{__version__}"
    branch = branch or _main_branch()
    top, inside = _repository()
    workflow = github_workflow(branch, pin, __version__, upload=upload, path=inside)
    files = [
        _File(f"{top}.github/workflows/backend-audit.yml", workflow),
        _File(f"{top}.github/backend-audit-matcher.json", github_matcher()),
    ]
    said = [
        "Commit both and open a pull request: only what it brings fails it.",
        "The matcher is for jobs of your own that run `backend-audit scan --format concise`",
        "(after `echo ::add-matcher::.github/backend-audit-matcher.json`); the workflow does not need it.",
    ]
    if pin.startswith("v"):
        said += [
            f"The action is named by its tag {pin}. Better name the commit, which cannot be moved (the last line of these):",
            f"  git ls-remote https://github.com/{ACTION} 'refs/tags/{pin}' 'refs/tags/{pin}^{{}}'",
            "  backend-audit init github --force --pin COMMIT",
        ]
    return _write(files, "\n".join(said), force=force)


@init_command.command("pre-commit")
@_FORCE
def pre_commit_command(*, force: bool) -> int:
    """A hook that judges what is staged, for pre-commit and prek."""
    from backend_audit.integrations import pre_commit_config  # noqa: PLC0415 - not needed for --help

    top, inside = _repository()
    snippet = pre_commit_config(__version__, whole=False, path=inside)
    text = pre_commit_config(__version__, path=inside)
    file = _File(f"{top}.pre-commit-config.yaml", text, f"Under `repos:`\n\n{snippet}")
    return _write([file], "Run `pre-commit install` once.", force=force)


@init_command.command("pyproject")
def pyproject_command() -> int:
    """A configuration to start from: a table in pyproject.toml, or backend-audit.toml where there is none."""
    from backend_audit.integrations import pyproject_table  # noqa: PLC0415 - not needed for --help

    shared = Path("pyproject.toml")
    if not shared.exists():
        return _write([_File("backend-audit.toml", pyproject_table(alone=True))], "`backend-audit config` shows what holds.")
    try:
        content = shared.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise click.ClickException("pyproject.toml: cannot be read") from None
    if "[tool.backend-audit" in content:
        click.echo("pyproject.toml has a table [tool.backend-audit] already.", err=True)
        return 2
    gap = "" if not content or content.endswith("\n\n") else "\n" if content.endswith("\n") else "\n\n"
    shared.write_text(content + gap + pyproject_table(alone=False), encoding="utf-8", newline="")
    click.echo("pyproject.toml: [tool.backend-audit] added\n`backend-audit config` shows what holds.")
    return 0


def _write(files: list[_File], said: str, *, force: bool = False) -> int:
    """Write what is not there; what is, is told with what to add."""
    from backend_audit.cli.output import write_file  # noqa: PLC0415 - not needed for --help

    kept = [file for file in files if Path(file.path).exists() and not force]
    for file in files:
        if file not in kept:
            Path(file.path).parent.mkdir(parents=True, exist_ok=True)
            write_file(Path(file.path), file.text)
            click.echo(f"{file.path}: written")
    for file in kept:
        if Path(file.path).read_bytes() == file.text.encode():
            click.echo(f"{file.path}: is so already")
            continue
        click.echo(
            f"{file.path} is there already (--force replaces it). It should hold:\n\n{file.snippet or file.text}", err=True
        )
    told = any(Path(file.path).read_bytes() != file.text.encode() for file in kept)
    if not told:
        click.echo(said)
    return 2 if told else 0


def _own_commit() -> str:
    """The commit from which this copy was installed, if that is known: from git, or from a clone that has published it."""
    try:
        text = metadata.distribution("backend-audit").read_text("direct_url.json")
        origin = json.loads(text or "{}")
        known = origin.get("vcs_info", {}).get("commit_id", "")
        clone = str(origin["url"]).removeprefix("file://") if "dir_info" in origin else ""
    except (metadata.PackageNotFoundError, ValueError, AttributeError, KeyError, TypeError):
        return ""
    if clone:  # with signs that an address escapes, or on Windows, it is no folder, and has no commit
        return published_commit(Path(clone)) if Path(clone).is_dir() else ""
    return known if isinstance(known, str) else ""


def published_commit(clone: Path) -> str:
    """The commit that a clone of the action's repository is at, where that is one of the remote's and nothing was changed."""
    from backend_audit.discover.git import run_git  # noqa: PLC0415 - not needed for --help
    from backend_audit.discover.history import commit_of  # noqa: PLC0415 - as above
    from backend_audit.integrations import ACTION  # noqa: PLC0415 - as above

    def says(*arguments: str) -> str:
        code, output, _ = run_git(clone, *arguments)
        return output.decode("utf-8", "replace").strip() if code == 0 else ""

    ours = says("config", "--get", "remote.origin.url").removesuffix(".git").endswith(ACTION)
    if not ours or not says("branch", "--remotes", "--contains", "HEAD") or says("status", "--porcelain"):
        return ""
    return commit_of(clone, "HEAD") or ""


def _repository() -> tuple[str, str]:
    """The way from here to the top of the repository, where others look for their files, and the way back: "../", "api"."""
    from backend_audit.discover.history import HistoryError, top_of  # noqa: PLC0415 - not needed for --help

    try:
        inside = top_of(Path.cwd())[1].rstrip("/")
    except HistoryError:
        return "", ""
    return "../" * len(Path(inside).parts), inside


def _main_branch() -> str:
    """The branch to which work goes, as git knows it."""
    from backend_audit.discover.git import run_git  # noqa: PLC0415 - not needed for --help

    for arguments in (("symbolic-ref", "--short", "refs/remotes/origin/HEAD"), ("symbolic-ref", "--short", "HEAD")):
        code, output, _ = run_git(Path.cwd(), *arguments)
        if code == 0:
            return output.decode("utf-8", "replace").strip().removeprefix("origin/")
    return "main"
