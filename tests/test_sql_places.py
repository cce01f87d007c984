"""What a hole in an SQL statement stands for, and what reads like SQL: `backend_audit.checks._sql`."""

from pathlib import Path

import pytest

from backend_audit.audit import scan
from backend_audit.checks import _sql
from backend_audit.checks import sql_built_from_strings as sql_built
from backend_audit.checks._sql import Place
from backend_audit.config import load as load_config
from backend_audit.flow.origins import Origin
from backend_audit.flow.values import MADE, NUMBER, UNKNOWN, Gap, Shape, Value, container, instance, text

PLACES = [
    ("SELECT * FROM users WHERE name = '", Place.QUOTED),
    ("SELECT * FROM users WHERE name = 'it''s' AND town = '", Place.QUOTED),
    ("SELECT * FROM users WHERE name LIKE '%", Place.QUOTED),
    ("SELECT * FROM users WHERE id = ", Place.VALUE),
    ("SELECT * FROM users WHERE id >", Place.VALUE),
    ("SELECT * FROM users WHERE id IN (", Place.VALUE),
    ("SELECT * FROM users WHERE id IN (\x00, ", Place.VALUE),
    ("INSERT INTO users (name) VALUES (", Place.VALUE),
    ("INSERT INTO users (name, age) VALUES ('a', ", Place.VALUE),
    ("SELECT * FROM users LIMIT ", Place.VALUE),
    ("SELECT coalesce(", Place.VALUE),
    ("SELECT * FROM ", Place.NAME),
    ("SELECT * FROM public.", Place.NAME),
    ('SELECT * FROM "', Place.NAME),
    ("SELECT * FROM users ORDER BY ", Place.NAME),
    ("SELECT a, ", Place.NAME),
    ("INSERT INTO ", Place.NAME),
    ("INSERT INTO users (", Place.NAME),
    ("DROP TABLE IF EXISTS ", Place.NAME),
    ("PRAGMA table_info(", Place.NAME),
    ("SELECT * FROM users WHERE ", Place.CLAUSE),
    ("SELECT * FROM users ", Place.CLAUSE),
    ("SELECT * FROM (", Place.CLAUSE),
    ("", Place.CLAUSE),
]
NAMES = [
    ("\"SELECT * FROM users WHERE id = %s AND town = '%s'\" % (number, town)", "`number`, `town` into"),
    ('"DELETE FROM users WHERE id IN (%s)" % ",".join(str(one) for one in ids)', "`str(one) for one in ids` into"),
]
SQL = [
    "SELECT * FROM users",
    "select id from users where name = '\x00'",
    "\n    INSERT INTO users VALUES (\x00)",
    "UPDATE users SET name = \x00",
    "delete from users",
    "WITH recent AS (SELECT 1) SELECT * FROM recent",
    "CREATE TABLE \x00 (id int)",
    "SELECT pg_create_restore_point('\x00')",
    "CALL refresh(\x00)",
]
SENTENCES = [
    "please select \x00 from the list",
    "the user \x00 was updated",
    "select a colour",
    "call me at \x00",
    "show \x00",
    "create \x00",
    "deleted \x00 from cache",
    "",
]


@pytest.mark.parametrize(("before", "place"), PLACES)
def test_place_of_a_hole(before: str, place: Place) -> None:
    assert _sql.place_of(before) is place


@pytest.mark.parametrize("statement", SQL)
def test_statements_read_like_sql(statement: str) -> None:
    assert _sql.reads_like_sql(statement)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_do_not(sentence: str) -> None:
    assert not _sql.reads_like_sql(sentence)


def _origin(*cleared: str) -> Origin:
    return Origin("untrusted", ("x",), "x", frozenset(cleared))


@pytest.mark.parametrize(
    ("value", "harmless"),
    [
        (text("a"), True),
        (MADE, True),
        (NUMBER, True),
        (instance("uuid.UUID"), True),
        (instance("datetime.date.isoformat()"), True),
        (UNKNOWN, False),
        (instance("app.Thing"), False),
        (Value(open=True, origins=frozenset((_origin("sql"),))), True),
        (Value(open=True, origins=frozenset((_origin("html"),))), False),
        (Value(shapes=(Shape(("a", Gap(NUMBER, "n")), "+"),)), True),
        (Value(shapes=(Shape(("a", Gap(UNKNOWN, "x")), "+"),)), False),
        (container("list", {0: text("a")}), True),
        (container("list", None, UNKNOWN), False),
    ],
)
def test_what_cannot_change_a_statement(value: Value, harmless: bool) -> None:
    assert _sql.is_harmless(value) is harmless


def test_names_that_the_program_fixes() -> None:
    fixed = [name for name in ("TABLE", "db.now", "self.table", "settings.schema", "Order.__tablename__", "name", "row.name") if
             _sql.is_fixed_by_program(Gap(UNKNOWN, name))]  # fmt: skip
    assert fixed == ["TABLE", "db.now", "self.table", "settings.schema", "Order.__tablename__"]


def test_names_of_fragments() -> None:
    named = [name for name in ("where", "count_sql", "user.filters", "name", "wherever") if _sql.is_fragment(Gap(UNKNOWN, name))]
    assert named == ["where", "count_sql", "user.filters"]


@pytest.mark.parametrize(("statement", "named"), NAMES)
def test_what_fills_a_hole_is_named_as_it_is_written(tmp_path: Path, statement: str, named: str) -> None:
    (tmp_path / "a.py").write_text(f"def find(connection, number, town, ids):\n    connection.execute({statement})\n")
    config = load_config(tmp_path, {"select": [sql_built.RULE], "cache": False, "workers": 1}, {}, isolated=True)
    (found,) = scan(config, [tmp_path]).report.findings
    assert named in found.message
