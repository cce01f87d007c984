"""The conditions by which the code of a Node project asks for rows: of which entity, by which columns, given what.

`Thread.delete({ slug: { in: slugs }, user_id: user.id })`; for wrappers, mappers, builders and SQL alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_audit import ir
from backend_audit.flow.written import last_word
from backend_audit.frameworks.script_lookups import keys_of_condition, of_chain, plain_column, receiver, word_of
from backend_audit.link.symbols import FunctionSymbol

_ASKING = re.compile(
    r"^(?:find|get|fetch|load|delete|remove|destroy|update|patch|count|exists?|where|first|one|all|list|archive|restore|softDelete)"
)
_WRAPPER = re.compile(r"^(?:find|get|fetch|load|delete|remove|destroy|update)(?:One|First|Unique)?([A-Z]\w*)$")
_WHERE = frozenset(("where", "andWhere"))
_FILTERS = frozenset(("where", "AND", "$and", "filter", "query"))
_OWNER = re.compile(
    r"^(user|owner|author|creator|createdby|account|customer|member|organi[sz]ation|org|tenant|team|workspace|company|project|space|realm|"
    r"seller|buyer|patient|client|uploader|uploadedby|requestedby)(?:id|uuid)?$"
)
_ID = re.compile(r"^_?(?:id|ids|uuid|slug|slugs|key|guid)$|[a-z](?:Id|_id|Uuid|_uuid|Slug)s?$")
_OWN = re.compile(r"^_?(?:id|ids|uuid|slug|slugs|key|guid)$")
_AFTER = re.compile(r"_?(?:id|uuid)s?$", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:delete\s+from|update|from)\s+[\"`]?(\w+)", re.IGNORECASE)
_COMPARED = re.compile(r"([\w.\"`]{1,100})\s{0,20}(?:=|\bin\b|\bany\b)\s{0,20}", re.IGNORECASE)
_WHERE_TEXT = re.compile(r"\bwhere\b", re.IGNORECASE)
_TEXTS = frozenset(
    ("query", "execute", "run", "get", "all", "raw", "one", "oneOrNone", "any", "none", "$queryRaw", "$executeRaw")
)
_HOLE = "\x00"


@dataclass(frozen=True, slots=True)
class Condition:
    """The rows of `entity` for which `columns` are held against something; `ids`: what those that name one thing are given."""

    entity: str
    columns: tuple[str, ...]
    ids: tuple[ir.Expr, ...]
    function: FunctionSymbol
    node: ir.Call

    def owners(self) -> set[str]:
        """Whose rows they are to be, in words: `user` for `user_id`, `userId`."""
        return {found for one in self.columns if (found := owner_word(one))}

    def key(self) -> str:
        """The column that names one thing."""
        return next((one for one in self.columns if _OWN.match(one) or _AFTER.sub("", one).lower() == self.entity), "")


def conditions_of(function: FunctionSymbol, held: dict[str, str]) -> Iterator[Condition]:
    """Those of one function; `held`: what its module's names hold."""
    narrowed: set[int] = set()
    for node in function.scope.of(ir.Call):
        text = _statement(node)
        if text:
            yield from _of_statement(text, node, function)
            continue
        if isinstance(node.func, ir.Name) and (found := _WRAPPER.match(node.func.id)) and node.args:
            first = node.args[0].value  # a function that hands it on: `findOrder({ where: { id } })`
            if isinstance(first, ir.Container) and any(_named(one) == "where" for one in first.items):
                yield from _made(word_of(found[1]), list(_filtered(first, 3)), function, node)
        if not isinstance(node.func, ir.Attribute) or id(node) in narrowed:
            continue
        if node.func.attr in _WHERE:
            entity, before = of_chain(node.func.value, held)
            narrowed.update(id(one) for one in before)
            if not entity and not before and isinstance(node.func.value, (ir.Name, ir.Attribute)):
                entity = receiver(node.func.value, held)  # a wrapper's: `Threads.where({ … })`
            calls = [node, *before]
            pairs = [pair for one in calls for pair in _pairs(one)]
            yield from _made(entity, pairs, function, node)
        elif _ASKING.match(node.func.attr) and node.args:
            first = node.args[0].value
            if isinstance(first, ir.Container) and first.kind == "dict":
                yield from _made(receiver(node.func.value, held), list(_filtered(first, 3)), function, node)


