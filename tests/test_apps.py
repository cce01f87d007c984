"""The whole tool on whole folders: the sample application and its twin, damaged files, killed scans, any number of workers."""

import ast
import contextlib
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from backend_audit import cli
from backend_audit.catalog import load

ROOT = Path(__file__).parent.parent
SHOP = "fixtures/apps/bookshop"
MENDED = "fixtures/apps/bookshop_fixed"


class Scan(NamedTuple):
    exit_code: int
    stdout: str


def scan(*arguments: str, folder: Path = ROOT) -> Scan:
    """`backend-audit scan` in this process, in `folder`, with no configuration file."""
    before, out = Path.cwd(), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out):
            code = cli.run(["scan", "--isolated", "--no-semgrep", "--quiet", *arguments])
    finally:
        os.chdir(before)
    return Scan(code, out.getvalue())


class Plain(SingleFileSnapshotExtension):
    """Golden output as it is, in a file that people read."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class Sarif(Plain):
    file_extension = "sarif"


# --- the sample application ------------------------------------------------------------------------------------------


def test_bookshop_in_lines(snapshot: SnapshotAssertion) -> None:
    found = scan(SHOP, "--format", "concise", "--no-cache")
    assert found.exit_code == 1
    assert found.stdout == snapshot(extension_class=Plain)


def test_bookshop_as_sarif(snapshot: SnapshotAssertion) -> None:
    """Without the rules' texts, which are the pages' and change with them, and without the checkout's place."""
    found = scan(SHOP, "--format", "sarif", "--no-cache")
    log = json.loads(found.stdout)
    (run,) = log["runs"]
    run["tool"]["driver"]["rules"] = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    run["tool"]["driver"].pop("version", None)
    run["tool"]["driver"].pop("semanticVersion", None)
    assert run["originalUriBaseIds"].pop("%SRCROOT%")["uri"] == f"{ROOT.as_uri()}/"
    assert json.dumps(log, indent=1, ensure_ascii=False) == snapshot(extension_class=Sarif)


def test_bookshop_shows_every_clause_of_this_version() -> None:
    found = scan(SHOP, "--format", "concise", "--no-cache").stdout
    rules = set(re.findall(r"\[([a-z-]+)\]$", found, re.MULTILINE))
    clauses = {load().card(rule).clause for rule in rules}
    assert {"never-3", "never-4", "never-5", "never-7", "never-8", "must-11"} <= clauses
    assert len(rules) >= 20, sorted(rules)


def test_mended_bookshop_is_clean() -> None:
    found = scan(MENDED, "--format", "concise", "--no-cache")
    assert found.stdout == ""
    assert found.exit_code == 0


@pytest.mark.parametrize("app", [SHOP, MENDED])
def test_samples_are_python(app: str) -> None:
    for file in sorted((ROOT / app).rglob("*.py")):
        ast.parse(file.read_text(encoding="utf-8"), str(file))


def test_readme_shows_what_the_tool_says() -> None:
    """The excerpt in the README is real output."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    excerpt = text.partition("```text\n")[2].partition("```")[0].strip()
    assert excerpt
    output = scan(SHOP, "--format", "text", "--no-cache", "--color", "never").stdout
    missing = [line for line in excerpt.splitlines() if line.rstrip() not in output]
    assert not missing, "\n".join(["the tool no longer says:", *missing])


def test_secrets_never_leave() -> None:
    """No output in any format holds one of the sample's made-up secrets."""
    secrets = ["vu7Kq2mPzXw9", "f3a91c07be5d42e8b6d0947c1e8a5532", "k8Rt2-wQ9z_Lm4vX7pB1", "9c41d7f03b2c94e4a6fb8e5d1207"]
    for form in ("text", "concise", "json", "sarif"):
        output = scan(SHOP, "--format", form, "--no-cache", "--min-confidence", "low").stdout
        for secret in secrets:
            assert secret not in output, f"{form} shows a secret"
            assert secret[:6] not in output, f"{form} shows the beginning of a secret"


# --- same input, same bytes ------------------------------------------------------------------------------------------


def many(folder: Path) -> Path:
    """Both applications and some damaged files: enough for worker processes to be used."""
    for app in (SHOP, MENDED):
        shutil.copytree(ROOT / app, folder / Path(app).name, ignore=shutil.ignore_patterns("__pycache__"))
    broken.make(folder / "broken", lambda name: not name.startswith(("long_", "deep_", "many_", "too_")))
    return folder


def test_workers_change_nothing(tmp_path: Path) -> None:
    folder = many(tmp_path / "project")
    outputs = {
        number: scan(".", "--no-cache", "--format", "json", "--workers", str(number), folder=folder).stdout for number in (1, 3)
    }
    assert outputs[1] == outputs[3]


