"""What a test tells in JavaScript, beyond what `refine` reads of tests in any language: methods that test, `typeof`, positions.

https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects
"""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import guards, lacks, refine
from backend_audit.flow.script_builtin import BOOL, values
from backend_audit.flow.script_patterns import pattern_of
from backend_audit.flow.values import MADE, NUMBER, Constant, Value, changed
from backend_audit.flow.written import dotted
from backend_audit.regex import harmless_after, harmless_unmatched, lacked_text

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
_HOST_PARTS = frozenset(("hostname", "host", "origin"))
_SAME = frozenset("toLowerCase toUpperCase trim toString toLocaleLowerCase".split())
_PLAIN = frozenset(("nosql", "lookup"))
_UPWARDS = ("..", "../", "/..", "..\\", ".")
_ROOTS = ("/", "\\", "./", "//")
OFFSET = "offset"  # a mark: the way from a folder to a path, as `path.relative` gives it
_NOT_FOUND = -1


def assume(frame: "ScriptExpressions", test: ir.Expr, *, holds: bool) -> bool:
    """Narrow by what only JavaScript says that way; whether nothing else is to be told of the test."""
    if isinstance(test, ir.Await):
        refine.assume(frame, test.value, holds)
    elif isinstance(test, ir.Unary) and test.op == "~":
        position = _position(test.operand)  # `~list.indexOf(x)`
        return position is not None and _placed(frame, position, found=holds)
    elif isinstance(test, ir.Compare) and len(test.ops) == 1:
        return _compared(frame, test, test.ops[0], test.rights[0], holds=holds)
    elif isinstance(test, ir.Index) and holds:
        _owned(frame, frame.eval(test.value), test.index)
    elif isinstance(test, ir.Call):
        _called(frame, test, holds=holds)
        return True
    return isinstance(test, ir.Await)


# --- comparisons -------------------------------------------------------------------------------------------------------


def _compared(frame: "ScriptExpressions", test: ir.Compare, op: str, right: ir.Expr, *, holds: bool) -> bool:
    left = test.left
    if isinstance(left, ir.Unary) and left.op == "typeof":
        return _typed(frame, left.operand, frame.eval(right), same=holds is (op == "=="))
    if isinstance(right, ir.Unary) and right.op == "typeof":
        return _typed(frame, right.operand, frame.eval(left), same=holds is (op == "=="))
    position = _position(left)
    if position is not None:
        return _at(frame, position, op, frame.eval(right), holds=holds)
    if holds is (op == "=="):
        for one, other in ((left, right), (right, left)):
            _begins_alike(frame, one, other)
            known = frame.eval(other)
            if known.is_literal() and not known.kind and dotted(_plain(one)) is not None and frame.eval(one).origins:
                frame.settle_known(_plain(one), known)  # on either side
            if isinstance(one, ir.Attribute) and one.attr in _HOST_PARTS and not frame.eval(other).carries("untrusted"):
                guards.clear_data(frame, frame.eval(one.value), guards.URL)
            if isinstance(one, ir.Call) and frame.eval(other).is_just(True):
                _called(frame, one, holds=True)  # `list.includes(x) === true`
    elif op in ("==", "!=") and isinstance(left, ir.Call) and frame.eval(right).is_just(True):
        _called(frame, left, holds=False)
    return False


def _typed(frame: "ScriptExpressions", subject: ir.Expr, kind: Value, *, same: bool) -> bool:
    """`typeof x === "number"`."""
    name = kind.constant()
    known = frame.known(subject)
    if known is None or name is None or not same:
        return True
    key, value = known
    if name.value == "string":
        frame.env[key] = changed(value.cleared(_PLAIN), types=value.types | {"str"}) if value.open else value
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
            _begins(frame, call.func.value, call.args[0].value)
        elif isinstance(call.func, ir.Attribute) and call.args:
            _never_begins(frame, call.func.value, call.args[0].value)
        return True
    tells = {("==", _NOT_FOUND): False, ("!=", _NOT_FOUND): True, (">", _NOT_FOUND): True, (">=", 0): True, ("<", 0): False}
    found = tells.get((op, number)) if isinstance(number, int) else None
    return found is not None and _placed(frame, call, found=found is holds)


