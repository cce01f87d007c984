"""Tables as statements in SQL make them: columns, what these refer to, and which an index begins with.

https://www.postgresql.org/docs/current/sql-createtable.html, https://www.sqlite.org/lang_createtable.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backend_audit import ir
from backend_audit.flow import sql_text
from backend_audit.flow.engine import Engine

_NAME = r"[\w.\"`\[\]]+"
_TABLE = re.compile(
    rf"\bCREATE\s+(?:TEMP(?:ORARY)?\s+|UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({_NAME})\s*\(", re.IGNORECASE
)
_COLUMN = re.compile(rf"\s*({_NAME})\s+([A-Za-z]+)")
_CONSTRAINT = re.compile(
    r"\s*(?:CONSTRAINT\s+\S+\s+)?(PRIMARY\s+KEY|UNIQUE(?:\s+(?:KEY|INDEX))?|FOREIGN\s+KEY|INDEX|KEY|CHECK|EXCLUDE|LIKE)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(rf"\bREFERENCES\s+({_NAME})", re.IGNORECASE)
_FOREIGN = re.compile(rf"FOREIGN\s+KEY\s*\(\s*({_NAME})\s*\)\s*REFERENCES\s+({_NAME})", re.IGNORECASE)
_SINGLE = re.compile(r"\b(PRIMARY\s+KEY|UNIQUE)\b", re.IGNORECASE)
_FIRST = re.compile(rf"\(\s*(?:LOWER\s*\(\s*)?({_NAME})", re.IGNORECASE)
_INDEX = re.compile(
    rf"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:(?!ON\b){_NAME}\s+)?ON\s+(?:ONLY\s+)?({_NAME})"
    rf"\s*(?:USING\s+\w+\s*)?\(\s*(?:LOWER\s*\(\s*)?({_NAME})",
    re.IGNORECASE,
)
_ALTER = re.compile(rf"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({_NAME})([^;]*)", re.IGNORECASE)
_DROPPED = re.compile(rf"\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?({_NAME})", re.IGNORECASE)
_ADDED = re.compile(
    rf"\bADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:PRIMARY\s+KEY|UNIQUE|(?:UNIQUE\s+)?INDEX\s+\S+)\s*\(\s*({_NAME})", re.IGNORECASE
)
_COMMENT = re.compile(r"--[^\n]*")
_MAKES = re.compile(r"CREATE\s(?:(?!CREATE\s)[\w\s])*(?:TABLE|INDEX)|ALTER\s+TABLE", re.IGNORECASE)
_LONGEST = 20_000  # characters between the brackets of a table


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """`node` is where its name stands in the file `path`: in a text of the code, the text."""

    name: str
    kind: str
    target: str
    path: str
    node: ir.Expr


@dataclass(slots=True)
class SqlTables:
    """By the names of tables, in lower case."""

    columns: dict[str, list[SqlColumn]] = field(default_factory=dict)
    covered: set[tuple[str, str]] = field(default_factory=set)  # pairs of a table and the column that an index begins with
    foreign: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, text: str, path: str, literal: ir.Const | None = None) -> None:
        """Take in what a text says of tables and indexes: a whole file, or a text in one."""
        bare = _COMMENT.sub(lambda one: " " * len(one[0]), text)
        until = 0
        for found in _TABLE.finditer(bare):
            if found.start() < until:
                continue  # it stands within another, which does not end
            until = found.end() + sum(len(part) + 1 for _, part in _parts(bare, found.end()))
            self._table(plain(found[1]), bare, found.end(), path, literal)
        for found in _DROPPED.finditer(bare) if path.endswith(".sql") else ():  # other migrations tell both ways
            self.columns.pop(plain(found[1]), None)
        for found in _INDEX.finditer(bare):
            self.covered.add((plain(found[1]), plain(found[2])))
        for found in _ALTER.finditer(bare):
            self._altered(plain(found[1]), found[2])

    def _table(self, table: str, text: str, start: int, path: str, literal: ir.Const | None) -> None:
        own = self.columns.setdefault(table, [])
        known = {one.name for one in own}
        for at, part in _parts(text, start):
            constraint = _CONSTRAINT.match(part)
            column = _COLUMN.match(part)
            if constraint is not None:
                self._constraint(table, constraint[1].upper(), part)
            elif column is not None and (name := plain(column[1])) not in known:
                known.add(name)
                refers = _REFERS.search(part)
                target = "" if refers is None else plain(refers[1])
                node = _place(literal, len(text), at + column.start(1), column[1])
                own.append(SqlColumn(name, column[2].lower(), target, path, node))
                if _SINGLE.search(part):
                    self.covered.add((table, name))

    def _constraint(self, table: str, kind: str, part: str) -> None:
        refers, first = _FOREIGN.search(part), _FIRST.search(part)
        if refers is not None:
            self.foreign[table, plain(refers[1])] = plain(refers[2])
        elif first is not None and kind.startswith(("PRIMARY", "UNIQUE", "INDEX", "KEY")):
            self.covered.add((table, plain(first[1])))

    def _altered(self, table: str, change: str) -> None:
        for found in _ADDED.finditer(change):
            self.covered.add((table, plain(found[1])))
        for found in _FOREIGN.finditer(change):
            self.foreign[table, plain(found[1])] = plain(found[2])


def makes_tables(text: str) -> bool:
    """Whether statements in a text make or change tables or indexes."""
    return _MAKES.search(text) is not None


def tables_of(engine: Engine, texts: Mapping[str, str]) -> SqlTables:
    """What migrations, SQL scripts (`texts`, by path) and statements in the code say."""
    found = SqlTables()
    for path in sorted(texts):
        if not path.endswith(".prisma"):
            found.read(texts[path], path)
    for module in sorted(engine.project.modules.values(), key=lambda one: one.path):
        for node in module.nodes.of(ir.Const):
            if isinstance(node.value, str) and makes_tables(node.value):
                found.read(node.value, module.path, node)
    return found


def _place(literal: ir.Const | None, length: int, at: int, name: str) -> ir.Expr:
    """Where a name stands in the file: the whole text, where escapes in it keep that from being known."""
    if literal is None:
        return ir.Name(at, at + len(name), name)
    quotes = literal.end - literal.at - length
    if quotes not in (0, 2, 6):
        return literal
    start = literal.at + quotes // 2 + at
    return ir.Name(start, start + len(name), name)


def plain(name: str) -> str:
    """A name without quotes and schema, in lower case."""
    return sql_text.plain(name).lower()


def _parts(text: str, start: int) -> Iterator[tuple[int, str]]:
    """What stands between the commas up to the bracket that closes, with where each begins."""
    depth, begun = 0, start
    for found in re.compile(r"[(),]").finditer(text, start, start + _LONGEST):
        if found[0] == "(":
            depth += 1
        elif depth and found[0] == ")":
            depth -= 1
        elif not depth:
            yield begun, text[begun : found.start()]
            begun = found.end()
            if found[0] == ")":
                return
    yield begun, text[begun : start + _LONGEST]
