"""What the body of a handler says of ids and of its caller, by names: read once, since several routes ask.

Which variables hold ids of the request, which hold the caller or something of the caller's, and what is done with them.
"""

import re
from collections.abc import Iterator
from itertools import chain

from backend_audit import ir
from backend_audit.flow.written import written
from backend_audit.link.nodes import Nodes
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.mentions import Mentions

OWNER = re.compile(
    r"^(?:user|owner|author|creator|created_by|account|customer|member|organi[sz]ation|org|tenant|team|workspace|company|domain|mailbox|"
    r"employee|patient|client|uploader|uploaded_by|assignee|profile)(?:_(?:id|pk|uuid|user))?$"
)
_NO_CHECK = re.compile(
    r"^(?:log|debug|info|warning|warn|error|exception|critical|print|notify|send|track|audit|emit|add|save|create|append|delay|write|"
    r"publish|record|capture|success|message|render|redirect|reverse|url_for|resolve_url|jsonify|Response|JsonResponse|HttpResponse|"
    r"dict|str|int)"
)
_TELLS = re.compile(
    r"^(?:log|debug|info|warning|warn|error|exception|critical|print|notify|send|track|audit|emit|publish|record|capture|success|"
    r"message|reverse|url_for)"
)
# `Permission(…)`, `can_edit(post)`, `user_has_access(…)` hold the caller against something, wherever they find who calls.
_PERMITS = re.compile(
    r"(?:\w+_)?(?:has|check|checks|require|requires|ensure|assert|verify|validate|enforce|is|get|user|may|test)?_?"
    r"(?:object_|obj_|model_|user_)?(?:perm|perms|permission|permissions|access|authorization|ownership|is_allowed|allowed|"
    r"permitted|authori[sz]ed)|can(?:_\w+)?|(?:\w+_)?(?:is|has)_(?:owner|member|access\w*|permission\w*|rights?)|authori[sz]e|"
    r"require_(?:owner|member|admin|role)\w*"
)
_PERMISSION = re.compile(r"(?:^|_)(?:perm|permission)s?(?:_|$)")
_ASKED_OF_PERMISSIONS = frozenset({"test", "require", "check", "can", "ensure", "enforce", "verify"})
_TENANT = re.compile(r"^(?:tenant|org|organi[sz]ation|workspace|company|team|account)(?:_(?:id|pk|uuid|slug|key))?$")
_REFUSES = re.compile(r"_*(?:raise|check|ensure|verify|require|assert|enforce|validate|can|may|has|is)_")
_IDENTITIES = frozenset({"id", "pk", "uuid", "slug", "ident", "code", "number", "guid", "uid", "public_id"})
_COLUMNS = frozenset({"id", "pk", "uuid", "_id"})
_RELATES = frozenset({"add", "remove", "discard", "set", "append"})


