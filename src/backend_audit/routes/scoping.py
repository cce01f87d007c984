"""Objects that a handler looks up by an id of the request, and whether it ever holds them against the caller.

Read from names: which variables hold ids of the request, which hold the caller or something of the caller's. A handler that tests
the caller, or hands the caller to whatever it looks things up or checks with, is taken to know what it does.
"""

import re
from collections.abc import Callable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.statements import Frame
from backend_audit.flow.syntax import nodes_of
from backend_audit.flow.values import Value
from backend_audit.flow.written import written
from backend_audit.link.symbols import ClassSymbol, FunctionSymbol
from backend_audit.routes.behaviour import Behaviours
from backend_audit.routes.guards import asks_by_name
from backend_audit.routes.model import Lookup, Route
from backend_audit.source import Mark

_LOOKUPS = frozenset(
    "get get_or_404 aget get_object_or_404 aget_object_or_404 get_one get_or_none find_one find_by_id get_by_id filter filter_by "
    "where query fetch_one first_or_404 one_or_404 get_or_abort".split()
)
_IN_PATH = re.compile(r"[{<:](?:\w+:)?(\w+)|\?P<(\w+)>")
_ID = re.compile(r"(?:^|_)(?:id|ids|pk|uuid|guid|slug|key|hash|number|code|token|name)$|^id$|^pk$|_?[a-z]+Id$")
_CALLER = re.compile(
    r"(?:^|\.)(?:request|req|info\.context|ctx|self\.request)\.(?:user|auth|identity)\b|^(?:g|flask\.g|request\.state)\.\w*user\w*|"
    r"^current_user\b|^self\.(?:current_user|current_org|user)\b"
)
_CALLER_CALLS = re.compile(
    r"get_jwt_identity|get_jwt|get_current_user|current_user_id|get_jwt_subject|current_identity|get_user_id"
)
_NO_CHECK = re.compile(
    r"^(?:log|debug|info|warning|warn|error|exception|critical|print|notify|send|track|audit|emit|add|save|create|append|delay|write|"
    r"publish|record|capture|success|message|render|redirect|jsonify|Response|JsonResponse|HttpResponse|dict|str|int)"
)
_OWNER = re.compile(
    r"^(?:user|owner|author|creator|created_by|account|customer|member|organi[sz]ation|org|tenant|team|workspace|company|domain|mailbox|"
    r"employee|patient|client|uploader|uploaded_by|assignee|profile)(?:_(?:id|pk|uuid|user))?$"
)
_SESSIONS = frozenset({"session", "request.session", "self.request.session"})  # read by key: a database session is not
_CALLED_SO = re.compile(r"^(?:current_)?(?:user|account|identity|principal|caller|me)$|^current_")
_MAX_DEPTH = 3


