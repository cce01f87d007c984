"""Functions that copy objects into each other by name, to any depth: what one file shows of them."""

import re
from collections.abc import Iterator, Sequence

from backend_audit import ir
from backend_audit.checks import _patterns
from backend_audit.checks._view import FileView
from backend_audit.flow.written import dotted, last_word, written

_LISTING = frozenset(("keys", "entries", "getOwnPropertyNames", "ownKeys", "allKeys", "keysIn", "split"))
_SETTLES = frozenset(("resolve", "reject", "next", "done"))  # are told what came of it
_TAKING = frozenset(("pop", "shift", "at"))
_PROTO = frozenset(("__proto__", "constructor", "prototype"))
_REFUSES = re.compile(r"(?i)pollut|proto(?:type)?(?:key|name|prop)|(?:un)?safe_?(?:key|name|prop|path|from)")
_OWN = frozenset(("hasOwnProperty", "hasOwn", "has", "propertyIsEnumerable", "own"))


def enclosing(view: FileView) -> list[ir.Function]:
    """The functions around, innermost first."""
    return [one for one in reversed(view.ancestors) if isinstance(one, ir.Function)]


def is_enumerated(key: ir.Expr, view: FileView, base: str = "") -> bool:
    """Whether `key` runs through the names of another object than `base`, or of a path, or is what a caller gives for one."""
    name = key.id if isinstance(key, ir.Name) else ""
    if isinstance(key, ir.Index):
        return isinstance(key.value, ir.Name) and _is_list_of_names(key.value, view)
    if base and any(isinstance(node, ir.Call) and _goes_through(node, base, name) for node in view.ancestors):
        return False
    for node in reversed(view.ancestors):
        if isinstance(node, ir.For) and name in _names(node.target):
            if base and base in _walked(node, view):
                return False  # its own names: they are there already
            return node.keys or _lists_names(node.iter, view)
        if isinstance(node, ir.Function) and any(param.name == name for param in node.params):
            return True
    value = _patterns.given(ir.Name(key.at, key.end, name), view) if name else None
    if isinstance(value, ir.Index):
        return is_enumerated(value, view) or isinstance(value.value, ir.Name)
    taken = value.func if isinstance(value, ir.Call) else None  # `const last = keys.pop()`
    if isinstance(taken, ir.Attribute) and taken.attr in _TAKING and isinstance(taken.value, ir.Name):
        return _is_list_of_names(taken.value, view)
    return False


def _goes_through(node: ir.Call, base: str, name: str) -> bool:
    """`Object.keys(base).forEach((name) => …)`, `Object.keys(x).reduce((base, name) => …, x)`: its own names."""
    given = next((arg.value.function for arg in node.args if isinstance(arg.value, ir.Lambda)), None)
    listing = node.func.value if isinstance(node.func, ir.Attribute) else None
    if given is None or not isinstance(listing, ir.Call) or last_word(listing.func) not in _LISTING or len(listing.args) != 1:
        return False
    params = [one.name for one in given.params if one.kind == "positional"]
    listed = written(listing.args[0].value)
    if params[:2] == [base, name] and len(node.args) > 1 and last_word(node.func) == "reduce":
        return written(node.args[1].value) == listed
    return name in params[:1] and listed == base


def _walked(node: ir.For, view: FileView) -> set[str]:
    """What a loop goes through the names of, as written: `for (k in xs)`, `for ([k, v] of Object.entries(xs))`."""
    over = (_patterns.given(node.iter, view) if isinstance(node.iter, ir.Name) else None) or node.iter
    if isinstance(over, ir.Call) and last_word(over.func) in _LISTING and len(over.args) == 1:
        return {written(over.args[0].value)}
    return {written(node.iter)} if node.keys else set()


def _names(target: ir.Expr) -> set[str]:
    return {one.id for one in ir.walk(target) if isinstance(one, ir.Name)}


