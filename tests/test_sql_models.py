"""The models of database libraries: every way to run SQL that they know is found, and its parameters are left alone.

Each case is a module of its own: its set-up, and calls with `{}` where the statement goes. With a statement that holds a value
exactly the calls must be reported, with a constant one none.
"""

from functools import cache

import pytest

from backend_audit.catalog import rules_root
from backend_audit.checks.sql_built_from_strings import sql_built_from_strings
from backend_audit.flow.concepts import SqlExecution
from backend_audit.flow.engine import Engine
from backend_audit.flow.model_files import models_of
from backend_audit.link.project import Project
from backend_audit.lower.python import lower

BAD = "f\"SELECT * FROM users WHERE name = '{name}'\""
GOOD = '"SELECT * FROM users WHERE name = " + MARK'

CASES: dict[str, tuple[str, list[str]]] = {
    "sqlite3": (
        "import sqlite3\nc = sqlite3.connect('x')\ncur = c.cursor()",
        ["c.execute({}, ())", "c.executemany({}, [])", "c.executescript({})", "cur.execute({})", "cur.execute(sql={})"],
    ),
    "sqlite3 with": ("import sqlite3", ["with sqlite3.connect('x') as c: c.cursor().execute({})"]),
    "psycopg2": (
        (
            "import psycopg2\nfrom psycopg2.extras import execute_values\nfrom psycopg2.pool import ThreadedConnectionPool\n"
            "c = psycopg2.connect('x')\ncur = c.cursor()\npool = ThreadedConnectionPool(1, 2)"
        ),
        [
            "cur.execute({}, ())",
            "cur.mogrify({})",
            "cur.copy_expert({}, None)",
            "execute_values(cur, {}, [])",
            "pool.getconn().cursor().execute({})",
        ],
    ),
    "psycopg": (
        (
            "import psycopg\nfrom psycopg_pool import AsyncConnectionPool, ConnectionPool\nfrom psycopg import sql\n"
            "pool = ConnectionPool('x')\napool = AsyncConnectionPool('x')\nc = psycopg.connect('x')"
        ),
        [
            "c.execute({}, ())",
            "c.cursor().executemany({}, [])",
            "sql.SQL({})",
            "with pool.connection() as d: d.execute({})",
            "async with apool.connection() as d: await d.execute({})",
            "async with apool.connection() as d:\n        async with d.cursor() as e: await e.execute({})",
            "d = await psycopg.AsyncConnection.connect('x'); await d.execute({})",
        ],
    ),
    "asyncpg": (
        "import asyncpg",
        [
            "c = await asyncpg.connect('x'); await c.fetch({}, 1)",
            "p = await asyncpg.create_pool('x'); await p.fetchrow({})",
            "p = await asyncpg.create_pool('x')\n    async with p.acquire() as c: await c.fetchval({})",
            "p = await asyncpg.create_pool('x')\n    async with p.acquire() as c: await c.executemany({}, [])",
        ],
    ),
    "aiosqlite": (
        "import aiosqlite",
        [
            "async with aiosqlite.connect('x') as c: await c.execute({})",
            "async with aiosqlite.connect('x') as c: await c.executescript({})",
            "async with aiosqlite.connect('x') as c:\n        async with c.execute({}) as r: print(r)",
        ],
    ),
    "aiopg": (
        "import aiopg",
        [
            (
                "async with aiopg.create_pool('x') as p:\n        async with p.acquire() as c:\n            "
                "async with c.cursor() as u: await u.execute({})"
            )
        ],
    ),
    "mysql": (
        "import mysql.connector\nimport pymysql\nimport MySQLdb\nimport mariadb\nimport aiomysql",
        [
            "mysql.connector.connect().cursor().execute({}, ())",
            "mysql.connector.connect().cursor().execute(operation={})",
            "with pymysql.connect().cursor() as u: u.execute({}, ())",
            "MySQLdb.connect().cursor().executemany({}, [])",
            "MySQLdb.connect().query({})",
            "mariadb.connect().cursor().execute({})",
            (
                "p = await aiomysql.create_pool()\n    async with p.acquire() as c:\n        "
                "async with c.cursor() as u: await u.execute({})"
            ),
        ],
    ),
    "mssql, oracle, odbc, hana": (
        "import pyodbc, pymssql, oracledb, cx_Oracle, aioodbc\nfrom hdbcli import dbapi",
        [
            "pyodbc.connect('x').execute({}, 1)",
            "pyodbc.connect('x').cursor().executemany({}, [])",
            "pymssql.connect().cursor().execute({})",
            "oracledb.connect().cursor().execute({}, [])",
            "cx_Oracle.connect().cursor().execute({})",
            "oracledb.create_pool().acquire().cursor().execute({})",
            "await oracledb.connect_async().fetchall({})",
            "dbapi.connect().cursor().execute({})",
            (
                "p = await aioodbc.create_pool()\n    async with p.acquire() as c:\n        u = await c.cursor()\n        "
                "await u.execute({})"
            ),
        ],
    ),
    "warehouses": (
        "import duckdb, clickhouse_driver, clickhouse_connect, snowflake.connector\nfrom google.cloud import bigquery",
        [
            "duckdb.sql({})",
            "duckdb.connect('x').execute({}, [])",
            "clickhouse_driver.Client('x').execute({})",
            "clickhouse_connect.get_client().query({})",
            "clickhouse_connect.get_client().command({})",
            "snowflake.connector.connect().cursor().execute({})",
            "bigquery.Client().query({})",
        ],
    ),
    "sqlalchemy": (
        (
            "import sqlalchemy as sa\nfrom sqlalchemy import create_engine, text\n"
            "from sqlalchemy.orm import Session, sessionmaker, "
            "scoped_session\nfrom sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker\n"
            "engine = create_engine('x')\nmaker = sessionmaker(engine)\nscoped = scoped_session(maker)\n"
            "aengine = create_async_engine('x')\namaker = async_sessionmaker(aengine)"
        ),
        [
            "text({})",
            "sa.text(text={})",
            "sa.sql.expression.text({})",
            "sa.literal_column({})",
            "sa.DDL({})",
            "engine.execute({})",
            "with engine.connect() as c: c.exec_driver_sql({})",
            "with engine.begin() as c: c.execute({})",
            "with Session(engine) as s: s.execute({})",
            "with maker() as s: s.scalars({})",
            "scoped.execute({})",
            "maker().query(int).from_statement({})",
            "maker().query(int).filter({})",
            "maker().query(int).filter(True).order_by({})",
            "sa.select(int).where({})",
            "engine.raw_connection().cursor().execute({})",
            "async with aengine.connect() as c: await c.execute({})",
            "async with amaker() as s: await s.execute({})",
        ],
    ),
    "flask_sqlalchemy, sqlmodel": (
        (
            "from flask_sqlalchemy import SQLAlchemy\nfrom sqlmodel import Session, create_engine\n"
            "db = SQLAlchemy()\nengine = create_engine('x')"
        ),
        [
            "db.session.execute({})",
            "db.engine.execute({})",
            "db.text({})",
            "with Session(engine) as s: s.exec({})",
        ],
    ),
    "django": (
        (
            "from django.db import connection, connections, models\nfrom django.db.models.expressions import RawSQL\n"
            "class User(models.Model):\n    pass"
        ),
        [
            "connection.cursor().execute({}, [])",
            "with connection.cursor() as u: u.executemany({}, [])",
            "with connections['other'].cursor() as u: u.execute({})",
            "User.objects.raw({})",
            "User.objects.filter(a=1).extra(where=[{}])",
            "User.objects.extra(select={{'x': {}}})",
            "RawSQL({}, ())",
        ],
    ),
    "mappers": (
        (
            "import peewee, databases, records, dataset\n"
            "import pandas as pd\nfrom pony import orm\nfrom tortoise import Tortoise\n"
            "pw = peewee.SqliteDatabase('x')\nad = databases.Database('x')\npo = orm.Database()\n"
            "class Tweet(peewee.Model):\n    pass"
        ),
        [
            "pw.execute_sql({})",
            "peewee.SQL({})",
            "Tweet.raw({})",
            "await ad.fetch_all(query={})",
            "await ad.execute({})",
            "records.Database('x').query({})",
            "dataset.connect('x').query({})",
            "pd.read_sql({}, None)",
            "pd.read_sql_query({}, None)",
            "po.select({})",
            "await Tortoise.get_connection('default').execute_query({})",
        ],
    ),
    "unknown receivers": (
        "from somewhere import db, connect",
        [
            "db.execute({})",
            "connect().cursor().execute({})",
            "self.pool.fetch({})",
            "client.start_query_execution(QueryString={})",
        ],
    ),
}


def _modules() -> dict[str, str]:
    """One module a call and kind of statement, by path."""
    found = {}
    for name, (setup, calls) in CASES.items():
        for number, call in enumerate(calls):
            for kind, statement in (("bad", BAD), ("good", GOOD)):
                body = call.replace("{}", statement).replace("{{", "{").replace("}}", "}")
                path = f"{name.split(',')[0].replace(' ', '_')}_{number}_{kind}.py"
                found[path] = f"MARK = 'x'\n{setup}\nasync def run(self, client, name):\n    {body}\n"
    return found


@cache
def _reported() -> frozenset[str]:
    modules = [lower(path, text) for path, text in _modules().items()]
    engine = Engine(Project(modules), models_of(rules_root()))
    concepts = (one for one in engine.concepts() if isinstance(one, SqlExecution))
    return frozenset(one.site.path for one in concepts if list(sql_built_from_strings(one)))


@pytest.mark.parametrize("path", sorted(_modules()))
def test_statements_reach_the_library(path: str) -> None:
    expected = path.endswith("_bad.py")
    assert (path in _reported()) is expected, _modules()[path]