class Scoping:
    """Finds the lookups of one project's routes that no caller is held against."""

    def __init__(self, engine: Engine, behaviours: Behaviours) -> None:
        self.engine = engine
        self.behaviours = behaviours
        self._by_name: dict[str, list[ClassSymbol]] = {}
        for symbol in engine.project.symbols.values():
            if isinstance(symbol, ClassSymbol):
                self._by_name.setdefault(symbol.name.rpartition(".")[2].lower(), []).append(symbol)

    def fill(self, route: Route) -> None:
        """Note the lookups of a route, or that the caller is held against something on the way."""
        handler = route.handler
        if handler is None:
            return
        ids = {name for pair in _IN_PATH.findall(route.path) for name in pair if name}
        ids |= {param.name for param in handler.node.params if _ID.search(param.name) and self._from_request(handler, param)}
        found: list[Lookup] = []
        callers = self._caller_names(handler)
        read = {one.id for one in nodes_of(handler.node.body) if isinstance(one, ir.Name)}
        route.caller_unused = bool(callers) and not callers & read
        if self._follow(route, handler, frozenset(ids), callers, found, _MAX_DEPTH):
            route.consults = True
        else:
            route.lookups = tuple(found)

    def _from_request(self, handler: FunctionSymbol, param: ir.Param) -> bool:
        return param.kind != "kwargs" and self.engine.provider(handler, param) is None

    def _caller_names(self, function: FunctionSymbol) -> frozenset[str]:
        """Parameters that hold who calls: filled by a dependency that looks, or called so."""
        found: set[str] = set()
        for param in function.node.params:
            provider = self.engine.provider(function, param)
            if self._asks(provider) or _CALLED_SO.search(param.name):
                found.add(param.name)
        return frozenset(found)

    def _asks(self, provider: Value | None) -> bool:
        """Whether a provider of a parameter looks who calls, by what it does or, from outside of the project, by its name."""
        if provider is None:
            return False
        functions = [one for one in provider.refs if isinstance(one, FunctionSymbol)]
        behaviours = [self.behaviours.of(one) for one in functions]
        if any(one.looks or one.denies & {401, 403} for one in behaviours):
            return True
        return any(asks_by_name(path.rpartition(".")[2]) for path in provider.apis)

    def _follow(
        self,
        route: Route,
        function: FunctionSymbol,
        ids: frozenset[str],
        callers: frozenset[str],
        found: list[Lookup],
        depth: int,
    ) -> bool:
        """Collect the lookups by `ids` in a function and those that it hands them to; true where the caller is asked for."""
        body = function.node.body
        ids, callers = _spread(body, ids, _is_id), _spread(body, callers, _is_caller)
        if _tested(body, callers):
            return True
        frame = Frame(self.engine, function.module, function, dict(self.engine.environment(function.module)))
        for node in nodes_of(body):
            if not isinstance(node, ir.Call):
                continue
            lookup = self._lookup(frame, node, ids)
            if lookup is not None:
                found.append(lookup)
                continue
            target = self._target(route, frame, node)
            if target is not None and depth > 0:
                names = {param for param, arg in _handed(target, node) if _mentions(arg, ids, _is_id)}
                whose = {param for param, arg in _handed(target, node) if _mentions(arg, callers, _is_caller)}
                if (names or whose) and self._follow(route, target, frozenset(names), frozenset(whose), found, depth - 1):
                    return True
        return False

    def _target(self, route: Route, frame: Frame, node: ir.Call) -> FunctionSymbol | None:
        if isinstance(node.func, ir.Attribute) and isinstance(node.func.value, ir.Name) and node.func.value.id == "self":
            owner = route.owner or (None if frame.function is None else frame.function.owner)
            return None if owner is None else self.engine.find_method(owner, node.func.attr)
        if not isinstance(node.func, (ir.Name, ir.Attribute)):
            return None
        found = [one for one in frame.eval(node.func).refs if isinstance(one, FunctionSymbol)]
        return found[0] if len(found) == 1 else None

    def _lookup(self, frame: Frame, node: ir.Call, ids: frozenset[str]) -> Lookup | None:
        """The lookup that a call is: `Model.objects.get(pk=pk)`, `session.query(Model).filter(Model.id == id)`."""
        name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
        if name not in _LOOKUPS:
            return None
        keys = [_key(arg.value) for arg in node.args if _by_identity(arg, ids)]
        if not keys:
            return None
        mark = Mark(frame.module.path, node.at, node.end, "looks it up")
        models = list(self._models(frame, node))
        for model in models:
            owned = self.owner_field(model)
            if owned:
                return Lookup(mark, model.node.name, written(keys[0]), owned, written(node.func))
        unknown = "" if models else _outside(frame, node)
        return Lookup(mark, unknown, written(keys[0]), "", written(node.func)) if unknown else None

    def _models(self, frame: Frame, node: ir.Call) -> Iterator[ClassSymbol]:
        """The classes of the project that a call names, in its receiver and its arguments."""
        for one in nodes_of([node]):
            if isinstance(one, (ir.Name, ir.Attribute)) and written(one).rpartition(".")[2][:1].isupper():
                for symbol in sorted(frame.eval(one).refs, key=lambda ref: ref.key):
                    if isinstance(symbol, ClassSymbol):
                        yield symbol

    def owner_field(self, model: ClassSymbol, depth: int = 1) -> str:
        """The field of a model that says whose an object is: its own, or that of what it belongs to; "" if there is none."""
        fields = list(self.fields(model))
        for name, _ in fields:
            if _OWNER.match(name):
                return name
        for name, _ in fields if depth else ():
            for parent in self._by_name.get(name.removesuffix("_id").replace("_", "").lower(), ()):
                if parent is not model and (through := self.owner_field(parent, depth - 1)):
                    return f"{name}.{through}"
        return ""

    def fields(self, model: ClassSymbol) -> Iterator[tuple[str, ir.Assign]]:
        """The fields that a model's body declares, its project bases' too."""
        for one in self.engine.bases(model)[0]:
            for statement in one.node.body:
                if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                    declared = statement.annotation is not None or isinstance(statement.value, ir.Call)
                    if declared:
                        yield statement.targets[0].id, statement


