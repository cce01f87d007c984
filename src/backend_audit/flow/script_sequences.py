"""Functions that are run one after the other or side by side, each with a callback of Node: `async.waterfall([f, g], done)`.

https://caolan.github.io/async/v3/docs.html#controlflow
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_builtin
from backend_audit.flow.arguments import Args, argument
from backend_audit.flow.concepts import Operand
from backend_audit.flow.script_settling import Passing
from backend_audit.flow.values import UNKNOWN, Key, Value, changed, container, join, ref
from backend_audit.link.symbols import FunctionSymbol, Symbol, key_at

if TYPE_CHECKING:
    from backend_audit.flow.script_callbacks import ScriptCallbacks
    from backend_audit.flow.script_calls import ScriptCalls

_BESIDE = {"async.parallel": "1", "async.series": "1", "async.parallelLimit": "2"}  # where the last function stands
_EACH = {"async.map": ("1", "2"), "async.mapSeries": ("1", "2"), "async.concat": ("1", "2"), "async.mapLimit": ("2", "3")}
_WATERFALL = "async.waterfall"
_PROMISING = frozenset("util.promisify bluebird.promisify es6-promisify es6-promisify.promisify pify q.denodeify".split())


@dataclass(eq=False, slots=True, repr=False)
class Promisified(Symbol):
    """`util.promisify(f)` of a function of the project: called without its callback, it gives what that would get."""

    key: str
    function: FunctionSymbol

    def call(self, frame: "ScriptCallbacks", node: ir.Call, receiver: Value | None, args: Args) -> Value:
        """What it gives."""
        passing = _passing(frame, node)
        last = str(sum(key.isdigit() for key, _ in args))
        frame.handing += 1
        frame.call_function(node, self.function, receiver, (*args, (last, Operand(ref(passing), None))))
        frame.handing -= 1
        return passing.given(0)


def called(frame: "ScriptCalls", node: ir.Call, path: str, args: Args) -> Value | None:
    """What such a call gives, and what happens in it; None for any other."""
    first = argument(args, "0")
    if first is None or frame.registering:
        return None
    if path in _PROMISING:
        return _promising(first.value)
    if path == _WATERFALL:
        return _in_turn(frame, node, first.value, args)
    if path in _BESIDE:
        return _side_by_side(frame, node, first.value, argument_value(args, _BESIDE[path]))
    if path in _EACH:
        place, last = _EACH[path]
        passing = _passing(frame, node)
        given = [script_builtin.values(first.value), ref(passing)]
        made = join(frame.handed(node, argument_value(args, place), given), passing.given(0))
        return _ended(frame, node, container("list", None, made), argument_value(args, last))
    return None


def _promising(value: Value) -> Value:
    """The function itself where it is a library's, or an `async` one of the project's."""
    own = [one for one in value.refs if isinstance(one, FunctionSymbol) and _calls_back(one.node)]
    made = frozenset(Promisified(f"{one.key} promisified", one) for one in own)
    return changed(value, refs=(value.refs - frozenset(own)) | made) if own else value


def _calls_back(function: ir.Function) -> bool:
    """Whether it calls its last parameter, or hands it on."""
    name = function.params[-1].name if function.params else None
    calls = [one for one in ir.walk(*function.body) if isinstance(one, ir.Call)]
    named = (one for call in calls for one in (call.func, *(arg.value for arg in call.args)))
    return any(isinstance(one, ir.Name) and one.id == name for one in named)


def argument_value(args: Args, place: str) -> Value:
    """The argument that stands there."""
    found = argument(args, place)
    return UNKNOWN if found is None else found.value


def _in_turn(frame: "ScriptCalls", node: ir.Call, functions: Value, args: Args) -> Value:
    given: list[Value] = []
    for _, function in _held(functions):
        passing = _passing(frame, node)
        result = frame.handed(node, function, [*given, ref(passing)])
        given = passing.values or [result]
    last = argument_value(args, "1")
    frame.handed(node, last, [UNKNOWN, *given])
    return given[0] if given else UNKNOWN


def _side_by_side(frame: "ScriptCalls", node: ir.Call, functions: Value, last: Value) -> Value:
    found: dict[Key, Value] = {}
    for key, function in _held(functions):
        passing = _passing(frame, node)
        result = frame.handed(node, function, [ref(passing)])
        found[key] = join(passing.given(0), result) if passing.values else result
    return _ended(frame, node, container(functions.kind or "list", found), last)


def _ended(frame: "ScriptCalls", node: ir.Call, result: Value, last: Value) -> Value:
    frame.handed(node, last, [UNKNOWN, result])
    return result


def _held(functions: Value) -> list[tuple[Key, Value]]:
    """The functions, in order; a list without places is one of them over and over."""
    listed = [*(functions.items or {}).items()]
    return listed if functions.elem is None else [*listed, (len(listed), functions.elem)]


def _passing(frame: "ScriptCallbacks", node: ir.Call) -> Passing:
    return Passing(key_at(frame.module.path, "passing", node))
