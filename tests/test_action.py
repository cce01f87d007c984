"""The GitHub Action: its step run against real git repositories, with the files that the runner would give."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from backend_audit import cli
from backend_audit.workflow import Event, Inputs, InputsError, credentials, output_lines
from git_projects import PULL_APP, PULL_STORE, STORE, Project, shop
from test_formats import commands
from test_integrations import zizmor

ROOT = Path(__file__).parent.parent
SQL, SWALLOWED, ROUTE = "sql-built-from-strings", "swallowed-exception", "route-without-auth"
ZEROS = "0" * 40


class Ran(NamedTuple):
    code: int
    outputs: dict[str, str]
    summary: str
    log: str
    sarif: dict[str, Any]

    @property
    def new(self) -> list[str]:
        """The rules of the new results in SARIF."""
        return [one["ruleId"] for one in self.sarif["results"] if one.get("baselineState") == "new"]

    @property
    def annotated(self) -> list[tuple[str, str]]:
        return [(one["file"], one["line"]) for _, one, _ in commands(self.log.partition("::endgroup::")[2])]


Act = Callable[..., Ran]


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Act:
    """Runs the step in a folder for an event."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "INPUT_", "GIT_", "RUNNER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    files = {name: tmp_path / f"{name}.txt" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    temporary = tmp_path / "runner"
    temporary.mkdir()

    def run(folder: Path, event: str, payload: dict[str, Any], **inputs: str) -> Ran:
        for name, file in files.items():
            file.write_text("", encoding="utf-8")
            monkeypatch.setenv(name, str(file))
        place = tmp_path / "event.json"
        place.write_text(json.dumps({"repository": {"default_branch": "main", "full_name": "o/r"}, **payload}), encoding="utf-8")
        monkeypatch.setenv("GITHUB_EVENT_NAME", event)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(place))
        monkeypatch.setenv("RUNNER_TEMP", str(temporary))
        monkeypatch.setenv("BACKEND_AUDIT_SEMGREP", "false")
        monkeypatch.setenv("BACKEND_AUDIT_TODAY", "2026-11-26")
        for name in [name for name in os.environ if name.startswith("INPUT_")]:
            monkeypatch.delenv(name)
        for name, value in inputs.items():
            monkeypatch.setenv(f"INPUT_{name.upper()}", value)
        monkeypatch.chdir(folder)
        capsys.readouterr()
        code = cli.run(["action"])
        captured = capsys.readouterr()
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())
        sarif = json.loads(Path(outputs["sarif-file"]).read_text("utf-8"))["runs"][0] if outputs else {}
        return Ran(code, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"), captured.out + captured.err, sarif)

    return run


class Hub:
    """A repository as GitHub has it, with a pull request from `feature` into `main`."""

    def __init__(self, folder: Path) -> None:
        self.project = shop(folder / "hub")
        self.git = self.project.git
        self.folder = folder
        self.clones = 0
        for number in range(3):  # history that a shallow clone lacks
            self.project.put("README.md", f"{number}\n")
            self.project.commit()
        self.began = self.git("rev-parse", "main")
        self.project.pull_request()
        self.head = self.project.commit("feature")

    def main_moves(self, times: int = 1) -> str:
        """Somebody else's work on main, with a finding of its own."""
        self.git("switch", "--quiet", "main")
        for number in range(times):
            self.project.put(f"other{number}.py", STORE)
            self.project.commit()
        return self.git("rev-parse", "main")

    def merge(self) -> str:
        """refs/pull/1/merge, as GitHub makes it."""
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", "merge", self.head)
        commit = self.git("rev-parse", "HEAD")
        self.git("update-ref", "refs/pull/1/merge", commit)
        self.git("switch", "--quiet", "main")
        return commit

    def checkout(self, commit: str, depth: int = 1) -> Path:
        """What actions/checkout does."""
        self.clones += 1
        clone = Project(self.folder / f"clone{self.clones}")
        clone.git("remote", "add", "origin", self.project.folder.as_uri())
        shallow = [f"--depth={depth}"] if depth else []
        clone.git("fetch", "--quiet", "--no-tags", *shallow, "origin", commit)
        clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        return clone.folder

    def event(self, target: str = "", repository: str = "o/r") -> dict[str, Any]:
        head = {"sha": self.head, "repo": {"full_name": repository}}
        return {"pull_request": {"number": 1, "base": {"sha": target or self.began}, "head": head}}


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


# --- pull requests ---------------------------------------------------------------------------------------------------


def holds_the_two(ran: Ran) -> None:
    assert ran.code == 0, ran.log
    assert ran.outputs["exit-code"] == "1"
    assert (ran.outputs["new"], ran.outputs["fixed"], ran.outputs["verdict"]) == ("2", "0", "findings")
    assert ran.outputs["highest-severity"] == "high"
    assert ran.new == [ROUTE, SQL]
    assert ran.annotated == [("app.py", "25"), ("store.py", "24")]
    assert "# backend-audit failed: 2 new findings" in ran.summary
    assert ran.summary.count("\n### ") == 2
    assert "on lines that did not change" not in ran.summary
    assert "**new** `PUT /items/{item}`" in ran.summary
    assert "> compared with" not in ran.summary.lower(), "the report says so itself"


def test_a_pull_request_as_it_is_checked_out(hub: Hub, act: Act) -> None:
    """The merge commit at depth 1; main moved on since the event, and that is not the pull request's doing."""
    hub.main_moves()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event())
    holds_the_two(ran)
    assert ran.outputs["total"] == "6"
    assert "is not here: fetching it from origin" in ran.log
    assert "into which pull request #1 goes" in ran.log
    assert "into which pull request" in ran.summary