def _by_identity(arg: ir.Arg, ids: frozenset[str]) -> bool:
    """Whether an argument compares an identity with an id of the request."""
    if arg.name is not None:
        last = arg.name.removesuffix("__exact")
        return last in ("id", "pk", "uuid", "slug", "ident") and _mentions(arg.value, ids, _is_id)
    if isinstance(arg.value, ir.Compare) and arg.value.ops == ["=="]:
        left = written(arg.value.left).rpartition(".")[2]
        return left in ("id", "pk", "uuid", "_id") and _mentions(arg.value.rights[0], ids, _is_id)
    if isinstance(arg.value, (ir.Name, ir.Call, ir.Index, ir.Attribute)):
        return _mentions(arg.value, ids, _is_id)
    return False


def _key(node: ir.Expr) -> ir.Expr:
    return node.rights[0] if isinstance(node, ir.Compare) else node


def _is_id(node: ir.Node) -> bool:
    """An id taken from the request: `request.data["id"]`, `self.kwargs["pk"]`, `request.GET.get("user_id")`."""
    base, key = None, None
    if isinstance(node, ir.Index):
        base, key = node.value, node.index
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "get" and node.args:
        base, key = node.func.value, node.args[0].value
    if base is None or not isinstance(key, ir.Const) or not isinstance(key.value, str):
        return False
    return bool(_ID.search(key.value)) and written(base).rpartition(".")[2] in (
        "data",
        "GET",
        "POST",
        "kwargs",
        "args",
        "form",
        "json",
    )


def _is_caller(node: ir.Node) -> bool:
    if isinstance(node, (ir.Attribute, ir.Name)):
        return bool(_CALLER.search(written(node)))
    if isinstance(node, ir.Index):
        return written(node.value) in _SESSIONS
    return isinstance(node, ir.Call) and (
        bool(_CALLER_CALLS.search(written(node.func))) or written(node.func).removesuffix(".get") in _SESSIONS
    )


def _mentions(node: ir.Node, names: frozenset[str], also: Callable[[ir.Node], bool]) -> bool:
    return any((isinstance(one, ir.Name) and one.id in names) or also(one) for one in nodes_of([node]))


def _spread(body: list[ir.Stmt], names: frozenset[str], also: Callable[[ir.Node], bool]) -> frozenset[str]:
    """`names` and the variables that are assigned something made of them."""
    found = set(names)
    for _ in range(3):
        before = len(found)
        for node in nodes_of(body):
            if not isinstance(node, ir.Assign) or node.value is None or not _plain(node.value):
                continue
            if _mentions(node.value, frozenset(found), also):
                found |= {target.id for target in node.targets if isinstance(target, ir.Name)}
        if len(found) == before:
            break
    return frozenset(found)


def _plain(node: ir.Expr) -> bool:
    """Whether an expression passes a value on: a name, a part of it, a conversion; not the result of a look-up."""
    if isinstance(node, ir.Call):
        name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
        return name in ("get", "int", "str", "UUID", "get_object", "getattr") or name.startswith(
            ("get_jwt", "get_current", "current_")
        )
    return isinstance(node, (ir.Name, ir.Attribute, ir.Index, ir.Conditional, ir.Logical, ir.Await))


def _tested(body: list[ir.Stmt], callers: frozenset[str]) -> bool:
    """Whether the caller is held against anything: in a test, or as an argument of a call that looks up or checks."""
    for node in nodes_of(body):
        if isinstance(node, (ir.If, ir.While, ir.Assert, ir.Conditional)) and _mentions(node.test, callers, _is_caller):
            return True
        if isinstance(node, (ir.Compare, ir.Clause)) and _mentions(node, callers, _is_caller):
            return True
        if isinstance(node, ir.Call):
            name = node.func.attr if isinstance(node.func, ir.Attribute) else written(node.func)
            if _NO_CHECK.match(name):
                continue
            if any(_mentions(arg.value, callers, _is_caller) for arg in node.args):
                return True
            if (
                isinstance(node.func, ir.Attribute)
                and _mentions(node.func.value, callers, _is_caller)
                and name not in ("get", "id")
            ):
                return True
    return False


def _outside(frame: Frame, node: ir.Call) -> str:
    """The name of a class that a call names, of which the scanned project knows nothing but the name; "" without one."""
    for one in nodes_of([node]):
        if isinstance(one, ir.Name) and one.id[:1].isupper() and not one.id.isupper():
            value = frame.eval(one)
            if any("." in path and not frame.models.bases.get(path) for path in value.apis):
                return one.id
    return ""


def _handed(target: FunctionSymbol, node: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """Parameter and argument of a call of a project function."""
    names = [param.name for param in target.node.params]
    if target.binds_first and isinstance(node.func, ir.Attribute):
        names = names[1:]
    for at, arg in enumerate(node.args):
        if not arg.star and (arg.name is not None or at < len(names)):
            yield arg.name or names[at], arg.value
