"""Entities whose whole rows a query of JavaScript brings along: `include`, `relations`, `populate`.

https://www.prisma.io/docs/orm/prisma-client/queries/relation-queries, https://mongoosejs.com/docs/populate.html,
https://sequelize.org/docs/v6/advanced-association-concepts/eager-loading/, https://typeorm.io/docs/relations/relations-faq
"""

from collections.abc import Iterator

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.frameworks.script_chosen import named_in, options_of
from backend_audit.frameworks.script_columns import Columns
from backend_audit.frameworks.script_lookups import word_of

_CHOOSING = frozenset("select attributes omit fields".split())
_MAX_DEPTH = 4


def loaded(node: ir.Call, word: str, columns: Columns) -> Iterator[str]:
    """The entities that a query for rows of `word` brings along, by their words; those alone that have secret columns."""
    yield from (one for one in _loaded(options_of(node), word, columns, _MAX_DEPTH) if one in columns.by_word)


def populated(node: ir.Call, word: str, columns: Columns) -> Iterator[str]:
    """The same of `populate("author")` and `populate({ path: "author" })`, which say nothing of its columns."""
    if not isinstance(node.func, ir.Attribute) or node.func.attr != "populate" or len(node.args) != 1:
        return
    given = node.args[0].value
    options = options_of(node)
    path = options.get("path") if isinstance(given, ir.Container) else given
    if isinstance(path, ir.Const) and not _CHOOSING & options.keys():
        yield from (one for name in str(path.value).split() if (one := columns.refers.get((word, name), "")) in columns.by_word)


def _loaded(options: dict[object, ir.Expr], word: str, columns: Columns, depth: int) -> Iterator[str]:
    for name in ("include", "relations", "select"):
        given = options.get(name)
        for item in given.items if isinstance(given, ir.Container) and depth else ():
            key = item.key.value if isinstance(item.key, ir.Const) else None
            inner = named_in(item.value)
            if given is not None and isinstance(given, ir.Container) and given.kind == "list":
                yield from _listed(item.value, inner, word, columns)
                continue
            target = columns.refers.get((word, str(key)), "")
            whole = isinstance(item.value, ir.Const) and item.value.value is True
            if target and (whole or (isinstance(item.value, ir.Container) and not _CHOOSING & inner.keys())):
                yield target
            if target:
                yield from _loaded(inner, target, columns, depth - 1)


def _listed(node: ir.Expr, inner: dict[object, ir.Expr], word: str, columns: Columns) -> Iterator[str]:
    """`include: [User, { model: User }]` of Sequelize, `relations: ["author"]` of TypeORM."""
    model = inner.get("model", node)
    if isinstance(model, (ir.Name, ir.Attribute)) and not _CHOOSING & inner.keys():
        yield word_of(last_word(model))
    elif isinstance(node, ir.Const):
        yield columns.refers.get((word, str(node.value)), "")
