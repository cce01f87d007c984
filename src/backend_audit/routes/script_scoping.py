"""Objects that a handler of Node looks up by an id of the request, and whether it ever asks who calls.

As `scoping.py`, read from names. A handler that mentions the caller anywhere (`req.user`, the session), or hands the request on
itself, is taken to know what it does. Whose an object is, its model's fields say, or the queries that use them.
"""

import re
from collections.abc import Iterable, Iterator

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import dotted, written
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import KNOWN, Does, Guard, Lookup, Route
from backend_audit.routes.script_caller import CALLER, Callers
from backend_audit.routes.script_client_reads import ClientReads, Read
from backend_audit.routes.script_permissions import LOGIN_ALONE
from backend_audit.routes.script_taken import taken_ids, unmet_ids
from backend_audit.routes.script_unheld import takes_unheld
from backend_audit.source import Mark

_LOOKUPS = frozenset(
    "findById findByPk findOne findUnique findUniqueOrThrow findFirst findFirstOrThrow findOneBy findOneOrFail findOneByOrFail "
    "findByIdAndUpdate findByIdAndDelete findByIdAndRemove findOneAndUpdate findOneAndDelete updateOne deleteOne update delete "
    "destroy".split()
)
_KEYED = _LOOKUPS | frozenset("find findAll findMany create insertOne insert count aggregate".split())
_ID = re.compile(r"^_?id$|(?:Id|_id|uuid|Uuid|UUID)$")
_KNOWN_TO_FEW = re.compile(r"url|share|invit|link|secret|token", re.IGNORECASE)  # who has been given it may use it
_OWNER = re.compile(
    r"^(?:user|owner|author|creator|createdBy|created_by|account|customer|member|organi[sz]ation|org|tenant|team|workspace|company|"
    r"seller|buyer|patient|client|uploader|assignee|requester|reporter|"
    r"(?:uploaded|requested|posted|added|submitted|owned|reported|assigned)_?by)(?:_?(?:id|uuid))?$",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"secret|passw|issuer|redirect_?ur[il]|(?:refresh|access)_?token|smtp|^host$", re.IGNORECASE)
_SIGNS_IN = re.compile(r"^(?:client|user|account)(?:_?name)?$|^client_?id$", re.IGNORECASE)
_PROOFS = re.compile(r"reset|verif|invit|magic|otp|challenge|confirm")  # who knows the id of one has been sent it
_PEOPLE = re.compile(r"^(?:user|account|member|profile|person|customer|employee|admin)s?$")
_SUFFIX = re.compile(r"(?:model|repository|repo|collection|dao|s)$")
_MAKERS = frozenset(("model", "define", "init"))
_RELATED = frozenset(("$relatedQuery", "related"))
_BEGIN = frozenset(("query", "createQueryBuilder", "session", "lean"))
_SHARED = re.compile(r"^(?:express_?)?basic_?auth$", re.IGNORECASE)
_DEPTH = 2


