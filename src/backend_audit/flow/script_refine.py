"""What a test tells in JavaScript, beyond what `refine` reads of tests in any language: methods that test, `typeof`, positions.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects
"""

import re
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import (
    allowed,
    guards,
    refine,
    script_ajv,
    script_existing,
    script_filtered,
    script_kinds,
    script_loops,
    script_schemas,
    script_textual,
)
from backend_audit.flow import script_texts as texts
from backend_audit.flow.ordering import by_key
from backend_audit.flow.script_builtin import BOOL, values
from backend_audit.flow.values import CLOSED_TYPES, MADE, NUMBER, Constant, Value, changed
from backend_audit.flow.written import dotted, written

if TYPE_CHECKING:
    from backend_audit.flow.script_expressions import ScriptExpressions

_HOLDING = frozenset(("includes", "has", "contains"))
_OWNING = frozenset(("hasOwnProperty", "propertyIsEnumerable"))
_OWNS = frozenset(("Object.hasOwn", "Object.prototype.hasOwnProperty.call", "Reflect.has", "lodash.has", "lodash.includes"))
_ANY_OF = frozenset(("some", "find", "findIndex", "filter"))
_AT = frozenset(("indexOf", "lastIndexOf", "search", "findIndex"))
_NUMERIC = frozenset(
    ("Number.isInteger", "Number.isSafeInteger", "Number.isFinite", "isFinite", "lodash.isNumber", "lodash.isInteger")
)
_NO_NUMBER = frozenset(("isNaN", "Number.isNaN"))
_ABSOLUTE = frozenset(("path.isAbsolute", "path.posix.isAbsolute", "path.win32.isAbsolute"))
_CLOSED = {"number": NUMBER, "bigint": NUMBER, "boolean": BOOL, "undefined": MADE}
_INSIDE = frozenset(("path-is-inside",))
_INSIDE_BY_NAME = re.compile(
    r"^is_?(path_?|sub_?|child_?)?(inside|within|in_?(dir|directory|folder|root)|sub_?path|child_?path)", re.IGNORECASE
)
_PLAIN = frozenset(("nosql", "lookup"))
_NOT_FOUND = -1


def assume(frame: "ScriptExpressions", test: ir.Expr, *, holds: bool) -> bool:
    """Narrow by what only JavaScript says that way; whether nothing else is to be told of the test."""
    script_existing.asked(frame, test, holds=holds)
    if isinstance(test, ir.Await):
        refine.assume(frame, test.value, holds)
    elif isinstance(test, ir.Unary) and test.op == "~":
        position = _position(test.operand)  # `~list.indexOf(x)`
        return position is not None and _placed(frame, position, found=holds)
    elif isinstance(test, ir.Compare) and len(test.ops) == 1:
        return _compared(frame, test, test.ops[0], test.rights[0], holds=holds)
    elif isinstance(test, (ir.Name, ir.Attribute)) and not holds:
        for symbol in by_key(frame.eval(test).refs):
            if isinstance(symbol, script_schemas.Verdict):
                script_schemas.let_through(frame, symbol)  # `if (error) return`
    elif isinstance(test, ir.Index) and holds:
        _owned(frame, frame.eval(test.value), test.index)
    elif isinstance(test, ir.Logical) and test.op == ("or" if holds else "and") and (inside := _in_or_at(test)) is not None:
        return assume(frame, inside, holds=True)
    elif isinstance(test, ir.Call):
        _called(frame, test, holds=holds)
        return True
    return isinstance(test, ir.Await)


def _in_or_at(test: ir.Logical) -> ir.Call | None:
    """The test that says more of `path === folder || path.startsWith(folder + sep)`: the folder itself lies in it, too.

    The same the other way round, and as what refuses: `!path.startsWith(folder + sep) && path !== folder`.
    """
    same, begins = (test.left, test.right) if isinstance(test.left, ir.Compare) else (test.right, test.left)
    if test.op == "and":
        begins = begins.operand if isinstance(begins, ir.Unary) and begins.op == "not" else same
    alike = isinstance(same, ir.Compare) and same.ops == ["==" if test.op == "or" else "!="]
    if not isinstance(same, ir.Compare) or not alike or not isinstance(begins, ir.Call) or len(begins.args) != 1:
        return None
    func, start = begins.func, begins.args[0].value
    parts = start.parts if isinstance(start, ir.Template) else [start.left] if isinstance(start, ir.Binary) else []
    first = parts[0].value if parts and isinstance(parts[0], ir.Hole) else parts[0] if parts else None
    if first is None or not isinstance(func, ir.Attribute) or func.attr != "startsWith":
        return None
    return begins if {written(same.left), written(same.rights[0])} == {written(func.value), written(first)} else None


# --- comparisons -------------------------------------------------------------------------------------------------------


