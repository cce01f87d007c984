"""Data from outside in commands of the operating system: in a shell's text, as the program, as an option."""

from collections.abc import Iterator
from dataclasses import replace

from backend_audit.checks import Alert, check
from backend_audit.checks._commands import (
    is_shell,
    may_begin_with_dash,
    names_repository,
    program_names,
    takes_dangerous_options,
    text_argument,
)
from backend_audit.checks._constructed import filled_by, open_gaps
from backend_audit.checks._context import of_program
from backend_audit.checks._operands import named, truth
from backend_audit.checks._secrets import is_for_terminal
from backend_audit.checks._untrusted import alert, reaching_value, span
from backend_audit.finding import Confidence
from backend_audit.flow.concepts import Operand, ShellCommand
from backend_audit.flow.guards import UNDASHED
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import Gap, Value
from backend_audit.source import Language

RULE = "command-injection"

_FIX_SHELL = (
    "Run the program without a shell, with a list of arguments: `subprocess.run(['program', value])`. Where a shell "
    "must be, put the value through `shlex.quote`."
)
_FIX_SHELL_NODE = "Run the program without a shell, with an array of arguments: `execFile('program', [value])`."
_FIX_PROGRAM = "Choose the program from a fixed table in the code; let the data pick an entry of it."
_FIX_OPTION = "Put `'--'` before the value, or refuse values that begin with `-`."
_FIX_SPLIT = "Pass a list of arguments, so that nothing in the value can end one argument and begin another."
_COMMANDS = frozenset("command commands cmd cmds args argv arguments options opts flags script shell program executable".split())
_SPLITTERS = frozenset(("shlex.split", "shlex.split()"))


@check(RULE)
def command_injection(command: ShellCommand) -> Iterator[Alert]:
    """`os.system(f"ping {host}")`, `subprocess.run(["sh", "-c", text])`, `Popen(request.args["tool"])`."""
    program = command.program
    if program is not None:
        origin = reaching_value(program.value, "shell")
        if origin is not None:
            yield _program(command, program, origin)
            return
    if command.arguments is not None:
        yield from _arguments(command, program or command.command, command.arguments)
    if command.command is not None:
        yield from _command(command, command.command)


def _command(command: ShellCommand, operand: Operand) -> Iterator[Alert]:
    value = operand.value
    shell = _shell(command, value)
    if value.kind in ("list", "tuple") and not (command.always_shell and command.shell is None):
        yield from _list(command, operand, shell)
        return
    origin = reaching_value(value, "shell")
    if origin is None:
        if shell is True:
            yield from _from_command_line(command, operand) or _constructed(command, operand, value)
        return
    if shell is True:
        yield alert(
            command.site,
            operand,
            origin,
            does="becomes part of a command that a shell reads in {callee}",
            fix=_without_shell(command),
        )
    elif shell is None:
        yield alert(
            command.site,
            operand,
            origin,
            does="becomes part of a command that a shell reads if {callee} is told to use one",
            fix=_without_shell(command),
            confidence=Confidence.MEDIUM,
        )
    elif _splits(command, value) and not _chooses_program(value):
        yield _added(command, operand, origin)
    else:
        yield _program(command, operand, origin)


def _from_command_line(command: ShellCommand, operand: Operand) -> list[Alert]:
    """Whoever starts the program writes a part of the command: often another program, with names that it found."""
    origin = reaching_value(operand.value, "shell", "arguments")
    if origin is None:
        return []
    does, fix = "becomes part of a command that a shell reads in {callee}", _without_shell(command)
    confidence = Confidence.LOW if is_for_terminal(command.site.path) else Confidence.MEDIUM
    return [alert(command.site, operand, origin, does=does, fix=fix, confidence=confidence)]


def _without_shell(command: ShellCommand) -> str:
    module = command.site.module
    return _FIX_SHELL if module is None or module.language is Language.PYTHON else _FIX_SHELL_NODE


def _added(command: ShellCommand, operand: Operand, origin: Origin) -> Alert:
    return alert(
        command.site,
        operand,
        origin,
        does="becomes part of a command line that is cut into arguments for {callee}: it can add arguments of its own",
        fix=_FIX_SPLIT,
        confidence=Confidence.MEDIUM,
    )


def _is_cut(value: Value) -> bool:
    """Whether it is a piece of a text that begins with a program's name: `f"ls {folder}".split()`."""
    texts = [shape.parts[0] for shape in value.shapes if shape.parts]
    return bool(texts) and all(isinstance(text, str) and " " in text for text in texts)


def _constructed(command: ShellCommand, operand: Operand, text: Value) -> Iterator[Alert]:
    """A command that a shell reads is put together of values that nothing is known about: a caller may pass anything."""
    gaps = list(open_gaps(text, "shell"))
    if not gaps:
        return
    given = next((one for one in gaps if _is_parameter(command, operand, one)), None)
    gap = given or gaps[0]
    at, end = span(command.site, operand)
    yield Alert(
        at=at,
        end=end,
        message=f"`{gap.written or 'a value'}` becomes part of a command that a shell reads in `{named(command.site)}`.",
        fix=_without_shell(command),
        confidence=Confidence.MEDIUM if given is not None and not of_program(command.site) else Confidence.LOW,
    )


