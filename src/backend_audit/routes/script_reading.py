"""A run of JavaScript without credentials: what expressions are."""

from backend_audit import ir
from backend_audit.flow.values import Constant, Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes import exempt, script_configured, script_missing, script_trials
from backend_audit.routes.anonymous_expressions import Reading
from backend_audit.routes.anonymous_run import Env, Said
from backend_audit.routes.missing import ABSENT, EMPTY, FALSE, PARTS, TRUE, UNKNOWN, Missing, truth
from backend_audit.routes.script_missing import REFLECTING, is_request

_ORDERS = frozenset(("<", ">", "<=", ">=", "instanceof"))
_MADE_OF = frozenset("Boolean String Number parseInt Object".split())
_FOUND_BY = ("verify", "decode", "find", "get", "lookup", "validate", "check", "auth", "parse", "extract", "resolve", "load")
_PLACES = {  # what a comparison of `indexOf` with a number asks, and whether it holds where that is so
    (">", -1): ("includes", True), ("!=", -1): ("includes", True), (">=", 0): ("includes", True),
    ("==", -1): ("includes", False), ("<", 0): ("includes", False), ("==", 0): ("startsWith", True),
    ("!=", 0): ("startsWith", False),
}  # fmt: skip
_TYPES = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "undefined": "undefined"}