def test_its_head_with_short_history(hub: Hub, act: Act) -> None:
    target = hub.main_moves(60)
    ran = act(hub.checkout(hub.head), "pull_request", hub.event(target))
    holds_the_two(ran)
    assert ran.outputs["total"] == "4"
    assert ran.log.index("fetching 50 commits more") < ran.log.index("fetching 250 commits more")
    assert "unshallow" not in ran.log
    assert hub.began[:10] in ran.summary


def test_its_head_with_all_of_history(hub: Hub, act: Act) -> None:
    target = hub.main_moves()
    ran = act(hub.checkout(hub.head, depth=0), "pull_request", hub.event(target))
    holds_the_two(ran)
    assert "commits more" not in ran.log


def test_reverting_it(hub: Hub, act: Act) -> None:
    hub.git("switch", "--quiet", "main")
    hub.git("merge", "--quiet", "--ff-only", "feature")
    merged = hub.git("rev-parse", "HEAD")
    hub.git("switch", "--quiet", "-c", "revert")
    hub.git("revert", "--no-edit", "HEAD")
    hub.head = hub.git("rev-parse", "HEAD")
    ran = act(hub.checkout(hub.head, depth=5), "pull_request", hub.event(merged))
    assert (ran.outputs["exit-code"], ran.outputs["new"], ran.outputs["fixed"]) == ("0", "0", "2")
    assert "**fixed 2**" in ran.summary
    assert "* `sql-built-from-strings` `store.py:24` in `rename`" in ran.summary
    assert "* gone `PUT /items/{item}` `app.py:25`\n" in ran.summary
    assert ran.annotated == []


def test_a_merge_queue(hub: Hub, act: Act) -> None:
    base = hub.main_moves()
    ran = act(hub.checkout(hub.merge()), "merge_group", {"merge_group": {"base_sha": base, "head_sha": hub.head}})
    holds_the_two(ran)


# --- the base is missing, or there is none ---------------------------------------------------------------------------