def owner_word(column: str) -> str:
    """`user` for `user_id`, `userId`; "" for a column that says nobody's."""
    found = _OWNER.match(re.sub(r"[^a-z]", "", column.lower()))
    return "" if found is None else found[1]


def _made(entity: str, pairs: list[tuple[str, ir.Expr | None]], function: FunctionSymbol, node: ir.Call) -> Iterator[Condition]:
    columns = tuple(dict.fromkeys(plain_column(name) for name, _ in pairs))
    if entity and columns:
        ids = tuple(value for name, value in pairs if value is not None and _ID.search(plain_column(name)))
        yield Condition(entity, columns, ids, function, node)


def _named(item: ir.Item) -> str:
    return str(item.key.value) if isinstance(item.key, ir.Const) else ""


def _pairs(node: ir.Call) -> list[tuple[str, ir.Expr | None]]:
    first = node.args[0].value if node.args else None
    if isinstance(first, ir.Container) and first.kind == "dict":
        return list(_filtered(first, 3))
    value = node.args[-1].value if len(node.args) > 1 else first
    return [(key, value) for key in keys_of_condition(node)]


def _filtered(node: ir.Expr, depth: int) -> Iterator[tuple[str, ir.Expr | None]]:
    """The columns of an object that says which rows: `{ where: { id, ...(user ? { userId: user.id } : {}) } }`."""
    if isinstance(node, ir.Conditional):
        yield from (pair for one in (node.then, node.orelse) for pair in _filtered(one, depth))
    elif isinstance(node, ir.Logical):
        yield from _filtered(node.right, depth)
    elif isinstance(node, ir.Container) and depth:
        several = [one.value for one in node.items] if node.kind == "list" else []
        yield from (pair for one in several for pair in _filtered(one, depth - 1))
        for item in node.items if node.kind == "dict" else ():
            name = item.key.value if isinstance(item.key, ir.Const) else None
            if item.star or name in _FILTERS:
                yield from _filtered(item.value, depth - 1)
            elif isinstance(name, str) and not name.startswith("$"):
                yield name, item.value


def _statement(node: ir.Call) -> str:
    """The SQL that a call runs, its holes as one character each."""
    first = node.args[0].value if node.args else None
    if node.form == "tagged" and isinstance(first, ir.Container):
        parts = [str(one.value.value) for one in first.items if isinstance(one.value, ir.Const)]
        return text if _TABLE.search(text := _HOLE.join(parts)) else ""
    if last_word(node.func) not in _TEXTS:
        return ""
    if isinstance(first, ir.Const) and isinstance(first.value, str):
        return first.value if _TABLE.search(first.value) else ""
    if isinstance(first, ir.Template):
        text = "".join(str(one.value) if isinstance(one, ir.Const) else _HOLE for one in first.parts)
        return text if _TABLE.search(text) else ""
    return ""


def _of_statement(text: str, node: ir.Call, function: FunctionSymbol) -> Iterator[Condition]:
    found, where = _TABLE.search(text), _WHERE_TEXT.search(text)
    if found is not None and where is not None:
        compared = [plain_column(one[1]) for one in _COMPARED.finditer(text[where.end() :])]
        columns = tuple(dict.fromkeys(one for one in compared if re.search(r"[A-Za-z]", one)))
        if columns:
            ids = tuple(arg.value for arg in node.args[1:])
            yield Condition(word_of(found[1]), columns, ids, function, node)
