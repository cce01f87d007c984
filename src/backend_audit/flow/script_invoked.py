"""Parameters that are called: which functions they are, the callers know."""

from dataclasses import dataclass

from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Concept, Operand, Site
from backend_audit.flow.script_settling import Passing
from backend_audit.flow.values import UNKNOWN, Value, changed, container


@dataclass(frozen=True, slots=True)
class Invocation(Concept):
    """A function that is a parameter is called: which one, its callers know. `told`: so does the function."""

    function: Operand | None = None
    arguments: Operand | None = None
    told: bool = False

    def given(self) -> list[Value]:
        """The arguments, in order."""
        items = {} if self.arguments is None else self.arguments.value.items or {}
        last = max((key for key in items if isinstance(key, int)), default=-1)
        return [items.get(at, UNKNOWN) for at in range(last + 1)]


def invocation(site: Site, function: Operand, args: Args) -> Invocation:
    """The call of a parameter."""
    given = Operand(container("list", {int(key): operand.value for key, operand in args if key.isdigit()}), None)
    return Invocation(site=site, function=function, arguments=given, told=bool(function.value.refs))


def called_first(event: Invocation, *, told: bool) -> Value:
    """What it calls that was not called where the call stands: there, all that callers ever hand over is known, if any is."""
    function = UNKNOWN if event.function is None else event.function.value
    return changed(function, refs=frozenset(one for one in function.refs if isinstance(one, Passing))) if told else function
