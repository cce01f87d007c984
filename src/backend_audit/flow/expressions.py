"""What an expression may be: names, access, operators, containers. Calls stand in `calls.py`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow import builtin, mappings, named_parts, numbers, refine, rendering, sensitive, slices, strings, urls
from backend_audit.flow.arguments import Args
from backend_audit.flow.concepts import Allocation, Operand
from backend_audit.flow.divided import is_path, path_join
from backend_audit.flow.frame import FrameState
from backend_audit.flow.generics import with_arguments
from backend_audit.flow.lexemes import NO_SECRET, indexed
from backend_audit.flow.models import Row
from backend_audit.flow.moments import Loop
from backend_audit.flow.ordering import by_key, in_order
from backend_audit.flow.origins import MEMBER, NAMES, Origin
from backend_audit.flow.parts import ELEMENT, of_origin, of_rest
from backend_audit.flow.syntax import is_numeric
from backend_audit.flow.values import (
    CLOSED_TYPES,
    FALSE,
    MADE,
    NOTHING,
    NUMBER,
    TRUE,
    UNKNOWN,
    Constant,
    Key,
    Value,
    api,
    changed,
    constant,
    container,
    join,
    join_all,
    ref,
)
from backend_audit.flow.written import dotted, with_parts, written
from backend_audit.link.symbols import ClassSymbol, Symbol, key_at
from backend_audit.source import Language

BOOL = Value(types=frozenset(("bool",)))
_LITERAL = frozenset(("typing.Literal", "typing_extensions.Literal"))
_REPETITION = Row(Allocation, {"size": "value"}, {})  # `"x" * n`

_MAX_LAMBDAS = 4
_TYPING = ("typing.", "typing_extensions.")
_GENERIC = frozenset({"list", "dict", "set", "frozenset", "tuple", "type"})


@dataclass(eq=False, slots=True, repr=False)
class LambdaSymbol(Symbol):
    """A lambda with the frame whose names it sees."""

    key: str
    node: ir.Function
    frame: "Expressions"


@dataclass(eq=False, slots=True, repr=False)
class AliasSymbol(Symbol):
    """A type that a name stands for (`Ids = list[int]`, `Caller = Annotated[User, Depends(…)]`), read where it is used."""

    key: str
    node: ir.Expr
    frame: "Expressions"


_MARKUP = "markupsafe.Markup"
_HTML = frozenset(("html",))
_DECLARED = frozenset(  # what a class says of itself, whatever its objects hold
    "model_fields __fields__ __class__ __annotations__ __dataclass_fields__ __slots__ _fields _meta __table__ __name__".split()
)


class Expressions(FrameState, ABC):
    """Evaluates expressions to values; assignments inside them (walrus, comprehensions) act on `env`."""

    def eval(self, node: ir.Expr) -> Value:
        return EVALUATORS[type(node)](self, node)

    def optional(self, node: ir.Expr | None) -> Value:
        return UNKNOWN if node is None else self.eval(node)

    # --- leaves and access ------------------------------------------------------------------------------------------

    def const(self, node: ir.Const) -> Value:
        return constant(node.kind, node.value)

    def name(self, node: ir.Name) -> Value:
        return self.sensitive(node.id, node, self.lookup(node.id))

    def attribute(self, node: ir.Attribute) -> Value:
        key = dotted(node)
        if key is not None:
            known = self.path(key)
            if known is not None:
                return self.sensitive(node.attr, node, known)
        base = self.eval(node.value)
        return self.as_read(key, self.sensitive(node.attr, node, self.read(base, node.attr, node)))

    def read(self, base: Value, attr: str, node: ir.Attribute) -> Value:
        """What `base.attr` may be."""
        found = NOTHING
        for symbol in by_key(base.refs) if base.refs else ():
            found = join(found, self.attribute_of(symbol, attr))
        for path in in_order(base.apis) if base.apis else ():
            target = self.models.result(path)
            found = join(found, self.read_type(target, attr, node) if target else self.read_api(path, attr, node))
        for type_name in in_order(base.types) if base.types else ():
            found = join(found, self.read_type(type_name, attr, node, base))
        if base.items is not None and attr in base.items and (not base.kind or rendering.reads_items(self, base, attr)):
            doubted = base.open or len(base.types) > 1  # `Admin(sudo=True)`, or one that nothing is known about
            found = changed(base.items[attr], open=True) if doubted and base.items[attr].consts else base.items[attr]
        if base.refs and self.models.lists_itself(found.apis):
            return container("list", None, Value(types=base.types, refs=base.refs))
        if found.apis and self.models.stands_for_owner(found.apis):
            return Value(types=base.types, refs=base.refs)
        if base.origins or found.origins:
            owners = self.engine.classes_of(base)
            found = self.inherit(found, self.shared(base, attr, found, owners), attr)
            cleared = [self.models.parts.get(path, frozenset()) for path in found.apis]
            if cleared and all(cleared):
                found = found.cleared(frozenset.intersection(*cleared))
            for owner in owners:
                found = found.cleared(self.engine.validated(owner, attr))
            found = urls.part(base, attr, found)
        return UNKNOWN if found is NOTHING else found

    def shared(self, base: Value, attr: str, found: Value, owners: list[ClassSymbol]) -> Value:
        """`base` as far as its field depends on which object it is: a field that no caller fills is the same in all of them."""
        if not owners and found.is_literal() and base.types & self.models.shared:  # `req.step = "first"` in another middleware
            return Value(base.open, types=base.types, origins=frozenset(one for one in base.origins if one.label != "param"))
        if not owners or found is UNKNOWN or found is NOTHING:
            return base
        if any(self.engine.is_parametric(owner, attr) for owner in owners):
            return base
        filled = any(self.engine.is_filled_outside(owner, attr) for owner in owners)  # `order: OrderBody` as it was handed over
        kept = frozenset(one for one in base.origins if one.label != "param" or filled)
        return Value(base.open, types=base.types, origins=kept)

    def inherit(self, found: Value, base: Value, step: str) -> Value:
        """A part of tainted data is tainted; a part of a parameter is the same part of the argument."""
        closed = found.types & CLOSED_TYPES or found.refs or found.made
        if not base.origins or step in _DECLARED or (closed and not found.open):
            return found
        harmless = step != ELEMENT and not sensitive.gives_away(step)  # `credentials.username`
        left_out = (NAMES, MEMBER, "secret") if harmless else (NAMES, MEMBER)
        found = UNKNOWN if found is NOTHING else found
        return found.with_origins(of_origin(one, step) for one in base.origins if one.label not in left_out)

    def read_api(self, path: str, attr: str, node: ir.Attribute) -> Value:
        if path in self.models.shared:
            held = self.engine.external_field(path, attr, self.function)
            if held is not None:
                return held
        full = self.models.canonical(f"{path}.{attr}")
        return self.reading(full, node, api(full))

    def read_type(self, type_name: str, attr: str, node: ir.Attribute, base: Value | None = None) -> Value:
        owner = self.engine.class_of(type_name)
        if owner is not None:
            return self.engine.instance_attribute(owner, attr, node, self, base)
        if type_name in self.models.shared:
            held = self.engine.external_field(type_name, attr, self.function)
            if held is not None:
                return held
        lineage = self.models.lineage(type_name)
        for one in lineage:
            full = self.models.canonical(f"{one}.{attr}")
            if self.engine.has_rows(full):
                return self.reading(full, node, api(full))
        for one in lineage:
            every = self.models.results.get(f"{one}.*")  # any other attribute: `client.database.collection`
            if every is not None:
                return Value(types=frozenset((every,)))
        return api(f"{type_name}.{attr}")

    def reading(self, path: str, node: ir.Attribute, found: Value) -> Value:
        """An external attribute is read: sources and rows that ask for it."""
        source = self.models.sources["read"].get(path)
        if source is not None:
            origin = Origin(source.kind, (path, self.module.path, node.at), source.what or path, source.clears)
            found = found.with_origins((origin.step(self.mark(node, f"{written(node)} comes from outside")),))
        for row in self.models.rows["read"].get(path, ()):
            self.emit(row, path, node, {})
        return found

    def index(self, node: ir.Index) -> Value:
        seen = self.as_tested(node)
        if seen is not None:
            return seen
        base = indexed(node, self.eval(node.value))
        if any(path.startswith(_TYPING) or path in _GENERIC for path in base.apis):
            return ref(AliasSymbol(key_at(self.module.path, "alias", node), node, self))
        if isinstance(node.index, ir.Slice):
            for part in (node.index.lower, node.index.upper, node.index.step):
                self.optional(part)
            return slices.sliced(base, node.index).cleared(NO_SECRET)  # the first characters do not give a secret away
        at = self.eval(node.index)
        one = at.constant()
        key: Key | None = one.value if one is not None and isinstance(one.value, (str, int)) else None
        if base.apis & _LITERAL:
            return api("typing.Literal[]")
        found = NOTHING
        if isinstance(key, int) and key < 0 and base.kind in ("list", "tuple") and base.items and base.elem is None:
            key += len(base.items)  # counted from the end of what is known whole
        if base.kind and key is not None and (rest := of_rest(base, key)) is not None:
            return self.sensitive(key, node, rest) if isinstance(key, str) else rest
        if base.kind:
            found = mappings.any_value(base) if key is None else base.item(key) or NOTHING
        elif base.items and key is not None and key in base.items:  # a named tuple, or what was put into something unknown
            return self.sensitive(key, node, base.items[key]) if isinstance(key, str) else base.items[key]
        elif base.items and key is None and base.open:
            found = join_all([UNKNOWN, *base.items.values()])
        text = base.constant() if isinstance(key, int) else None
        if (
            text is not None
            and isinstance(text.value, str)
            and isinstance(key, int)
            and -len(text.value) <= key < len(text.value)
        ):
            found = Value(consts=frozenset((Constant(text.kind, text.value[key]),)))
        for path in sorted(base.apis | base.types):
            target = self.models.result(f"{self.models.result(path) or path}.__getitem__")
            if target is not None:
                found = join(found, Value(types=frozenset((target,))))
        if found is NOTHING and base.types:
            found = self.engine.item_of(base, Operand(at, node.index))
        found = join(found, named_parts.kept(self, base, (str(key),))) if isinstance(key, str) else found
        found = with_arguments(base, one) if found is NOTHING else found
        if base.origins:
            found = named_parts.entry(self.inherit(found, base, str(key) if isinstance(key, str) else ELEMENT), (str(key),))
        return self.sensitive(key, node, found) if isinstance(key, str) else found

    # --- operators --------------------------------------------------------------------------------------------------

    def binary(self, node: ir.Binary) -> Value:
        left, right = self.eval(node.left), self.eval(node.right)
        if node.op == "*" and (left.kind or strings.is_text(left)) and numbers.is_free(right):
            self.emit(_REPETITION, "*", node, {"value": Operand(right, node.right)})
        found = self.combine(node.op, left, right, written(node.left), *with_parts(node.right))
        return found.cleared(_HTML) if _MARKUP in left.types | right.types else found  # it escapes what it is joined with

    def combine(self, op: str, left: Value, right: Value, left_name: str, right_name: str, *parts: str) -> Value:
        if op == "%":
            formatted = strings.percent(left, right, right_name, *parts)
            if formatted is not None:
                return formatted
        if op == "+":
            if left.kind or right.kind:
                return builtin.concatenated(left, right)
            if strings.is_text(left) or strings.is_text(right):
                return strings.build([(left, left_name), (right, right_name)], "+", as_text=False)
        if op == "*" and (left.kind or strings.is_text(left)):
            return builtin.repeated(left, right)
        if op == "|" and left.kind and right.kind:
            return join(left, right)
        if op == "/" and is_path(left, right, self.module.node.language):
            return path_join(left, right)
        if op == "+" and self.module.node.language is Language.PYTHON and builtin.is_number(left) is not builtin.is_number(right):
            return numbers.number("int", left, right)  # a text would have raised
        return builtin.arithmetic(op, left, right)

    def logical(self, node: ir.Logical, known: Value | None = None) -> Value:
        left = self.eval(node.left) if known is None else known
        before = dict(self.env)
        truth = refine.truth(left)
        if node.op != "nullish" and truth is not None and truth is (node.op == "or"):
            return left
        refine.assume(self, node.left, node.op == "and")
        right = self.eval(node.right)
        self.env = before
        if truth is not None and node.op != "nullish":
            return right
        return join(refine.without_falsy(left) if node.op == "or" else left, right)

    def unary(self, node: ir.Unary) -> Value:
        value = self.eval(node.operand)
        if node.op == "not":
            truth = refine.truth(value)
            return BOOL if truth is None else FALSE if truth else TRUE
        return NUMBER if node.op in ("-", "+", "~") and not value.open else value

    def compare(self, node: ir.Compare) -> Value:
        left = self.eval(node.left)
        rights = [self.eval(right) for right in node.rights]
        return refine.compared(node, left, rights)

    def conditional(self, node: ir.Conditional) -> Value:
        truth = refine.truth(self.eval(node.test))
        before = dict(self.env)
        found = NOTHING
        if truth is not False:
            refine.assume(self, node.test, True)
            found = self.eval(node.then)
            self.env = dict(before)
        if truth is not True:
            refine.assume(self, node.test, False)
            found = join(found, self.eval(node.orelse))
            self.env = before
        return found

    def walrus(self, node: ir.Walrus) -> Value:
        value = self.eval(node.value)
        if isinstance(node.target, ir.Name):
            self.assign_path(node.target.id, value)
        return value

    # --- strings and containers -------------------------------------------------------------------------------------

    def template(self, node: ir.Template) -> Value:
        pieces: list[strings.Piece] = []
        for part in node.parts:
            if isinstance(part, ir.Hole):
                value = self.eval(part.value)
                for spec in part.spec:
                    self.eval(spec)
                value = NUMBER if is_numeric(part) else strings.converted(value, part.conversion)
                pieces.append((value, written(part.value)))
            else:
                pieces.append((self.eval(part), written(part)))
        return strings.build(pieces, "f-string")

    def hole(self, node: ir.Hole) -> Value:
        return self.eval(node.value)

    def display(self, node: ir.Container) -> Value:
        items: dict[Key, Value] = {}
        elem: Value | None = None
        keys, position = set[Origin](), 0
        for item in node.items:
            named = item.key.value if isinstance(item.key, ir.Const) else None
            before, self.target = self.target, named if isinstance(named, str) else self.target
            value = self.eval(item.value)
            self.target = before
            if item.star == 1 and elem is None and value.kind in ("list", "tuple") and value.elem is None and not value.open:
                items.update(enumerate((value.items or {}).values(), position))
                position += len(value.items or {})
            elif item.star:
                items.update((value.items or {}) if item.star == 2 else {})
                rest, names = mappings.spread(value) if item.star == 2 else (builtin.iterated(value), frozenset())
                keys |= names
                elem = rest if elem is None else elem if rest is None else join(elem, rest)
            elif item.key is not None:
                key = self.eval(item.key)
                constant_key = key.constant()
                if constant_key is not None and isinstance(constant_key.value, (str, int)):
                    items[constant_key.value] = value
                else:
                    keys |= key.as_keys()
                    elem = value if elem is None else join(elem, value)
            elif elem is not None:
                elem = join(elem, value)
            else:
                items[position] = value
                position += 1
        return container(node.kind, items or None, elem).with_origins(keys)

    def comprehension(self, node: ir.Comprehension) -> Value:
        before = dict(self.env)
        for clause in node.clauses:
            element = self.iterate(clause.iter)
            self.bind(clause.target, element)
            self.enter(Loop(node, clause.iter, clause.target, element))
            for condition in clause.conditions:
                self.eval(condition)
                refine.assume(self, condition, True)
        keys = frozenset[Origin]() if node.key is None else self.eval(node.key).as_keys()
        value = self.eval(node.value)
        self.env = before
        del self.loops[-len(node.clauses) :]
        return container("list" if node.kind == "generator" else node.kind, None, value).with_origins(keys)

    def iterate(self, node: ir.Expr) -> Value:
        value = self.eval(node)
        found = self.each_of(value, node)
        return builtin.iterated(value) if found is None else found

    def each_of(self, value: Value, node: ir.Expr) -> Value | None:
        """What iterating over an object of a library gives, where models say so."""
        held = sorted(value.apis | value.types)
        for each in [f"{one}.__iter__" for path in held for one in self.models.lineage(self.models.result(path) or path)]:
            target, source = self.models.result(each), self.models.sources["call"].get(each)
            if source is not None:
                origin = Origin(source.kind, (each, self.module.path, node.at), source.what or each)
                return UNKNOWN.with_origins((origin.step(self.mark(node, f"each of {written(node)} comes from outside")),))
            if target is not None:
                return Value(types=frozenset((target,))).with_origins(value.origins)
        return None

    @abstractmethod
    def bind(self, target: ir.Expr, value: Value) -> None:
        """Assign `value` to a target of an assignment, loop, `with` or comprehension."""

    # --- functions --------------------------------------------------------------------------------------------------

    def lambda_(self, node: ir.Lambda) -> Value:
        self.enter_lambda(node.function, {})
        return ref(LambdaSymbol(key_at(self.module.path, "lambda", node), node.function, self))

    def enter_lambda(self, function: ir.Function, given: Mapping[str, Value]) -> Value:
        """What a lambda gives for these arguments, evaluated where it stands."""
        if self.depth > _MAX_LAMBDAS:
            return UNKNOWN
        before = dict(self.env)
        self.depth += 1
        for param in function.params:
            self.env[param.name] = given.get(param.name) or self.sensitive(param.name, param, UNKNOWN)
        found = NOTHING
        for statement in function.body:
            if isinstance(statement, ir.Return) and statement.value is not None:
                found = join(found, self.eval(statement.value))
        self.depth -= 1
        self.env = before
        return found

    def await_(self, node: ir.Await) -> Value:
        before, self.awaited = self.awaited, node.value
        value = self.eval(node.value)
        self.awaited = before
        return value

    def yield_(self, node: ir.Yield) -> Value:
        value = self.optional(node.value)
        self.yields = join(self.yields, builtin.iterated(value) if node.delegate else value)
        return UNKNOWN

    def starred(self, node: ir.Starred) -> Value:
        return self.eval(node.value)

    def slice(self, node: ir.Slice) -> Value:
        for part in (node.lower, node.upper, node.step):
            self.optional(part)
        return MADE

    @abstractmethod
    def call(self, node: ir.Call) -> Value:
        """What a call gives."""

    @abstractmethod
    def arguments(self, node: ir.Call) -> Args:
        """Every argument of a call under its position or name."""


EVALUATORS: dict[type[ir.Node], Callable[..., Value]] = {
    ir.Const: Expressions.const,
    ir.Name: Expressions.name,
    ir.Attribute: Expressions.attribute,
    ir.Index: Expressions.index,
    ir.Slice: Expressions.slice,
    ir.Call: lambda frame, node: frame.call(node),
    ir.Binary: Expressions.binary,
    ir.Logical: Expressions.logical,
    ir.Unary: Expressions.unary,
    ir.Compare: Expressions.compare,
    ir.Hole: Expressions.hole,
    ir.Template: Expressions.template,
    ir.Container: Expressions.display,
    ir.Comprehension: Expressions.comprehension,
    ir.Lambda: Expressions.lambda_,
    ir.Await: Expressions.await_,
    ir.Yield: Expressions.yield_,
    ir.Conditional: Expressions.conditional,
    ir.Walrus: Expressions.walrus,
    ir.Starred: Expressions.starred,
    ir.Filter: rendering.filtered,
}
