"""Functions that a JSON schema is compiled to: data that one has said yes to is what the schema describes.

https://ajv.js.org/api.html
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import script_schemas
from backend_audit.flow.script_builtin import Pieces
from backend_audit.flow.script_json_schema import DEPTH, described
from backend_audit.flow.script_schemas import OUT, Verdict, filled, out_of
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import key_at

if TYPE_CHECKING:
    from backend_audit.flow.script_calls import ScriptCalls

VALIDATOR = "schema.Validator"
_COMPILES = frozenset(("ajv.Instance.compile", "ajv.Instance.compileAsync"))
_ASKS = "ajv.Instance.validate"


def made(path: str, given: Pieces) -> Value | None:
    """What `ajv.compile(schema)` gives; None for any other call."""
    if path not in _COMPILES or not given:
        return None
    return Value(types=frozenset((VALIDATOR,)), items={OUT: described(given[0][0], DEPTH)})


def assume(frame: "ScriptCalls", test: ir.Call) -> None:
    """`validate(data)` or `ajv.validate(schema, data)` has held."""
    callee = frame.eval(test.func)
    if VALIDATOR in callee.types and test.args:
        _let_through(frame, test.args[0].value, out_of(callee))
    elif _ASKS in callee.apis and len(test.args) > 1:
        _let_through(frame, test.args[1].value, described(frame.eval(test.args[0].value), DEPTH))


def _let_through(frame: "ScriptCalls", data: ir.Expr, out: Value) -> None:
    def part(value: Value, field: str) -> Value:
        return frame.read(value, field, ir.Attribute(data.at, data.end, ir.Name(data.at, data.at, written(data)), field))

    found = filled(out, frame.eval(data), part)
    script_schemas.let_through(frame, Verdict(key_at(frame.module.path, "verdict", data), data, found))
