"""Lists that bring rows back which are marked as deleted, where nearly all other queries for that entity leave them out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.concepts import Concept, Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.lookups import owner_of
from backend_audit.frameworks.script_conditions import conditions_of
from backend_audit.frameworks.script_lookups import held_in
from backend_audit.link.script_project import ScriptProject
from backend_audit.link.symbols import FunctionSymbol
from backend_audit.routes.model import Route, RouteTable

_FEW = 3
_SHARE = 0.75
_DEPTH = 2
_MARK = re.compile(
    r"^(deleted_?(at|on|date|time)|is_?deleted|date_?deleted|deleted|archived_?at|is_?archived)(__\w+)?$", re.IGNORECASE
)
# Who is meant to see or to treat what is deleted, by the function's name.
_MEANT = re.compile(
    r"delet|trash|recycle|restor|purge|clean|archiv|admin|anonymi|export|migrat|audit|histor|sync|index|stat|count|report|seed|_all$|All$",
    re.IGNORECASE,
)
_NARROWING = frozenset("filter filter_by where exclude".split())
_MANY = frozenset("filter filter_by where all exclude order_by scalars".split())
_ONE = frozenset(
    "get first one one_or_none scalar_one scalar_one_or_none exists count create update delete aggregate latest earliest last "
    "bulk_create get_or_create update_or_create values_list aget afirst acount".split()
)
_KEYS = frozenset("id pk uuid slug id__in pk__in".split())
_LISTS = frozenset(("findMany", "findAll", "find"))


@dataclass(frozen=True, slots=True)
class KeptDeleted(Concept):
    """A list of `entity` that `route` reaches and that says nothing of `column`; `careful` of the other queries do."""

    entity: str = ""
    column: str = ""
    careful: int = 0
    others: int = 0
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One query: `column` is that which marks deleted rows, where a condition names it; `many`: it lists rows, not one."""

    entity: str
    column: str
    many: bool
    function: FunctionSymbol
    node: ir.Call


def kept_deleted(engine: Engine, table: RouteTable) -> Iterator[KeptDeleted]:
    """The odd ones out, entity by entity, each at the first route that reaches it."""
    by_entity: dict[str, list[_Asked]] = {}
    for function in engine.project.functions():
        for one in _in_scripts(function) if isinstance(engine.project, ScriptProject) else _in_python(function):
            by_entity.setdefault(one.entity, []).append(one)
    found = {entity: asked for entity, asked in by_entity.items() if sum(bool(one.column) for one in asked) >= _FEW}
    served = _served(engine, table) if found else {}
    for entity in sorted(found):
        asked = found[entity]
        careful = [one for one in asked if one.column]
        odd = [one for one in asked if not one.column and one.many]
        if len(careful) < _SHARE * (len(careful) + len(odd)):
            continue
        for one in odd:
            route = served.get(one.function.key)
            if route is not None and not _MEANT.search(one.function.node.name) and not _MEANT.search(route.name):
                site = Site(
                    one.function.module.path, one.node, "", written(one.node.func), one.function.name, one.node, (),
                    one.function.node, one.function.module.node,
                )  # fmt: skip
                yield KeptDeleted(site, entity, careful[0].column, len(careful), len(careful) + len(odd) - 1, route)


def _served(engine: Engine, table: RouteTable) -> dict[str, Route]:
    """The functions that routes reach, by key, with the first route."""
    found: dict[str, Route] = {}
    for route in table.routes:
        level = [] if route.handler is None else [route.handler, *route.handler.nested]
        for _ in range(_DEPTH + 1):
            for one in level:
                found.setdefault(one.key, route)
            calls = [engine.calls.get(one.key, {}) for one in level]
            level = [called[key] for called in calls for key in sorted(called) if called[key].key not in found]
    return found


def _in_scripts(function: FunctionSymbol) -> Iterator[_Asked]:
    """`prisma.order.findMany({ where: { deletedAt: null } })`."""
    for one in conditions_of(function, held_in(function.module)):
        column = next((name for name in one.columns if _MARK.match(name)), "")
        many = isinstance(one.node.func, ir.Attribute) and one.node.func.attr in _LISTS and not one.key()
        yield _Asked(one.entity, column, many, function, one.node)


def _in_python(function: FunctionSymbol) -> Iterator[_Asked]:
    """`Order.objects.filter(deleted_at__isnull=True)`, `select(Order).where(Order.deleted_at.is_(None))`."""
    calls = function.scope.of(ir.Call)
    inner = {id(step) for one in calls for step in _below(one)}
    narrowed = {one.func.value.id for one in calls if isinstance(one.func, ir.Attribute) and isinstance(one.func.value, ir.Name)
                and one.func.attr in _NARROWING and _marks(one)}  # fmt: skip
    for one in calls:
        entity = owner_of(one.func) if id(one) not in inner else ""
        if not entity:
            continue
        steps = [one, *_below(one)]
        names = {step.func.attr for step in steps if isinstance(step.func, ir.Attribute)}
        column = next((found for step in steps for found in _marks(step)), "")
        keyed = any(arg.name in _KEYS for step in steps for arg in step.args) or any(
            isinstance(each, ir.Attribute) and each.attr in _KEYS and written(each.value) == entity
            for step in steps
            for arg in step.args
            for each in ir.walk_scope(arg.value)
        )
        many = bool(names & _MANY) and not names & _ONE and not keyed and not narrowed
        yield _Asked(entity, column, many, function, one)


def _below(node: ir.Call) -> Iterator[ir.Call]:
    """The calls of a chain that one is called on."""
    inner: ir.Node = node.func
    while isinstance(inner, (ir.Attribute, ir.Call)):
        if isinstance(inner, ir.Call):
            yield inner
        inner = inner.func if isinstance(inner, ir.Call) else inner.value


def _marks(node: ir.Call) -> list[str]:
    """The columns for deleted rows that a call's conditions name."""
    found = [arg.name for arg in node.args if arg.name is not None and _MARK.match(arg.name)]
    said = (each for arg in node.args for each in ir.walk_scope(arg.value))
    found += [one.attr for one in said if isinstance(one, ir.Attribute) and _MARK.match(one.attr)]
    for arg in node.args:  # `Q(deleted_at__isnull=True)`
        for each in ir.walk_scope(arg.value):
            if isinstance(each, ir.Call):
                found += [inner.name for inner in each.args if inner.name is not None and _MARK.match(inner.name)]
    return found
