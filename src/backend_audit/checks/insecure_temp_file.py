"""Temporary files whose name another user of the machine can take first."""

import re
from collections.abc import Iterator

from backend_audit.checks import Alert, check
from backend_audit.checks._context import development_file, under_main
from backend_audit.checks._operands import named
from backend_audit.checks._pieces import called, path_pieces
from backend_audit.checks._wording import in_python
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import FileAccess
from backend_audit.flow.machine_concepts import TempFile

RULE = "insecure-temp-file"

_FLAGS = frozenset(("w", "w+", "wx", "xw", "wx+", "xw+", "a", "a+", "ax", "xa", "ax+", "xa+", "as", "r", "r+", "rs+"))
_SHARED_BEGIN = re.compile(r"^/(tmp|var/tmp|dev/shm)(/|$)")
_SHARED = re.compile(r"^/(tmp|var/tmp|dev/shm)/[^{]+$")
_FIX = "Use `tempfile.NamedTemporaryFile()`, `tempfile.mkstemp()` or `tempfile.TemporaryDirectory()`, which create it at once."
_FIX_NODE = "Make a folder of your own first: `fs.mkdtemp(path.join(os.tmpdir(), 'app-'))`, or open the file with the flag `wx`."
_FOLDERS = frozenset(("os.tmpdir", "tmpdir", "process.env.TMPDIR", "process.env.TEMP", "process.env.TMP", "os.tmpDir"))
_GUESSED = frozenset(("Date.now", "process.pid", "os.hostname", "os.userInfo().username"))


@check(RULE)
def guessed_name(access: FileAccess) -> Iterator[Alert]:
    """`fs.writeFileSync(path.join(os.tmpdir(), "report.csv"), rows)`."""
    site, path = access.site, access.path
    if access.action not in ("writes", "opens") or path is None or path.node is None or in_python(site) or _made_alone(access):
        return
    first, *rest = list(path_pieces(path.node, site)) or [""]
    shared = _SHARED_BEGIN.match(first) if isinstance(first, str) else called(first) in _FOLDERS
    if not shared or not all(isinstance(one, str) or called(one) in _GUESSED for one in rest):
        return
    if isinstance(first, str) and not rest and not _SHARED.match(first):
        return
    yield Alert(
        node=path.node,
        message=f"`{named(site)}` writes under a name that can be guessed, in a folder that everyone can write to: another user "
        "can put a link to any file there, or read what is written.",
        fix=_FIX_NODE,
        confidence=Confidence.LOW if development_file(site.path) else Confidence.MEDIUM,
    )


def _made_alone(access: FileAccess) -> bool:
    """Whether the file must not be there yet, or is for its owner alone; whether it is only read."""
    given = [operand for key, operand in access.site.args if key not in ("0", "*", "**")]
    texts = {text for one in given for value in (one.value, *(one.value.items or {}).values()) for text in value.texts()}
    flags = {text for text in texts if text in _FLAGS}
    if access.action == "opens":
        return not any(flag[0] in "wa" for flag in flags) or any("x" in flag for flag in flags)
    modes = [one.value.items["mode"] for one in given if one.value.items and "mode" in one.value.items]
    return any("x" in flag for flag in flags) or any(mode.may_be(0o600) or mode.may_be("0600") for mode in modes)


@check(RULE)
def name_without_file(made: TempFile) -> Iterator[Alert]:
    """`tempfile.mktemp()`."""
    if not made.fixed:
        yield Alert(
            node=made.site.node,
            message=f"`{named(made.site)}` only gives a name: before the file is made, another user can put a link there.",
            fix=_FIX,
            confidence=Confidence.HIGH,
        )


@check(RULE)
def fixed_name_in_shared_folder(made: TempFile) -> Iterator[Alert]:
    """`open("/tmp/report.csv", "w")`."""
    if not made.fixed or made.name is None or made.mode is None:
        return
    paths = [text for text in made.name.value.texts() if _SHARED.match(text)]
    modes = made.mode.value.texts()
    if not paths or not modes or not all(mode[:1] in ("w", "a") for mode in modes):
        return
    quiet = under_main(made.site) or development_file(made.site.path)
    yield Alert(
        node=made.site.node,
        message=f"`{paths[0]}` has a fixed name in a folder that everyone can write to: another user can put a link to any file "
        "there, or read what is written.",
        fix=_FIX,
        confidence=Confidence.LOW if quiet else Confidence.MEDIUM,
    )