class ScriptReading(Reading):
    """What the expressions of one function are for a caller without credentials."""

    def __init__(self, owner: object, function: FunctionSymbol, said: Said) -> None:
        super().__init__(owner, function, said)  # type: ignore[arg-type]  # as `Reading`
        if function.has_receiver and function.owner is not None:
            self.frame.env["this"] = self.owner.engine.instance_of(function.owner)

    def callee(self, call: ir.Call) -> FunctionSymbol | None:
        """The one function of the project that a call means; what it is given to call is none."""
        own = self.of_receiver(call)
        if own is not None:
            return own
        found = self.owner.engine.callees.get(id(call), {})
        given = {id(arg.value.function) for arg in call.args if isinstance(arg.value, ir.Lambda)}
        rest = [one for one in found.values() if id(one.node) not in given]
        name = call.func.attr if isinstance(call.func, ir.Attribute) else written(call.func)
        named = [one for one in rest if one.node.name == name]
        if len(named or rest) == 1:
            return (named or rest)[0]
        return None

    def of_receiver(self, call: ir.Call) -> FunctionSymbol | None:
        """The method that `this.check()` is, where it is known of which class the object is."""
        receiver, func = self.owner.receiver, call.func
        if receiver is None or not isinstance(func, ir.Attribute) or written(func.value) != "this":
            return None
        if self.function.owner not in self.owner.engine.bases(receiver)[0]:
            return None
        return self.owner.engine.find_method(receiver, func.attr)

    def above(self, call: ir.Call) -> Value | None:  # noqa: ARG002 - `super` is a name like others here
        return None

    def passed_on(self, function: FunctionSymbol, call: ir.Call, env: Env) -> Env:
        given: Env = {}
        params = [param for param in function.node.params if param.kind == "positional"]
        for param, arg in zip(params, call.args, strict=False):
            if arg.star:
                break
            given[param.name] = self.eval(arg.value, env)
            if param.pattern is not None and is_request(written(arg.value)):
                given[param.name] = TRUE  # the request, which the function takes apart
            if param.name not in ("req", "request", "res", "response", "reply", "next", "ctx"):
                continue
            given.pop(param.name)
        return given

    def eval(self, node: ir.Expr, env: Env) -> Missing:
        if isinstance(node, ir.Const):
            return ABSENT if node.value is None else TRUE if node.value else FALSE
        if isinstance(node, ir.Name):
            told = env.get(node.id, ABSENT if node.id == "undefined" else UNKNOWN)
            return script_trials.named(self.function, node.id) if told is UNKNOWN else told
        if isinstance(node, ir.Index):
            return self.indexed(node, env)
        if isinstance(node, ir.Attribute):
            known = env.get(written(node))
            return known if known is not None else self.part(self.eval(node.value, env), node.attr, written(node.value))
        if isinstance(node, ir.Container):
            return TRUE
        if isinstance(node, ir.Sequence):
            return [self.eval(one, env) for one in node.values][-1] if node.values else UNKNOWN
        if isinstance(node, ir.Lambda):
            return TRUE
        return super().eval(node, env)

    def part(self, base: Missing, attr: str, source: str) -> Missing:
        """What `source.attr` is."""
        if base is Missing.PATH and attr in ("pathname", "path"):
            return base
        if (configured := script_configured.read(self.owner.asked, self.function, source, attr)) is not None:
            return configured
        found = script_missing.attribute(base, attr, source)
        return UNKNOWN if found in PARTS and self.owner.asked is None else found

    def element(self, base: Missing) -> Missing:
        """What one of the elements of a list is."""
        return ABSENT if base in (ABSENT, FALSE, EMPTY) else UNKNOWN

    def indexed(self, node: ir.Index, env: Env) -> Missing:
        base = self.eval(node.value, env)
        if isinstance(node.index, ir.Const):
            known = env.get(f"{written(node.value)}.{node.index.value}")
            return known if known is not None else self.part(base, str(node.index.value), written(node.value))
        return ABSENT if base in (ABSENT, EMPTY) else UNKNOWN

    def call(self, node: ir.Call, env: Env) -> Missing:
        func = node.func
        name = func.attr if isinstance(func, ir.Attribute) else written(func)
        first = node.args[0].value if node.args else None
        if id(node) in self.owner.facts.nobody:
            return ABSENT
        if name in ("URL", "parse") and first is not None and self.eval(first, env) is Missing.PATH:
            return Missing.PATH  # `new URL(req.url, base)`, `url.parse(req.url)`
        if node.form == "new":
            return TRUE  # an object, whatever its constructor comes back with
        if name in _MADE_OF and first is not None and not isinstance(func, ir.Attribute):
            decided = truth(self.eval(first, env))
            return UNKNOWN if decided is None else TRUE if decided else FALSE
        if isinstance(func, ir.Attribute):
            if name in REFLECTING and "reflector" in written(func.value).lower():
                return self.reflected(name, first)
            base = self.eval(func.value, env)
            if base in PARTS and self.owner.asked is not None:
                return self.of_part(name, base, first)
            if self.owner.asked is not None and name in ("test", "some", "includes", "indexOf", "find") and first is not None:
                found = self.searched_for(name, func.value, first, env)
                if found is not UNKNOWN:
                    return found
            text = str(first.value) if isinstance(first, ir.Const) else None
            known = script_missing.called(base, name, written(func.value), text)
            if known is not None:
                return known
        function = self.callee(node)
        if function is not None:
            run = self.owner.run(function, self.passed_on(function, node, env), self.said)
            values = run.gave or [*run.passed, *run.answered]
            found = values[0] if values and all(one is values[0] for one in values) else UNKNOWN
            if found is not UNKNOWN:
                return found
        by_absence = name.lower().lstrip("_").startswith(_FOUND_BY) and node.form != "new"
        missing = first is not None and not is_request(written(first)) and self.eval(first, env) in (ABSENT, FALSE)
        return ABSENT if by_absence and missing else UNKNOWN

    def reflected(self, name: str, key: ir.Expr | None) -> Missing:
        """What decorators have put on the route that is asked for: `reflector.get("roles", context.getHandler())`."""
        if self.owner.asked is None or key is None:
            return UNKNOWN
        told = dict(self.owner.asked.told)
        texts = self.frame.eval(key).texts() or (written(key).rpartition(".")[2],)
        found = [Missing(told[text]) for text in texts if text in told]
        absent = UNKNOWN if name in ("getAll", "getAllAndMerge") else ABSENT
        return absent if not found else found[0] if len(found) == 1 else UNKNOWN

    def of_part(self, name: str, part: Missing, first: ir.Expr | None) -> Missing:
        """A method of the request's path or method: `req.path.startsWith("/public")`."""
        asked = self.owner.asked
        if asked is None or first is None:
            return part if name in ("toLowerCase", "toUpperCase", "trim", "toString") else UNKNOWN
        if name in ("replace", "split"):
            return UNKNOWN
        value = self.frame.eval(first)
        names = {"startsWith": "startswith", "endsWith": "endswith"}
        if name in names:
            return exempt.called(asked, names[name], part, value)
        if name == "includes":
            return exempt.compared(asked, "in", UNKNOWN, part, value)
        if name == "match":
            return exempt.matched(asked, "search", part, _pattern(value))
        return UNKNOWN

    def searched_for(self, name: str, held: ir.Expr, first: ir.Expr, env: Env) -> Missing:
        """`OPEN.includes(req.path)`, `PATTERN.test(req.path)`, `OPEN.some((one) => req.path.startsWith(one))`."""
        asked = self.owner.asked
        if asked is None:
            return UNKNOWN
        part = self.eval(first, env)
        if name == "test" and part in PARTS:
            return exempt.matched(asked, "search", part, _pattern(self.frame.eval(held)))
        if name in ("includes", "indexOf") and part in PARTS:
            found = exempt.compared(asked, "in", part, UNKNOWN, self.frame.eval(held))
            return found if name == "includes" else UNKNOWN
        if name in ("some", "find") and isinstance(first, ir.Lambda):
            return self.some(held, first.function, env)
        return UNKNOWN

    def some(self, held: ir.Expr, test: ir.Function, env: Env) -> Missing:
        """Whether a test holds for one of a list, by its expression; each element stands in its parameter."""
        value = self.frame.eval(held)
        elements = list((value.items or {}).values()) if value.kind and value.elem is None and not value.open else []
        returned = test.body[-1].value if test.body and isinstance(test.body[-1], ir.Return) else None
        if not elements or returned is None or not test.params:
            return UNKNOWN
        results = []
        for element in elements:
            self.frame.env[test.params[0].name] = element
            results.append(truth(self.eval(returned, dict(env))))
        self.frame.env.pop(test.params[0].name, None)
        if any(one is True for one in results):
            return TRUE
        return FALSE if all(one is False for one in results) else UNKNOWN

    def placed(self, op: str, left: ir.Expr, right: ir.Expr, env: Env) -> Missing | None:
        """`req.path.indexOf("/admin") > -1` for the route that is asked for; None where this is no such test."""
        func = left.func if isinstance(left, ir.Call) and left.args else None
        number = self.frame.eval(right).constant()
        wanted = _PLACES.get((op, number.value)) if number is not None and isinstance(number.value, int) else None
        if self.owner.asked is None or not isinstance(func, ir.Attribute) or func.attr != "indexOf" or wanted is None:
            return None
        part = self.eval(func.value, env)
        if part not in PARTS or not isinstance(left, ir.Call):
            return None
        name, holds = wanted
        decided = truth(self.of_part(name, part, left.args[0].value))
        return UNKNOWN if decided is None else TRUE if decided is holds else FALSE

    def tested(self, node: ir.Expr, env: Env) -> Missing:
        if isinstance(node, ir.Logical) and node.op == "nullish":
            left = self.eval(node.left, env)
            return self.eval(node.right, env) if left is ABSENT else left
        if isinstance(node, ir.Unary) and node.op == "typeof":
            return self.eval(node.operand, env)
        return super().tested(node, env)

    def compared(self, op: str, left: ir.Expr, right: ir.Expr, env: Env) -> Missing:
        tried = script_trials.compared(op, left, right)
        if tried is not UNKNOWN:
            return tried
        one = self.eval(left, env)
        if isinstance(left, ir.Unary) and left.op == "typeof" and isinstance(right, ir.Const) and one is UNKNOWN:
            kinds = {one.kind for one in self.frame.eval(left.operand).constants() or ()}
            if len(kinds) == 1:
                same = _TYPES.get(kinds.pop(), "object") == right.value
                return TRUE if same is (op == "==") else FALSE
        if isinstance(left, ir.Unary) and left.op == "typeof" and one is ABSENT and isinstance(right, ir.Const):
            same = right.value == "undefined"
            return TRUE if same is (op == "==") else FALSE
        placed = self.placed(op, left, right, env)
        if placed is not None:
            return placed
        if op in ("==", "!=") and one is ABSENT and self.eval(right, env) is UNKNOWN:
            known = self.frame.eval(right).constants()
            if known and all(value.kind not in ("none", "undefined") for value in known):
                return FALSE if op == "==" else TRUE
        if op in _ORDERS and (one is ABSENT or self.eval(right, env) is ABSENT):
            return FALSE
        return super().compared(op, left, right, env)


def _pattern(value: Value) -> Value:
    """A regular expression as written in JavaScript, as the text of its pattern."""
    bodies = set()
    for one in value.consts:
        text = str(one.value)
        bodies.add(text[1 : text.rfind("/")].replace("\\/", "/") if one.kind == "regex" and text.rfind("/") > 0 else text)
    return Value(open=value.open, consts=frozenset(Constant("str", one) for one in bodies))