class ScriptScoping:
    """Finds the lookups of one project's routes that no caller is held against; `columns` of models beside the code, by model."""

    def __init__(self, engine: Engine, columns: Iterable[tuple[str, str]] = ()) -> None:
        self.engine = engine
        self._columns: dict[str, list[str]] = {}
        for model, name in columns:
            self._columns.setdefault(model, []).append(name)
        self.callers = Callers(engine)
        self._owners: dict[str, str] | None = None  # model → the field that says whose its objects are

    def fill(self, route: Route) -> None:
        """Note the lookups of a route, or that its handler asks for the caller."""
        handler = route.handler
        if handler is None:
            return
        route.weighed = bool(handler.node.body)
        reads = self.callers.of(handler)
        right = reads.right()
        route.right = "" if right is None else written(right)
        ahead = [one.function for one in route.guards if one.function is not None and one.function is not handler]
        route.testing = frozenset(
            guard.name
            for guard in route.guards
            if guard.function in ahead and not LOGIN_ALONE.search(guard.name)  # told nothing, it asks for nothing more
            if self.callers.of(guard.function).right() is not None
        )
        held = any(self.callers.asks(one) and _reads_ids(one) for one in ahead)
        route.consults = right is not None or reads.tests() or reads.hands() or held
        route.scoped = route.consults and right is None and not held and not reads.tests()
        route.names_caller = reads.names_caller()
        route.takes = taken_ids(handler) - {name for one in ahead for name in taken_ids(one)}
        route.unmet = unmet_ids(handler, reads, route.takes)
        route.unheld = not held and takes_unheld(self.callers, handler)
        route.keyed = self._nobody_known(route)
        idle = None if right is not None else reads.idle_verdict()
        if idle is not None:
            route.idle_verdict = Mark(handler.module.path, idle.at, idle.end, written(idle.targets[0]))
        if route.consults or route.keyed:
            return
        filled = {read for function in ahead for read in _filled(function)}
        route.lookups = tuple(one for one in self._lookups(handler) if one.key not in filled)

    def _nobody_known(self, route: Route) -> bool:
        """Whether all that asks who calls can be read, reads no session and keeps nothing: its key is the whole program's."""
        asking = [one for one in route.guards if one.has(Does.AUTHENTICATES) and one.via != "body"]
        return bool(asking) and all(self._is_shared(one) for one in asking)

    def _is_shared(self, guard: Guard) -> bool:
        if guard.function is None:
            return bool(_SHARED.match(guard.name)) and guard.because == KNOWN  # a table of its own, of no user of the application
        return not self._keeps(guard.function, _DEPTH)

    def _keeps(self, function: FunctionSymbol, depth: int) -> bool:
        """Whether a guard, or what it calls, puts something into the request, or hands it to what cannot be read."""
        given = [param.name for param in function.node.params]
        if self.callers.of(function).mentions(*function.node.body):
            return True
        for node in ir.walk(*function.node.body):
            for target in node.targets if isinstance(node, ir.Assign) else ():
                if isinstance(target, (ir.Attribute, ir.Index)) and written(target).partition(".")[0].partition("[")[0] in given:
                    return True
            if isinstance(node, ir.Call) and any(isinstance(arg.value, ir.Name) and arg.value.id in given for arg in node.args):
                found = list(self.engine.callees.get(id(node), {}).values())
                if not found or (depth and any(self._keeps(one, depth - 1) for one in found)):
                    return True
        return False

    def _lookups(self, handler: FunctionSymbol) -> Iterator[Lookup]:
        for function in (handler, *handler.nested):
            reads = ClientReads(function)
            for node in function.scope.of(ir.Call):
                key = next((read for arg in node.args if (read := _id_in(arg.value, reads)) is not None), None)
                model = "" if key is None else self._model(node, _DEPTH)
                owned = self.owners().get(_plain(model), "") if model else ""
                if key is not None and owned and not _is_own(model) and not _keyed_by(node, owned):
                    mark = Mark(function.module.path, node.at, node.end, "looks it up")
                    yield Lookup(mark, model, f"{key[0]}.{key[1]}", owned, written(node.func))

    def _model(self, node: ir.Call, depth: int) -> str:
        """The model that a call looks an object of up: itself, or in the one function of the project that it means."""
        if isinstance(node.func, ir.Attribute) and node.func.attr in _LOOKUPS:
            name = _asked_of(node.func.value)
            if _plain(name) in self.owners():
                return name
        found = self.engine.callees.get(id(node), {}) if depth else {}
        if len(found) != 1:
            return ""
        target = next(iter(found.values()))
        if self._asks_by_parameter(target):
            return ""
        calls = target.scope.of(ir.Call)
        return next((model for one in calls if (model := self._model(one, depth - 1))), "")

    def _asks_by_parameter(self, function: FunctionSymbol) -> bool:
        return any(_OWNER.match(param.name) or CALLER.match(param.name) for param in function.node.params)

    # --- whose ------------------------------------------------------------------------------------------------------

    def owners(self) -> dict[str, str]:
        """The models of which a field, or a query somewhere, says whose their objects are."""
        if self._owners is None:
            self._owners = {}
            modules = self.engine.project.modules.values()
            bodies = [*(one.node.body for one in modules), *(one.node.body for one in self.engine.project.functions())]
            schemas = {name: keys for body in bodies for name, keys in _schemas(body)}
            for node in (node for one in modules for node in one.nodes.of(ir.Call)):
                if isinstance(node.func, ir.Attribute):
                    self._note(node, node.func, schemas)
            for function in self.engine.project.functions():
                self._note_compared(function)
                self._note_related(function)
            for model, columns in self._columns.items():
                self._note_columns(model, columns)
        return self._owners

    def _note_related(self, function: FunctionSymbol) -> None:
        """`req.user.$relatedQuery("folders")`: folders are users'."""
        owners = {} if self._owners is None else self._owners
        for node in function.scope.of(ir.Call):
            if isinstance(node.func, ir.Attribute) and node.func.attr in _RELATED and node.args:
                name = node.args[0].value
                if (
                    isinstance(name, ir.Const)
                    and isinstance(name.value, str)
                    and self.callers.of(function).is_caller(node.func.value)
                ):
                    owners.setdefault(_plain(name.value), "user")

    def _note_compared(self, function: FunctionSymbol) -> None:
        """`const comment = await comments.findOne(…); if (comment.user.id !== req.user.id)`: whose it is, by `user`."""
        owners = {} if self._owners is None else self._owners
        found: dict[str, str] = {}
        for assigned in function.scope.of(ir.Assign):
            call = assigned.value.value if isinstance(assigned.value, ir.Await) else None
            func = call.func if isinstance(call, ir.Call) else None
            target = assigned.targets[0]
            if isinstance(func, ir.Attribute) and func.attr in _KEYED and isinstance(target, ir.Name):
                found[target.id] = written(func.value).rpartition(".")[2]
        for node in function.scope.of(ir.Compare) if found else ():
            if len(node.rights) != 1 or node.ops[0] not in ("==", "!="):
                continue
            for one, other in ((node.left, node.rights[0]), (node.rights[0], node.left)):
                path = dotted(one) or ""
                name, _, rest = path.partition(".")
                owner = rest.removesuffix(".id")
                if name in found and _OWNER.match(owner) and self.callers.of(function).is_caller(other):
                    owners.setdefault(_plain(found[name]), owner)

    def _note(self, node: ir.Call, func: ir.Attribute, schemas: dict[str, list[str]]) -> None:
        name = _asked_of(func.value)
        keys: list[str] = []
        if func.attr in _KEYED and name not in ("this", "res", "req"):
            keys = [key for arg in node.args for key in _keys(arg.value, nested=("where", "data", "defaults"))]
        elif func.attr in _MAKERS and node.args and isinstance(node.args[0].value, ir.Const):
            name = str(node.args[0].value.value)
            given = node.args[1].value if len(node.args) > 1 else None
            keys = schemas.get(given.id, []) if isinstance(given, ir.Name) else list(_keys(given, nested=()))
        elif func.attr == "belongsTo" and node.args:
            keys = [written(node.args[0].value).rpartition(".")[2]]
        self._note_columns(name, keys)

    def _note_columns(self, name: str, keys: list[str]) -> None:
        """Whose the objects of a model are, by the names of its columns."""
        owners = {} if self._owners is None else self._owners
        if any(_ACCOUNT.search(key) for key in keys):  # what it takes to sign in elsewhere: `clientId` beside `clientSecret`
            keys = [key for key in keys if not _SIGNS_IN.match(key)]
        owner = next((key for key in keys if _OWNER.match(key)), "")
        if owner and name:
            owners.setdefault(_plain(name), owner)