def _lists_names(node: ir.Expr, view: FileView) -> bool:
    if isinstance(node, ir.Name):
        return _is_list_of_names(node, view)
    return isinstance(node, ir.Call) and last_word(node.func) in _LISTING


def _is_list_of_names(name: ir.Name, view: FileView) -> bool:
    value = _patterns.given(name, view)
    if isinstance(value, ir.Call):
        return last_word(value.func) in _LISTING or isinstance(value.func, ir.Name)
    return False


def is_copy(target: ir.Index, view: FileView) -> bool:
    """Whether it writes to an object that this call of the function makes: `const merged = { ...base }`.

    What the call inside is given is copied there too, so that no object is changed that was there before.
    """
    name = target.value.id if isinstance(target.value, ir.Name) else ""
    functions = enclosing(view)
    values = [
        node.value
        for node in (ir.walk(*list(functions[0].body)) if functions and name else ())
        if isinstance(node, ir.Assign) and any(isinstance(one, ir.Name) and one.id == name for one in node.targets)
    ]
    return len(values) == 1 and values[0] is not None and _is_fresh(values[0])


def _is_fresh(value: ir.Expr) -> bool:
    if isinstance(value, ir.Call) and last_word(value.func) == "assign" and value.args:
        value = value.args[0].value
    return isinstance(value, ir.Container)


def goes_deeper(target: ir.Index, view: FileView) -> bool:
    """Whether a function around calls itself (or what it was given) with the member that `target` is."""
    functions = enclosing(view)
    if not functions:
        return False
    names = {one.name for one in functions if one.name}
    params = {param.name for one in functions for param in one.params} - _SETTLES
    around = functions[-1] if len(functions) > 1 and functions[0].kind == "arrow" else functions[0]
    aliases = {written(target)} | _aliases(target, around.body)
    keys = {written(target.value), written(target.index)}
    for call in ir.walk(*list(around.body)):
        if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Name):
            continue
        given = {written(one) for arg in call.args for one in _either(arg.value)}
        callee = call.func.id
        if callee in names or _leads_back(callee, names, view):
            if given & aliases:
                return True
        elif callee in params and (given & aliases or keys <= given):
            return True
    return False


