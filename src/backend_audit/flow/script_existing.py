"""Looking a record up by its key in JavaScript, and asking whether it is there: a key that exists is one of the program's own.

As `existing.py`, whose languages raise on a miss; here a mapper gives nothing, and the program tests that.
https://www.prisma.io/docs/orm/reference/prisma-client-reference, https://sequelize.org/docs/v6/core-concepts/model-querying-finders/,
https://mongoosejs.com/docs/api/model.html, https://typeorm.io/docs/working-with-entity-manager/find-options,
https://knexjs.org/guide/query-builder.html#first, https://kysely-org.github.io/kysely-apidoc/interfaces/SelectQueryBuilder.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend_audit import ir
from backend_audit.flow import verdicts
from backend_audit.flow.existing import HARMLESS, holds_address
from backend_audit.flow.guards import URL, clear_data

if TYPE_CHECKING:
    from backend_audit.flow.script_expressions import ScriptExpressions

_KEYS = frozenset(("id", "_id", "pk", "uuid", "guid"))
_BY_FIELDS = frozenset(
    "findUnique findUniqueOrThrow findFirst findFirstOrThrow findOne findOneOrFail findOneBy findOneByOrFail".split()
)
_BY_KEY = frozenset("findByPk findById".split())
_RAISING = frozenset("findUniqueOrThrow findFirstOrThrow findOneOrFail findOneByOrFail executeTakeFirstOrThrow".split())
_FIRST = frozenset("first executeTakeFirst executeTakeFirstOrThrow".split())  # of a builder's rows


def asked(frame: "ScriptExpressions", test: ir.Expr, *, holds: bool) -> None:
    """A test: `if (!found) throw …`; where a field of `found` holds, it is there as well."""
    subject = test
    if isinstance(test, ir.Compare) and len(test.ops) == 1 and test.ops[0] in ("==", "!=") and _is_nothing(test.rights[0]):
        subject, holds = test.left, holds is (test.ops[0] == "!=")
    call = verdicts.given_by(frame, subject.value if isinstance(subject, ir.Attribute) else subject) if holds else None
    if call is not None:
        _found(frame, call)


def after_call(frame: "ScriptExpressions", call: ir.Call) -> None:
    """A call came back that throws where there is no such record."""
    if isinstance(call.func, ir.Attribute) and call.func.attr in _RAISING:
        _found(frame, call)


def _found(frame: "ScriptExpressions", call: ir.Call) -> None:
    for column, asked_for in _conditions(call):
        clears = HARMLESS if column in _KEYS else URL if holds_address(column) else None
        if clears is not None:
            clear_data(frame, frame.eval(asked_for), clears, node=asked_for)


def _conditions(call: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """The columns by which a record is looked up, and what each is asked for."""
    name = call.func.attr if isinstance(call.func, ir.Attribute) else ""
    first = call.args[0].value if call.args else None
    if name in _BY_KEY and first is not None:
        yield "id", first
    elif name in _FIRST:
        yield from _of_builder(call)
    elif name in _BY_FIELDS and isinstance(first, ir.Container):
        where = [item.value for item in first.items if _text(item.key) == "where"]
        for fields in where or [first]:
            yield from _fields(fields)


def _of_builder(call: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """The conditions of a chain: `where("id", id).first()`, `.where({ id })`, `.where("id", "=", id)`."""
    node: ir.Expr = call.func
    while isinstance(node, (ir.Attribute, ir.Call)):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in ("where", "andWhere"):
            given = [arg.value for arg in node.args]
            if len(given) == 2 or (len(given) == 3 and _text(given[1]) == "="):
                column = given[0].attr if isinstance(given[0], ir.Attribute) else _text(given[0]).rpartition(".")[2]
                yield column, given[-1]  # `Note.id`, `"notes.id"`
            elif len(given) == 1:
                yield from _fields(given[0])
        node = node.value if isinstance(node, ir.Attribute) else node.func


def _fields(node: ir.Expr) -> Iterator[tuple[str, ir.Expr]]:
    """What an object that is written here holds, by name."""
    yield from ((_text(item.key), item.value) for item in (node.items if isinstance(node, ir.Container) else []))


def _text(node: ir.Expr | None) -> str:
    return node.value if isinstance(node, ir.Const) and isinstance(node.value, str) else ""


def _is_nothing(node: ir.Expr) -> bool:
    return isinstance(node, ir.Const) and node.kind in ("none", "undefined")