def _asked_of(node: ir.Expr) -> str:
    """What a query is asked of: `this.orders`, `Order.query()`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _BEGIN:
        node = node.func.value
    return written(node).rpartition(".")[2]


def _is_own(model: str) -> bool:
    """Whether objects of a model are people themselves, or proofs that somebody was sent."""
    plain = _plain(model)
    return bool(_PEOPLE.match(plain) or _PROOFS.search(plain))


def _schemas(body: list[ir.Stmt]) -> Iterator[tuple[str, list[str]]]:
    """`const orderSchema = new Schema({ user: …, total: Number })`: the name and its fields."""
    for node in body:
        value = node.value if isinstance(node, ir.Assign) else None
        if isinstance(node, ir.Assign) and isinstance(value, ir.Call) and written(value.func).endswith("Schema") and value.args:
            for target in node.targets:
                if isinstance(target, ir.Name):
                    yield target.id, list(_keys(value.args[0].value, nested=()))


def _keys(node: ir.Expr | None, nested: tuple[str, ...]) -> Iterator[str]:
    """The names of an object's fields, and of those below `nested`."""
    for item in node.items if isinstance(node, ir.Container) and node.kind == "dict" else ():
        if isinstance(item.key, ir.Const) and isinstance(item.key.value, str):
            yield item.key.value
            if item.key.value in nested:
                yield from _keys(item.value, nested=())


def _keyed_by(node: ir.Call, owned: str) -> bool:
    """Whether a lookup itself says whose the object is to be."""
    return any(_OWNER.match(key) or key == owned for arg in node.args for key in _keys(arg.value, nested=("where",)))


def _id_in(node: ir.Expr, reads: ClientReads) -> Read | None:
    """The id of the request that an argument holds: itself, or under `id` of a filter."""
    held = [node]
    if isinstance(node, ir.Container):
        held = [one for item in node.items for one in (item.value, *(_values(item.value)))]
    for one in held:
        read = reads.of(one)
        if read is None or _KNOWN_TO_FEW.search(read[1]):
            continue
        if read[0] in ("params", "query", "body") and _ID.search(read[1]):
            return read
    return None


def _filled(function: FunctionSymbol) -> Iterator[str]:
    """What a middleware puts where a client's data stands: `req.body.orderId = order.id`, with an id of its own."""
    reads = ClientReads(function)
    for node in function.scope.of(ir.Assign):
        if node.value is not None and reads.of(node.value) is None:
            yield from (".".join(read) for target in node.targets if (read := reads.of(target)) is not None)


def _values(node: ir.Expr) -> list[ir.Expr]:
    return [item.value for item in node.items] if isinstance(node, ir.Container) else []


def _reads_ids(function: FunctionSymbol) -> bool:
    return any(node.attr == "params" for node in function.scope.of(ir.Attribute))


def _plain(name: str) -> str:
    return _SUFFIX.sub("", name.lower())