def _either(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """`target[key] || {}`: the one or the other; `target[key] = target[key] || {}` as an argument."""
    if isinstance(node, ir.Walrus):
        return (node.target, *_either(node.value))
    return (node.left, node.right) if isinstance(node, ir.Logical) else (node,)


def _leads_back(callee: str, names: set[str], view: FileView) -> bool:
    """Whether a function of the file calls one of `names`: the two copy in turns."""
    for node in view.module.body:
        if isinstance(node, ir.Function) and node.name == callee:
            return any(isinstance(one, ir.Call) and last_word(one.func) in names for one in ir.walk(*list(node.body)))
    return False


def _aliases(target: ir.Index, body: Sequence[ir.Stmt]) -> set[str]:
    """Names that are given the member, or what a function makes of the object and the key."""
    found: set[str] = set()
    parts = {written(target.value), written(target.index)}
    for node in ir.walk(*list(body)):
        if not isinstance(node, ir.Assign) or node.value is None or not isinstance(node.targets[0], ir.Name):
            continue
        value = node.value
        whole = written(value) == written(target)
        if whole or (isinstance(value, ir.Call) and parts <= {written(arg.value) for arg in value.args}):
            found.add(node.targets[0].id)
    return found


def comes_from_elsewhere(value: ir.Expr, target: ir.Index) -> bool:
    """Whether the value is something else than what the object holds already, or a constant."""
    called = {id(one) for call in ir.walk(value) if isinstance(call, ir.Call) for one in ir.walk(call.func)}
    own = {one.id for one in ir.walk(target) if isinstance(one, ir.Name)}
    return any(isinstance(one, ir.Name) and id(one) not in called and one.id not in own for one in ir.walk(value))


def descends(target: ir.Index, view: FileView) -> bool:
    """`target = target[key]` in a loop of the same function: a path is followed."""
    functions = enclosing(view)
    base = dotted(target.value)
    for node in ir.walk(*list(functions[0].body)) if functions and base is not None else ():
        if not isinstance(node, ir.Assign) or node.value is None or dotted(node.targets[0]) != base:
            continue
        read = [one for one in ir.walk(node.value) if isinstance(one, ir.Index) and dotted(one.value) == base]
        read += [one for one in node.targets[1:] if isinstance(one, ir.Index) and dotted(one.value) == base]
        if any(not isinstance(one.index, ir.Const) for one in read):
            return True
    return False


def guarded(target: ir.Index, view: FileView) -> bool:
    """Whether the names that lead to a prototype are refused, or only own members are entered."""
    names: set[str] = set()
    base = written(target.value)
    for function in enclosing(view):
        for node in ir.walk(*list(function.body)):
            if isinstance(node, ir.Call):
                if _asks_own(node, base):
                    return True
                names |= _refused_by(node, view)
            elif isinstance(node, ir.Compare):
                if node.ops[0] == "instanceof" and last_word(node.rights[0]) == "Object":
                    return True
                names |= {str(one.value) for one in (node.left, *node.rights) if isinstance(one, ir.Const)} & _PROTO
    return len(names) > 1 or ("__proto__" in names and _plain_only(view))


def _plain_only(view: FileView) -> bool:
    """Whether something is asked to be a plain object: a function, which `constructor` leads to, is none."""
    called = (
        last_word(node.func).lower()
        for function in enclosing(view)
        for node in ir.walk(*list(function.body))
        if isinstance(node, ir.Call)
    )
    return any(name.startswith("is") and "object" in name for name in called)


def _asks_own(call: ir.Call, base: str) -> bool:
    """`base.hasOwnProperty(key)`, `Object.hasOwn(base, key)`, `has.call(base, key)`."""
    func = call.func
    first = written(call.args[0].value) if call.args else ""
    if isinstance(func, ir.Attribute):
        if func.attr in _OWN and written(func.value) == base:
            return True
        owner = last_word(func.value).lower()
        return first == base and (func.attr in _OWN or (func.attr == "call" and "own" in owner))
    return isinstance(func, ir.Name) and first == base and "own" in func.id.lower()


def _refused_by(call: ir.Call, view: FileView) -> set[str]:
    """The names of prototypes that a call looks for: in a list, in the text, in a function of the file."""
    if isinstance(call.func, ir.Attribute) and call.func.attr in ("includes", "indexOf", "has", "test"):
        holder: ir.Expr | None = call.func.value
        if isinstance(holder, ir.Name):
            holder = _patterns.given(holder, view) or holder
        parts = [holder, *(arg.value for arg in call.args)]
        return {word for part in parts if part is not None for word in _protos([part])}
    if isinstance(call.func, ir.Name):
        for node in ir.walk(*list(view.module.body)):
            if isinstance(node, ir.Function) and node.name == call.func.id:
                return set(_protos(node.body)) | {word for one in _lists_of(node, view) for word in one}
        return set(_PROTO) if _REFUSES.search(call.func.id) else set()  # another file's
    return set()


def _lists_of(function: ir.Function, view: FileView) -> Iterator[frozenset[str]]:
    """The names of prototypes in what a function's names were given: a list, `Object.getOwnPropertyNames(Object.prototype)`."""
    for name in ir.walk(*list(function.body)):
        value = _patterns.given(name, view) if isinstance(name, ir.Name) else None
        if isinstance(value, ir.Call) and last_word(value.func) == "getOwnPropertyNames" and value.args:
            yield _PROTO if written(value.args[0].value) == "Object.prototype" else frozenset()
        elif isinstance(value, ir.Container | ir.Const):
            yield frozenset(_protos([value]))


def _protos(nodes: Sequence[ir.Node]) -> Iterator[str]:
    for node in ir.walk(*list(nodes)):
        if isinstance(node, ir.Const) and isinstance(node.value, str):
            yield from (word for word in sorted(_PROTO) if word in node.value)
