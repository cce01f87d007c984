"""Every way in which a string is built."""

import textwrap
from string import Template

from probe import see

TABLE = "users"
COLUMNS = ("id", "name")


def operators(name, count):
    see("SELECT " + "1")  # $ const="SELECT 1"
    see("SELECT " + name)  # $ shape="SELECT {}"
    see("SELECT " + TABLE + name + "!")  # $ shape="SELECT users{}!"
    see("a" "b")  # $ const="ab"
    see("-" * 3)  # $ const="---"
    see("ab"[0])  # $ const="a"
    see("%s" % name)  # $ shape="{}"
    see("%s and %s" % (name, TABLE))  # $ shape="{} and users"
    see("%(a)s = %(b)d" % {"a": TABLE, "b": count})  # $ shape="users = {}"
    see("100%% of %s" % TABLE)  # $ const="100% of users"
    see("%d" % count)  # $ shape="{}"


def methods(name):
    see("{} {}".format(TABLE, name))  # $ shape="users {}"
    see("{0}{1}{0}".format("a", name))  # $ shape="a{}a"
    see("{table}.{column}".format(table=TABLE, column=name))  # $ shape="users.{}"
    see("{table}".format_map({"table": TABLE}))  # $ const="users"
    see(", ".join(COLUMNS))  # $ const="id, name"
    see(", ".join(["a", name]))  # $ shape="a, {}"
    see(" AND ".join(f"{column} = ?" for column in COLUMNS))  # $ made
    see(", ".join("?" for _ in name))  # $ made
    see(", ".join(["%s"] * len(name)))  # $ made
    see("A".lower())  # $ const="a"
    see(" a ".strip())  # $ const="a"
    see("a-b".replace("-", "_"))  # $ const="a_b"
    see("x".join("ab"))  # $ SPURIOUS: shape="{}x{}" MISSING: const="axb"
    see("a,b".split(",")[1])  # $ made
    see("abc".removeprefix("a"))  # $ made
    see(Template("$a is $b").substitute(a=TABLE, b=name))  # $ shape="users is {}"
    see(textwrap.dedent("  a\n  b"))  # $ const="  a\n  b" made
    see(str(TABLE))  # $ const="users"
    see(repr(name))  # $ open


def templates(name, count):
    see(f"{TABLE}")  # $ const="users"
    see(f"SELECT * FROM {TABLE} WHERE name = '{name}'")  # $ shape="SELECT * FROM users WHERE name = '{}'"
    see(f"{{{TABLE}}}")  # $ const="{users}"
    see(f"{name!r:>10}")  # $ shape="{}"
    see(f"{count:d}")  # $ shape="{}"
    see(f"{'a' + TABLE}")  # $ const="ausers"
    see("SELECT " f"{name}" " FROM x")  # $ shape="SELECT {} FROM x"


def steps(name, flag):
    query = "SELECT *"
    query += " FROM " + TABLE
    see(query)  # $ const="SELECT * FROM users"
    if flag:
        query += " WHERE name = '" + name + "'"
    see(query)  # $ const="SELECT * FROM users" shape="SELECT * FROM users WHERE name = '{}'"


def loops(names):
    query = "SELECT"
    for name in names:
        query += " " + name
    see(query)  # $ const="SELECT" shape="SELECT {} {}" shape="SELECT {}"
    constant = ""
    for _ in range(3):
        constant += "?,"
    see(constant)  # $ const="" const="?," const="?,?," MISSING: made


def lists(name):
    parts = ["SELECT *", "FROM"]
    parts.append(TABLE)
    see(" ".join(parts))  # $ const="SELECT * FROM users"
    parts.append(name)
    see(" ".join(parts))  # $ shape="SELECT * FROM users {}"