def test_hashes_change_nothing() -> None:
    command = [sys.executable, "-m", "backend_audit", "scan", "tests/data/followed", "tests/data/criteria", "fixtures/apps"]
    options = ["--isolated", "--tests", "--no-semgrep", "--no-cache", "--quiet", "--exit-zero", "--format", "json"]
    everything = ["--mode", "elite", "--min-confidence", "low"]
    runs = [
        subprocess.Popen(
            [*command, *options, *everything], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE
        )
        for seed in ("1", "2")
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert json.loads(first)["findings"]
    assert first == second


def test_modules_of_the_scanned_project_are_not_imported(tmp_path: Path) -> None:
    for name in ("email", "click", "msgspec", "libcst", "logging", "socket", "selectors"):
        (tmp_path / f"{name}.py").write_text('open("imported", "w").close()\n', encoding="utf-8")
    command = [sys.executable, "-m", "backend_audit", "scan", ".", "--isolated", "--no-semgrep", "--no-cache", "--exit-zero"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "imported").exists()


def test_order_of_paths_changes_nothing(tmp_path: Path) -> None:
    folder = many(tmp_path / "project")
    names = sorted(path.name for path in folder.iterdir())
    outputs = [scan(*paths, "--no-cache", "--format", "json", folder=folder).stdout for paths in (names, names[::-1])]
    assert outputs[0] == outputs[1]


def test_warm_is_as_cold(tmp_path: Path) -> None:
    folder = many(tmp_path / "project")
    cold, warm, without = (scan(".", "--format", "json", *more, folder=folder).stdout for more in ((), (), ("--no-cache",)))
    assert cold == warm
    assert cold == without


def test_a_mended_line_is_seen_with_a_warm_cache(tmp_path: Path) -> None:
    """What another file says about this one must not come from the cache when that file has changed."""
    shutil.copytree(ROOT / SHOP, tmp_path / "shop")
    first = scan(".", "--format", "concise", folder=tmp_path / "shop").stdout
    assert "shop/repositories/orders.py:18" in first
    orders = tmp_path / "shop/shop/repositories/orders.py"
    orders.write_text(orders.read_text(encoding="utf-8").replace("{name} = '{value}'", "id > 0"), encoding="utf-8")
    second = scan(".", "--format", "concise", folder=tmp_path / "shop").stdout
    assert "shop/repositories/orders.py:18" not in second
    assert second == scan(".", "--format", "concise", "--no-cache", folder=tmp_path / "shop").stdout


# --- damaged files ---------------------------------------------------------------------------------------------------

_spec = importlib.util.spec_from_file_location("broken", ROOT / "fixtures/broken/make.py")
assert _spec is not None
assert _spec.loader is not None
broken = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(broken)


def test_damaged_files_cost_only_themselves(tmp_path: Path) -> None:
    broken.make(tmp_path)
    found = scan(".", "--no-cache", "--format", "json", folder=tmp_path)
    report = json.loads(found.stdout)
    finding_in = {one["place"]["path"] for one in report["findings"] if one["rule"] == "sql-built-from-strings"}
    problem_in = {one["path"] for one in report["problems"]}
    told = []
    for name, (_, readable, finding) in broken.FILES.items():
        if finding is not (name in finding_in):
            told.append(f"{name}: {'no finding' if finding else 'a finding'}")
        if readable is (name in problem_in):
            told.append(f"{name}: {'a problem' if readable else 'no problem'}")
    assert not told, "\n".join(told)
    assert found.exit_code == 1


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif"])
def test_a_scan_that_missed_a_file_is_not_clean(tmp_path: Path, form: str) -> None:
    (tmp_path / "good.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "bad.py").write_text("x = (\n", encoding="utf-8")
    for more in ([], ["--exit-zero"]):
        found = scan(".", "--no-cache", "--format", form, *more, folder=tmp_path)
        assert found.exit_code == 3
        assert "bad.py" in found.stdout


def test_nothing_to_scan_is_not_clean(tmp_path: Path) -> None:
    assert scan(".", folder=tmp_path).exit_code == 3


# --- killed scans ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_scan_leaves_the_cache_usable(tmp_path: Path) -> None:
    """SIGKILL at three moments of a scan; the next one still says what a scan without a cache says."""
    folder = many(tmp_path / "project")
    expected = scan(".", "--no-cache", "--format", "json", folder=folder).stdout
    arguments = [
        sys.executable,
        "-m",
        "backend_audit",
        "scan",
        ".",
        "--isolated",
        "--no-semgrep",
        "--format",
        "json",
        "--workers",
        "2",
    ]
    environment = {**os.environ, "BACKEND_AUDIT_CACHE_DIR": str(tmp_path / "cache")}
    start = time.monotonic()
    whole = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    length = time.monotonic() - start
    assert whole.stdout == expected
    for share in (0.5, 0.7, 0.9):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        killed = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(length * share)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        os.environ["BACKEND_AUDIT_CACHE_DIR"] = environment["BACKEND_AUDIT_CACHE_DIR"]  # restored by conftest.py
        for _ in range(2):
            after = scan(".", "--format", "json", folder=folder)
            assert after.stdout == expected, f"killed at {share:.0%}"


# --- as installed ----------------------------------------------------------------------------------------------------


def test_the_program_runs_as_a_process() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "backend_audit", "scan", MENDED, "--isolated", "--no-semgrep", "--format", "concise"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, ""), found.stderr
