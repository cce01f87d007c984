"""What statements in SQL ask for, and which tables they make: read from their texts alone."""

import time

import pytest

from backend_audit.flow.sql_text import HOLE, select_of
from backend_audit.frameworks.script_lookups import word_of
from backend_audit.frameworks.sql_tables import SqlTables, makes_tables

ASKED = {
    "a table": ("SELECT * FROM users", ("users", ("",), False, False)),
    "by its alias": ("select u.* from public.users as u order by u.id", ("users", ("u",), False, False)),
    "a part of it": ("SELECT * FROM users WHERE id = $1 LIMIT 5", ("users", ("",), True, True)),
    "by a statement within": ("SELECT * FROM a WHERE id = (SELECT b FROM c WHERE d = ?)", ("a", ("",), False, True)),
    "what a name stands for": ("WITH a AS (SELECT * FROM b) SELECT * FROM a", ("", ("",), False, False)),
    "a statement within": ("SELECT * FROM (SELECT id FROM b LIMIT 3) x", ("", ("",), False, False)),
    "quoted names": ('SELECT DISTINCT "order".* FROM "shop"."order"', ("order", ("order",), False, True)),
    "a comment": ("SELECT id -- * FROM x\nFROM users", ("users", (), False, False)),
    "a literal": ("SELECT id FROM users WHERE name = 'LIMIT ?'", ("users", (), False, False)),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_a_statement_asks_for(what: str) -> None:
    text, (table, stars, limited, filtered) = ASKED[what]
    found = select_of(text)
    assert found is not None
    assert (found.table, found.stars, found.limited, found.filtered) == (table, stars, limited, filtered)


def test_counts_are_no_lists() -> None:
    for text in ("SELECT count(*) FROM a", "SELECT kind, count(*) FROM a GROUP BY kind", "select max(a), min(b) from t"):
        found = select_of(text)
        assert found is not None
        assert found.computed
    assert select_of("INSERT INTO a SELECT * FROM b") is None
    assert select_of("please select * from the menu") is None


def test_holes_that_might_be_a_clause() -> None:
    clause, value = select_of("SELECT * FROM a WHERE b = 1 \x00"), select_of("SELECT * FROM a WHERE b = \x00")
    assert clause is not None
    assert value is not None
    assert (clause.open, value.open) == (True, False)


def test_tables_that_statements_make() -> None:
    tables = SqlTables()
    tables.read(
        'CREATE TABLE "shop"."orders" (id SERIAL PRIMARY KEY, price NUMERIC(10, 2), owner_id INT REFERENCES users (id),\n'
        "  code TEXT,"
        "  CONSTRAINT x FOREIGN KEY (price) REFERENCES prices (id), UNIQUE (code, price));\n"
        "CREATE INDEX CONCURRENTLY by_owner ON orders USING btree (owner_id, id);\nDROP TABLE IF EXISTS visits;",
        "a.sql",
    )
    assert [(one.name, one.kind, one.target) for one in tables.columns["orders"]] == [
        ("id", "serial", ""),
        ("price", "numeric", ""),
        ("owner_id", "int", "users"),
        ("code", "text", ""),
    ]
    assert tables.covered == {("orders", "id"), ("orders", "code"), ("orders", "owner_id")}
    assert tables.foreign == {("orders", "price"): "prices"}


def test_what_is_gone_is_forgotten() -> None:
    tables = SqlTables()
    tables.read("CREATE TABLE visits (id INT)", "1.sql")
    tables.read("DROP TABLE visits", "down.ts")  # a migration that tells both ways
    assert "visits" in tables.columns
    tables.read("DROP TABLE visits", "2.sql")
    assert "visits" not in tables.columns


def test_one_word_for_an_entity() -> None:
    assert {word_of(one) for one in ("this.orderItemRepository", "OrderItem", "order_items", "OrderItemModel")} == {"orderitem"}
    assert word_of("categories") == word_of("Category") == "category"
    assert word_of("address") == "address"


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "'",
        "SELECT * FROM a, ",
        "CREATE TABLE a (",
        "a = ? AND ",
        HOLE,
        "ALTER TABLE a ADD ",
        "a.",
        '"',
        "a = ",
        " ",
        "CREATE ",
    ],
)
def test_long_texts_end(piece: str) -> None:
    begun = time.process_time()
    text = "SELECT * FROM a WHERE " + piece * (60_000 // len(piece))
    select_of(text)
    SqlTables().read(text, "a.sql")
    makes_tables(text)
    assert time.process_time() - begun < 5
