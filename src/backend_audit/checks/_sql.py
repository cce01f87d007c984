"""Reading SQL that is not whole: what a hole stands for, and whether a text is SQL at all."""

import re
from enum import StrEnum

from backend_audit import ir
from backend_audit.checks import _pieces
from backend_audit.flow import lacks
from backend_audit.flow.concepts import Site
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import CLOSED_TYPES, Gap, Shape, Value
from backend_audit.flow.written import written
from backend_audit.source import Language

HOLE = "\x00"  # stands for a hole in a statement's text; occurs in no SQL

_STATEMENT = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+(IGNORE\s+|OR\s+\w+\s+)?INTO\b|\bREPLACE\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b|"
    r"\bMERGE\s+INTO\b|\bTRUNCATE\s+(TABLE\s+)?\S|^\s*WITH\s+\S+\s+AS\b|^\s*(CREATE|ALTER|DROP)\s+(OR\s+REPLACE\s+|UNIQUE\s+|"
    r"TEMP(ORARY)?\s+|MATERIALIZED\s+)?(TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE|TRIGGER|SEQUENCE|EXTENSION|FUNCTION|TYPE)\b|"
    r"^\s*(GRANT|REVOKE)\s.+\b(TO|FROM)\b|^\s*(SELECT|EXEC(UTE)?|CALL|COPY|SHOW|EXPLAIN|PRAGMA|ATTACH)\s+\S+",
    re.IGNORECASE | re.DOTALL,
)
_VERBS = frozenset(("SELECT", "EXEC", "EXECUTE", "CALL", "COPY", "SHOW", "EXPLAIN", "PRAGMA", "ATTACH"))  # English too
_NAME_FOLLOWS = re.compile(
    r"(\b(FROM|JOIN|INTO|UPDATE|TABLE|DATABASE|SCHEMA|VIEW|INDEX|ORDER\s+BY|GROUP\s+BY|PARTITION\s+BY|ON|AS|COLUMN|TRUNCATE|"
    r"EXISTS|SELECT|DISTINCT|USER|ROLE|SEQUENCE|EXTENSION|FUNCTION|PROCEDURE|CALL|TRIGGER|CONSTRAINT|REFERENCES|USING|ONLY|"
    r"COLLATE|TYPE|CAST|PRAGMA|ANALYZE|VACUUM|REINDEX|LOCK|COPY|DESCRIBE|DESC|SHOW|USE|LISTEN|NOTIFY|WITH|RENAME|TO|ADD|SET)"
    r"|[.\"`\[]|::)\s*$",
    re.IGNORECASE,
)
_VALUE_FOLLOWS = re.compile(
    r"(=|<|>|\b(LIKE|ILIKE|RLIKE|REGEXP|SIMILAR\s+TO|MATCH|AGAINST|BETWEEN|LIMIT|OFFSET|TOP|INTERVAL|ESCAPE|RETURN|IS|IS\s+NOT|"
    r"THEN|ELSE|PASSWORD|BY)|\|\||[-+*/%])\s*\(?\s*$",
    re.IGNORECASE,
)
_VALUE_LIST = re.compile(r"\b(VALUES?|IN|ANY|ALL|SOME|AGAINST|MATCH)\s*$|[)],?\s*$", re.IGNORECASE)
_NAME_LIST = re.compile(r"\b(INTO|TABLE|ON|UPDATE|INDEX|KEY|REFERENCES|AS|USING|JOIN)\s+[^()\s]+\s*$", re.IGNORECASE)
_NO_FUNCTION = re.compile(
    r"\b(FROM|JOIN|WHERE|AND|OR|NOT|ON|EXISTS|SELECT|AS|UNION|ALL|INTERSECT|EXCEPT|HAVING|WHEN|BY|LATERAL|MATERIALIZED)$",
    re.IGNORECASE,
)
# Functions of PostgreSQL that are given a relation's name as a text: https://www.postgresql.org/docs/current/functions-sequence.html
_NAMED_IN_TEXT = re.compile(
    r"\b(?:nextval|currval|setval|pg_get_serial_sequence|to_regclass|pg_(?:total_)?relation_size|pg_table_size)\s*\(\s*'[^()]*$",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(^|[_.])(sql|query|queries|stmt|statement|subquery|where|clause|clauses|condition|conditions|criteria|filter|filters|"
    r"fragment|expression|predicate|columns|fields|order_by|joins?|sets?|assignments|placeholders?|cte)$",
    re.IGNORECASE,
)
_SAFE_RESULTS = (
    "hashlib.",
    "uuid.",
    "time.",
    "secrets.",
    "datetime.",
    "decimal.",
    "math.",
    "random.",
    "ipaddress.",
    "crypto.Digest",
    "typeorm.Statement",
)


_DOUBLED_TEXT = re.compile(r"""\.(replace|replaceAll)\(\s*[uU]?["'`]\\?(["'])["'`],\s*[uU]?["'`](\\?\2){2}["'`]\s*\)""")
_DOUBLED_HITS = re.compile(r"""\.(replace|replaceAll)\(\s*/(["'])/g,\s*["'`](\\?\2){2}["'`]\s*\)""")


class Place(StrEnum):
    """What stands at a hole's place in the statement."""

    VALUE = "value"
    QUOTED = "quoted value"
    NAME = "name"
    CLAUSE = "clause"


def text_of(shape: Shape) -> str:
    """The statement with `HOLE` at each hole."""
    return shape.text(HOLE)


def reads_like_sql(text: str) -> bool:
    """Whether `text` is an SQL statement (or enough of one), not a sentence."""
    found = _STATEMENT.search(text)
    if found is None:
        return False
    verb = found[0].split()[0]
    if verb.upper() not in _VERBS:
        return True
    if verb.upper() != "SELECT":
        return verb.isupper()
    # "please select … from the list" is a sentence: SQL begins with its verb, or is written in capitals.
    if re.search(r"\bFROM\b", found[0], re.IGNORECASE):
        return verb.isupper() or not text[: found.start()].strip(" (\n\t")
    return verb.isupper() or re.match(r"\s*select\s+([\w.]+\(|\d|')", text) is not None


def place_of(before: str) -> Place:
    """What the hole is for, by the text of the statement before it."""
    bare = _without_literals(before)
    if bare is None:
        return Place.NAME if _NAMED_IN_TEXT.search(before) else Place.QUOTED
    if _VALUE_FOLLOWS.search(bare) and not re.search(r"\b(ORDER|GROUP|PARTITION)\s+BY\s*\(?\s*$", bare, re.IGNORECASE):
        return Place.VALUE
    if _NAME_FOLLOWS.search(bare):
        return Place.NAME
    opened = _open_bracket(bare)
    if opened is not None and re.search(r"[(,]\s*$", bare):
        head = bare[:opened].rstrip()
        if _VALUE_LIST.search(head):
            return Place.VALUE
        if _NAME_LIST.search(head):
            return Place.NAME
        if re.match(r"\s*PRAGMA\b", bare, re.IGNORECASE):
            return Place.NAME
        return Place.VALUE if re.search(r"[\w.]$", head) and not _NO_FUNCTION.search(head) else Place.CLAUSE
    if re.search(r",\s*$", bare):
        return Place.NAME
    return Place.CLAUSE


def is_doubled(gap: Gap, before: str, origin: Origin | None, site: Site) -> bool:
    """Whether the quotes around the hole are doubled in what fills it, as SQL has them written in literals and names."""
    if origin is not None and lacks.is_doubled(origin, before):
        return True
    made = _pieces.assigned(gap.written, site) if gap.written.isidentifier() else None
    text = gap.written
    if isinstance(made, ir.Call) and isinstance(made.func, ir.Attribute):  # `name = name.strip().replace("'", "''")`
        text = f".{made.func.attr}({', '.join(written(arg.value) for arg in made.args)})"
    found = _DOUBLED_TEXT.search(text)
    script = site.module is not None and site.module.language is not Language.PYTHON
    if found is None or (script and found[1] == "replace"):  # there, a text is replaced where it is met first
        found = _DOUBLED_HITS.search(text)
    return found is not None and found[2] == lacks.open_quote(before)


def _without_literals(text: str) -> str | None:
    """`text` with its string literals emptied; None when it ends inside of one."""
    out: list[str] = []
    at = 0
    while True:
        start = text.find("'", at)
        if start < 0:
            return "".join(out) + text[at:]
        end = text.find("'", start + 1)
        while end >= 0 and text[end + 1 : end + 2] == "'":
            end = text.find("'", end + 2)
        if end < 0:
            return None
        out.append(text[at:start] + "''")
        at = end + 1


def _open_bracket(text: str) -> int | None:
    """Where the innermost bracket opens that is not closed yet."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] == ")":
            depth += 1
        elif text[at] == "(":
            if depth == 0:
                return at
            depth -= 1
    return None


# What the method says that writes it: a date, or a statement that a query builder has made.
_CLOSED_TEXT = re.compile(
    r"\.(?:toISOString|toISODate|toISOTime|toISO|getQuery|getSql|toQuery|toSQL\(\)\.sql|toSqlString)"
    r"(?:\(\))?(?:\.(?:slice|substring|split)\([^()]*\)(?:\[\d\])?)?$"
)
_DECLARED_NUMBERS = frozenset(("number", "boolean", "bigint", "int", "float", "bool"))


def is_harmless(value: Value) -> bool:
    """Whether `value` cannot change a statement: built of constants, a number, a date, a UUID, or quoted for SQL."""
    if value.is_literal():
        return True
    if value.origins and all(origin.cleared & {"sql", "all"} for origin in value.origins):
        return True
    if value.shapes:
        return not value.open and all(is_harmless(gap.value) for shape in value.shapes for gap in shape.gaps)
    if value.types and value.types <= _DECLARED_NUMBERS and not value.carries("untrusted"):
        return True  # as the code says, and nothing that comes from outside is seen to be another thing
    if value.open or value.refs:
        return False
    if value.kind:
        inner = [*(value.items or {}).values(), *([] if value.elem is None else [value.elem])]
        return bool(inner) and all(map(is_harmless, inner))
    if not value.types and not value.apis:
        return not value.origins
    return all(map(_is_closed, value.types)) and all(map(_is_closed, value.apis))


def _is_closed(name: str) -> bool:
    if name in CLOSED_TYPES or name == "None":
        return True
    return any(name.startswith(f"{closed}.") for closed in CLOSED_TYPES) or name.startswith(_SAFE_RESULTS)


_QUOTED_NAME = re.compile(
    r"^(?:\w+\.)*(?:escape_?id|quote_?id|(?:escape|quote|wrap)_?ident(?:ifier)?|quote_?name)\(", re.IGNORECASE
)
_DEFINES = re.compile(r"\s*CREATE\s", re.IGNORECASE)
_QUALIFIES = re.compile(r"\.[\w\"`\[*]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_closed_text(gap: Gap) -> bool:
    """Whether what is called says what it gives: `day.toISODate()`, `subquery.getQuery()`, `escapeId(alias)`."""
    return _CLOSED_TEXT.search(gap.written) is not None or _QUOTED_NAME.match(gap.written) is not None


def is_quoted_name(gap: Gap) -> bool:
    """Whether all that fills the hole is written between quotes for names: `"${column}"`, made by a helper."""
    shapes = gap.value.shapes
    return bool(shapes) and all(_between_quotes(one) for one in shapes)


def _between_quotes(shape: Shape) -> bool:
    first, last = shape.parts[0], shape.parts[-1]
    return isinstance(first, str) and isinstance(last, str) and first[:1] in ('"', "`") and last[-1:] == first[:1]


def defines(shape: Shape) -> bool:
    """Whether a statement makes tables and the like: the program runs it when it is set up, and it takes no parameters."""
    return _DEFINES.match(text_of(shape)) is not None


def qualifies(after: object) -> bool:
    """Whether the text behind a hole makes it a table's name: `${alias}.id`."""
    return isinstance(after, str) and _QUALIFIES.match(after) is not None


def is_fragment(gap: Gap) -> bool:
    """Whether the hole's name says that it is a piece of SQL, built elsewhere."""
    return _FRAGMENT.search(_HUMP.sub("_", gap.written.split("(")[0].split("[")[0])) is not None


def is_fixed_by_program(gap: Gap) -> bool:
    """Whether the hole's name says that the program's authors or operators decide: a constant, a setting, a class attribute."""
    name = gap.written
    last = name.rsplit(".", 1)[-1].split("(")[0].split("[")[0]
    if last.isupper() and len(last) > 1:
        return True
    head = name.split(".", 1)[0]
    if head in ("db", "database", "conn", "connection", "engine", "dialect") and "." in name and "(" not in name:
        return True  # `db.timestamp_now`: the database's own way to say it
    if head in ("self", "cls", "settings", "config", "conf", "app_settings", "constants", "Meta", "meta"):
        return "." in name
    return last in ("__tablename__", "db_table", "table_name", "__table__", "schema") and "." in name