def _compared(frame: "ScriptExpressions", test: ir.Compare, op: str, right: ir.Expr, *, holds: bool) -> bool:
    left = test.left
    script_kinds.measured(frame, test)
    if isinstance(right, ir.Const) and right.value is None:
        frame.flags.taken_none(left, frame.env, holds=holds is (op == "=="))
    if isinstance(left, ir.Unary) and left.op == "typeof":
        return _typed(frame, left.operand, frame.eval(right), same=holds is (op == "=="))
    if isinstance(right, ir.Unary) and right.op == "typeof":
        return _typed(frame, right.operand, frame.eval(left), same=holds is (op == "=="))
    if op == "instanceof" and holds and dotted(right) == "Array":
        guards.clear_data(frame, frame.eval(left), script_loops.ARRAYS, node=left)
    position = _position(left)
    if position is not None:
        return _at(frame, position, op, frame.eval(right), holds=holds)
    if holds is (op == "=="):
        for one, other in ((left, right), (right, left)):
            _begins_alike(frame, one, other, same=True)
            texts.unchanged(frame, one, other)
            known = frame.eval(other)
            if isinstance(one, (ir.Attribute, ir.Name)) and not known.carries("untrusted"):
                texts.of_known_host(frame, one)
            if known.is_literal() and not known.kind and dotted(texts.plain(one)) is not None and frame.eval(one).origins:
                frame.settle_known(texts.plain(one), known)  # on either side
            if isinstance(one, ir.Call) and frame.eval(other).is_just(True):
                _called(frame, one, holds=True)  # `list.includes(x) === true`
    elif op in ("==", "!="):
        _begins_alike(frame, left, right, same=False)
    said = frame.eval(right) if op in ("==", "!=") and isinstance(left, ir.Call) else NUMBER
    if isinstance(left, ir.Call) and (said.is_just(False) or (said.is_just(True) and holds is (op != "=="))):
        _called(frame, left, holds=(holds is (op == "==")) is said.is_just(True))
    return False


def _typed(frame: "ScriptExpressions", subject: ir.Expr, kind: Value, *, same: bool) -> bool:
    """`typeof x === "number"`."""
    name = kind.constant()
    known = frame.known(subject)
    if name is not None and name.value == "object" and not same:
        guards.clear_data(frame, frame.eval(subject), script_loops.ARRAYS, node=subject)
        if known is not None and known[1].open:
            frame.env[known[0]] = known[1].cleared(_PLAIN)
    if known is None or name is None or not same:
        return True
    key, value = known
    if name.value == "string":
        frame.env[key] = changed(value.cleared(_PLAIN), types=(value.types - CLOSED_TYPES) | {"str"}) if value.open else value
    elif name.value in _CLOSED and (value.open or value.origins):
        frame.env[key] = _CLOSED[str(name.value)]
    return True


def _position(node: ir.Expr) -> ir.Call | None:
    """`xs.indexOf(x)`."""
    return node if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _AT else None


def _at(frame: "ScriptExpressions", call: ir.Call, op: str, right: Value, *, holds: bool) -> bool:
    """A position compared with -1 or 0."""
    one = right.constant()
    number = None if one is None else one.value
    if number == 0 and op in ("==", "!="):
        if holds is (op == "==") and isinstance(call.func, ir.Attribute) and call.args:
            texts.begins(frame, call.func.value, call.args[0].value)
        elif isinstance(call.func, ir.Attribute) and call.args:
            texts.never_begins(frame, call.func.value, call.args[0].value)
        return True
    tells = {("==", _NOT_FOUND): False, ("!=", _NOT_FOUND): True, (">", _NOT_FOUND): True, (">=", 0): True, ("<", 0): False}
    found = tells.get((op, number)) if isinstance(number, int) else None
    return found is not None and _placed(frame, call, found=found is holds)


def _placed(frame: "ScriptExpressions", call: ir.Call, *, found: bool) -> bool:
    """`xs.indexOf(x)` has found something, or nothing."""
    if not isinstance(call.func, ir.Attribute) or not call.args:
        return False
    if call.func.attr == "search":
        texts.matched(frame, call.func.value, call.args[0].value, holds=found)
    elif call.func.attr == "findIndex":
        _any_of(frame, call, call.func.value, holds=found)
    else:
        _held(frame, call.func.value, call.args[0].value, holds=found)
    return True


def _begins_alike(frame: "ScriptExpressions", part: ir.Expr, start: ir.Expr, *, same: bool) -> None:
    """`x.slice(0, root.length) === root`, `x.charAt(0) === "/"`, `x[0] === "/"` as a test of how a text begins."""
    text = _first_sign(part)
    if text is not None:
        (texts.begins if same else texts.never_begins)(frame, text, start)
    if not same or not isinstance(part, ir.Call) or not isinstance(part.func, ir.Attribute) or len(part.args) != 2:
        return
    first = part.args[0].value
    if part.func.attr in ("slice", "substring", "substr") and isinstance(first, ir.Const) and first.value == 0:
        texts.begins(frame, part.func.value, start)


def _first_sign(node: ir.Expr) -> ir.Expr | None:
    """`x` for `x[0]` and `x.charAt(0)`."""
    if isinstance(node, ir.Index):
        return node.value if isinstance(node.index, ir.Const) and node.index.value == 0 else None
    if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attribute) or node.func.attr != "charAt":
        return None
    first = node.args[0].value if node.args else None
    return node.func.value if isinstance(first, ir.Const) and first.value == 0 else None


