"""What calls give of which tables cannot say it: `getattr`, parsers of options, templates of texts, regular expressions."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import matches, named_parts, strings
from backend_audit.flow.arguments import Args, argument, pieces
from backend_audit.flow.values import Value, instance

if TYPE_CHECKING:
    from backend_audit.flow.calls import Calls

_SUBSTITUTES = frozenset({"string.Template.substitute", "string.Template.safe_substitute"})
_TERMINAL = "pexpect.spawn"
_STARTS = frozenset(
    (_TERMINAL, "pexpect.spawnu", "pexpect.popen_spawn.PopenSpawn")
)  # https://pexpect.readthedocs.io/en/stable/api/pexpect.html
# Programs that run what is typed into them, or start one that does.
_READ_COMMANDS = frozenset(
    "sh bash zsh dash ash ksh fish csh tcsh busybox cmd cmd.exe powershell powershell.exe pwsh su sudo doas ssh telnet login "
    "rlogin env nohup timeout script chroot nice nsenter docker podman kubectl lxc adb tmux screen minicom picocom "
    "python python3 ipython node ruby irb perl php lua gdb ftp sftp lftp mysql psql sqlite3 mongo mongosh redis-cli".split()
)


def given(frame: "Calls", node: ir.Call, path: str, receiver: Value | None, args: Args) -> Value | None:
    """What the call of `path` gives; None if it is none of these."""
    if path == "getattr":
        return named_parts.attribute(frame, node, args)
    if path == "setattr":
        named_parts.set_attribute(frame, args)
    if receiver is not None and named_parts.is_parser(receiver):
        return named_parts.option(receiver, path.rpartition(".")[2], args)
    if path in _SUBSTITUTES and receiver is not None and receiver.items and "template" in receiver.items:
        return strings.template_call(receiver.items["template"], *pieces(args))
    if path in _STARTS:
        return instance("pexpect.Program" if _asks_questions(args) else _TERMINAL)
    return matches.called(path, receiver, args)


def _asks_questions(args: Args) -> bool:
    """Whether the program that is started is known, and no shell: what is written to it answers its questions."""
    command = argument(args, "0:command")
    texts = command.value.texts() if command is not None and command.value.constants() is not None else ()
    return bool(texts) and not any(word.split()[0].rpartition("/")[2] in _READ_COMMANDS for word in texts if word.strip())