def _placed(frame: "ScriptExpressions", call: ir.Call, *, found: bool) -> bool:
    """`xs.indexOf(x)` has found something, or nothing."""
    if not isinstance(call.func, ir.Attribute) or not call.args:
        return False
    if call.func.attr == "search":
        _matched(frame, call.func.value, call.args[0].value, holds=found)
    elif call.func.attr == "findIndex":
        _any_of(frame, call, call.func.value, holds=found)
    else:
        _held(frame, call.func.value, call.args[0].value, holds=found)
    return True


def _begins_alike(frame: "ScriptExpressions", part: ir.Expr, start: ir.Expr) -> None:
    """`x.slice(0, root.length) === root`, `x.charAt(0) === "/"` as a test of how a text begins."""
    if not isinstance(part, ir.Call) or not isinstance(part.func, ir.Attribute) or len(part.args) != 2:
        return
    first = part.args[0].value
    if part.func.attr in ("slice", "substring", "substr") and isinstance(first, ir.Const) and first.value == 0:
        _begins(frame, part.func.value, start)


# --- calls -------------------------------------------------------------------------------------------------------------


def _called(frame: "ScriptExpressions", test: ir.Call, *, holds: bool) -> None:
    func = test.func
    first = test.args[0].value if test.args else None
    if isinstance(func, ir.Attribute):
        name, receiver = func.attr, func.value
        if first is None:
            pass
        elif name in _HOLDING:
            _held(frame, receiver, first, holds=holds)
        elif name in _OWNING and holds:
            _owned(frame, frame.eval(receiver), first)
        elif name == "startsWith":
            (_begins if holds else _never_begins)(frame, receiver, first)
        elif name == "endsWith" and holds:
            _ends(frame, receiver, first)
        elif name in ("test", "exec"):
            _matched(frame, first, receiver, holds=holds)
        elif name == "match":
            _matched(frame, receiver, first, holds=holds)
        elif name in _ANY_OF:
            _any_of(frame, test, receiver, holds=holds)
    _by_path(frame, test, first, holds=holds)
    guards.assume_call(frame, test, holds=holds)


def _by_path(frame: "ScriptExpressions", test: ir.Call, first: ir.Expr | None, *, holds: bool) -> None:
    """Functions that are known by their names."""
    if first is None:
        return
    path = dotted(test.func) or ""
    paths = frame.eval(test.func).apis | {path}
    if (holds and paths & _NUMERIC) or (not holds and paths & _NO_NUMBER):
        frame.settle_known(first, MADE)
    elif paths & _ABSOLUTE and not holds:
        guards.clear_data(frame, frame.eval(first), guards.RELATIVE, node=first)
    elif (paths & _OWNS or path.endswith(".hasOwnProperty.call")) and holds and len(test.args) > 1:
        _owned(frame, frame.eval(first), test.args[1].value)
    elif path in ("Boolean", "Array.isArray"):
        refine.assume(frame, first, holds) if path == "Boolean" else None


def _held(frame: "ScriptExpressions", holder: ir.Expr, subject: ir.Expr, *, holds: bool) -> None:
    """`ALLOWED.includes(x)`, `x.includes("..")`, `SET.has(x)`."""
    collection = frame.eval(holder)
    asked = frame.eval(subject)
    if not holds:
        texts = asked.texts()
        if len(texts) == 1 and asked.constants() is not None and not collection.kind:
            _lacks(frame, holder, texts[0])
        return
    subject = _plain(subject)
    if collection.is_literal() and (collection.kind or collection.made):
        frame.settle_known(subject, refine.member(collection))
        _host(frame, subject)
    elif refine.is_allow_list(holder, collection) and not (collection.open and collection.origins):
        guards.clear_data(frame, asked, guards.ALL, node=subject)
        _host(frame, subject)


def _owned(frame: "ScriptExpressions", table: Value, subject: ir.Expr) -> None:
    """`TABLE.hasOwnProperty(x)`, `TABLE[x]` is there: `x` is one of its names."""
    if table.kind == "dict" and table.elem is None and table.items and not table.origins:
        frame.settle_known(_plain(subject), Value(consts=frozenset(Constant("str", str(key)) for key in table.items)))