def holds_everything(ran: Ran, why: str) -> None:
    assert ran.code == 0, ran.log
    assert (ran.outputs["new"], ran.outputs["total"], ran.outputs["exit-code"]) == ("4", "4", "1")
    assert all("baselineState" not in one for one in ran.sarif["results"])
    assert why in ran.log
    assert why in ran.summary


def test_unrelated_histories(hub: Hub, act: Act) -> None:
    hub.git("switch", "--quiet", "--orphan", "other")
    other = hub.project.commit()
    holds_everything(act(hub.checkout(hub.head), "pull_request", hub.event(other)), "everything is judged")


def test_the_remote_is_gone(hub: Hub, act: Act) -> None:
    target = hub.main_moves()
    folder = hub.checkout(hub.head)
    hub.project.folder.rename(hub.folder / "moved")
    ran = act(folder, "pull_request", hub.event(target))
    holds_everything(ran, "the base is not to be had")
    assert "git fetch failed" in ran.log
    assert "Compared with" not in ran.summary


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", ""])
def test_events_without_a_base(hub: Hub, act: Act, event: str) -> None:
    holds_everything(act(hub.checkout(hub.head), event, {}), "has no base")


def test_diff_off(hub: Hub, act: Act) -> None:
    ran = act(hub.checkout(hub.head), "pull_request", hub.event(), diff="off")
    assert (ran.outputs["new"], ran.outputs["total"]) == ("4", "4")


def test_diff_with_a_branch(hub: Hub, act: Act) -> None:
    hub.main_moves()
    ran = act(hub.checkout(hub.head), "schedule", {}, diff="main")
    holds_the_two(ran)
    assert "the merge base with main" in ran.log


def test_no_checkout(act: Act, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    ran = act(folder, "pull_request", {})
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("nothing-to-scan", "3")
    assert "actions/checkout" in ran.log


# --- pushes ----------------------------------------------------------------------------------------------------------


def test_a_push(hub: Hub, act: Act) -> None:
    payload = {"before": hub.began, "ref": "refs/heads/main"}
    ran = act(hub.checkout(hub.head), "push", payload)
    holds_the_two(ran)


def test_a_new_branch(hub: Hub, act: Act) -> None:
    ran = act(hub.checkout(hub.head), "push", {"before": ZEROS, "ref": "refs/heads/feature"})
    holds_the_two(ran)
    assert "the merge base with main" in ran.log


def test_a_push_whose_past_is_gone(hub: Hub, act: Act) -> None:
    ran = act(hub.checkout(hub.head), "push", {"before": "1" * 40, "ref": "refs/heads/main"})
    holds_everything(ran, "is gone")


# --- the gate's own rules come from the base -------------------------------------------------------------------------


def loosen_configuration(project: Project) -> None:
    project.put("pyproject.toml", '[tool.backend-audit]\nfail-on = "never"\nselect = ["never-4"]\n')


def loosen_by_exclusion(project: Project) -> None:
    project.put(".backend-auditignore", "*.py\n")


def loosen_by_baseline(project: Project) -> None:
    project.put("backend-audit.toml", 'baseline = "known.jsonl"\n')
    project.put("known.jsonl", '{"baseline": "backend-audit", "version": 1}\n')


def loosen_what_is_public(project: Project) -> None:
    project.put("backend-audit.toml", '[guards]\npublic = ["/**"]\n')


@pytest.mark.parametrize("loosen", [loosen_configuration, loosen_by_exclusion, loosen_by_baseline, loosen_what_is_public])
def test_a_change_cannot_loosen_its_own_gate(hub: Hub, act: Act, loosen: Callable[[Project], None]) -> None:
    loosen(hub.project)
    hub.head = hub.project.commit()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event())
    holds_the_two(ran)
    if loosen in {loosen_configuration, loosen_what_is_public}:
        assert "until it is merged, the base's holds" in ran.summary
    hub.git("update-ref", "refs/heads/main", hub.head)  # merged: now it holds
    later = act(hub.checkout(hub.head), "pull_request", hub.event(hub.head), diff="auto")
    assert later.outputs["new"] == "0"