def _is_parameter(command: ShellCommand, operand: Operand, gap: Gap) -> bool:
    """Whether a caller fills the hole, who has no reason to expect that it is a piece of a command."""
    names = filled_by(command.site, operand, gap)
    if names & _COMMANDS or command.site.path.rpartition("/")[2].startswith("setup"):
        return False  # a set-up script runs for its own author
    return bool(names)


def _shell(command: ShellCommand, value: Value) -> bool | None:
    """Whether a shell reads the command; None if that is open."""
    if command.always_shell:
        return True
    if command.text_is_shell:
        return not value.kind
    if command.shell is None:
        return False
    return truth(command.shell)


def _splits(command: ShellCommand, value: Value) -> bool:
    return command.splits or bool(value.types & _SPLITTERS) or bool(value.apis & _SPLITTERS)


def _chooses_program(value: Value) -> bool:
    """Whether the data stands at the beginning of the text."""
    if value.shapes and not value.origins:
        return any(shape.parts and not isinstance(shape.parts[0], str) for shape in value.shapes)
    return not value.types & _SPLITTERS


def _list(command: ShellCommand, operand: Operand, shell: bool | None) -> Iterator[Alert]:
    """A list of arguments: its first item is the program (or, with a shell, the command)."""
    value = operand.value
    items = value.items or {}
    first = items.get(0) if items else value.elem
    if first is None:
        first = value.elem
    origin = None if first is None else reaching_value(first, "shell")
    if origin is not None and first is not None:
        if shell:
            yield alert(
                command.site, operand, origin, does="is the command that the shell of {callee} reads", fix=_without_shell(command)
            )
        elif _is_cut(first):
            yield _added(command, operand, origin)
        elif items or not first.consts:
            yield _program(command, operand, origin)
        return
    rest = [items[at] for at in sorted(key for key in items if isinstance(key, int)) if at > 0]
    if value.elem is not None:
        rest.append(value.elem)
    if first is not None:
        yield from _after(command, operand, program_names(first), rest)


def _arguments(command: ShellCommand, program: Operand | None, operand: Operand) -> Iterator[Alert]:
    """Arguments that stand apart from the program."""
    items = operand.value.items or {}
    rest = [items[at] for at in sorted(key for key in items if isinstance(key, int))]
    if operand.value.elem is not None:
        rest.append(operand.value.elem)
    if truth(command.shell) is True:  # it reads the arguments too, joined by blanks
        origin = next((found for one in rest if (found := reaching_value(one, "shell")) is not None), None)
        if origin is not None:
            does = "becomes part of a command that a shell reads in {callee}"
            yield alert(command.site, operand, origin, does=does, fix=_without_shell(command))
            return
    names = [] if program is None else program_names(program.value)
    whole = None if operand.value.kind else reaching_value(operand.value, "shell")
    name = next((one for one in names if takes_dangerous_options(one)), "")
    if whole is not None and name:
        does = f"is all that `{name}` is told in {{callee}}, and `{name}` has options that run programs or write files"
        yield alert(command.site, operand, whole, does=does, fix=_FIX_OPTION, confidence=Confidence.MEDIUM)
        return
    yield from _after(command, operand, names, rest)


def _after(command: ShellCommand, operand: Operand, names: list[str], rest: list[Value]) -> Iterator[Alert]:
    """What comes after the program, which is one of `names`."""
    for name in names:
        text = text_argument(name, rest)
        origin = None if text is None else reaching_value(text, "shell") or reaching_value(text, "shell", "arguments")
        if origin is not None:
            what = "commands that a shell reads" if is_shell(name) else f"what `{name}` runs"
            yield alert(command.site, operand, origin, does=f"becomes part of {what} in {{callee}}", fix=_without_shell(command))
            return
        if text is not None and is_shell(name):
            yield from _constructed(command, operand, text)
    name = next((one for one in names if takes_dangerous_options(one)), "")
    if not name:
        return
    for at, argument in enumerate(rest):
        if argument.is_just("--"):
            return
        option = reaching_value(argument, "shell")
        if option is not None and option.cleared.isdisjoint(UNDASHED) and may_begin_with_dash(argument):
            yield alert(
                command.site,
                operand,
                option,
                does=f"can be an option of `{name}` in {{callee}}, and `{name}` has options that run programs or write files",
                fix=_FIX_OPTION,
                confidence=Confidence.MEDIUM if names_repository(name, rest, at) else Confidence.LOW,
            )
            return


def _program(command: ShellCommand, operand: Operand, origin: Origin) -> Alert:
    found = alert(command.site, operand, origin, does="decides which program {callee} starts", fix=_FIX_PROGRAM)
    value = operand.value
    if value.shapes and not value.origins and all(shape.parts and isinstance(shape.parts[0], str) for shape in value.shapes):
        return replace(found, confidence=Confidence.MEDIUM)  # a text after the program's name: without a shell it is all one name
    return found