class Reading:
    """One function's body, by what is asked of it."""

    def __init__(self, function: FunctionSymbol, mentions: Mentions) -> None:
        self.mentions = mentions
        self.calls: list[ir.Call] = []
        self.names: set[str] = set()  # that are read
        self.made: dict[str, ir.Call] = {}  # variables, and the call that they are given the result of
        self._passed: list[tuple[frozenset[str], ir.Expr]] = []  # variables, and what they are given of another
        self._tests: list[ir.Node] = []
        self._held: dict[str, ir.Container] = {}  # variables that are given a mapping as it is written
        self._told: set[int] = set()  # what others are only told: it holds nobody against anything
        self.asks_caller = False
        assigned: set[int] = set()
        for node in _run(function):
            self.asks_caller = self.asks_caller or mentions.is_caller(node)
            if isinstance(node, ir.Name):
                self.names |= {node.id} if id(node) not in assigned else set()
            elif isinstance(node, ir.Call):
                self.calls.append(node)
                if tells(node):
                    self._told.update(id(one) for one in ir.walk_scope(*(arg.value for arg in node.args)))
            elif isinstance(node, ir.Assign):
                assigned.update(id(one) for one in node.targets if not node.op)
                if isinstance(node.value, ir.Call):
                    self.made.update({one.id: node.value for one in node.targets if isinstance(one, ir.Name)})
                if isinstance(node.value, ir.Container):
                    self._held.update({one.id: node.value for one in node.targets if isinstance(one, ir.Name)})
                if node.value is not None and _plain(node.value):
                    targets = frozenset(target.id for target in node.targets if isinstance(target, ir.Name))
                    # Of `data.tenant or caller.tenant`, the first is taken if it is there.
                    self._passed.append((targets, node.value.left if isinstance(node.value, ir.Logical) else node.value))
            elif isinstance(node, ir.For) and isinstance(node.target, ir.Name) and _plain(node.iter):
                self._passed.append((frozenset((node.target.id,)), node.iter))
            elif isinstance(node, (ir.If, ir.While, ir.Assert, ir.Conditional)):
                self._tests.append(node.test)
            elif isinstance(node, (ir.Compare, ir.Clause)):
                self._tests.append(node)

    def is_tested(self, call: ir.Call) -> bool:
        """Whether what a call gives is what a test is about."""
        return any(one is call for test in self._tests for one in ir.walk_scope(test))

    def ids(self, names: frozenset[str]) -> frozenset[str]:
        """`names` of variables that hold ids, and those of variables made of them."""
        return self._spread(names, caller=False)

    def callers(self, names: frozenset[str]) -> frozenset[str]:
        """`names` of variables that hold the caller, and those of variables made of them."""
        return self._spread(names, caller=True)

    def _spread(self, names: frozenset[str], *, caller: bool) -> frozenset[str]:
        found = names
        holds = self.mentions.caller if caller else self.mentions.ids
        for _ in range(3):
            before = found
            for targets, value in self._passed:
                if not targets <= found and holds(value, found):
                    found |= targets
            if found == before:
                break
        return found

    def tests(self, callers: frozenset[str]) -> bool:
        """Whether the caller is held against anything: in a test, or as an argument of a call that looks up or checks."""
        if any(permits(one) and (one.args or self.is_tested(one) or _asks_permission(one)) for one in self.calls):
            return True
        return any(self.mentions.caller(one, callers) for one in self._tests) or any(
            self._checks(one, callers) for one in self.calls
        )

    def refuses(self) -> bool:
        """Whether the caller is tested, or handed to what is called like a check: `raise_not_editable(request.user)`."""
        nobody: frozenset[str] = frozenset()
        tested = any(self.mentions.caller(one, nobody) for one in self._tests)
        checking = (one for one in self.calls if _REFUSES.match(called(one)))
        return tested or any(self.mentions.caller(arg.value, nobody) for one in checking for arg in one.args)

    def _checks(self, node: ir.Call, callers: frozenset[str]) -> bool:
        name = called(node)
        holder = node.func.value if name in _RELATES and isinstance(node.func, ir.Attribute) else None
        if isinstance(holder, ir.Attribute) and self.mentions.caller(holder.value, callers):
            return True  # `request.user.saved.add(book)`: what changes is the caller's own
        if _NO_CHECK.match(name) or id(node) in self._told:
            return False
        spread = (self._held.get(arg.value.id) for arg in node.args if arg.star and isinstance(arg.value, ir.Name))
        given = [*(arg.value for arg in node.args), *(one for one in spread if one is not None)]
        if any(self.mentions.caller(one, callers) for one in given):
            return True
        return (
            isinstance(node.func, ir.Attribute) and name not in ("get", "id") and self.mentions.caller(node.func.value, callers)
        )

    def keys(self, node: ir.Call, ids: frozenset[str]) -> list[ir.Expr]:
        """The ids of the request that a call looks an object up by."""
        return [_key(arg.value) for arg in node.args if self._by_identity(arg, ids)]

    def tenants(self, node: ir.Call, ids: frozenset[str]) -> list[ir.Expr]:
        """What the request says of a tenant, and a call looks up by."""
        return [_key(arg.value) for arg in node.args if self._by_tenant(arg, ids)]

    def _by_identity(self, arg: ir.Arg, ids: frozenset[str]) -> bool:
        if arg.name is not None:
            last = arg.name.removesuffix("__exact").removesuffix("__in")
            return last in _IDENTITIES and self.mentions.ids(arg.value, ids)
        if isinstance(arg.value, ir.Compare) and arg.value.ops == ["=="]:
            left = written(arg.value.left).rpartition(".")[2]
            return left in _COLUMNS and self.mentions.ids(arg.value.rights[0], ids)
        if isinstance(arg.value, ir.Call) and called(arg.value) == "in_":  # of the column's own ids, not of what it refers to
            column = written(arg.value.func).rpartition(".")[0].rpartition(".")[2]
            return column in _COLUMNS and any(self.mentions.ids(one.value, ids) for one in arg.value.args)
        if isinstance(arg.value, (ir.Name, ir.Call, ir.Index, ir.Attribute)):
            return self.mentions.ids(arg.value, ids)
        return False

    def _by_tenant(self, arg: ir.Arg, ids: frozenset[str]) -> bool:
        if arg.name is not None:
            return bool(_TENANT.match(arg.name.removesuffix("__exact"))) and self.mentions.ids(arg.value, ids)
        if isinstance(arg.value, ir.Compare) and arg.value.ops == ["=="]:
            left = written(arg.value.left).rpartition(".")[2]
            return bool(_TENANT.match(left)) and self.mentions.ids(arg.value.rights[0], ids)
        return False


