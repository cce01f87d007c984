"""Columns of TypeORM's, Sequelize's and Mongoose's models that rows are looked up by, and which no index covers.

https://typeorm.io/docs/advanced-topics/indices, https://sequelize.org/docs/v6/other-topics/indexes/,
https://mongoosejs.com/docs/guide.html#indexes
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.concepts import Site
from backend_audit.flow.engine import Engine
from backend_audit.flow.written import written
from backend_audit.frameworks.indexes import FEW_VALUES, Indexed, UnindexedColumn, together
from backend_audit.frameworks.node_schemas import TEXTS, NodeColumn, defined, is_indexed, is_unselected, option_of
from backend_audit.frameworks.script_lookups import ScriptLookups, word_of
from backend_audit.frameworks.sql_tables import SqlTables
from backend_audit.frameworks.whole_lists import FEW
from backend_audit.link.symbols import ModuleSymbol, decorator_name

_ENTITIES = frozenset(("Entity", "ChildEntity", "Table"))  # of TypeORM, of sequelize-typescript
_SINGLE = frozenset("PrimaryColumn PrimaryGeneratedColumn PrimaryKey Index Unique Generated".split())


def columns_in_node(engine: Engine) -> list[NodeColumn]:
    """The columns of all models, in the order of the code."""
    return [one for module in _modules(engine) for one in (*_decorated(module), *defined(module))]


def unindexed_in_node(
    columns: list[NodeColumn], lookups: ScriptLookups, indexed: Indexed, tables: SqlTables
) -> Iterator[UnindexedColumn]:
    """In the order of the code. `indexed`: what migrations put indexes on; `tables`: what statements in SQL make."""
    if not columns:
        return
    _settle(columns)
    covered = {(word_of(table), column) for table, column in tables.covered}
    for one in columns:
        names = {each.lower() for each in one.names}
        known = any((word, name) in covered for word in one.words for name in names)
        one.covered = one.covered or known or any(indexed.covers(one.stored or one.table, each) for each in one.names)
    found: list[UnindexedColumn] = []
    for words, own in _by_table(columns):
        having = {name.lower() for one in own if one.covered for name in one.names}
        for one in own:
            if not one.covered and _is_asked(one, words, having, lookups):
                site = Site(one.module.path, one.node, "", one.names[0], one.table, module=one.module.node)
                few = bool(FEW.search(one.table) or FEW.search(one.target))
                kind = "reference" if one.target else "looked-up"
                found.append(UnindexedColumn(site, kind, one.table, one.names[0], one.target, few))
    yield from together(found)


def _by_table(columns: list[NodeColumn]) -> Iterator[tuple[frozenset[str], list[NodeColumn]]]:
    found: dict[tuple[str, frozenset[str]], list[NodeColumn]] = {}
    for one in columns:
        found.setdefault((one.module.path, one.words), []).append(one)
    for (_, words), own in found.items():
        yield words, own


def _is_asked(column: NodeColumn, words: frozenset[str], covered: set[str], lookups: ScriptLookups) -> bool:
    names = {each.lower() for each in column.names}
    if column.target:
        asked = lookups.asks(words, names, covered, alone=False) is not None
        return not lookups.indexes_references and (asked or not column.lists.isdisjoint(lookups.loaded))
    several = column.text and not FEW_VALUES.search(column.names[0])
    return several and lookups.asks(words, names, covered, alone=True) is not None


def _settle(columns: list[NodeColumn]) -> None:
    """A relation and the column that it is kept in are one: what covers one covers the other, and is told once."""
    by_name = {(word, name.lower()): one for one in columns for word in one.words for name in one.names[:1]}
    for one in columns:
        for name in one.names[1:]:
            for word in sorted(one.words):
                other = by_name.get((word, name.lower()))
                if other is not None and other is not one:
                    one.covered = one.covered or other.covered or bool(other.target)
                    other.covered = other.covered or (one.covered and not other.target)
                    other.text = False


def _modules(engine: Engine) -> list[ModuleSymbol]:
    return sorted(engine.project.modules.values(), key=lambda one: one.path)


def _decorated(module: ModuleSymbol) -> Iterator[NodeColumn]:
    """The columns of classes with decorators of TypeORM or sequelize-typescript."""
    for _, owner in sorted(module.classes.items(), key=lambda one: one[1].node.at):
        made = next((one for one in owner.node.decorators if decorator_name(one) in _ENTITIES), None)
        if made is None:
            continue
        table = _first_text(made) or option_of(made, "tableName") or option_of(made, "name") or owner.name
        words = frozenset((word_of(owner.name), word_of(table)))
        begun = set(_begun_by(owner.node))
        for statement in owner.node.body:
            if isinstance(statement, ir.Assign) and statement.decorators and isinstance(statement.targets[0], ir.Attribute):
                column = _column(module, statement, statement.targets[0], words, table)
                if column is not None:
                    column.covered = column.covered or not begun.isdisjoint(column.names)
                    yield column


def _column(
    module: ModuleSymbol, statement: ir.Assign, target: ir.Attribute, words: frozenset[str], table: str
) -> NodeColumn | None:
    made = {decorator_name(one): one for one in statement.decorators}
    refers = next((made[one] for one in ("ManyToOne", "ForeignKey") if one in made), None)
    single = not _SINGLE.isdisjoint(made)
    if refers is None and "Column" not in made and not single:
        return None
    end = target.end
    node = ir.Name(end - len(target.attr), end, target.attr)
    names = [target.attr]
    if "ManyToOne" in made:
        joined = option_of(made["JoinColumn"], "name") if "JoinColumn" in made else ""
        names += [f"{target.attr}Id", f"{target.attr}_id", *([joined] if joined else [])]
    column = NodeColumn(module, node, words, tuple(names), table)
    column.covered = single or any(is_indexed(one) for one in statement.decorators)
    column.unselected = any(is_unselected(one) for one in statement.decorators)
    if refers is not None:
        column.target = _referred(refers)
        column.lists = {word_of(one) for one in _inverse(refers)}
    elif "Column" in made:
        column.text = written(statement.annotation) in TEXTS or any(
            isinstance(one, ir.Const | ir.Attribute) and _text(one) in TEXTS for one in ir.walk_scope(made["Column"])
        )
    return column


def _referred(call: ir.Expr) -> str:
    """`ManyToOne(() => User, …)`, `ManyToOne("User", …)`."""
    first = call.args[0].value if isinstance(call, ir.Call) and call.args else None
    if isinstance(first, ir.Lambda):
        given = next((one.value for one in first.function.body if isinstance(one, ir.Return)), None)
        return written(given) if given is not None else "…"
    return _text(first) or "…"


def _inverse(call: ir.Expr) -> Iterator[str]:
    """`(user) => user.orders`."""
    for arg in call.args[1:] if isinstance(call, ir.Call) else ():
        if isinstance(arg.value, ir.Lambda):
            given = [one.value for one in arg.value.function.body if isinstance(one, ir.Return)]
            yield from (one.attr for one in given if isinstance(one, ir.Attribute))
        elif isinstance(arg.value, ir.Const) and isinstance(arg.value.value, str):
            yield arg.value.value


def _begun_by(owner: ir.Class) -> Iterator[str]:
    """What the indexes that stand over a class begin with: `@Index(["a", "b"])`, `@Table({ indexes: [{ fields: ["a"] }] })`."""
    for node in ir.walk_scope(*(made for made in owner.decorators if isinstance(made, ir.Call))):
        first = node.items[0].value if isinstance(node, ir.Container) and node.kind == "list" and node.items else None
        if isinstance(first, ir.Const):
            yield str(first.value)


def _first_text(node: ir.Expr) -> str:
    first = node.args[0].value if isinstance(node, ir.Call) and node.args else None
    return str(first.value) if isinstance(first, ir.Const) else ""


def _text(node: ir.Expr | None) -> str:
    return str(node.value) if isinstance(node, ir.Const) else node.attr if isinstance(node, ir.Attribute) else ""
