"""A run without credentials: what expressions are."""

from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import builtin
from backend_audit.flow.values import NOTHING, Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes import exempt
from backend_audit.routes.absent_parts import is_brought, is_key_of_query, is_open, of_type, rights_of_context
from backend_audit.routes.anonymous_parts import place_of
from backend_audit.routes.anonymous_run import Env, Said
from backend_audit.routes.missing import (
    ABSENT,
    ANONYMOUS,
    EMPTY,
    FALSE,
    PARTS,
    TRUE,
    UNKNOWN,
    Missing,
    attribute,
    caller_of_context,
    joined,
    of_context,
    truth,
)

if TYPE_CHECKING:
    from backend_audit.routes.anonymous import Anonymous


_SETTINGS = "django.conf.settings."
_OF_SCOPE = ("scope['session']", "scope['cookies']")
_WITH_NOBODY = ("django", "rest_framework", "ninja")


class Reading:
    """What the expressions of one function are for a caller without credentials."""

    def __init__(self, owner: "Anonymous", function: FunctionSymbol, said: Said) -> None:
        self.owner = owner
        self.said = said
        self.function = function
        self.frame = owner.engine.frame(function.module, function)
        for one in function.scope.of(ir.Import):
            self.frame.import_(one)
        if function.owner is not None and function.binds_first and function.node.params:
            self.frame.env[function.node.params[0].name] = owner.engine.instance_of(function.owner)

    def callee(self, call: ir.Call) -> FunctionSymbol | None:
        """The one function of the project that a call means."""
        if self.owner.handed and (handed := self.owner.handed.get((self.function.key, written(call.func)))) is not None:
            return handed
        receiver = self.receiver()
        key = (self.function.key, "" if receiver is None else receiver.key, call.at, call.end)
        if key not in self.owner.callees:
            self.owner.callees[key] = self._callee(call)
        return self.owner.callees[key]

    def _callee(self, call: ir.Call) -> FunctionSymbol | None:
        above = self.above(call)
        if above is not None and isinstance(call.func, ir.Attribute):
            owners = self.owner.engine.classes_of(above)
            return self.owner.engine.find_method(owners[0], call.func.attr) if owners else None
        if isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Name) and call.func.value.id in ("self", "cls"):
            owner = self.receiver()
            return None if owner is None else self.owner.engine.find_method(owner, call.func.attr)
        if not isinstance(call.func, (ir.Name, ir.Attribute)):
            return None
        found = [one for one in self.frame.eval(call.func).refs if isinstance(one, FunctionSymbol)]
        return found[0] if len(found) == 1 else None

    def receiver(self) -> ClassSymbol | None:
        """The class of whose objects the function is a method: one that inherits it, where the run is of such objects."""
        own, receiver = self.function.owner, self.owner.receiver
        inherits = own is not None and receiver is not None and own in self.owner.engine.bases(receiver)[0]
        return receiver if inherits else own

    def of_program(self, test: ir.Expr) -> bool:
        """Whether a test asks how the program stands, and nothing of the request: `if import_in_progress():`."""
        if isinstance(test, ir.Unary):
            return self.of_program(test.operand)
        if not isinstance(test, ir.Call) or not all(isinstance(arg.value, ir.Const) for arg in test.args):
            return False
        function = self.callee(test)
        return function is not None and function.owner is None and not self.owner.sees_request(function)

    def above(self, call: ir.Call) -> Value | None:
        """The object that `super().method(…)` speaks of."""
        inner = call.func.value if isinstance(call.func, ir.Attribute) else None
        is_super = isinstance(inner, ir.Call) and isinstance(inner.func, ir.Name) and inner.func.id == "super"
        return self.owner.engine.above(self.function.owner) if is_super and self.function.owner is not None else None

    def may_deny(self, call: ir.Call) -> bool:
        """Whether a call that is not resolved here may be one of those that turn callers away, by what the engine has seen."""
        name = call.func.attr if isinstance(call.func, ir.Attribute) else written(call.func)
        called = [one for one in self.owner.engine.calls.get(self.function.key, {}).values() if one is not self.function]
        return any(one.node.name in (name, "__call__") and self.owner.denies(one) for one in called)

    def passed_on(self, function: FunctionSymbol, call: ir.Call, env: Env) -> Env:
        names = [param.name for param in function.node.params]
        if function.binds_first and isinstance(call.func, ir.Attribute):
            names = names[1:]
        given: Env = {}
        rest = next((param.name for param in function.node.params if param.kind == "args"), None)
        for at, arg in enumerate(call.args):
            if not arg.star and (arg.name is not None or at < len(names)):
                name, value = arg.name or names[at], self.eval(arg.value, env)
                given[name] = joined(given[name], value) if name in given else value
                if rest is not None and names[-1] == rest:
                    names.append(rest)  # `*predicates` takes all from there on
        return given

    def eval(self, node: ir.Expr, env: Env) -> Missing:
        """What an expression is for a caller without credentials."""
        if isinstance(node, ir.Const):
            return TRUE if node.value else ABSENT if node.value is None else FALSE
        if (known := self.held(place_of(node), env)) is not None:
            return known
        if isinstance(node, ir.Name):
            return ANONYMOUS if node.id == "current_user" else EMPTY if node.id == "session" else UNKNOWN
        if rights_of_context(node):
            return EMPTY
        if isinstance(node, ir.Attribute):
            if is_brought(node, self.said):
                return TRUE
            found = attribute(self.eval(node.value, env), node.attr, written(node.value))
            if found is ANONYMOUS and self.owner.nobody_is_none and of_context(node):
                return ABSENT
            return UNKNOWN if found in PARTS and self.owner.asked is None else found
        if isinstance(node, ir.Await):
            return self.eval(node.value, env)
        if isinstance(node, ir.Walrus):
            env[written(node.target)] = self.eval(node.value, env)
            return env[written(node.target)]
        if isinstance(node, ir.Index):
            if (who := caller_of_context(node)) is not None:
                return ABSENT if who and self.owner.nobody_is_none else ANONYMOUS
            if written(node).rpartition(".")[2] in _OF_SCOPE:
                return EMPTY
            missing = self.eval(node.value, env) in (EMPTY, ABSENT) and not is_open(node.value, node.index)
            return ABSENT if missing else UNKNOWN
        if isinstance(node, ir.Call):
            return self.call(node, env)
        return self.tested(node, env)

    def held(self, name: str, env: Env) -> Missing | None:
        """What is known of something by how it is written."""
        known = env.get(name)
        return self.owner.settled.get(name) if known is None else known

    def call(self, node: ir.Call, env: Env) -> Missing:
        name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
        first = self.eval(node.args[0].value, env) if node.args else UNKNOWN
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1].value, ir.Const):
            held = self.held(f"{written(node.args[0].value)}.{node.args[1].value.value}", env)
            return attribute(first, str(node.args[1].value.value), written(node.args[0].value)) if held is None else held
        if name in ("bool", "str", "len") and first in (ABSENT, FALSE, EMPTY, ANONYMOUS):
            return TRUE if first is ANONYMOUS else FALSE
        if name == "isinstance" and first is ABSENT:
            return FALSE
        if name == "isinstance" and first is ANONYMOUS and _is_nobody(node.args[-1].value):
            return TRUE
        if id(node) in self.owner.facts.nobody:
            return ABSENT
        if name == "resolve" and first is Missing.PATH:
            return Missing.RESOLVED
        if self.owner.asked is not None and name in ("any", "match", "fullmatch", "search") and node.args:
            return self.searched(name, node.args, env)
        if (who := caller_of_context(node)) is not None:
            return ABSENT if who and self.owner.nobody_is_none else ANONYMOUS
        if isinstance(node.func, ir.Attribute):
            if name == "get" and node.args and is_key_of_query(node.func.value, node.args[0].value):
                return self.eval(node.args[1].value, env) if len(node.args) > 1 else ABSENT
            base = self.eval(node.func.value, env)
            if base in PARTS and self.owner.asked is not None:
                value = self.frame.eval(node.args[0].value) if node.args else NOTHING
                return exempt.called(self.owner.asked, name, base, value)
            if base is EMPTY and name in ("get", "pop", "getlist", "getone"):
                if node.args and is_open(node.func.value, node.args[0].value):
                    return UNKNOWN
                return self.eval(node.args[1].value, env) if len(node.args) > 1 else ABSENT
            if base in (ABSENT, ANONYMOUS):
                return attribute(base, name, written(node.func.value))
            if base is FALSE:  # an empty text: `header.startswith("Bearer ")`
                return FALSE
        function = self.callee(node)
        if function is None:
            return self.of_library(node)
        passed = self.owner.run(function, self.passed_on(function, node, env), self.said).passed
        return passed[0] if passed and all(one is passed[0] for one in passed) else UNKNOWN

    def searched(self, name: str, args: list[ir.Arg], env: Env) -> Missing:
        """`any(path.startswith(one) for one in OPEN)` and `re.match(OPEN, path)` for the route that is asked for."""
        first = args[0].value
        if name == "any" and isinstance(first, ir.Comprehension) and len(first.clauses) == 1:
            clause = first.clauses[0]
            self.frame.bind(clause.target, builtin.iterated(self.frame.eval(clause.iter)))
            return self.eval(first.value, env)
        part = self.eval(args[1].value, env) if len(args) > 1 else UNKNOWN
        if part in PARTS and self.owner.asked is not None:
            return exempt.matched(self.owner.asked, name, part, self.frame.eval(first))
        return UNKNOWN

    def of_library(self, node: ir.Call) -> Missing:
        """What `super().has_permission(…)` of a library's class is, which a model calls a guard."""
        above, owner = self.above(node), self.function.owner
        models = self.owner.engine.models
        libraries = [] if above is None or owner is None else self.owner.engine.external_bases(owner)  # behind mixins, too
        for one in libraries:
            access = models.access.get(models.canonical(one))
            if access is not None and access.does & {"authenticates", "opens"} and not access.open_reading:
                return FALSE if "authenticates" in access.does else TRUE
        return UNKNOWN

    def tested(self, node: ir.Expr, env: Env) -> Missing:
        if isinstance(node, ir.Unary) and node.op == "not":
            decided = truth(self.eval(node.operand, env))
            return UNKNOWN if decided is None else FALSE if decided else TRUE
        if isinstance(node, ir.Logical):
            left = self.eval(node.left, env)
            decided = truth(left)
            if decided is not None and node.op != "nullish":
                return left if decided is (node.op == "or") else self.eval(node.right, env)
            right = self.eval(node.right, env)
            settles = truth(right) is (node.op == "or") and node.op != "nullish"
            return (TRUE if node.op == "or" else FALSE) if settles else UNKNOWN
        if isinstance(node, ir.Conditional):
            decided = truth(self.eval(node.test, env))
            if decided is not None:
                return self.eval(node.then if decided else node.orelse, env)
            one, other = self.eval(node.then, env), self.eval(node.orelse, env)
            return one if one is other else UNKNOWN
        if isinstance(node, ir.Compare) and len(node.ops) == 1:
            return self.compared(node.ops[0], node.left, node.rights[0], env)
        return UNKNOWN

    def compared(self, op: str, left: ir.Expr, right: ir.Expr, env: Env) -> Missing:
        text = self.said.get(written(left.value if isinstance(left, ir.Walrus) else left))
        if text is not None:
            return self.texts(op, text, right)
        typed = of_type(left)
        if typed is not None and self.eval(typed, env) is ABSENT and "None" not in written(right):
            return FALSE if op in ("is", "==") else TRUE  # `type(request.auth) is not Application`
        one, other = self.eval(left, env), self.eval(right, env)
        if self.owner.asked is not None and (one in PARTS) is not (other in PARTS) and ABSENT not in (one, other):
            return exempt.compared(self.owner.asked, op, one, other, self.frame.eval(right if one in PARTS else left))
        if op in ("in", "not in") and ((other in (EMPTY, ABSENT) and not is_open(right, left)) or is_key_of_query(right, left)):
            return FALSE if op == "in" else TRUE
        if op in ("is", "==", "is not", "!=") and ABSENT in (one, other):
            rest = other if one is ABSENT else one
            none = rest is ABSENT or self.is_none(rest, right if one is ABSENT else left)
            if none or rest is not UNKNOWN:
                return TRUE if none is (op in ("is", "==")) else FALSE
        if op in ("==", "!=") and FALSE in (one, other) and _is_text(right if one is FALSE else left):
            return FALSE if op == "==" else TRUE  # nothing that was brought is `"bearer"`
        if op in ("==", "!=") and ((one is ANONYMOUS and _is_nobody(right)) or (other is ANONYMOUS and _is_nobody(left))):
            return TRUE if op == "==" else FALSE
        if op in ("==", "is", "in", "!=", "is not", "not in") and one is ANONYMOUS and other is UNKNOWN:
            return FALSE if op in ("==", "is", "in") else TRUE  # nothing that is stored belongs to nobody
        if op in ("==", "is", "!=", "is not") and other is ANONYMOUS and one is UNKNOWN:
            return FALSE if op in ("==", "is") else TRUE
        return UNKNOWN

    def is_none(self, value: Missing, node: ir.Expr) -> bool:
        """Whether nobody is None here: `request.user` outside of Django, whose requests have an object that stands for nobody."""
        imports = (one.module for one in self.function.module.node.body if isinstance(one, ir.Import))
        return (
            value is ANONYMOUS
            and written(node).endswith(("request.user", "req.user"))
            and not any(one.startswith(_WITH_NOBODY) for one in imports)
        )

    def texts(self, op: str, text: str, right: ir.Expr) -> Missing:
        """A comparison of a text that is known: `request.method in ("GET", "HEAD")`."""
        value = self.frame.eval(right)
        named = next((path.removeprefix(_SETTINGS) for path in sorted(value.apis) if path.startswith(_SETTINGS)), "")
        value = (self.owner.setting(named) if named else None) or value
        listed: set[str] | None = None
        if any(path.endswith(".SAFE_METHODS") for path in value.apis):
            listed = {"GET", "HEAD", "OPTIONS"}
        elif value.kind and value.elem is None:
            inside = [*(value.items or {}).values()]
            listed = {one for each in inside for one in each.texts()} if all(one.constants() for one in inside) else None
        elif value.constants():
            listed = set(value.texts())
        if listed is None or op not in ("in", "==", "not in", "!="):
            return UNKNOWN
        return TRUE if (text in listed) is (op in ("in", "==")) else FALSE


def _is_text(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and isinstance(node.value, str) and bool(node.value)


def _is_nobody(node: ir.Expr) -> bool:
    """`AnonymousUser()`, or its class."""
    return "AnonymousUser" in written(node)
