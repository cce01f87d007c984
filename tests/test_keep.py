"""`scan --keep`: a process stays, and the next scan of the folder says, by it, what a scan of its own says."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click import UsageError

from backend_audit import audit
from backend_audit.audit import Living
from git_projects import APP, STORE, Project, shop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
if sys.platform != "win32":
    from backend_audit.cli.keep import Meeting, Request
    from backend_audit.cli.keeper import Keeper, options_of
    from backend_audit.cli.options import effective

COMMAND = ["scan", "--no-semgrep", "--format", "concise"]
MENDED = STORE.replace("'%s'\" % name", '?", (name,)')
SECONDS = 60.0


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project in whose folder the tests stand, as a command would; what stays ends with them."""
    project = shop(tmp_path / "shop")
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr(sys, "argv", ["backend-audit", *COMMAND, "--keep", "1"])
    with tempfile.TemporaryDirectory(prefix="ba-", dir="/tmp") as cache:  # sockets have short addresses
        monkeypatch.setenv("BACKEND_AUDIT_CACHE_DIR", cache)
        ending = Meeting((Path(),), 0)
        yield project
        ending.answered()


def stay(patience: float = 0.7) -> Meeting:
    """Leave a process behind, that judges an edit provisionally if judging took longer than `patience`."""
    meeting = Meeting((Path(),), 1)
    request = Request.of_this_process(1)
    if not os.fork():
        try:
            living = Living(patience=patience)
            paths, given = options_of(request)
            audit.scan(effective(paths, given), paths, living=living)
            Keeper(meeting.place, living, request).stay()
        finally:
            os._exit(1)
    waited(meeting.place.exists)
    return meeting


def waited(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)


def alone(*more: str) -> tuple[int, str]:
    """What a scan of its own says."""
    command = [sys.executable, "-m", "backend_audit", *COMMAND, *more]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout


def test_the_next_scan_is_answered_with_its_own_streams_and_exit_code(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    meeting = stay()
    assert (meeting.answered(), capfd.readouterr().out) == alone()
    project.put("store.py", MENDED)
    assert (meeting.answered(), capfd.readouterr().out) == alone()
    project.put("large.py", "VALUE = 1\n" * 10_000 + STORE)  # for workers, where there are any
    project.put("more.py", "VALUE = 2\n" * 10_000 + STORE)
    assert (meeting.answered(), capfd.readouterr().out) == alone()
    project.put("backend-audit.toml", 'mode = "elit"\n')
    assert meeting.answered() == 2
    assert "backend-audit.toml" in capfd.readouterr().err


def test_an_edit_is_told_as_one_with_what_shows_only_in_the_whole(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    meeting = stay(patience=-1.0)
    project.put("store.py", MENDED)
    project.put("app.py", APP.replace(", dependencies=[Depends(require_user)])\ndef drop", ")\ndef drop"))
    code = meeting.answered()
    told = capfd.readouterr()
    assert "Judged as an edit of what is kept" in told.err
    assert "[route-without-auth]" in told.out
    assert "[sql-built-from-strings]" not in told.out
    assert (code, told.out) == alone()


@pytest.mark.usefixtures("project")
def test_the_command_leaves_a_process_behind_and_zero_ends_it() -> None:
    before = alone()
    assert alone("--keep", "1") == before
    meeting = Meeting((Path(),), 1)
    waited(meeting.place.exists)
    assert alone("--keep", "1") == before
    assert alone("--keep", "0") == before
    waited(lambda: not meeting.place.exists())
    assert alone("--keep", "0") == before, "without one, it is a scan as any"
    assert not meeting.place.exists()


@pytest.mark.usefixtures("project")
def test_who_stays_and_is_killed_costs_no_scan() -> None:
    meeting = Meeting((Path(),), 1)
    child = os.fork()
    if not child:
        try:
            Keeper(meeting.place, Living(), Request.of_this_process(1)).stay()
        finally:
            os._exit(1)
    waited(meeting.place.exists)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert meeting.place.exists(), "nobody could tidy up"
    assert meeting.answered() is None
    assert alone("--keep", "0") == alone()


def test_the_socket_is_found_by_those_alone_who_scan_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Meeting((Path(),), 1).place
    assert Meeting((project.folder,), 1).place == here
    assert Meeting((Path("app.py"),), 1).place != here
    assert here.parent.stat().st_mode & 0o077 == 0
    here.parent.chmod(0o777)
    with pytest.raises(UsageError, match="others may write"):
        Meeting((Path(),), 1)
    here.parent.chmod(0o700)
    monkeypatch.setenv("BACKEND_AUDIT_CACHE_DIR", "x" * 100)
    with pytest.raises(UsageError, match="too long"):
        Meeting((Path(),), 1)
