"""GraphQL resolvers: their arguments come from the query.

graphene: `mutate` and `resolve_x` of its classes, after the object and `info`; strawberry: fields and mutations, by annotation;
ariadne: functions that a type object's decorator registers, or `set_field("name", f)`; strawberry's `field(resolver=f)` alike.
https://docs.graphene-python.org/en/latest/types/mutations/, https://strawberry.rocks/docs/types/resolvers, https://ariadnegraphql.org/docs/resolvers
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from backend_audit import ir
from backend_audit.flow.engine import Engine
from backend_audit.flow.frame import FrameState
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLOSED_TYPES, NUMBER, Value
from backend_audit.flow.written import written
from backend_audit.frameworks import classes
from backend_audit.link.symbols import FunctionSymbol

_GRAPHENE = ("graphene.", "graphene_django.")
_STRAWBERRY = frozenset({"strawberry.field", "strawberry.mutation", "strawberry.subscription", "strawberry_django.field",
                         "strawberry_django.mutation", "gql.field", "gql.mutation"})  # fmt: skip
_ARIADNE = frozenset({"field", "source"})
_SETTERS = frozenset({"set_field", "set_source"})
_DECLARED = frozenset(("fields",))  # the schema names the fields of every input
_tables: "WeakKeyDictionary[Engine, dict[str, int]]" = WeakKeyDictionary()
_NUMBERS = frozenset("Int BigInt Float Decimal Boolean UUID Date DateTime Time".split())  # and what is as harmless
_IDS = frozenset(("strawberry.ID",))
_CONTEXT = frozenset({"self", "cls", "info", "root", "parent", "_info", "_", "_root", "obj", "_obj", "_self"})


def parameter(frame: FrameState, symbol: FunctionSymbol, at: int, param: ir.Param, value: Value) -> Value | None:
    """The value of a resolver's argument; None if the function is no resolver."""
    if param.name in _CONTEXT or not (_is_resolver(frame, symbol, at) or _is_registered(frame.engine, symbol, at)):
        return None
    if (value.types and not value.open and value.types != _IDS) or value.types & CLOSED_TYPES:  # an ID is any text
        return value
    if symbol.owner is not None and _is_number(symbol.owner.node, symbol.node.name.removeprefix("resolve_"), param.name):
        return NUMBER
    origin = Origin("untrusted", (symbol.key, param.name), f"the GraphQL argument `{param.name}`", _DECLARED)
    stepped = origin.step(frame.mark(param, f"{param.name} comes from the query"))
    if param.kind == "kwargs":
        return Value(kind="dict", elem=Value(open=True, origins=frozenset((stepped,))), origins=frozenset((stepped,)))
    return value.with_origins((stepped,))


def _is_resolver(frame: FrameState, symbol: FunctionSymbol, at: int) -> bool:
    name = symbol.node.name
    if symbol.owner is not None and at > 1 and (name in ("mutate", "mutate_and_get_payload") or name.startswith("resolve_")):
        graphene = any(base.startswith(_GRAPHENE) for base in frame.engine.external_bases(symbol.owner))
        return graphene and _is_declared(symbol.owner.node, name.removeprefix("resolve_"), symbol.node.params[at])
    for decorator in symbol.node.decorators:
        callee = decorator.func if isinstance(decorator, ir.Call) else decorator
        text = written(callee)
        if text in _STRAWBERRY:
            return True
        if isinstance(decorator, ir.Call) and text.rpartition(".")[2] in _ARIADNE and at > 1:
            return "ariadne" in classes.packages(frame, symbol)
    return False


def _is_registered(engine: Engine, symbol: FunctionSymbol, at: int) -> bool:
    """Whether a call hands the function over as a resolver; `at` must stand behind what the library passes of itself."""
    table = _tables.get(engine)
    if table is None:
        table = _tables[engine] = dict(_registrations(engine))
    return at >= table.get(symbol.key, at + 1)


def _registrations(engine: Engine) -> Iterator[tuple[str, int]]:
    """The functions that modules make resolvers of, and how many parameters come before the arguments of the query."""
    for module in engine.project.modules.values():
        if not {"ariadne", "strawberry", "strawberry_django"} & classes.imported(module):
            continue
        body = [one for node in module.node.body for one in (node.body if isinstance(node, ir.Class) else [node])]
        calls = [node for node in ir.walk_scope(*body) if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute)]
        frame = engine.frame(module)
        for node in calls:
            name = node.func.attr if isinstance(node.func, ir.Attribute) else ""
            given, first = next((arg.value for arg in node.args if arg.name == "resolver"), None), 0
            if name in _SETTERS and len(node.args) > 1:
                given, first = node.args[1].value, 2
            for one in () if given is None or isinstance(given, ir.Lambda) else frame.eval(given).refs:
                if isinstance(one, FunctionSymbol):
                    yield one.key, first


def _is_declared(owner: ir.Class, field: str, param: ir.Param) -> bool:
    """Whether the field may have that argument: it names its own, and what else a resolver takes comes from its decorators."""
    for statement in owner.body:
        targets = statement.targets if isinstance(statement, ir.Assign) else []
        made = statement.value if isinstance(statement, ir.Assign) else None
        if isinstance(made, ir.Call) and any(isinstance(one, ir.Name) and one.id == field for one in targets):
            names = {arg.name for arg in made.args}
            return param.kind != "positional" or param.name in names or "args" in names or any(arg.star for arg in made.args)
    return True


def _is_number(owner: ir.Class, field: str, name: str) -> bool:
    """Whether graphene declares the argument as a number: in the field's call, or in the class `Arguments` of a mutation."""
    within = [node for node in owner.body if isinstance(node, ir.Class) and node.name in ("Arguments", "Input")]
    made = [value for target, value in _assigned([one for node in within for one in node.body]) if target == name]
    for target, value in _assigned(owner.body):
        made += [arg.value for arg in value.args if arg.name == name] if target == field and isinstance(value, ir.Call) else []
    return any(isinstance(one, ir.Call) and written(one.func).rpartition(".")[2] in _NUMBERS for one in made)


def _assigned(body: list[ir.Stmt]) -> Iterator[tuple[str, ir.Expr]]:
    for node in body:
        if isinstance(node, ir.Assign) and node.value is not None and isinstance(node.targets[0], ir.Name):
            yield node.targets[0].id, node.value
