"""By which columns the code of a JavaScript project looks rows up, whatever mapper or builder it does that with.

Rows are those of an entity, which goes by one word: of `orderRepository`, `Order`, `knex("orders")` the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import last_word, written
from backend_audit.frameworks.lookups import database_named
from backend_audit.link.symbols import ModuleSymbol

_ASKING = re.compile(r"^(find|count|exists?|updateOne|updateMany|delete|remove|destroy|paginate|softDelete|distinct)")
_WHERE = frozenset("where andWhere orWhere whereIn andWhereIn".split())
_OPTIONS = frozenset(
    "where include relations order orderBy select attributes limit take skip offset populate join transaction paranoid lean raw "
    "group distinct session cache lock withDeleted".split()
)
_JOINING = frozenset("leftJoinAndSelect innerJoinAndSelect leftJoin innerJoin populate loadRelationCountAndMap".split())
_BUILDERS = frozenset("knex trx transaction db qb".split())
_HOLDERS = frozenset("Repository Model TreeRepository MongoRepository EntityRepository ModelStatic ReturnModelType".split())
_SUFFIX = re.compile(r"(repository|repo|entity|model|store|dao|collection|table|schema)$")
_KEPT_AS = re.compile(r"^Table(?=[A-Z])")
_CONDITION = re.compile(r"(?<![\w.\"`])([\w.\"`]{1,200})\s{0,20}(?:=|\bIN\b|\bLIKE\b|\bILIKE\b)", re.IGNORECASE)
_UNKNOWN = "…"  # a key that is computed
_KEYS = frozenset(("id", "_id", "uuid", "pk"))
_MAX_STEPS = 40  # of a chain of calls


@dataclass(slots=True)
class ScriptLookups:
    """`conditions`: the columns that one query compares, by its entity's word.

    `loaded`: the words of relations and entities that queries load with others.
    """

    conditions: dict[str, dict[frozenset[str], Site]] = field(default_factory=dict)  # with the first place of each
    loaded: set[str] = field(default_factory=set)
    indexes_references: bool = False

    def take(self, entity: str, columns: Iterable[str], site: Site) -> None:
        """Note one condition."""
        if entity and (named := frozenset(one.lower() for one in columns)):
            self.conditions.setdefault(entity, {}).setdefault(named, site)

    def asks(self, words: Iterable[str], names: set[str], covered: set[str], *, alone: bool) -> Site | None:
        """Where a query looks rows up by one of `names`, by nothing that an index covers (`alone`: by nothing else at all)."""
        for word in sorted(words):
            for one, site in self.conditions.get(word, {}).items():
                if one & names and not one & (covered | _KEYS) and (len(one) == 1 or not alone):
                    return site
        return None


def word_of(name: str) -> str:
    """The one word for an entity: without case, separators, what kind of thing holds it, and a plural."""
    bare = re.sub(r"[^a-z0-9]", "", _KEPT_AS.sub("", name.rpartition(".")[2]).lower())
    bare = _SUFFIX.sub("", bare) or bare
    return bare[:-3] + "y" if bare.endswith("ies") else bare[:-1] if bare.endswith("s") and not bare.endswith("ss") else bare


def script_lookups_of(engine: Engine) -> ScriptLookups:
    """Two walks over all modules: what fields hold, then what is asked."""
    found = ScriptLookups()
    named: set[str] = set()
    modules = sorted(engine.project.modules.values(), key=lambda one: one.path)
    for module in modules:
        held = held_in(module)
        narrowed: set[int] = set()
        for node in module.nodes:
            if isinstance(node, ir.Call):
                _called(module, node, held, found, narrowed)
            elif isinstance(node, ir.Item):
                _loaded(node, found)
            elif isinstance(node, ir.Const) and isinstance(node.value, str):
                named |= database_named(node.value)
    found.indexes_references = named == {"own"}
    return found


def held_in(module: ModuleSymbol) -> dict[str, str]:
    """The words of the entities whose rows names of a module hold."""
    return dict(_held(module))


def _held(module: ModuleSymbol) -> Iterator[tuple[str, str]]:
    """What names of a module hold an entity's rows: `private orders: Repository<Order>`, `orders = getRepository(Order)`."""
    for node in module.nodes:
        if isinstance(node, ir.Param) and (entity := _entity(node.annotation)):
            yield node.name, entity
        elif isinstance(node, ir.Assign) and len(node.targets) == 1:
            call = node.value.value if isinstance(node.value, ir.Await) else node.value
            entity = _entity(node.annotation)
            if isinstance(call, ir.Call) and call.args and last_word(call.func) == "getRepository":
                entity = word_of(_text(call.args[0].value))
            if entity:
                yield last_word(node.targets[0]), entity


def _entity(annotation: ir.Expr | None) -> str:
    if isinstance(annotation, ir.Index) and last_word(annotation.value) in _HOLDERS:
        return word_of(_text(annotation.index))
    return ""