def _any_of(frame: "ScriptExpressions", call: ir.Call, collection: ir.Expr, *, holds: bool) -> None:
    """`HOSTS.some((host) => url.startsWith(host))`: it holds for one of them."""
    function = call.args[0].value if call.args else None
    if not holds or not isinstance(function, ir.Lambda) or not function.function.params:
        return
    body, param = function.function.body, function.function.params[0]
    statement = body[0] if len(body) == 1 else None
    if not isinstance(statement, ir.Return) or statement.value is None or param.pattern is not None:
        return
    outer = frame.env.get(param.name)
    frame.env[param.name] = values(frame.eval(collection))
    refine.assume(frame, statement.value, True)
    if outer is None:
        frame.env.pop(param.name, None)
    else:
        frame.env[param.name] = outer


# --- how texts begin and end, and what they match ---------------------------------------------------------------------


def _lacks(frame: "ScriptExpressions", subject: ir.Expr, text: str) -> None:
    value = frame.eval(subject)
    if text in _UPWARDS:
        guards.clear_data(frame, value, guards.PATH, OFFSET)
    gone = lacks.lacking(text)
    if gone:
        frame.settle_known(subject, value.cleared(gone))


def _begins(frame: "ScriptExpressions", subject: ir.Expr, start: ir.Expr) -> None:
    """`x.startsWith(root)` holds: of an address after its host, of a normalised path."""
    value, told = frame.eval(subject), frame.eval(start)
    if told.carries("untrusted"):
        return
    texts = told.texts()
    if texts and all(guards.is_host_prefix(text) for text in texts):
        guards.clear_data(frame, value, guards.URL, node=subject)
    if not (texts and all(text in _UPWARDS for text in texts)):
        guards.clear_data(frame, value, guards.PATH, guards.NORMALISED)


def _never_begins(frame: "ScriptExpressions", subject: ir.Expr, start: ir.Expr) -> None:
    """`x.startsWith("..")` does not hold: a way from a folder leads into it; a text without a root stays below one."""
    value, texts = frame.eval(subject), frame.eval(start).texts()
    if texts and all(text.startswith("..") for text in texts):
        guards.clear_data(frame, value, guards.PATH, OFFSET)
        guards.clear_data(frame, value, lacks.lacking(".."), guards.NORMALISED)
    elif texts and all(text in _ROOTS for text in texts):
        guards.clear_data(frame, value, guards.RELATIVE)


def _ends(frame: "ScriptExpressions", subject: ir.Expr, ending: ir.Expr) -> None:
    """`url.hostname.endsWith(".example.org")`."""
    texts = frame.eval(ending).texts()
    if texts and all(text.startswith(".") for text in texts):
        _host(frame, subject)


def _host(frame: "ScriptExpressions", subject: ir.Expr) -> None:
    """The host of an address is one that the program knows."""
    subject = _plain(subject)
    if isinstance(subject, ir.Attribute) and subject.attr in _HOST_PARTS:
        guards.clear_data(frame, frame.eval(subject.value), guards.URL)
    elif isinstance(subject, ir.Name):
        guards.clear_data(frame, frame.eval(subject), guards.URL, "host")


def _matched(frame: "ScriptExpressions", subject: ir.Expr, pattern: ir.Expr, *, holds: bool) -> None:
    """`pattern.test(x)` has turned out as `holds`."""
    value = frame.eval(subject)
    patterns = pattern_of(frame.eval(pattern))
    if not patterns:
        return
    contexts = frozenset.intersection(*(harmless_after(one, "search") if holds else harmless_unmatched(one) for one in patterns))
    texts = [] if holds else [lacked_text(one) for one in patterns]
    for text in texts:
        contexts |= lacks.lacking(text)
        if text in _UPWARDS:
            guards.clear_data(frame, value, guards.PATH, OFFSET)
    if contexts:
        made = "all" in contexts and not value.all_origins()
        frame.settle_known(_plain(subject), MADE if made else value.cleared(contexts))


def _plain(node: ir.Expr) -> ir.Expr:
    """`x` for `x.toLowerCase()`, `String(x)`: normalised before the test, the same data all the same."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and not node.args and node.func.attr in _SAME:
        return _plain(node.func.value)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id == "String" and len(node.args) == 1:
        return _plain(node.args[0].value)
    return node.target if isinstance(node, ir.Walrus) else node