# --- calls -------------------------------------------------------------------------------------------------------------


def _called(frame: "ScriptExpressions", test: ir.Call, *, holds: bool) -> None:
    func = test.func
    first = test.args[0].value if test.args else None
    script_textual.must_be_text(frame, test)
    if isinstance(func, ir.Attribute):
        name, receiver = func.attr, func.value
        if first is None:
            pass
        elif name in _HOLDING:
            _held(frame, receiver, first, holds=holds)
        elif name in _OWNING and holds:
            _owned(frame, frame.eval(receiver), first)
        elif name == "startsWith":
            (texts.begins if holds else texts.never_begins)(frame, receiver, first)
        elif name == "endsWith" and holds:
            texts.ends(frame, receiver, first)
        elif name in ("test", "exec"):
            texts.matched(frame, first, receiver, holds=holds)
        elif name in ("match", "matchAll"):
            texts.matched(frame, receiver, first, holds=holds)
        elif name in _ANY_OF or name == "every":
            if name in ("some", "every") and holds is (name == "every"):
                script_filtered.assume_all(frame, test, receiver, holds=holds)
            elif name != "every":
                _any_of(frame, test, receiver, holds=holds)
    _by_path(frame, test, first, holds=holds)
    guards.assume_call(frame, test, holds=holds)


def _by_path(frame: "ScriptExpressions", test: ir.Call, first: ir.Expr | None, *, holds: bool) -> None:
    """Functions that are known by their names."""
    if first is None:
        return
    path = dotted(test.func) or ""
    if holds:
        script_ajv.assume(frame, test)
    paths = frame.eval(test.func).apis | {path}
    if (holds and paths & _NUMERIC) or (not holds and paths & _NO_NUMBER):
        frame.settle_known(texts.as_number(first), MADE)
    elif path == "Array.isArray":  # either way it is known which of both it is
        guards.clear_data(frame, frame.eval(first), script_loops.ARRAYS, node=first)
    elif paths & _ABSOLUTE and not holds:
        guards.clear_data(frame, frame.eval(first), guards.RELATIVE, node=first)
    elif paths & _INSIDE and holds:
        guards.clear_data(frame, frame.eval(first), guards.PATH, guards.NORMALISED)
    elif holds and _INSIDE_BY_NAME.search(path.rpartition(".")[2]):
        for arg in test.args:
            guards.clear_data(frame, frame.eval(arg.value), guards.PATH, guards.NORMALISED)
    elif (paths & _OWNS or path.endswith(".hasOwnProperty.call")) and holds and len(test.args) > 1:
        _owned(frame, frame.eval(first), test.args[1].value)
    elif path == "Boolean":
        refine.assume(frame, first, holds)


def _held(frame: "ScriptExpressions", holder: ir.Expr, subject: ir.Expr, *, holds: bool) -> None:
    """`ALLOWED.includes(x)`, `x.includes("..")`, `SET.has(x)`."""
    collection = frame.eval(holder)
    asked = frame.eval(subject)
    if not holds:
        wanted = asked.texts()
        if len(wanted) == 1 and asked.constants() is not None and not collection.kind:
            texts.lacks_text(frame, holder, wanted[0])
        return
    subject = texts.plain(subject)
    if collection.is_literal() and (collection.kind or collection.made):
        texts.of_known_host(frame, subject)
        frame.settle_known(subject, allowed.member(collection))
    elif (files := allowed.lists_files(collection)) or allowed.is_allow_list(holder, collection):
        guards.clear_data(frame, asked, guards.PATH if files else guards.ALL, node=subject)
        texts.of_known_host(frame, subject)


def _owned(frame: "ScriptExpressions", table: Value, subject: ir.Expr) -> None:
    """`TABLE.hasOwnProperty(x)`, `TABLE[x]` is there: `x` is one of its names."""
    if table.kind == "dict" and table.elem is None and table.items and not table.origins:
        frame.settle_known(texts.plain(subject), Value(consts=frozenset(Constant("str", str(key)) for key in table.items)))


def _any_of(frame: "ScriptExpressions", call: ir.Call, collection: ir.Expr, *, holds: bool) -> None:
    """`HOSTS.some((host) => url.startsWith(host))`: it holds for one of them."""
    function = call.args[0].value if call.args else None
    if not holds or not isinstance(function, ir.Lambda) or not function.function.params:
        return
    before, last = function.function.body[:-1], next(reversed(function.function.body), None)
    param, named = function.function.params[0], [one.targets[0] for one in before if isinstance(one, ir.Assign)]
    names = {param.name, *(one.id for one in named if isinstance(one, ir.Name))}
    if not isinstance(last, ir.Return) or last.value is None or param.pattern is not None or len(names) <= len(before):
        return
    outer = {name: frame.env.get(name) for name in names}
    frame.env[param.name] = values(frame.eval(collection))
    frame.run(before)
    refine.assume(frame, last.value, True)
    for name, value in outer.items():
        frame.env.pop(name, None)
        if value is not None:
            frame.env[name] = value
