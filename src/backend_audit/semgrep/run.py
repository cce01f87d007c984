"""Starts the one Semgrep process of a scan, in a directory of its own, without network, and brings back what it printed.

The files to look at are copied there as UTF-8: Semgrep then sees exactly these files under their relative paths (path filters of
rules work), no list of files can be too long for a command line, and offsets refer to the text that we know.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

OVERRIDE = "BACKEND_AUDIT_SEMGREP"
_SWITCH_WORDS = frozenset({"1", "true", "yes", "on", "0", "false", "no", "off", ""})
_SOURCES = "src"
_FLAGS = (
    "--json",
    "--quiet",
    "--metrics=off",
    "--disable-version-check",
    "--no-git-ignore",  # the files are chosen already
    "--disable-nosem",  # ignore comments are read by us
    "--max-target-bytes=0",
)
_FINE = frozenset({0, 1, 2})  # 2: some rule or file failed; the answer says which


class SemgrepError(Exception):
    """Semgrep could not be run to its end; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`total` seconds for the whole process, `single` for one rule on one file, and how many processors to use."""

    total: float
    single: float
    jobs: int


def run(bodies: Sequence[Mapping[str, object]], sources: Mapping[str, bytes], limits: Limits) -> tuple[bytes, dict[str, str]]:
    """Semgrep's JSON for the rules `bodies` (named `r0`, `r1`, … in their order) over `sources` (relative path → UTF-8).

    Also answered: our path for each path in the JSON. Raises `SemgrepError`.
    """
    program = executable(os.environ)
    with tempfile.TemporaryDirectory(prefix="backend-audit-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        paths = _lay_out(place / _SOURCES, sources)
        rules = [{**body, "id": f"r{number}", "metadata": {}} for number, body in enumerate(bodies)]
        text = json.dumps({"rules": rules}, default=str)  # JSON is YAML; dates in YAML are no JSON
        (place / "rules.yaml").write_text(text, encoding="utf-8")
        command = [program, "scan", *_FLAGS, f"--timeout={max(1, round(limits.single))}", f"--jobs={limits.jobs}"]
        command += ["--config=rules.yaml", _SOURCES]
        try:
            answer = _output([*command[:2], "--experimental", *command[2:]], place, limits.total)
        except _Failed:
            try:
                answer = _output(command, place, limits.total)
            except _Failed as error:
                raise SemgrepError(str(error)) from None
        return answer, paths


def executable(environment: Mapping[str, str]) -> str:
    """The semgrep to run: the one that BACKEND_AUDIT_SEMGREP names, ours, or the one on the PATH."""
    override = environment.get(OVERRIDE, "")
    if override.lower() not in _SWITCH_WORDS:
        found = shutil.which(override)
        if found is None:
            raise SemgrepError(f"{OVERRIDE} names {override}, which cannot be run")
        return found
    for directory in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if found := shutil.which("semgrep", path=str(directory)):
            return found
    if found := shutil.which("semgrep", path=environment.get("PATH")):
        return found
    raise SemgrepError("semgrep is not installed")


def _lay_out(root: Path, sources: Mapping[str, bytes]) -> dict[str, str]:
    """Write the sources under `root`; their paths as Semgrep will call them → our paths."""
    root.mkdir()
    (root / ".semgrepignore").touch()  # in place of the default one, which passes over tests and more
    paths: dict[str, str] = {}
    for number, (path, content) in enumerate(sources.items()):
        pure = PurePosixPath(path)
        inside = pure if not pure.is_absolute() and ".." not in pure.parts else PurePosixPath(f"_{number}", pure.name)
        if inside.name.lower().startswith(("dockerfile.", "containerfile")):
            inside = inside.with_name(f"{inside.name}.dockerfile")  # Semgrep knows Dockerfiles by their ending
        target = root / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        paths[f"{_SOURCES}/{inside}"] = path
    return paths


class _Failed(Exception):  # noqa: N818 - not an error as long as there is another way
    """One way to run Semgrep failed."""


def _output(command: list[str], place: Path, seconds: float) -> bytes:
    """What `command` printed, if it ended well and printed JSON."""
    with (place / "out.json").open("w+b") as out, (place / "err.txt").open("w+b") as err:
        try:
            code = _ended(command, place, seconds, out.fileno(), err.fileno())
        except OSError as error:
            raise _Failed(f"semgrep could not be started: {error.strerror}") from None
        out.seek(0)
        err.seek(0)
        answer = out.read()
        if code in _FINE and answer.lstrip()[:1] == b"{":
            return answer
        said = " ".join(err.read(4000).decode("utf-8", "replace").split())
    raise _Failed(f"semgrep ended with code {code}{': ' + said[:200] if said else ''}")


def _ended(command: list[str], place: Path, seconds: float, out: int, err: int) -> int:
    """Run to the end, or kill it and all that it started."""
    process = subprocess.Popen(
        command, cwd=place, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=_environment(place), start_new_session=True
    )
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise SemgrepError(f"semgrep did not end within {seconds:g} s") from None
    finally:
        if process.poll() is None:  # also when the user interrupts
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _environment(place: Path) -> dict[str, str]:
    """The environment without anything that could make Semgrep log in, call home or read the user's settings."""
    return dict(_inherited()) | {
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SETTINGS_FILE": str(place / "settings.yml"),
        "SEMGREP_LOG_FILE": str(place / "semgrep.log"),
        "SEMGREP_VERSION_CACHE_PATH": str(place / "version"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
    }


def _inherited() -> Iterator[tuple[str, str]]:
    for name, value in os.environ.items():
        if not name.startswith(("SEMGREP_", "OTEL_", "FORCE_COLOR")):
            yield name, value