def _run(function: FunctionSymbol) -> Iterator[ir.Node]:
    """What runs when a function is called."""
    return chain.from_iterable(_bodies(function))


def calls_of(function: FunctionSymbol) -> Iterator[ir.Call]:
    """The calls that are made when a function is called, as a `Reading` has them: the project's functions are many."""
    return chain.from_iterable(body.of(ir.Call) for body in _bodies(function))


def _bodies(function: FunctionSymbol) -> Iterator[Nodes]:
    """The body of a function, and those of the functions in it that it calls: `return transaction()`."""
    yield function.scope
    if function.nested:
        called = {one.func.id for one in function.scope.of(ir.Call) if isinstance(one.func, ir.Name)}
        yield from (one.scope for one in function.nested if one.node.name in called)


def tells(node: ir.Call) -> bool:
    """Whether a call tells somebody of something, or writes it down."""
    return bool(_TELLS.match(called(node)))


def permits(node: ir.Call) -> bool:
    """Whether a call asks for a right, by its name: `can_edit(post)`, `Permission(…)`, `permission.test()`."""
    return bool(_PERMITS.fullmatch(_snake(called(node)))) or _asks_permission(node)


def _asks_permission(node: ir.Call) -> bool:
    """Whether an object that is called a permission is asked: `post.permissions["edit"].test()`, `EditPermission(x).test()`."""
    if not isinstance(node.func, ir.Attribute) or node.func.attr not in _ASKED_OF_PERMISSIONS:
        return False
    inside = ir.walk_scope(node.func.value)
    names = (one.attr if isinstance(one, ir.Attribute) else one.id for one in inside if isinstance(one, (ir.Attribute, ir.Name)))
    return any(_PERMISSION.search(_snake(one)) for one in names)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).lower().strip("_")


def called(node: ir.Call) -> str:
    """The last part of what a call calls."""
    return node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)


def handed(target: FunctionSymbol, node: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """Parameter and argument of a call of a project function."""
    names = [param.name for param in target.node.params]
    if target.binds_first and isinstance(node.func, ir.Attribute):
        names = names[1:]
    for at, arg in enumerate(node.args):
        if not arg.star and (arg.name is not None or at < len(names)):
            yield arg.name or names[at], arg.value


def holders(function: FunctionSymbol, call: ir.Call) -> set[str]:
    """The variables that a function gives what a call gives, or something made of it."""
    assigns = (one for one in function.scope.of(ir.Assign) if one.value is not None)
    holding = (one for one in assigns if one.value is not None and any(each is call for each in ir.walk_scope(one.value)))
    return {target.id for one in holding for target in one.targets if isinstance(target, ir.Name)}


def hands_request(node: ir.Call) -> bool:
    """Whether a call gets the request as a whole, and the caller with it."""
    return any(written(arg.value) in ("request", "self.request") for arg in node.args)


def _key(node: ir.Expr) -> ir.Expr:
    return node.rights[0] if isinstance(node, ir.Compare) else node


def _plain(node: ir.Expr) -> bool:
    """Whether an expression passes a value on: a name, a part of it, a conversion; not the result of a look-up."""
    if isinstance(node, ir.Call):
        name = called(node)
        return name in ("get", "int", "str", "UUID", "get_object", "getattr") or name.startswith(
            ("get_jwt", "get_current", "current_")
        )
    return isinstance(node, (ir.Name, ir.Attribute, ir.Index, ir.Conditional, ir.Logical, ir.Await))
