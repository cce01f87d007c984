"""Files that every user of the machine may change, or that are private keys and readable for all."""

import re
from collections.abc import Iterator

from backend_audit import ir
from backend_audit.checks import Alert, check
from backend_audit.checks._commands import told
from backend_audit.checks._operands import named, numbers
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, ShellCommand
from backend_audit.flow.machine_concepts import FilePermission

RULE = "world-writable-file"

_OTHERS_WRITE = 0o002
_OTHERS_ALL = 0o007
_BITS = {
    "S_IRWXU": 0o700, "S_IRUSR": 0o400, "S_IWUSR": 0o200, "S_IXUSR": 0o100,
    "S_IRWXG": 0o070, "S_IRGRP": 0o040, "S_IWGRP": 0o020, "S_IXGRP": 0o010,
    "S_IRWXO": 0o007, "S_IROTH": 0o004, "S_IWOTH": 0o002, "S_IXOTH": 0o001,
    "S_ISUID": 0o4000, "S_ISGID": 0o2000, "S_ISVTX": 0o1000, "S_IREAD": 0o400, "S_IWRITE": 0o200, "S_IEXEC": 0o100,
}  # fmt: skip
_STICKY = 0o1000
_OCTAL = re.compile(r"(?:0o)?[0-7]{3,5}")
_COMMAND = re.compile(r"(?:^|[\s;&|])chmod\s+(?:-\w+\s+)*(?:0?[0-7]{2}[2367]|[ugo]*[ao][ugo]*[+=][rxX]*w[rwxX]*)(?=\s|$)")


@check(RULE)
def permission_for_everyone(permission: FilePermission) -> Iterator[Alert]:
    """`os.chmod(path, 0o777)`, `os.umask(0)`."""
    modes = _modes(permission.mode)
    if not modes:
        return
    if permission.kind == "umask":
        open_masks = [mode for mode in modes if not mode & _OTHERS_WRITE]
        if len(open_masks) == len(modes) and not _restored(permission):
            yield Alert(
                node=permission.site.node,
                message=f"`{named(permission.site)}` with {oct(open_masks[0])} lets every user change files made from now on.",
                fix="`os.umask(0o027)`, or leave the mask alone.",
                confidence=Confidence.MEDIUM,
            )
        return
    writable = [mode for mode in modes if mode & _OTHERS_WRITE and not mode & _STICKY]
    if not writable:
        return
    sure = Confidence.HIGH if len(writable) == len(modes) else Confidence.MEDIUM
    if permission.kind == "create" or (permission.site.api in ("os.open", "os.mkfifo") and not writable[0] & 0o111):
        sure = Confidence.LOW  # as `open` makes files: the mask takes away from it
    yield Alert(
        node=(permission.mode.node if permission.mode is not None else None) or permission.site.node,
        message=f"`{named(permission.site)}` with {oct(writable[0])} lets every user of the machine change the file"
        + (" and run it." if writable[0] & _OTHERS_ALL == _OTHERS_ALL else "."),
        fix="Give it to its owner alone, `0o600` (`0o700` for folders and programs), or to a group, `0o640`.",
        confidence=sure,
    )


@check(RULE)
def command_for_everyone(command: ShellCommand) -> Iterator[Alert]:
    """`execSync("chmod -R 777 uploads")`."""
    found = _COMMAND.search(told(command))
    if found is not None:
        yield Alert(
            node=command.site.callee,
            message=f"`{found[0].strip(' ;&|')}` lets every user of the machine change what it is run on.",
            fix="Give it to the user of the service alone (`chmod 600`, `chmod 700` for folders), or to a group (`chmod 640`).",
            confidence=Confidence.MEDIUM,
        )


def _modes(mode: Operand | None) -> list[int]:
    if mode is None:
        return []
    found = numbers(mode)
    if found:
        return found
    octal = [int(text, 8) for text in mode.value.texts() if _OCTAL.fullmatch(text)]  # Node reads a text as one
    if octal:
        return octal
    computed = _computed(mode.node)
    return [] if computed is None else [computed]


def _computed(node: ir.Expr | None) -> int | None:
    """The value of `stat.S_IRWXU | stat.S_IRGRP`; names that are no constants of `stat` add nothing."""
    if isinstance(node, ir.Binary) and node.op == "|":
        left, right = _computed(node.left), _computed(node.right)
        return None if left is None and right is None else (left or 0) | (right or 0)
    if isinstance(node, ir.Attribute):
        return _BITS.get(node.attr)
    if isinstance(node, ir.Name):
        return _BITS.get(node.id)
    if isinstance(node, ir.Const) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    return None


def _restored(permission: FilePermission) -> bool:
    """`old = os.umask(0)`: read to be put back, the usual way to learn the mask."""
    function = permission.site.function
    body: list[ir.Stmt] = function.body if function is not None else permission.site.module.body if permission.site.module else []
    return any(isinstance(node, ir.Assign) and node.value is permission.site.node for node in ir.walk(*body))
