"""Reading command lines: which programs run a text that they are given, and which options of others start programs."""

import re

from backend_audit.flow.concepts import ShellCommand
from backend_audit.flow.values import Value

_SHELLS = frozenset("sh bash zsh dash ash ksh fish csh tcsh busybox cmd cmd.exe powershell powershell.exe pwsh".split())
_INTERPRETERS = frozenset("python python2 python3 pypy perl ruby node nodejs php lua Rscript osascript tclsh deno bun".split())
_ITSELF = {"sys.executable": "python", "process.execPath": "node"}  # what runs the program
_TEXT_FLAG = re.compile(r"-[a-zA-Z]*[ceCEr]$|/[cCkK]$|--(eval|command|execute|run)$|-Command$|-command$|-r$")
_PASS_ON = frozenset("su sudo ssh env nohup timeout xargs watch script chroot nice time parallel docker kubectl runuser".split())
_REMOTE = frozenset(("ssh", "su", "watch", "runuser", "parallel"))  # hand their last arguments to a shell

# Programs with options that run other programs or write files of the caller's choice.
_STRONG_OPTIONS = frozenset(
    "git hg svn tar zip unzip 7z rsync scp sftp ssh curl wget find xargs sed awk gawk vim man less tcpdump nmap ffmpeg "
    "convert magick mysql psql sqlite3 pip npm docker kubectl rpm dpkg apt apt-get mail sendmail pg_dump mysqldump "
    "php python perl".split()
)

# `git fetch --upload-pack=…`, `hg clone --config=…`: https://git-scm.com/docs/git-fetch
_ASKING = {
    "git": frozenset("clone fetch pull ls-remote fetch-pack archive".split()),
    "hg": frozenset("clone pull push incoming outgoing identify log status".split()),
}


def program_names(value: Value) -> list[str]:
    """The file names of the programs that `value` is known to be one of, sorted; none if that is open."""
    if value.apis and value.apis <= _ITSELF.keys():
        return sorted(_ITSELF[one] for one in value.apis)
    if value.open or value.origins:
        return []
    return sorted({text.replace("\\", "/").rpartition("/")[2] for text in value.texts()})


def is_shell(name: str) -> bool:
    """Whether the program reads commands from a text."""
    return name.lower() in _SHELLS


def text_argument(name: str, arguments: list[Value]) -> Value | None:
    """The argument that the program runs as a command or as a script's text, if one is: `sh -c TEXT`, `python -c TEXT`."""
    stem = re.sub(r"[\d.]+$", "", name) or name
    if name in _PASS_ON:
        return _passed_on(name, arguments)
    if not (is_shell(name) or name in _INTERPRETERS or stem in _INTERPRETERS):
        return None
    for at, argument in enumerate(arguments[:-1]):
        if any(_TEXT_FLAG.search(text) for text in argument.texts()):
            return arguments[at + 1]
    return None


def _passed_on(name: str, arguments: list[Value]) -> Value | None:
    """`sudo sh -c TEXT`, `env X=1 sh -c TEXT`, `ssh HOST TEXT`, `su -c TEXT`."""
    for at, argument in enumerate(arguments):
        for inner in program_names(argument):
            if is_shell(inner) or inner in _INTERPRETERS:
                return text_argument(inner, arguments[at + 1 :])
            if inner == "-c" and at + 1 < len(arguments):
                return arguments[at + 1]
    if name in _REMOTE and len(arguments) > 1:
        return arguments[-1]
    return None


def takes_dangerous_options(name: str) -> bool:
    """Whether an option alone can make the program run or overwrite something."""
    return name in _STRONG_OPTIONS


def names_repository(name: str, arguments: list[Value], at: int) -> bool:
    """Whether an argument of Git or Mercurial says which other repository is asked: the first one after the verb."""
    verbs = _ASKING.get(name, frozenset())
    verb = next((number for number, one in enumerate(arguments[:3]) if any(text in verbs for text in one.texts())), None)
    if verb is None:
        return False
    others = range(verb + 1, len(arguments))
    return at == next((one for one in others if not any(text.startswith("-") for text in arguments[one].texts())), None)


def may_begin_with_dash(value: Value) -> bool:
    """Whether whoever writes the data in `value` decides its first character."""
    if value.shapes and not value.origins:
        return any(not isinstance(shape.parts[0], str) for shape in value.shapes if shape.parts)
    return True


def told(command: ShellCommand) -> str:
    """The words of a command as far as they are known, with a blank between them; what is open is `…`.

    Words that a program gets in one piece stay one (`a·b`), unless it is a shell that reads them.
    """
    operands = [one for one in (command.program, command.command, command.arguments) if one is not None]
    words = [(text, one.value.kind != "") for one in operands for text in _known(one.value)]
    shell = any(is_shell(text.rpartition("/")[2]) for text, _ in words[:1])
    return " ".join(text if shell or not apart else text.replace(" ", "·") for text, apart in words)


def _known(value: Value) -> list[str]:
    if value.kind in ("list", "tuple"):
        return [text for one in (value.items or {}).values() for text in _known(one) or ["…"]]
    texts = ["".join(part if isinstance(part, str) else "…" for part in shape.parts) for shape in value.shapes]
    return [*value.texts(), *texts][:1]