def test_the_bases_configuration_holds(hub: Hub, act: Act) -> None:
    hub.git("switch", "--quiet", "main")
    hub.project.put("backend-audit.toml", 'exclude = ["/store.py"]\nfail-on = "critical"\n')
    hub.project.commit()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event())
    assert (ran.new, ran.outputs["exit-code"], ran.outputs["verdict"]) == ([ROUTE], "0", "clean")
    strict = act(hub.checkout(hub.merge()), "pull_request", hub.event(), fail_on="low")
    assert strict.outputs["exit-code"] == "1"


def test_the_bases_baseline_holds(hub: Hub, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a base to compare with, it is the baseline that knows the old findings; with one, nothing changes."""
    hub.git("switch", "--quiet", "main")
    monkeypatch.chdir(hub.project.folder)
    assert cli.run(["baseline", "create", "--no-semgrep", "--quiet"]) == 0
    hub.project.put("backend-audit.toml", 'baseline = "backend-audit-baseline.jsonl"\n')
    hub.project.commit()
    merge = hub.merge()
    holds_the_two(act(hub.checkout(merge), "pull_request", hub.event()))
    ran = act(hub.checkout(merge), "schedule", {})
    assert (ran.outputs["new"], ran.outputs["total"]) == ("2", "4")


def test_suppressions_have_a_budget(hub: Hub, act: Act) -> None:
    hub.git("switch", "--quiet", "main")
    hub.project.put("backend-audit.toml", "suppression-budget = 1\n")
    hub.project.commit()
    hub.git("switch", "--quiet", "feature")
    route = PULL_APP.replace("def change(", "# backend-audit: ignore[route-without-auth] trust me\ndef change(")
    query = PULL_STORE.replace(' WHERE id = {item}")', ' WHERE id = {item}")  # backend-audit: ignore[sql-built-from-strings] ok')
    hub.project.put("app.py", route)
    hub.project.put("store.py", query)
    hub.project.put("backend-audit.toml", "suppression-budget = 100\n")
    hub.head = hub.project.commit()
    hub.git("switch", "--quiet", "main")
    hub.git("merge", "--quiet", "-X", "theirs", "--no-ff", "-m", "x", hub.head)
    merge = hub.git("rev-parse", "HEAD")
    ran = act(hub.checkout(merge), "pull_request", hub.event())
    assert (ran.outputs["new"], ran.outputs["exit-code"], ran.outputs["verdict"]) == ("0", "1", "findings")
    assert "2 findings are suppressed, and 1 may be" in ran.summary


def test_a_wrong_configuration_of_the_base(hub: Hub, act: Act) -> None:
    hub.git("switch", "--quiet", "main")
    hub.project.put("backend-audit.toml", "fail-on = 3\n")
    hub.project.commit()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event())
    holds_the_two(ran)
    assert "the base's configuration is wrong" in ran.summary


# --- what is told ----------------------------------------------------------------------------------------------------


def test_code_scanning_decides(hub: Hub, act: Act) -> None:
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event(), upload_sarif="true")
    assert (ran.outputs["exit-code"], ran.outputs["new"], ran.annotated) == ("0", "2", [])
    assert "go to code scanning, which decides" in ran.summary
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event(), upload_sarif="true", fail_on="high")
    assert ran.outputs["exit-code"] == "1"


def test_what_could_not_be_analysed_fails_whatever_decides(hub: Hub, act: Act) -> None:
    hub.project.put("broken.py", "x = (\n")
    hub.head = hub.project.commit()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event(), upload_sarif="true")
    assert ran.outputs["exit-code"] == "3"
    assert "## Could not be analysed" in ran.summary


def test_summary_and_links(hub: Hub, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_SHA", hub.head)
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event(), category="api/v1", comment="true")
    assert f"](https://github.com/o/r/blob/{hub.head}/store.py#L24)" in ran.summary
    assert ran.sarif["automationDetails"]["id"] == "backend-audit/api/v1/"
    assert Path(ran.outputs["sarif-file"]).name == "backend-audit-api-v1.sarif"
    body = Path(ran.outputs["comment-file"]).read_text("utf-8")
    assert body.startswith(ran.outputs["comment-marker"] + "\n# backend-audit failed")
    assert ran.outputs["comment-new"] == "true"
    assert act(hub.checkout(hub.merge()), "pull_request", hub.event(), summary="false").summary == ""


def test_a_part_of_the_repository(hub: Hub, act: Act) -> None:
    hub.project.put("api/store.py", PULL_STORE)
    hub.head = hub.project.commit()
    ran = act(hub.checkout(hub.merge()), "pull_request", hub.event(), path="api")
    assert {file for file, _ in ran.annotated} == {"api/store.py"}


def test_wrong_inputs(hub: Hub, act: Act) -> None:
    for inputs in ({"mode": "elit"}, {"upload_sarif": "maybe"}, {"path": "nowhere"}):
        ran = act(hub.checkout(hub.head), "pull_request", hub.event(), **inputs)
        assert (ran.code, ran.outputs) == (2, {})
        assert "Error" in ran.log
    with pytest.raises(InputsError, match="fail-on"):
        Inputs.read({"INPUT_FAIL_ON": "sometimes"})


def test_nothing_of_the_event_is_trusted() -> None:
    sha = "--upload-pack=evil"
    event = Event.read("pull_request", json.dumps({"pull_request": {"base": {"sha": sha}, "head": {"sha": 3}, "number": "x"}}))
    assert (event.target, event.head, event.number) == ("", "", 0)
    assert Event.read("push", json.dumps({"before": ZEROS})).before == ""
    with pytest.raises(ValueError, match="several lines"):
        output_lines({"a": "b\nc=d"})


# --- the token -------------------------------------------------------------------------------------------------------

GH = """#!{python}
import json, os, sys
store = {store!r}
comments = json.load(open(store)) if os.path.exists(store) else []
arguments = sys.argv[1:]
method = arguments[arguments.index("--method") + 1] if "--method" in arguments else "GET"
if os.environ["GH_TOKEN"] == "read-only" and method != "GET":
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
body = next((open(one[6:], encoding="utf-8").read() for one in arguments if one.startswith("body=@")), None)
if method == "POST":
    comments.append({{"id": len(comments) + 1, "body": body, "writes": 1}})
elif method == "PATCH":
    one = comments[int(arguments[3].rpartition("/")[2]) - 1]
    one.update(body=body, writes=one["writes"] + 1)
elif "--paginate" in arguments:
    print("\\n".join(str(one["id"]) for one in comments if one["body"].startswith(os.environ["MARKER"])))
else:
    print(comments[int(arguments[1].rpartition("/")[2]) - 1]["body"], end="")
json.dump(comments, open(store, "w"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_one_comment(hub: Hub, act: Act, tmp_path: Path) -> None:
    store, program = tmp_path / "comments.json", tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(GH.format(python=sys.executable, store=str(store)), encoding="utf-8")
    program.chmod(0o755)

    def comment(ran: Ran, token: str) -> str:
        environment = {
            **os.environ,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "o/r",
            "GH_TOKEN": token,
            "NUMBER": ran.outputs["comment-number"],
            "MARKER": ran.outputs["comment-marker"],
            "BODY": ran.outputs["comment-file"],
            "NEW": ran.outputs["comment-new"],
        }
        command = ["bash", str(ROOT / ".github" / "action" / "comment.sh")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    merge = hub.merge()
    clean = act(hub.checkout(merge), "pull_request", hub.event(), comment="true", min_confidence="high", path="guards.py")
    assert "nothing new" in comment(clean, "all")
    fork = act(hub.checkout(merge), "pull_request", hub.event(repository="someone/fork"), comment="true")
    holds_the_two(fork)
    assert "comment-number" not in fork.outputs, "the step is skipped"
    assert "can only read" in fork.log
    bad = act(hub.checkout(merge), "pull_request", hub.event(), comment="true")
    assert "may not write" in comment(bad, "read-only")
    assert json.loads(store.read_text("utf-8")) == []
    assert "written" in comment(bad, "all")
    assert "says so already" in comment(bad, "all")
    assert json.loads(store.read_text("utf-8"))[0]["writes"] == 1
    clean = act(hub.checkout(merge), "pull_request", hub.event(), comment="true", path="guards.py")
    assert "up to date" in comment(clean, "all")
    (one,) = json.loads(store.read_text("utf-8"))
    assert "backend-audit passed" in one["body"]


def test_the_token_is_for_git_alone(hub: Hub, act: Act) -> None:
    folder = hub.checkout(hub.head)
    extra = credentials(folder, "https://github.com", "s3cr3t-token")
    assert extra["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraheader"
    assert "s3cr3t-token" not in extra["GIT_CONFIG_VALUE_0"]
    subprocess.run(["git", "config", extra["GIT_CONFIG_KEY_0"], "AUTHORIZATION: basic x"], cwd=folder, check=True)
    assert credentials(folder, "https://github.com", "s3cr3t-token") == {}, "two headers are refused"
    ran = act(folder, "pull_request", hub.event(), token="s3cr3t-token")
    assert "s3cr3t-token" not in ran.log + ran.summary + json.dumps(ran.sarif)


# --- action.yml ------------------------------------------------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]


def test_action_asks_and_answers() -> None:
    assert ACTION["runs"]["using"] == "composite"
    wanted = {
        "path",
        "config",
        "mode",
        "fail-on",
        "min-confidence",
        "diff",
        "upload-sarif",
        "category",
        "comment",
        "summary",
        "token",
    }
    assert ACTION["inputs"].keys() == wanted
    assert all(isinstance(one["default"], str) for one in ACTION["inputs"].values())
    assert ACTION["outputs"].keys() == {"sarif-file", "verdict", "total", "new", "fixed", "highest-severity"}
    (audit,) = (step for step in STEPS if step.get("id") == "audit")
    given = {name.removeprefix("INPUT_").lower().replace("_", "-") for name in audit["env"] if name.startswith("INPUT_")}
    assert given == wanted


def test_action_is_pinned_and_injects_nothing() -> None:
    for step in STEPS:
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
        else:
            assert "${{" not in step["run"]
            assert step["shell"] == "bash"
    done = zizmor(ROOT / "action.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_action_installs_what_the_tests_were_run_with() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text("utf-8")
        return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE))

    ours, tested = pins(".github/action/requirements.lock"), pins("requirements.lock")
    assert ours.items() <= tested.items(), "make .github/action/requirements.lock anew, as its head says"
    assert {"click", "libcst", "semgrep", "jinja2"} <= ours.keys()
    assert "pytest" not in ours


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_the_script_of_the_step(hub: Hub, tmp_path: Path) -> None:
    """As the runner starts it; a module of the workspace that is called like one of ours is not imported."""
    folder = hub.checkout(hub.merge())
    (folder / "backend_audit").mkdir()
    (folder / "backend_audit" / "__init__.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    (folder / "json.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({**hub.event(), "repository": {"default_branch": "main"}}), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "INPUT_", "PYTHONPATH"))}
    environment |= {
        "PYTHON": sys.executable,
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "RUNNER_TEMP": str(tmp_path),
        "BACKEND_AUDIT_SEMGREP": "false",
    }
    command = ["bash", str(ROOT / ".github" / "action" / "audit.sh")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "new=2\n" in (tmp_path / "out").read_text("utf-8")
    assert len(commands(done.stdout.partition("::endgroup::")[2])) == 2
