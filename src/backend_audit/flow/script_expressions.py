"""Expressions of JavaScript: `this`, objects with fields, templates, operators, functions and classes as values."""

from abc import abstractmethod
from collections.abc import Callable

from msgspec import structs

from backend_audit import ir
from backend_audit.flow import (
    address,
    numbers,
    refine,
    script_accessors,
    script_builtin,
    script_entering,
    script_kinds,
    script_lists,
    script_members,
    script_objects,
    script_paths,
    script_refine,
    sensitive,
    strings,
)
from backend_audit.flow.expressions import EVALUATORS
from backend_audit.flow.lexemes import indexed
from backend_audit.flow.script_calls import ScriptCalls
from backend_audit.flow.script_settling import held_as, settled
from backend_audit.flow.values import (
    CLOSED_TYPES,
    MADE,
    NOTHING,
    NUMBER,
    UNKNOWN,
    Key,
    Value,
    api,
    changed,
    container,
    join,
    join_all,
    ref,
)
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol

BOOL = script_builtin.BOOL
_TEXT, _WHOLE = frozenset(("str",)), 3  # the length of the key of what comes in, and is no part of it
_FOLDERS, _STANDS = frozenset(("__dirname", "__filename")), frozenset(("dirname", "filename", "url"))


class ScriptExpressions(ScriptCalls):
    """Evaluates expressions."""

    retold = frozenset(("untrusted", "param"))  # what comes in is read off a parameter

    def eval(self, node: ir.Expr) -> Value:
        return _EVAL[type(node)](self, node)

    def name(self, node: ir.Name) -> Value:
        if node.id in _FOLDERS:
            return self.engine.places.here(self.module, node.id)
        if node.id == "this" and "this" not in self.env and (owner := self.object_class()) is not None:
            return self.engine.instance_of(owner)
        if node.id == "super":
            return script_accessors.above(self, self.owner())
        if node.id == "arguments" and node.id not in self.env and (given := script_accessors.arguments(self)) is not None:
            return given
        return self.sensitive(node.id, node, settled(self.lookup(node.id)))

    def sensitive(self, name: str, node: ir.Node, value: Value) -> Value:
        """What a request holds under the name of a secret may be one, though the library's model knows nothing of its parts."""
        told = sensitive.classify(name) is not None
        return super().sensitive(name, node, script_members.possibly_text(self, node, value)) if told else value

    def read(self, base: Value, attr: str, node: ir.Attribute) -> Value:
        if base.kind:
            if attr in ("length", "size"):
                return script_lists.length(base, counted=self.registering) or NUMBER
            held = held_as(base, attr)
            if held is None and self.registering and base.kind == "dict" and not base.open and not base.origins:
                return script_builtin.UNDEFINED  # nothing that other functions add to a table of routes is told by it
            held = held.without("secret") if held is not None and held.origins and sensitive.is_public(attr) else held
            if held is not None and (not base.types or held is not base.elem):
                return self.inherit(held, base, attr) if base.origins and held is base.elem else held
        elif attr == "length" and (strings.is_text(base) or base.origins) and base.types <= _TEXT and not self.is_known(base):
            return NUMBER
        if attr in _STANDS and written(node.value) == "import.meta":
            return self.engine.places.here(self.module, attr)
        if attr == "constructor" and base.refs and all(isinstance(one, FunctionSymbol) for one in base.refs):
            return api("Function")
        if base.types and (got := script_accessors.of_class(self, base, attr, self.engine.owned)) is not None:
            return got
        made = [path for path in sorted(base.apis) if self.models.result(path)]
        parts = [path for path in made if self.engine.knows(self.models.canonical(f"{path}.{attr}"))]
        if not parts:
            return super().read(base, attr, node)
        rest = changed(base, apis=base.apis - frozenset(parts))  # `express()` makes something, `express.Router` is part of it
        found = join_all(self.read_api(path, attr, node) for path in parts)
        return join(found, super().read(rest, attr, node)) if rest.apis or rest.types or rest.refs else found

    def is_known(self, value: Value) -> bool:
        """Whether it is something of a library that models know."""
        return any(map(self.engine.knows, value.apis))

    def inherit(self, found: Value, base: Value, step: str) -> Value:
        """As `Expressions.inherit`; the parts of one request are told apart, since a test of one says nothing of the others."""
        found = script_members.known_part(super().inherit(found, base, step), base, step)
        if found.origins and not found.open and not found.types & CLOSED_TYPES:
            found = changed(found, open=True)
        whole = frozenset(one.key for one in base.origins if one.label == "untrusted" and len(one.key) == _WHOLE)
        if step == "[]" or not whole:
            return found
        parts = [structs.replace(one, key=(*one.key, step)) if one.key in whole else one for one in found.origins]
        return changed(found, origins=frozenset(parts))

    def read_api(self, path: str, attr: str, node: ir.Attribute) -> Value:
        """What another module calls `default` is the library itself."""
        constant = script_paths.attribute(f"{path}.{attr}")
        if constant is not None:
            return constant
        return api(path) if attr == "default" else super().read_api(path, attr, node)

    def index(self, node: ir.Index) -> Value:
        """`x["a"]` is `x.a`."""
        if isinstance(node.index, ir.Const) and isinstance(node.index.value, str):
            return self.attribute(ir.Attribute(node.at, node.end, node.value, node.index.value))
        seen = self.as_tested(node)
        if seen is not None:
            return seen
        base, at = indexed(node, self.eval(node.value)), self.eval(node.index)
        if base.kind:
            one = at.constant()
            key: Key | None = one.value if one is not None and isinstance(one.value, (str, int)) else None
            held = script_builtin.any_item(base) if key is None else base.item(key)
            found = UNKNOWN if held is None or held is NOTHING else held
            return script_members.chosen(self, base, at, self.inherit(found, base, "[]") if base.origins else found)
        names = at.texts() if at.constants() is not None else ()
        if names and (base.apis or base.types or base.refs):
            return join_all(self.read(base, name, ir.Attribute(node.at, node.end, node.value, name)) for name in names)
        return script_members.chosen(self, base, at, self.inherit(UNKNOWN, base, "[]") if base.origins else UNKNOWN)

    def display(self, node: ir.Container) -> Value:
        if node.kind != "dict":
            return super().display(node)
        items: dict[Key, Value] = {}
        spread: list[Value] = []
        elem: Value | None = None
        for item in node.items:
            key = None if item.key is None else self.eval(item.key).constant()
            name = key.value if key is not None and isinstance(key.value, (str, int)) else None
            value = self.eval_for(str(name), item.value) if name is not None else self.eval(item.value)
            if item.star:
                spread.append(container("dict", items))
                spread.append(value)
                items = {}
            elif name is not None:
                read = script_accessors.of_object(self, item, value)
                items |= {} if read is None else {name: read}
            else:
                elem = value if elem is None else join(elem, value)
        own = container("dict", items or None, elem)
        if not spread:
            return own
        return changed(script_builtin.merged([*spread, own]), types=frozenset().union(*map(self.copied_types, spread)))

    def copied_types(self, value: Value) -> frozenset[str]:
        """What `{...value}` is as well, since it has its attributes: a request."""
        if value.kind:
            return frozenset()
        names = value.types.union(found for path in value.apis if (found := self.models.result(path)) is not None)
        return frozenset(filter(self.models.brings_data, names))

    # --- tests ------------------------------------------------------------------------------------------------------

    def narrowed(self, test: ir.Expr, *, holds: bool) -> bool:
        return script_refine.assume(self, test, holds=holds)

    def believed(self, func: ir.Expr) -> bool:
        """A function of the project must look at where the address leads: `validUrl` is often a test of the syntax alone."""
        own = [one for one in self.eval(func).refs if isinstance(one, FunctionSymbol)]
        return not own or any(address.looks_at_host(one.node) for one in own)

    def known(self, node: ir.Expr) -> tuple[str, Value] | None:
        """The name or path that `node` is, with its value."""
        key = dotted(node)
        return None if key is None else (key, self.env[key] if key in self.env else self.eval(node))

    def settle_known(self, node: ir.Expr, value: Value) -> None:
        """A test has told what `node` is from here on."""
        key = dotted(node)
        if key is None:
            self.note_tested(node, value)
        else:
            self.env[key] = value

    def note_tested(self, node: ir.Expr | None, value: Value) -> None:
        key = dotted(node)
        if key is None:
            super().note_tested(node, value)
        elif key not in self.env:  # `req.query.x`, which another mention would read anew
            self.env[key] = value

    # --- operators --------------------------------------------------------------------------------------------------

    def combine(self, op: str, left: Value, right: Value, left_name: str, right_name: str, *parts: str) -> Value:
        right = script_paths.behind(right) if op == "+" and right.origins else right
        if op == "+" and (strings.is_text(left) or strings.is_text(right)) and not (left.kind and right.kind):
            return script_objects.joined([(left, left_name), (right, right_name)], "+")
        if op == "+" and (left.origins or right.origins):
            origins = left.derived().origins | right.derived().origins
            return Value(True, origins=origins)
        if op == "+" and (left.open or right.open):
            return UNKNOWN
        return NUMBER if op != "+" else super().combine(op, left, right, left_name, right_name, *parts)

    def logical(self, node: ir.Logical, known: Value | None = None) -> Value:
        """`a ?? b` is `b` where `a` is nothing; `a && b` is `a` only where that is false, so that nothing of its data is left."""
        left = self.eval(node.left) if known is None else known  # once: chains would double what is evaluated with each operand
        if node.op == "and" and left.origins and not left.kind:
            before, self.env = self.env, dict(self.env)
            refine.assume(self, node.left, True)
            right = self.eval(node.right)
            self.env = before
            return right if not left.open else join(UNKNOWN, right)
        consts = left.constants() if node.op == "nullish" else None
        if consts is None or any(one.kind in script_objects.NOTHINGS for one in consts) is not script_objects.is_nothing(left):
            return super().logical(node, left)
        return self.eval(node.right) if script_objects.is_nothing(left) else left

    def template(self, node: ir.Template) -> Value:
        found = [(self.eval(part.value if isinstance(part, ir.Hole) else part), written(part)) for part in node.parts]
        found[1:] = [(script_paths.behind(value), name) for value, name in found[1:]]
        return script_objects.joined(found, "template literal")

    def unary(self, node: ir.Unary) -> Value:
        if node.op in ("typeof", "void", "delete"):
            value = self.eval(node.operand)
            kind = script_kinds.told(value) if self.registering else MADE
            return kind if node.op == "typeof" else script_builtin.UNDEFINED if node.op == "void" else BOOL
        if node.op == "not":
            return super().unary(node)
        value = self.eval(node.operand)
        return value if value.constants() is not None else numbers.number("int", value)

    def walrus(self, node: ir.Walrus) -> Value:
        value = self.eval(node.value)
        self.bind(node.target, value)
        return value

    def sequence(self, node: ir.Sequence) -> Value:
        return [self.eval(one) for one in node.values][-1] if node.values else UNKNOWN

    def defaulted(self, node: ir.Defaulted) -> Value:
        return join(self.eval(node.target), self.eval(node.default))

    def slice(self, node: ir.Slice) -> Value:  # noqa: ARG002 - JavaScript has none
        return MADE

    # --- functions and classes --------------------------------------------------------------------------------------

    def lambda_(self, node: ir.Lambda) -> Value:
        symbol = self.engine.project.symbols.get(id(node.function))
        return UNKNOWN if symbol is None else self.only_called(node.function) or script_entering.made(self, node.function, symbol)

    def class_value(self, node: ir.ClassValue) -> Value:
        self.declare_class(node.definition)
        symbol = self.engine.project.symbols.get(id(node.definition))
        return UNKNOWN if symbol is None else ref(symbol)

    @abstractmethod
    def declare_class(self, node: ir.Class) -> None:
        """Run a class body: what it assigns to `this` are fields of its objects."""

    def iterate(self, node: ir.Expr) -> Value:
        value = self.eval(node)
        return script_builtin.values(value) if value.kind else super().iterate(node)


_EVAL: dict[type[ir.Node], Callable[..., Value]] = {
    **EVALUATORS,
    ir.Name: ScriptExpressions.name,
    ir.Index: ScriptExpressions.index,
    ir.Container: ScriptExpressions.display,
    ir.Template: ScriptExpressions.template,
    ir.Logical: ScriptExpressions.logical,
    ir.Unary: ScriptExpressions.unary,
    ir.Walrus: ScriptExpressions.walrus,
    ir.Lambda: ScriptExpressions.lambda_,
    ir.Slice: ScriptExpressions.slice,
    ir.Sequence: ScriptExpressions.sequence,
    ir.Defaulted: ScriptExpressions.defaulted,
    ir.ClassValue: ScriptExpressions.class_value,
}