def _called(module: ModuleSymbol, node: ir.Call, held: dict[str, str], found: ScriptLookups, narrowed: set[int]) -> None:
    """What one call asks by; calls are met before what they are called on."""
    name = last_word(node.func)
    if not isinstance(node.func, ir.Attribute):
        return
    site = Site(module.path, node, "", name, "", node, module=module.node)
    if name in _JOINING and node.args:
        found.loaded.add(word_of(_text(node.args[0].value)))
    if name in _WHERE:
        if id(node) not in narrowed:
            entity, before = of_chain(node.func.value, held)
            narrowed.update(id(one) for one in before)
            keys = [key for one in (node, *before) for key in keys_of_condition(one)]
            found.take(entity, map(plain_column, keys), site)
    elif _ASKING.match(name):
        args = [arg.value for arg in node.args]
        entity = receiver(node.func.value, held)
        first = args[0] if len(args) > 1 else None
        if isinstance(first, ir.Name) and first.id[:1].isupper():  # `manager.find(Order, …)`
            entity, args = word_of(first.id), args[1:]
        if args and isinstance(args[0], ir.Container) and args[0].kind == "dict":
            for condition in _conditions(args[0]):
                given = [item for one in (condition, *_inner(condition)) for item in one.items]
                keys = [str(one.key.value) if isinstance(one.key, ir.Const) else _UNKNOWN for one in given]
                found.take(entity, (plain_column(one) for one in keys if not one.startswith("$")), site)


def plain_column(name: str) -> str:
    """The column that a path ends with: `orders.state`, `"state"`."""
    return name.rpartition(".")[2].strip('"`')


def _conditions(node: ir.Container) -> Iterator[ir.Container]:
    """The conditions in the options of a query, or the options themselves where they are one."""
    keys = {item.key.value: item.value for item in node.items if isinstance(item.key, ir.Const)}
    given = keys.get("where", None if _OPTIONS & keys.keys() else node)
    several = [item.value for item in given.items] if isinstance(given, ir.Container) and given.kind == "list" else [given]
    yield from (one for one in several if isinstance(one, ir.Container) and one.kind == "dict")


def _inner(node: ir.Container) -> Iterator[ir.Container]:
    """`{ $or: [{ … }] }`, `{ [Op.and]: [{ … }] }`."""
    for item in node.items:
        if isinstance(item.value, ir.Container) and item.value.kind == "list":
            yield from (one.value for one in item.value.items if isinstance(one.value, ir.Container))


def keys_of_condition(node: ir.Call) -> Iterator[str]:
    """`where("state", x)`, `where({ state: x })`, `where("o.state = :state")`, `where(eq(orders.state, x))`."""
    first = node.args[0].value if node.args else None
    if isinstance(first, ir.Const) and isinstance(first.value, str):
        found = [one[1] for one in _CONDITION.finditer(first.value)]
        yield from found or ([] if " " in first.value else [first.value])
    elif isinstance(first, ir.Container):
        yield from (str(one.key.value) for one in first.items if isinstance(one.key, ir.Const))
    elif isinstance(first, ir.Attribute) and len(node.args) > 1:  # of names that are kept in an enumeration
        yield first.attr
    elif isinstance(first, ir.Call):
        for one in ir.walk_scope(first):
            if isinstance(one, ir.Call) and len(one.args) > 1 and isinstance(one.args[0].value, ir.Attribute):
                yield one.args[0].value.attr


def of_chain(node: ir.Expr, held: dict[str, str]) -> tuple[str, list[ir.Call]]:
    """The entity that a chain of calls is of, and the calls in it that narrow the query before."""
    before: list[ir.Call] = []
    entity = ""
    for _ in range(_MAX_STEPS):
        if isinstance(node, ir.Call):
            name = last_word(node.func)
            if isinstance(node.func, ir.Attribute) and name in _WHERE:
                before.append(node)
            elif name in ("from", "getRepository", "table", "into", "update", "delete") and node.args:
                entity = entity or word_of(_text(node.args[0].value))
            elif isinstance(node.func, ir.Name) and node.args and isinstance(node.args[0].value, ir.Const):
                entity = entity or word_of(_text(node.args[0].value))  # `knex("orders")`
            elif name in _BUILDERS and len(node.args) == 1:
                entity = entity or word_of(_text(node.args[0].value))  # `this.knex(TableOrder)`
            elif name == "createQueryBuilder" and isinstance(node.func, ir.Attribute):
                entity = entity or receiver(node.func.value, held)
            node = node.func
        elif isinstance(node, (ir.Attribute, ir.Await)):
            node = node.value
        else:
            break
    return entity or (held.get(node.id, "") if isinstance(node, ir.Name) else ""), before


def receiver(node: ir.Expr, held: dict[str, str]) -> str:
    """The entity that a query is asked of: `Order`, `this.orderRepository`, `getRepository(Order)`."""
    if isinstance(node, ir.Call):
        return word_of(_text(node.args[0].value)) if node.args and last_word(node.func) in ("getRepository", "model") else ""
    last = last_word(node)
    return held.get(last) or word_of(last)


def _loaded(item: ir.Item, found: ScriptLookups) -> None:
    """`relations: ["orders"]`, `include: [Order]`, `relations: { orders: true }`."""
    key = item.key.value if isinstance(item.key, ir.Const) else None
    if key in ("relations", "include", "eager"):
        for one in ir.walk_scope(item.value):
            if isinstance(one, ir.Name):
                found.loaded.add(word_of(one.id))
            elif isinstance(one, ir.Const) and isinstance(one.value, str):
                found.loaded.update(word_of(part) for part in one.value.split("."))


def _text(node: ir.Expr) -> str:
    return str(node.value) if isinstance(node, ir.Const) else written(node)
